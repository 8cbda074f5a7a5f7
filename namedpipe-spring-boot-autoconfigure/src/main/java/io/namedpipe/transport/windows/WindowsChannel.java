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

package io.namedpipe.transport.windows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.GrantedAccess;
import io.namedpipe.transport.PeerCredentials;
import io.namedpipe.transport.PendingInput;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * A connected end of a pipe. Its handle is an overlapped one: on a synchronous handle a
 * blocked read would block writes too.
 */
final class WindowsChannel implements TransportChannel {

	private static final Log logger = LogFactory.getLog(WindowsChannel.class);

	/**
	 * How long a read may wait with a large buffer before it goes on with a small one.
	 */
	private static final int IDLE_MILLIS = 1000;

	private static final long FOREVER = Long.MAX_VALUE;

	private final PipeInstance end;

	private final Place place;

	private final PipeReadMode content;

	private volatile GrantedAccess granted;

	private final int maxMessageSize;

	private final PipeHandle handle;

	private final OverlappedDirection input;

	private final OverlappedDirection output;

	private final NativeBuffer smallOutputBuffer = NativeBuffer.take(NativeBuffer.SMALL);

	private NativeBuffer inputBuffer = NativeBuffer.take(NativeBuffer.SMALL);

	/** Whether asking once more is of no use. */
	private boolean identified;

	private volatile @Nullable ConnectedClient client;

	private volatile PeerCredentials peer;

	private boolean peerOutputEnded;

	private volatile boolean outputEnded;

	private volatile boolean peerLeftUnread;

	private volatile boolean written;

	private volatile @Nullable PipeFlush flush;

	/**
	 * Creates the channel.
	 * @param end what it owns until it gives it back
	 * @param place which end it is
	 * @param content what the pipe carries
	 * @param granted what the peer may do
	 * @param maxMessageSize largest message in bytes
	 * @param giveBack takes the end
	 */
	WindowsChannel(PipeInstance end, Place place, PipeReadMode content, GrantedAccess granted, int maxMessageSize,
			Consumer<PipeInstance> giveBack) {
		this.end = end;
		this.place = place;
		this.content = content;
		this.granted = granted;
		this.maxMessageSize = maxMessageSize;
		this.handle = new PipeHandle(end.pipe(), () -> {
			this.inputBuffer.giveBack();
			this.smallOutputBuffer.giveBack();
			giveBack.accept(end);
		});
		this.input = new OverlappedDirection(end.pipe(), end.input(), "read from the pipe");
		this.output = new OverlappedDirection(end.pipe(), end.output(), "write to the pipe");
		this.peer = new PeerCredentials(null, null, null, null, processId());
	}

	private boolean isServer() {
		return this.place == Place.SERVER;
	}

	int inputBufferSize() {
		return this.inputBuffer.size();
	}

	private OptionalLong processId() {
		int[] id = new int[1];
		boolean known = isServer() ? Kernel32.GetNamedPipeClientProcessId(this.end.pipe(), id)
				: Kernel32.GetNamedPipeServerProcessId(this.end.pipe(), id);
		return known ? OptionalLong.of(Integer.toUnsignedLong(id[0])) : OptionalLong.empty();
	}

	@Override
	public PeerCredentials peer() {
		ConnectedClient known = this.client;
		if (known != null && this.peer.userId() == null) {
			this.peer = known.credentials(this.peer.processId());
		}
		return this.peer;
	}

	@Override
	public GrantedAccess granted() {
		return this.granted;
	}

	/**
	 * Nothing to prepare: a read that is under way can be taken back.
	 */
	@Override
	public void enableTimedReads() {
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		return read(target, FOREVER);
	}

	@Override
	public int read(ByteBuffer target, long nanos) throws IOException {
		long started = (nanos != FOREVER) ? System.nanoTime() : 0;
		this.handle.enter();
		try {
			while (!this.peerOutputEnded) {
				Completion completion = readIntoBuffer(target.remaining(), started, nanos);
				if (completion == Completion.PENDING) {
					return 0;
				}
				if (completion == Completion.PEER_GONE || completion == Completion.CANCELLED) {
					return -1;
				}
				int count = this.input.count();
				if (count > 0) {
					this.inputBuffer.get(count, target);
					adaptBuffer(count, target.remaining() > 0);
					identifyByWhatWasRead();
					return count;
				}
				// on a pipe of bytes a peer may write nothing, which is no end of stream
				this.peerOutputEnded = (this.content == PipeReadMode.BYTES_OF_MESSAGES);
			}
			return -1;
		}
		finally {
			this.handle.leave();
		}
	}

	@Override
	public byte @Nullable [] readMessage(int maxSize) throws IOException {
		this.handle.enter();
		try {
			Completion completion = readIntoBuffer(NativeBuffer.LARGE, 0, FOREVER);
			if (completion == Completion.PEER_GONE || completion == Completion.CANCELLED) {
				return null;
			}
			byte[] message = (completion == Completion.MORE_DATA) ? readLargeMessage(maxSize)
					: completeMessage(maxSize);
			identifyByWhatWasRead();
			return message;
		}
		finally {
			this.handle.leave();
		}
	}

	@Override
	public PendingInput pendingInput() throws TransportException {
		this.handle.enter();
		try {
			int[] available = new int[1];
			int[] message = new int[1];
			if (Kernel32.PeekNamedPipe(this.end.pipe(), Kernel32.NULL, 0, Kernel32.NULL, available, message)) {
				return (available[0] == 0 && message[0] == 0) ? pendingMessage() : PendingInput.DATA;
			}
			// an end that may not read cannot look
			return (Win32Error.last() == Win32Error.ERROR_ACCESS_DENIED && !isPeerGone()) ? PendingInput.NOTHING
					: PendingInput.END;
		}
		finally {
			this.handle.leave();
		}
	}

	@Override
	public boolean hasPending() throws TransportException {
		this.handle.enter();
		try {
			int[] available = new int[1];
			int[] message = new int[1];
			return Kernel32.PeekNamedPipe(this.end.pipe(), Kernel32.NULL, 0, Kernel32.NULL, available, message)
					&& (available[0] != 0 || message[0] != 0);
		}
		finally {
			this.handle.leave();
		}
	}

	// PeekNamedPipe says of an empty message what it says of none. A read of nothing
	// waits for a message, and takes an empty one
	private PendingInput pendingMessage() throws TransportException {
		if (this.content == PipeReadMode.BYTES) {
			return PendingInput.NOTHING;
		}
		Completion completion = this.input.read(this.inputBuffer.address(), 0);
		if (completion == Completion.PENDING) {
			completion = this.input.cancel();
		}
		return switch (completion) {
			case CANCELLED -> PendingInput.NOTHING;
			case PEER_GONE -> PendingInput.END;
			case DONE -> (this.content == PipeReadMode.BYTES_OF_MESSAGES) ? PendingInput.END : PendingInput.DATA;
			default -> PendingInput.DATA;
		};
	}

	@Override
	public boolean hasPeerLeft() throws TransportException {
		this.handle.enter();
		try {
			return isPeerGone();
		}
		finally {
			this.handle.leave();
		}
	}

	private boolean isPeerGone() {
		return switch (this.place) {
			case SERVER -> this.end.hasClientLeft();
			case CLIENT -> this.end.hasServerLeft();
			// to ask another machine takes as long as it takes to answer
			case CLIENT_OF_ANOTHER_MACHINE -> false;
		};
	}

	@Override
	public boolean peerLeftUnread() {
		return this.peerLeftUnread;
	}

	private byte[] completeMessage(int maxSize) throws TransportException {
		int size = this.input.count();
		if (size > maxSize) {
			throw tooLarge(size, maxSize);
		}
		byte[] message = new byte[size];
		this.inputBuffer.get(size, message, 0);
		adaptBuffer(size, true);
		return message;
	}

	private byte[] readLargeMessage(int maxSize) throws TransportException {
		long size = this.input.count();
		long total = size + bytesLeftOfMessage();
		byte[] message = new byte[(total <= maxSize) ? (int) total : 0];
		Completion completion = Completion.MORE_DATA;
		while (true) {
			if (size <= message.length) {
				this.inputBuffer.get(this.input.count(), message, (int) size - this.input.count());
			}
			if (completion == Completion.DONE) {
				break;
			}
			growBuffer();
			completion = readIntoBuffer(NativeBuffer.LARGE, 0, FOREVER);
			if (completion == Completion.PEER_GONE || completion == Completion.CANCELLED) {
				throw new TransportException(Reason.IO, "The pipe was closed in the middle of a message");
			}
			size += this.input.count();
		}
		// all of it has been read, so that the next message is whole
		if (total > maxSize) {
			throw tooLarge(total, maxSize);
		}
		if (size != total) {
			throw new TransportException(Reason.IO,
					"A message was to have " + total + " bytes and has " + size + " bytes");
		}
		return message;
	}

	private long bytesLeftOfMessage() throws TransportException {
		int[] left = new int[1];
		Win32Error.check(Kernel32.PeekNamedPipe(this.end.pipe(), Kernel32.NULL, 0, Kernel32.NULL, new int[1], left),
				"ask for the size of a message");
		return Integer.toUnsignedLong(left[0]);
	}

	private TransportException tooLarge(long size, int maxSize) {
		return new TransportException(Reason.MESSAGE_TOO_LARGE,
				"A message of " + size + " bytes is larger than the maximum of " + maxSize + " bytes");
	}

	/**
	 * Reads, waiting for that long since it was started.
	 * @return how it went; {@link Completion#PENDING} if the time is up, and nothing is
	 * under way any more
	 */
	private Completion readIntoBuffer(int atMost, long started, long nanos) throws TransportException {
		while (true) {
			int length = Math.min(atMost, this.inputBuffer.size());
			Completion completion = this.input.read(this.inputBuffer.address(), length);
			if (completion == Completion.PENDING) {
				completion = this.input.await(waitMillis(started, nanos));
			}
			if (completion == Completion.PENDING) {
				completion = this.input.cancel();
				if (completion == Completion.CANCELLED && !this.input.isEnded()) {
					if (nanos != FOREVER && nanos - (System.nanoTime() - started) <= 0) {
						if (nanos > 0) {
							useBuffer(NativeBuffer.SMALL);
						}
						return Completion.PENDING;
					}
					useBuffer(NativeBuffer.SMALL);
					continue;
				}
			}
			if (completion == Completion.CANCELLED) {
				checkOpen();
			}
			return completion;
		}
	}

	private int waitMillis(long started, long nanos) {
		int idle = this.inputBuffer.isSmall() ? Kernel32.INFINITE : IDLE_MILLIS;
		if (nanos == FOREVER) {
			return idle;
		}
		long left = Math.max(0, nanos - (System.nanoTime() - started));
		long millis = TimeUnit.NANOSECONDS.toMillis(left + 999_999);
		return (int) Math.min(millis, (idle == Kernel32.INFINITE) ? Integer.MAX_VALUE : idle);
	}

	private void checkOpen() throws TransportException {
		if (this.handle.isClosed()) {
			throw this.handle.closed();
		}
		if (!this.input.isEnded()) {
			throw new TransportException(Reason.IO, "A read from the pipe was cancelled");
		}
	}

	private void adaptBuffer(int count, boolean targetHasRoom) {
		if (count == this.inputBuffer.size() && targetHasRoom) {
			growBuffer();
		}
	}

	private void growBuffer() {
		if (this.inputBuffer.isSmall()) {
			useBuffer(NativeBuffer.LARGE);
		}
	}

	private void useBuffer(int size) {
		this.inputBuffer.giveBack();
		this.inputBuffer = NativeBuffer.take(size);
	}

	/**
	 * Server: asks who the client is, where that is not known yet. A client that asked
	 * for dynamic tracking is not known before the first read.
	 */
	void identify() {
		// asking takes an identity on, which would end the one that a task of another
		// pipe has
		if (!isServer() || this.client != null || this.identified || Tokens.isImpersonating()) {
			return;
		}
		try {
			ConnectedClient found = ConnectedClient.of(this.end.pipe());
			this.granted = found.granted();
			this.client = found;
		}
		catch (TransportException ex) {
			logger.debug("The user of " + this.peer.describe() + " is not known", ex);
		}
	}

	private void identifyByWhatWasRead() {
		identify();
		this.identified = true;
	}

	@Override
	public void write(ByteBuffer[] sources, int offset, int length) throws IOException {
		int remaining = 0;
		for (int i = offset; i < offset + length; i++) {
			remaining = Math.min(NativeBuffer.LARGE, remaining + sources[i].remaining());
		}
		if (remaining == 0) {
			return;
		}
		checkOutput();
		this.handle.enter();
		try {
			NativeBuffer buffer = takeOutputBuffer(remaining);
			try {
				buffer.clear();
				for (int i = offset; i < offset + length; i++) {
					write(sources[i], buffer);
				}
				if (buffer.filled() > 0) {
					writeFrom(buffer);
				}
			}
			finally {
				giveBackOutputBuffer(buffer);
			}
		}
		finally {
			this.handle.leave();
		}
	}

	private void checkOutput() throws TransportException {
		if (this.outputEnded) {
			throw new TransportException(Reason.CLOSED, "The output of the pipe was ended");
		}
	}

	private void write(ByteBuffer source, NativeBuffer buffer) throws TransportException {
		buffer.fill(source);
		while (source.hasRemaining()) {
			writeFrom(buffer);
			buffer.clear();
			buffer.fill(source);
		}
	}

	@Override
	public void writeMessage(ByteBuffer message) throws IOException {
		int size = message.remaining();
		if (size > this.maxMessageSize) {
			throw tooLarge(size, this.maxMessageSize);
		}
		this.handle.enter();
		try {
			NativeBuffer buffer = takeOutputBuffer(size);
			try {
				buffer.clear();
				buffer.fill(message);
				writeFrom(buffer);
			}
			finally {
				giveBackOutputBuffer(buffer);
			}
		}
		finally {
			this.handle.leave();
		}
	}

	private NativeBuffer takeOutputBuffer(int size) {
		return (size <= this.smallOutputBuffer.size()) ? this.smallOutputBuffer : NativeBuffer.take(size);
	}

	private void giveBackOutputBuffer(NativeBuffer buffer) {
		if (buffer != this.smallOutputBuffer) {
			buffer.giveBack();
		}
	}

	private void writeFrom(NativeBuffer buffer) throws TransportException {
		this.written = true;
		Completion completion = this.output.write(buffer.address(), buffer.filled());
		switch (completion) {
			case DONE -> {
			}
			case PEER_GONE -> {
				this.peerLeftUnread = true;
				throw new TransportException(Reason.PEER_GONE, "The peer has closed the pipe");
			}
			case CANCELLED -> throw this.handle.closed();
			default -> throw new IllegalStateException("Unexpected completion of a write: " + completion);
		}
	}

	@Override
	public void endInput() {
		this.input.end();
	}

	/**
	 * A message of no bytes is the end of a stream that is made of messages. Other pipes
	 * have none.
	 */
	@Override
	public void endOutput() throws IOException {
		if (this.content != PipeReadMode.BYTES_OF_MESSAGES) {
			throw new TransportException(Reason.UNSUPPORTED,
					"A pipe of Windows cannot end one direction: close the connection");
		}
		if (!this.outputEnded) {
			writeMessage(ByteBuffer.allocate(0));
			this.outputEnded = true;
		}
	}

	/**
	 * Waits until the peer has read everything. Before {@link #close()} there is no need
	 * for it: what was written stays for the peer.
	 */
	@Override
	public boolean drain(Duration timeout) throws IOException {
		if (!this.written) {
			return true;
		}
		PipeFlush flush = new PipeFlush(this.handle.enter());
		try {
			this.flush = flush;
			this.written = false;
			if (this.handle.isClosed()) {
				throw this.handle.closed(); // before it could be cancelled
			}
			Completion completion = flush.await(timeout);
			this.written |= (completion != Completion.DONE);
			if (completion == Completion.PEER_GONE) {
				throw new TransportException(Reason.PEER_GONE,
						"The peer has closed the pipe before it has read everything");
			}
			if (completion == Completion.CANCELLED && this.handle.isClosed()) {
				throw this.handle.closed();
			}
			return completion == Completion.DONE;
		}
		finally {
			this.flush = null;
			this.handle.leave();
		}
	}

	@Override
	public <T extends @Nullable Object> T runAsPeer(Callable<T> task) throws Exception {
		if (!isServer()) {
			throw new TransportException(Reason.UNSUPPORTED, "Only a server can run as its client");
		}
		return ClientIdentity.run(this.handle, task);
	}

	@Override
	public void close() {
		this.handle.close(() -> {
			this.input.end();
			this.output.end();
			PipeFlush current = this.flush;
			if (current != null) {
				current.cancel();
			}
		});
	}

	/**
	 * Which end of a pipe this is.
	 */
	enum Place {

		SERVER, CLIENT, CLIENT_OF_ANOTHER_MACHINE

	}

}
