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

package io.namedpipe;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.GrantedAccess;
import io.namedpipe.transport.PeerIdentityError;
import io.namedpipe.transport.PendingInput;
import io.namedpipe.transport.ProcessIdentity;
import io.namedpipe.transport.TimeLimit;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;

/**
 * One end of a connected pipe.
 * <p>
 * Any number of threads may use it. Reads take turns, writes take turns, and a read does
 * not wait for a write. Each write call is atomic: its bytes are not interleaved with
 * those of another. Interrupting a thread that is blocked in a read or write ends the
 * call with an exception and closes the connection, on every platform and transport, as
 * with a {@link java.nio.channels.InterruptibleChannel}; the interrupt status stays set.
 * <p>
 * The end of the stream does not close the connection: what is still due to a peer that
 * ended its output can be written. A write that fails because the peer has left does,
 * unless somebody reads what that peer had sent before.
 * <p>
 * The names follow .NET's {@code System.IO.Pipes.PipeStream} where it has the operation.
 */
public final class PipeConnection implements Closeable {

	private static final int WRITE_WINDOW = 256 * 1024;

	private static final int LOOK_AHEAD = 2048;

	private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

	private static final ThreadLocal<PipeConnection> conversation = new ThreadLocal<>();

	private final String id;

	private final ConnectionOwner owner;

	private final TransportChannel transport;

	private final TransmissionMode transmissionMode;

	private final boolean readable;

	private final boolean writable;

	private final PipePeer peer;

	private final Instant openedAt = Instant.now();

	private final ConnectionStatistics statistics;

	private final ReentrantLock readLock = new ReentrantLock();

	private final ReentrantLock writeLock = new ReentrantLock();

	private final AtomicReference<@Nullable CloseReason> closeReason = new AtomicReference<>();

	private final ConnectionDeadlines deadlines = new ConnectionDeadlines();

	private volatile BooleanSupplier busy = () -> false;

	private volatile boolean excused;

	private volatile boolean stopping;

	private volatile boolean inputEnded;

	private volatile boolean outputEnded;

	private volatile boolean readToEnd;

	private volatile boolean reported;

	private volatile boolean timedReads;

	private boolean peerIdentified;

	// The rest of a message, or bytes that were put back
	private ByteBuffer readAhead = NOTHING;

	PipeConnection(String id, ConnectionOwner owner, TransportChannel transport, TransmissionMode transmissionMode,
			PipeDirection direction, PipeStatistics totals) {
		GrantedAccess granted = transport.granted();
		this.id = id;
		this.owner = owner;
		this.transport = transport;
		this.transmissionMode = transmissionMode;
		this.readable = direction.canRead() && granted.write();
		this.writable = direction.canWrite() && granted.read();
		this.peer = new PipePeer(transport::peer);
		this.statistics = new ConnectionStatistics(totals);
	}

	/**
	 * The id of this connection, unique in this process and for a long time beyond it.
	 * @return the id
	 */
	public String id() {
		return this.id;
	}

	/**
	 * The path or full name of the pipe.
	 * @return the address
	 */
	public String address() {
		return this.owner.address();
	}

	/**
	 * Who is at the other end.
	 * @return the peer
	 */
	public PipePeer peer() {
		return this.peer;
	}

	/**
	 * Whether message boundaries are kept.
	 * @return the mode
	 */
	public TransmissionMode transmissionMode() {
		return this.transmissionMode;
	}

	/**
	 * When the connection was opened.
	 * @return the time
	 */
	public Instant openedAt() {
		return this.openedAt;
	}

	/**
	 * What went over this connection so far.
	 * @return the live counters
	 */
	public ConnectionStatistics statistics() {
		return this.statistics;
	}

	/**
	 * The largest message that the pipe carries, as configured.
	 * @return the size in bytes
	 */
	public int maxMessageSize() {
		return this.owner.maxMessageSize();
	}

	/**
	 * Whether this end may read: by the direction of the pipe, and by what the peer was
	 * granted.
	 * @return {@code true} if reading is allowed
	 */
	public boolean canRead() {
		return this.readable;
	}

	/**
	 * Whether this end may write: by the direction of the pipe, and by what the peer was
	 * granted.
	 * @return {@code true} if writing is allowed
	 */
	public boolean canWrite() {
		return this.writable;
	}

	/**
	 * Reads what is there, waiting for the first byte. In message mode this never reads
	 * beyond the end of a message; {@link #isMessageComplete()} returns whether it has
	 * reached that end. An empty message is not seen by this method: use
	 * {@link #readMessage()}.
	 * @param target receives the bytes
	 * @return the number of bytes, 0 only if the target has no room, or -1 at the end of
	 * the stream
	 * @throws PipeAccessDeniedException if this end may not read
	 * @throws PipeClosedException if the connection is closed on this side
	 * @throws IOException if the platform fails; the connection is closed then
	 */
	public int read(ByteBuffer target) throws IOException {
		checkReadable();
		if (!target.hasRemaining()) {
			return 0;
		}
		this.readLock.lock();
		try {
			return (this.transmissionMode == TransmissionMode.BYTE) ? readBytes(target) : readPartOfMessage(target);
		}
		catch (IOException ex) {
			throw readFailed(ex);
		}
		finally {
			this.readLock.unlock();
		}
	}

	private int readBytes(ByteBuffer target) throws IOException {
		if (this.inputEnded) {
			return -1;
		}
		return hasReadAhead() ? takeReadAhead(target) : bytesRead(this.transport.read(target));
	}

	private int bytesRead(int count) throws PipeClosedException {
		if (count > 0) {
			this.statistics.bytesRead(count);
			identifyPeer();
		}
		return count;
	}

	/**
	 * Makes {@link #read(ByteBuffer, Duration)} and {@link #available()} possible. To be
	 * called while nobody reads or writes, as by whoever gets the connection or by an
	 * initializer. A connection then costs four more descriptors on Linux and six on
	 * macOS, which are taken at once, and a virtual thread that waits for it keeps its
	 * carrier. Idempotent.
	 * @throws PipeUnsupportedException in message mode, and where the platform cannot end
	 * a read and lose nothing
	 * @throws PipeClosedException if the connection is closed
	 * @throws IOException if the platform fails; the connection is closed then
	 */
	public void enableTimedReads() throws IOException {
		if (this.transmissionMode != TransmissionMode.BYTE) {
			throw new PipeUnsupportedException(
					address() + " is in message mode, where a read cannot end because its time is up", address(), null);
		}
		checkOpen();
		if (this.timedReads) {
			return;
		}
		// the supervisor may be looking for input
		this.readLock.lock();
		try {
			this.transport.enableTimedReads();
			this.timedReads = true;
		}
		catch (IOException ex) {
			PipeException failure = PipeExceptions.translate(ex, address());
			throw (failure instanceof PipeUnsupportedException) ? failure : readFailed(ex);
		}
		finally {
			this.readLock.unlock();
		}
	}

	/**
	 * Reads what is there, waiting for the first byte no longer than a time. A read that
	 * ends because the time is up loses nothing and leaves the connection as it was.
	 * @param target receives the bytes
	 * @param timeout the longest time to wait for the first byte, at least zero; not
	 * counted is the time in which another thread reads
	 * @return the number of bytes, 0 only if the target has no room, or -1 at the end of
	 * the stream
	 * @throws PipeTimeoutException if the time was up first; the connection stays open
	 * @throws IllegalStateException without {@link #enableTimedReads()}
	 * @throws IOException as {@link #read(ByteBuffer)}
	 */
	public int read(ByteBuffer target, Duration timeout) throws IOException {
		checkTimedReads();
		checkReadable();
		if (!target.hasRemaining()) {
			return 0;
		}
		this.readLock.lock();
		int count;
		try {
			count = readBytes(target, Math.max(0, TimeLimit.nanos(timeout)));
		}
		catch (IOException ex) {
			throw readFailed(ex);
		}
		finally {
			this.readLock.unlock();
		}
		if (count == 0) {
			checkOpen();
			throw new PipeTimeoutException(
					"Nothing to read from " + address() + " within " + TimeLimit.millis(timeout) + " ms", address(),
					null);
		}
		return count;
	}

	private int readBytes(ByteBuffer target, long nanos) throws IOException {
		if (this.inputEnded) {
			return -1;
		}
		return hasReadAhead() ? takeReadAhead(target) : bytesRead(this.transport.read(target, nanos));
	}

	/**
	 * How many bytes a read gets without waiting. Does not wait.
	 * @return the number of bytes, some of them where there are many; 0 if there are
	 * none, at the end of the stream, and while somebody reads
	 * @throws IllegalStateException without {@link #enableTimedReads()}
	 * @throws IOException as {@link #read(ByteBuffer)}
	 */
	public int available() throws IOException {
		checkTimedReads();
		checkReadable();
		if (this.inputEnded || !this.readLock.tryLock()) {
			return 0;
		}
		try {
			if (!hasReadAhead()) {
				ByteBuffer ahead = ByteBuffer.allocate(LOOK_AHEAD);
				bytesRead(this.transport.read(ahead, 0));
				this.readAhead = ahead.flip();
			}
			return this.readAhead.remaining();
		}
		catch (IOException ex) {
			throw readFailed(ex);
		}
		finally {
			this.readLock.unlock();
		}
	}

	private void checkTimedReads() {
		if (!this.timedReads) {
			throw new IllegalStateException(
					"Timed reads of " + address() + " are not enabled: call enableTimedReads()");
		}
	}

	private int takeReadAhead(ByteBuffer target) {
		ByteBuffer source = this.readAhead;
		int count = Math.min(source.remaining(), target.remaining());
		target.put(target.position(), source, source.position(), count);
		target.position(target.position() + count);
		source.position(source.position() + count);
		if (!source.hasRemaining()) {
			this.readAhead = NOTHING;
		}
		return count;
	}

	/**
	 * Puts bytes back that were read ahead in byte mode, so that whoever reads next gets
	 * them first. For the thread that has read them.
	 * @param bytes the bytes, which are copied
	 * @throws IllegalStateException in message mode, where nothing is read ahead
	 */
	public void unread(ByteBuffer bytes) {
		if (this.transmissionMode != TransmissionMode.BYTE) {
			throw new IllegalStateException("In message mode nothing can be put back");
		}
		if (!bytes.hasRemaining()) {
			return;
		}
		this.readLock.lock();
		try {
			this.readAhead = ByteBuffer.allocate(bytes.remaining() + this.readAhead.remaining())
				.put(bytes.duplicate())
				.put(this.readAhead)
				.flip();
		}
		finally {
			this.readLock.unlock();
		}
	}

	private int readPartOfMessage(ByteBuffer target) throws IOException {
		if (this.inputEnded) {
			return -1;
		}
		while (!hasReadAhead()) {
			byte[] next = receiveMessage();
			if (next == null) {
				return -1;
			}
			this.readAhead = ByteBuffer.wrap(next);
		}
		return takeReadAhead(target);
	}

	/**
	 * Whether the last {@link #read(ByteBuffer)} reached the end of a message (.NET
	 * {@code IsMessageComplete}). To be asked by the reading thread.
	 * @return {@code true} if no part of a message is left, and always in byte mode
	 */
	public boolean isMessageComplete() {
		return this.transmissionMode == TransmissionMode.BYTE || !hasReadAhead();
	}

	/**
	 * Reads one whole message in message mode; what an earlier {@link #read(ByteBuffer)}
	 * left of one comes first.
	 * @return the message, empty for one of length zero, or {@code null} at the end of
	 * the stream
	 * @throws IllegalStateException in byte mode
	 * @throws MessageTooLargeException if the message is larger than the maximum; the
	 * connection is closed then
	 * @throws IOException as {@link #read(ByteBuffer)}
	 */
	public byte @Nullable [] readMessage() throws IOException {
		checkMessageMode();
		checkReadable();
		this.readLock.lock();
		try {
			if (this.inputEnded) {
				return null;
			}
			if (hasReadAhead()) {
				byte[] message = new byte[this.readAhead.remaining()];
				this.readAhead.get(message);
				return message;
			}
			return receiveMessage();
		}
		catch (IOException ex) {
			throw readFailed(ex);
		}
		finally {
			this.readLock.unlock();
		}
	}

	private byte @Nullable [] receiveMessage() throws IOException {
		byte[] message = this.transport.readMessage(maxMessageSize());
		if (message != null) {
			this.statistics.bytesRead(message.length);
			this.statistics.messageRead();
			identifyPeer();
		}
		return message;
	}

	private void identifyPeer() throws PipeClosedException {
		if (!this.peerIdentified) {
			this.peerIdentified = true;
			this.owner.peerIdentified(this);
		}
	}

	private PipeException readFailed(IOException ex) {
		PipeException closed = closedException(ex);
		if (closed != null) {
			return closed;
		}
		PipeException failure = PipeExceptions.translate(ex, address());
		close((failure instanceof MessageTooLargeException) ? CloseReason.PROTOCOL : CloseReason.ERROR, failure);
		return failure;
	}

	/**
	 * Writes all remaining bytes of the buffers in order, waiting for room. In message
	 * mode the buffers together are one message.
	 * @param sources the buffers; afterwards nothing remains in them
	 * @throws PipeAccessDeniedException if this end may not write
	 * @throws PeerGoneException if the peer has left; the connection is closed then,
	 * unless somebody is reading from it
	 * @throws PipeClosedException if the connection is closed on this side, also by the
	 * write timeout
	 * @throws MessageTooLargeException in message mode, if the message does not fit
	 * @throws IOException if the platform fails; the connection is closed then
	 */
	public void write(ByteBuffer... sources) throws IOException {
		if (this.transmissionMode == TransmissionMode.MESSAGE) {
			writeMessage((sources.length == 1) ? sources[0] : concatenate(sources));
			return;
		}
		checkWritable();
		this.writeLock.lock();
		this.deadlines.writeBegins(remaining(sources));
		try {
			writeInWindows(sources);
		}
		catch (IOException ex) {
			throw writeFailed(ex);
		}
		finally {
			this.deadlines.writeEnds();
			this.writeLock.unlock();
		}
	}

	private static long remaining(ByteBuffer[] sources) {
		long total = 0;
		for (ByteBuffer source : sources) {
			total += source.remaining();
		}
		return total;
	}

	// The write timeout asks for progress, so a large write must show some
	private void writeInWindows(ByteBuffer[] sources) throws IOException {
		long total = remaining(sources);
		if (total <= WRITE_WINDOW) {
			write(sources, total);
			return;
		}
		for (ByteBuffer source : sources) {
			writeInWindows(source, source.limit());
		}
	}

	private void writeInWindows(ByteBuffer source, int limit) throws IOException {
		try {
			while (source.position() < limit) {
				int window = Math.min(WRITE_WINDOW, limit - source.position());
				source.limit(source.position() + window);
				write(new ByteBuffer[] { source }, window);
			}
		}
		finally {
			source.limit(limit);
		}
	}

	private void write(ByteBuffer[] sources, long size) throws IOException {
		try {
			this.transport.write(sources, 0, sources.length);
		}
		catch (IOException ex) {
			this.statistics.bytesWritten(size - remaining(sources));
			throw ex;
		}
		this.statistics.bytesWritten(size);
	}

	/**
	 * Writes one message in message mode, waiting for room.
	 * @param message the message; afterwards nothing remains in it
	 * @throws IllegalStateException in byte mode
	 * @throws MessageTooLargeException if the message does not fit; nothing was sent and
	 * the connection is still usable
	 * @throws IOException as {@link #write(ByteBuffer...)}
	 */
	public void writeMessage(ByteBuffer message) throws IOException {
		checkMessageMode();
		checkWritable();
		int size = message.remaining();
		if (size > maxMessageSize()) {
			throw new MessageTooLargeException("A message of " + size + " bytes is larger than the maximum of "
					+ maxMessageSize() + " bytes on " + address(), address(), null);
		}
		this.writeLock.lock();
		this.deadlines.writeBegins(size);
		try {
			this.transport.writeMessage(message);
			this.statistics.bytesWritten(size);
			this.statistics.messagesWritten(1);
		}
		catch (IOException ex) {
			throw writeFailed(ex);
		}
		finally {
			this.deadlines.writeEnds();
			this.writeLock.unlock();
		}
	}

	private PipeException writeFailed(IOException ex) {
		PipeException closed = closedException(ex);
		if (closed != null) {
			return closed;
		}
		if (this.outputEnded) {
			return new PipeClosedException("The output of connection " + this.id + " on " + address() + " was ended",
					address(), null, ex);
		}
		PipeException failure = PipeExceptions.translate(ex, address());
		if (failure instanceof PeerGoneException) {
			// a reading thread gets what the peer sent before it left, and then the end
			if (!this.readToEnd && !this.readLock.isLocked()) {
				close(CloseReason.PEER);
			}
		}
		else if (!(failure instanceof MessageTooLargeException)) {
			close(CloseReason.ERROR, failure);
		}
		return failure;
	}

	private @Nullable PipeException closedException(@Nullable IOException cause) {
		CloseReason reason = this.closeReason.get();
		if (reason == null) {
			return null;
		}
		return new PipeClosedException("Connection " + this.id + " on " + address() + " is closed: " + reason.tag(),
				address(), reason, cause);
	}

	/**
	 * This connection as a channel. Closing it closes the connection.
	 * @return the channel
	 */
	public ByteChannel channel() {
		return new ConnectionChannel(this);
	}

	/**
	 * A stream that reads from this connection. Closing it ends the input, and closes the
	 * connection where this end may not write: there is nothing left to do with it then.
	 * @return the stream
	 */
	public InputStream inputStream() {
		return new ConnectionInputStream(this);
	}

	/**
	 * A stream that writes to this connection, without a buffer: each write is one call
	 * to the platform, in message mode one message. Closing it closes the connection.
	 * @return the stream
	 */
	public OutputStream outputStream() {
		return new ConnectionOutputStream(this);
	}

	/**
	 * Whether nothing is waiting to be read, neither bytes nor the end of the stream.
	 * Does not wait. For a pool that checks idle connections: what has arrived unasked
	 * may be lost, so that a connection that is not idle has to be closed.
	 * @return {@code false} if something has arrived or the connection is closed,
	 * {@code true} otherwise and where the platform cannot know
	 */
	public boolean isIdle() {
		return pendingInput() == PendingInput.NOTHING;
	}

	/**
	 * What a read would find. Does not wait. What has arrived may be lost, as with
	 * {@link #isIdle()}.
	 * @return what has arrived; {@link PendingInput#NOTHING} also where the platform
	 * cannot know and while another thread reads, {@link PendingInput#END} also if the
	 * input has been ended on this side or the connection is closed
	 */
	public PendingInput pendingInput() {
		if (!isOpen() || this.inputEnded) {
			return PendingInput.END;
		}
		if (!this.readLock.tryLock()) {
			return PendingInput.NOTHING;
		}
		try {
			return hasReadAhead() ? PendingInput.DATA : this.transport.pendingInput();
		}
		catch (IOException ex) {
			return PendingInput.END;
		}
		finally {
			this.readLock.unlock();
		}
	}

	private boolean hasReadAhead() {
		return this.readAhead.hasRemaining();
	}

	boolean isBeingRead() {
		return this.readLock.isLocked();
	}

	/**
	 * Whether bytes or a message have arrived that a read would get, and no thread reads.
	 * Loses nothing and does not wait.
	 */
	boolean hasPending() {
		if (!isOpen() || !this.readable || this.inputEnded || !this.readLock.tryLock()) {
			return false;
		}
		try {
			return hasReadAhead() || this.transport.hasPending();
		}
		catch (IOException ex) {
			return false;
		}
		finally {
			this.readLock.unlock();
		}
	}

	/**
	 * Whether the peer has left. For an end that does not read, and so does not find the
	 * end of the stream. Does not wait.
	 * @return {@code true} if it has, {@code false} otherwise, where the platform cannot
	 * know, and once the connection is closed on this side
	 */
	public boolean hasPeerLeft() {
		try {
			return isOpen() && this.transport.hasPeerLeft();
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Whether the peer, whose output has ended, is still there and may go on reading:
	 * .NET's {@code PipeDirection.In} on POSIX systems ends its output at once. Does not
	 * wait.
	 * @return {@code true} if it is, {@code false} otherwise, where the platform cannot
	 * know, and once the connection is closed on this side
	 */
	public boolean isPeerStillThere() {
		try {
			return isOpen() && this.transport.isPeerStillThere();
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Whether the peer is known to have left before it read all that was written to it:
	 * it has not read the last byte. Known on Linux once a read has found the end of the
	 * stream, and everywhere once a write has failed because the peer had left.
	 * @return {@code true} if it has left with something unread, {@code false} otherwise
	 * and where the platform cannot know
	 */
	public boolean peerLeftUnread() {
		return this.transport.peerLeftUnread();
	}

	/**
	 * Announces that a thread reads this connection to the end of its stream and closes
	 * it then. A write that finds the peer gone does not close it in that case, so that
	 * what the peer sent before it left can still be read.
	 */
	public void readToEnd() {
		this.readToEnd = true;
	}

	/**
	 * Ends reading on this side: a blocked read and later ones give the end of the
	 * stream, whatever has come or was put back.
	 */
	public void endInput() {
		this.inputEnded = true;
		this.transport.endInput();
	}

	/**
	 * Ends reading on this side as {@link #endInput()} does, and the peer does not notice
	 * it on any platform: its writes wait once there is no more room.
	 * @throws IllegalStateException without {@link #enableTimedReads()}
	 */
	public void ignoreInput() {
		checkTimedReads();
		this.inputEnded = true;
		this.transport.ignoreInput();
	}

	/**
	 * Ends writing on this side, so that the peer reads the end of the stream while this
	 * end goes on reading. Later writes fail with a {@link PipeClosedException} and leave
	 * the connection open. Not on Windows, whose pipes have no half-close.
	 * @throws PipeUnsupportedException where the platform has no half-close
	 * @throws IOException if the platform fails
	 */
	public void endOutput() throws IOException {
		this.writeLock.lock();
		try {
			this.transport.endOutput();
			this.outputEnded = true;
		}
		catch (IOException ex) {
			throw PipeExceptions.translate(ex, address());
		}
		finally {
			this.writeLock.unlock();
		}
	}

	/**
	 * Ends writing on this side as {@link #endOutput()} does, and does not wait for a
	 * write of another thread. That fails with a {@link PipeClosedException}, and it is
	 * not known how much of it the peer gets.
	 * @throws PipeUnsupportedException where the platform has no half-close, or none
	 * during a write
	 * @throws IOException if the platform fails
	 */
	public void abortOutput() throws IOException {
		if (this.writeLock.tryLock()) {
			try {
				endOutput();
			}
			finally {
				this.writeLock.unlock();
			}
			return;
		}
		boolean before = this.outputEnded;
		this.outputEnded = true;
		try {
			this.transport.abortOutput();
		}
		catch (IOException ex) {
			this.outputEnded = before;
			throw PipeExceptions.translate(ex, address());
		}
	}

	/**
	 * Waits until what was written is safe from a following {@link #close()} (.NET
	 * {@code WaitForPipeDrain}, with a bound): read by the peer on Windows, in the
	 * keeping of the kernel on POSIX systems.
	 * @param timeout the longest time to wait
	 * @return {@code false} if the time was up first
	 * @throws IOException if the peer has left
	 */
	public boolean drain(Duration timeout) throws IOException {
		try {
			return this.transport.drain(timeout);
		}
		catch (IOException ex) {
			throw PipeExceptions.translate(ex, address());
		}
	}

	/**
	 * Runs a task as the user at the other end (.NET {@code RunAsClient}). On Linux that
	 * takes a server that runs as root and a platform thread, on Windows a client that
	 * permits it and from which something has been read.
	 * <p>
	 * The identity belongs to the calling thread. <strong>What the task hands to another
	 * thread runs as the server.</strong> On Linux moreover:
	 * <ul>
	 * <li>A thread, also a virtual one, cannot be created by the task: it would have the
	 * client's identity for ever. The attempt throws an
	 * {@link IllegalStateException}.</li>
	 * <li>The task must not start processes: a child can make itself root again.</li>
	 * <li>Whether the client may use a file shows on opening it. The likes of
	 * {@code Files.isReadable} give the answer for root.</li>
	 * <li>A class that the client cannot read is lost for good when the task is the first
	 * to need it. Use all that the task needs before, as the server.</li>
	 * </ul>
	 * @param task the task
	 * @param <T> the type of its result
	 * @return the result of the task
	 * @throws PipeUnsupportedException where the platform, this process or this thread
	 * cannot; the task has not run then
	 * @throws PipeAccessDeniedException if the client does not permit it or is not known;
	 * the task has not run then
	 * @throws PeerIdentityError if the thread could not get its own identity back. The
	 * connection is closed, and the thread has to end: let the error pass. Listeners hear
	 * of it on another thread
	 * @throws Exception what the task throws
	 */
	public <T extends @Nullable Object> T runAsClient(Callable<T> task) throws Exception {
		try {
			return ProcessIdentity.leaveFor(() -> this.transport.runAsPeer(task));
		}
		catch (PeerIdentityError ex) {
			close(CloseReason.ERROR, ex);
			throw ex;
		}
		catch (TransportException ex) {
			throw PipeExceptions.translate(ex, address());
		}
	}

	/**
	 * Sets the condition under which this connection is not idle although nothing goes
	 * over it: work is in progress that one of its ends waits for, or nothing is to be
	 * read. The time limit for the first frame does not run meanwhile. For framing on top
	 * of this connection.
	 * @param busy returns whether there is such a reason; called by the thread that
	 * supervises time limits, and must not block
	 */
	public void busyWhile(BooleanSupplier busy) {
		this.busy = busy;
	}

	boolean isBusy() {
		return this.busy.getAsBoolean();
	}

	/**
	 * Sets the time that the peer has to send its first complete frame. A peer that does
	 * not is rejected with {@link RejectReason#HANDSHAKE}. For framing on top of this
	 * connection.
	 * @param timeout the time from now
	 */
	public void expectHandshake(Duration timeout) {
		this.deadlines.expectHandshake(timeout);
		this.owner.supervise(timeout);
	}

	/**
	 * The first complete frame has come.
	 */
	public void handshakeDone() {
		this.deadlines.handshakeDone();
	}

	/**
	 * Runs a part of the conversation on this connection. A server, client or process
	 * that is stopped meanwhile by the calling thread does not wait for this
	 * conversation, which would wait for itself: it ends its input, and closes it when
	 * the drain timeout has passed once more. For framing on top of this connection, and
	 * for whoever hands such a stop to another thread and waits for it.
	 * @param part the part
	 */
	public void converse(Runnable part) {
		PipeConnection outer = enterConversation();
		try {
			part.run();
		}
		finally {
			leaveConversation(outer);
		}
	}

	@Nullable PipeConnection enterConversation() {
		PipeConnection outer = conversation.get();
		conversation.set(this);
		return outer;
	}

	static void leaveConversation(@Nullable PipeConnection outer) {
		if (outer != null) {
			conversation.set(outer);
		}
		else {
			conversation.remove();
		}
	}

	/**
	 * The connection whose conversation the calling thread is in (see
	 * {@link #converse(Runnable)}; the handler of a {@link PipeServer} is in one).
	 * @return the connection, or empty if there is none
	 */
	public static Optional<PipeConnection> current() {
		return Optional.ofNullable(conversation.get());
	}

	static @Nullable PipeConnection ofCurrentConversation() {
		return conversation.get();
	}

	/**
	 * The conversation waits for a stop, which then must not wait for it.
	 */
	void excuse() {
		this.excused = true;
	}

	boolean isExcused() {
		return this.excused;
	}

	/**
	 * Whether the connection has not been closed on this side.
	 * @return {@code true} until it is closed
	 */
	public boolean isOpen() {
		return this.closeReason.get() == null;
	}

	/**
	 * Whether a graceful stop of the server or client has begun.
	 * @return {@code true} once it has
	 */
	public boolean isStopping() {
		return this.stopping;
	}

	/**
	 * Why the connection was closed.
	 * @return the reason, or empty while it is open
	 */
	public Optional<CloseReason> closeReason() {
		return Optional.ofNullable(this.closeReason.get());
	}

	/**
	 * Closes the connection with {@link CloseReason#OPERATOR}.
	 */
	@Override
	public void close() {
		close(CloseReason.OPERATOR);
	}

	/**
	 * Closes the connection. Blocked calls of other threads end with a
	 * {@link PipeClosedException}; what was written before can still be read by the peer.
	 * @param reason why; the first one counts
	 */
	public void close(CloseReason reason) {
		close(reason, null);
	}

	/**
	 * Closes the connection because something went wrong.
	 * @param reason why; the first one counts
	 * @param cause what went wrong, or {@code null}
	 */
	public void close(CloseReason reason, @Nullable Throwable cause) {
		CloseReason actual = (this.stopping && reason == CloseReason.PEER) ? CloseReason.STOP : reason;
		if (this.closeReason.compareAndSet(null, actual)) {
			ProcessIdentity.run(() -> release(actual, cause));
		}
	}

	private void release(CloseReason reason, @Nullable Throwable cause) {
		try {
			this.transport.close();
		}
		finally {
			this.owner.closed(this, reason, cause);
		}
	}

	/**
	 * Closes the connection on another thread, for a thread that supervises others and
	 * must not wait for listeners.
	 * @param reason why; the first one counts
	 * @param cause what went wrong, or {@code null}
	 */
	public void closeSoon(CloseReason reason, @Nullable Throwable cause) {
		try {
			Workers.run(() -> close(reason, cause));
		}
		catch (OutOfMemoryError ex) {
			close(reason, cause);
		}
	}

	/**
	 * Has something done later, by a thread of its own, which may wait. For time limits
	 * on top of this connection, whose end cancels nothing by itself.
	 * @param delay the time from now
	 * @param task what to do
	 * @return cancels the task
	 */
	public Future<?> after(Duration delay, Runnable task) {
		return Supervisor.after(delay, task);
	}

	/**
	 * Closes the connection with {@link CloseReason#ERROR} because something went wrong
	 * that the caller has logged.
	 * @param cause what went wrong
	 */
	public void closeReported(Throwable cause) {
		this.reported = true;
		close(CloseReason.ERROR, cause);
	}

	boolean isReported() {
		return this.reported;
	}

	void beginStop() {
		this.stopping = true;
		this.transport.endInput();
	}

	/**
	 * Begins a stop in which the peer learns by the end of its input that it is to end,
	 * and is read to its end. A write that is in progress fails.
	 */
	void beginStopOfPeer() {
		this.stopping = true;
		this.outputEnded = true;
		try {
			this.transport.abortOutput();
		}
		catch (IOException ex) {
			this.transport.close();
		}
	}

	ConnectionDeadlines deadlines() {
		return this.deadlines;
	}

	private void checkReadable() throws PipeException {
		if (!this.readable) {
			throw new PipeAccessDeniedException("This end of " + address() + " may not read", address(), null);
		}
		checkOpen();
	}

	private void checkWritable() throws PipeException {
		if (!this.writable) {
			throw new PipeAccessDeniedException("This end of " + address() + " may not write", address(), null);
		}
		checkOpen();
	}

	private void checkOpen() throws PipeException {
		PipeException closed = closedException(null);
		if (closed != null) {
			throw closed;
		}
	}

	private void checkMessageMode() {
		if (this.transmissionMode != TransmissionMode.MESSAGE) {
			throw new IllegalStateException(address() + " is in byte mode: it keeps no message boundaries");
		}
	}

	private static ByteBuffer concatenate(ByteBuffer[] sources) {
		int size = 0;
		for (ByteBuffer source : sources) {
			size = Math.addExact(size, source.remaining());
		}
		ByteBuffer message = ByteBuffer.allocate(size);
		for (ByteBuffer source : sources) {
			message.put(source);
		}
		return message.flip();
	}

	@Override
	public String toString() {
		return "connection " + this.id + " of " + this.peer;
	}

}
