/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.namedpipe.framing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.namedpipe.CloseReason;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeUnsupportedException;
import io.namedpipe.TransmissionMode;

/**
 * Writes messages to one connection, each as a whole, several of them in one system call
 * where they are given together. May be used by any number of threads.
 */
public final class MessageWriter implements AutoCloseable {

	private final PipeConnection connection;

	private final MessageEncoder encoder;

	private final BufferPools pools;

	private final boolean wholeMessages;

	// A separate lock, which guards the buffers, too. It is contended only if the lock of
	// the connection is
	private final ReentrantLock lock = new ReentrantLock();

	private final ByteBuffer[] single = new ByteBuffer[1];

	private @Nullable ByteBuffer small;

	private boolean closed;

	MessageWriter(PipeConnection connection, MessageEncoder encoder) {
		this(connection, encoder, BufferPools.SHARED);
	}

	MessageWriter(PipeConnection connection, MessageEncoder encoder, BufferPools pools) {
		this.connection = connection;
		this.encoder = encoder;
		this.pools = pools;
		this.wholeMessages = connection.transmissionMode() == TransmissionMode.MESSAGE;
	}

	/**
	 * Writes one message, waiting for room.
	 * @param payload the payload
	 * @throws FramingException if the payload cannot be sent; nothing was, then
	 * @throws IllegalArgumentException if the payload is of a type that cannot be sent
	 * @throws IOException if writing failed
	 */
	public void write(Object payload) throws IOException {
		writeEncoded(this.encoder.encode(payload));
	}

	/**
	 * Writes one message that has been encoded already.
	 * @param message what an encoder of the same framing returned
	 * @throws IOException if writing failed
	 */
	public void writeEncoded(byte[] message) throws IOException {
		if (this.wholeMessages) {
			this.connection.writeMessage(ByteBuffer.wrap(message));
			return;
		}
		this.lock.lock();
		try {
			writeFrame(message);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The most bytes that {@link #writeEncoded(byte[][], int, int)} takes for one system
	 * call.
	 * @return the number of bytes, 0 if each message has to be written by itself
	 */
	public int batchSize() {
		return (this.wholeMessages || this.encoder.endsStream()) ? 0 : this.pools.large().size();
	}

	/**
	 * The number of bytes that an encoded message takes on the wire.
	 * @param message the message
	 * @return its size with all that the framing adds
	 */
	public int frameSize(byte[] message) {
		int size = message.length + this.encoder.overhead();
		// Compared with the room in a buffer, so that it may saturate
		return (size >= 0) ? size : Integer.MAX_VALUE;
	}

	/**
	 * Writes several messages with one system call. One message may have any size,
	 * several together no more than {@link #batchSize()}.
	 * @param messages the encoded messages
	 * @param from the index of the first one
	 * @param count how many
	 * @throws IOException if writing failed; it is not known how many of them the peer
	 * has got
	 */
	public void writeEncoded(byte[][] messages, int from, int count) throws IOException {
		if (count == 1) {
			writeEncoded(messages[from]);
			return;
		}
		this.lock.lock();
		try {
			writeBatch(messages, from, count);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void writeBatch(byte[][] messages, int from, int count) throws IOException {
		ByteBuffer batch = this.pools.large().borrow();
		try {
			for (int i = from; i < from + count; i++) {
				this.encoder.put(messages[i], batch);
			}
			writeBuffer(batch.flip());
			this.connection.statistics().messagesWritten(count);
		}
		finally {
			this.pools.large().giveBack(batch);
		}
	}

	private void writeFrame(byte[] message) throws IOException {
		int size = frameSize(message);
		if (size == 0 && !this.encoder.endsStream()) {
			return;
		}
		if (size <= this.pools.small().size()) {
			ByteBuffer buffer = small();
			this.encoder.put(message, buffer.clear());
			writeBuffer(buffer.flip());
		}
		else {
			BufferPool pool = (size <= this.pools.medium().size()) ? this.pools.medium() : this.pools.large();
			ByteBuffer buffer = pool.borrow();
			try {
				writeLarge(message, size, buffer);
			}
			finally {
				pool.giveBack(buffer);
			}
		}
		this.connection.statistics().messagesWritten(1);
		if (this.encoder.endsStream()) {
			endStream();
		}
	}

	// What was written before a close stays for the peer
	private void endStream() throws IOException {
		try {
			this.connection.endOutput();
		}
		catch (PipeUnsupportedException ex) {
			this.connection.closeSoon(CloseReason.OPERATOR, null);
		}
	}

	private void writeLarge(byte[] message, int size, ByteBuffer buffer) throws IOException {
		if (size <= buffer.capacity()) {
			this.encoder.put(message, buffer);
			writeBuffer(buffer.flip());
			return;
		}
		this.encoder.putHeader(message.length, buffer);
		this.connection.write(buffer.flip(), ByteBuffer.wrap(message), ByteBuffer.wrap(this.encoder.trailer()));
	}

	private void writeBuffer(ByteBuffer buffer) throws IOException {
		this.single[0] = buffer;
		this.connection.write(this.single);
	}

	private ByteBuffer small() {
		ByteBuffer buffer = this.small;
		if (buffer == null) {
			if (this.closed) {
				// as if for the last time: nobody gives it back
				return ByteBuffer.allocate(this.pools.small().size());
			}
			buffer = this.pools.small().borrow();
			this.small = buffer;
		}
		return buffer;
	}

	/**
	 * Gives the buffers back; the connection is left as it is. Waits for a write in
	 * progress.
	 */
	@Override
	public void close() {
		this.lock.lock();
		try {
			this.closed = true;
			if (this.small != null) {
				this.pools.small().giveBack(this.small);
				this.small = null;
			}
		}
		finally {
			this.lock.unlock();
		}
	}

}
