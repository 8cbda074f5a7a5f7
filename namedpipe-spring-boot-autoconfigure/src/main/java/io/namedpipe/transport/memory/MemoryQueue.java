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

package io.namedpipe.transport.memory;

import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.PendingInput;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * One direction of a pipe in memory: a bounded queue of chunks, each a message in message
 * mode.
 */
final class MemoryQueue {

	private final int capacity;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private final Deque<ByteBuffer> chunks = new ArrayDeque<>();

	private int size;

	private boolean ended;

	private boolean readerEnded;

	private boolean readerGone;

	private boolean ignored;

	private boolean refused;

	/**
	 * Creates an empty queue.
	 * @param capacity how many bytes it takes before a writer waits
	 */
	MemoryQueue(int capacity) {
		this.capacity = capacity;
	}

	int read(ByteBuffer target, long nanos) throws InterruptedIOException {
		this.lock.lock();
		try {
			ByteBuffer chunk = await(nanos);
			if (chunk == null) {
				return (this.ended || this.readerEnded || this.ignored) ? -1 : 0;
			}
			int count = Math.min(chunk.remaining(), target.remaining());
			target.put(target.position(), chunk, chunk.position(), count).position(target.position() + count);
			chunk.position(chunk.position() + count);
			if (!chunk.hasRemaining()) {
				this.chunks.remove();
			}
			this.size -= count;
			this.changed.signalAll();
			return count;
		}
		finally {
			this.lock.unlock();
		}
	}

	byte @Nullable [] readMessage(int maxSize) throws InterruptedIOException, TransportException {
		this.lock.lock();
		try {
			ByteBuffer chunk = await(Long.MAX_VALUE);
			if (chunk == null) {
				return null;
			}
			this.chunks.remove();
			this.size -= chunk.remaining();
			this.changed.signalAll();
			if (chunk.remaining() > maxSize) {
				throw new TransportException(Reason.MESSAGE_TOO_LARGE,
						"A message of " + chunk.remaining() + " bytes is larger than the maximum of " + maxSize);
			}
			byte[] message = new byte[chunk.remaining()];
			chunk.get(message);
			return message;
		}
		finally {
			this.lock.unlock();
		}
	}

	PendingInput pending() {
		this.lock.lock();
		try {
			if (!this.chunks.isEmpty()) {
				return PendingInput.DATA;
			}
			return (this.ended || this.readerEnded) ? PendingInput.END : PendingInput.NOTHING;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether the reader has left before it read everything.
	 */
	boolean isLeftUnread() {
		this.lock.lock();
		try {
			return this.refused || (this.readerGone && !this.chunks.isEmpty());
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether the reader has closed its end.
	 */
	boolean isReaderGone() {
		this.lock.lock();
		try {
			return this.readerGone;
		}
		finally {
			this.lock.unlock();
		}
	}

	private @Nullable ByteBuffer await(long nanos) throws InterruptedIOException {
		long left = nanos;
		while (this.chunks.isEmpty() && !this.ended && !this.readerEnded && !this.ignored && left > 0) {
			left = waitForChange(left);
		}
		return (this.readerEnded || this.ignored) ? null : this.chunks.peek();
	}

	private long waitForChange(long nanos) throws InterruptedIOException {
		try {
			return this.changed.awaitNanos(nanos);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException();
		}
	}

	void write(ByteBuffer source, boolean message) throws InterruptedIOException, TransportException {
		this.lock.lock();
		try {
			do {
				while (this.size >= this.capacity && !this.readerGone && !this.readerEnded && !this.ended) {
					waitForChange(Long.MAX_VALUE);
				}
				if (this.ended) {
					throw new TransportException(Reason.CLOSED, "The connection is closed");
				}
				if (this.readerGone || this.readerEnded) {
					this.refused = true;
					throw new TransportException(Reason.PEER_GONE, "The peer has left");
				}
				int count = (message) ? source.remaining() : Math.min(source.remaining(), this.capacity - this.size);
				byte[] chunk = new byte[count];
				source.get(chunk);
				if (message || count > 0) {
					this.chunks.add(ByteBuffer.wrap(chunk));
				}
				this.size += count;
				this.changed.signalAll();
			}
			while (source.hasRemaining());
		}
		finally {
			this.lock.unlock();
		}
	}

	void end() {
		change(() -> this.ended = true);
	}

	void endReading() {
		change(() -> this.readerEnded = true);
	}

	/**
	 * The reader reads no more, and the writer does not notice it.
	 */
	void ignore() {
		change(() -> this.ignored = true);
	}

	void readerGone() {
		change(() -> this.readerGone = true);
	}

	private void change(Runnable change) {
		this.lock.lock();
		try {
			change.run();
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

}
