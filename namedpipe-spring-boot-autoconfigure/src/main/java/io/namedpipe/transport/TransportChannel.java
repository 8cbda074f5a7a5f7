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

package io.namedpipe.transport;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

/**
 * One end of a connected pipe. At most one thread reads and one writes at the same time
 * (the connection above sees to that); {@link #endInput()} and {@link #close()} may be
 * called by any thread and end a blocked call of another.
 * <p>
 * In byte mode {@link #read} and {@link #write} are used, in message mode
 * {@link #readMessage} and {@link #writeMessage}.
 */
public interface TransportChannel extends Closeable {

	/**
	 * Finds out who the peer of an accepted channel is, and decides whether it may stay.
	 * Called once, after {@link TransportListener#accept()} and before anything but
	 * {@link #close()}, on the thread that is to have the conversation: unlike accepting,
	 * this may take the time of an account database. Does nothing by default, for a
	 * transport that has nothing to find out.
	 * @throws PeerRejectedException if the access policy turns the peer away; the caller
	 * closes the channel
	 * @throws TransportException with {@link TransportException.Reason#CLOSED} if the
	 * channel was closed meanwhile, or if the platform fails
	 */
	default void admit() throws TransportException {
	}

	/**
	 * The identity of the peer. May be called at any time; what a platform knows later
	 * than at connect (Windows: the user, after the first read) shows once it is known.
	 * @return the credentials
	 */
	PeerCredentials peer();

	/**
	 * What the peer was granted, once it has been admitted. A server channel's peer may
	 * be limited to one direction.
	 * @return the peer's rights
	 */
	default GrantedAccess granted() {
		return GrantedAccess.FULL;
	}

	/**
	 * Reads what is there, waiting for the first byte.
	 * @param target receives the bytes; has room for at least one
	 * @return the number of bytes, at least one, or -1 at the end of the stream: the peer
	 * ended its output or left (a reset by a peer that left counts as its leaving), or
	 * {@link #endInput()} was called
	 * @throws IOException if the channel is closed on this side, or the platform fails
	 */
	int read(ByteBuffer target) throws IOException;

	/**
	 * Makes {@link #read(ByteBuffer, long)} possible. Called while nobody reads or
	 * writes. Idempotent. Only with {@link Capability#TIMED_READS}, in byte mode.
	 * @throws TransportException with {@link TransportException.Reason#UNSUPPORTED}
	 * @throws IOException if the channel is closed, or the platform fails, which closes
	 * the channel
	 */
	default void enableTimedReads() throws IOException {
		throw new TransportException(TransportException.Reason.UNSUPPORTED,
				"On this kind of pipe a read cannot end because its time is up");
	}

	/**
	 * Reads what is there, waiting for the first byte no longer than a time. Only after
	 * {@link #enableTimedReads()}.
	 * @param target receives the bytes; has room for at least one
	 * @param nanos the longest time to wait in nanoseconds, 0 to take what is there now
	 * @return as {@link #read(ByteBuffer)}, or 0 if the time was up first: then nothing
	 * is lost, and the channel is as usable as before
	 * @throws IOException as {@link #read(ByteBuffer)}
	 */
	default int read(ByteBuffer target, long nanos) throws IOException {
		throw new IllegalStateException("Timed reads are not enabled");
	}

	/**
	 * Writes all remaining bytes of the buffers in order, waiting for room.
	 * @param sources the buffers from {@code offset} on; afterwards nothing remains in
	 * them
	 * @param offset index of the first buffer
	 * @param length number of buffers
	 * @throws TransportException with {@link TransportException.Reason#PEER_GONE} if the
	 * peer has left, or with {@link TransportException.Reason#CLOSED}
	 * @throws IOException if the platform fails. In each case what remains in the buffers
	 * has not been written; it is not known how much of the rest the peer has got
	 */
	void write(ByteBuffer[] sources, int offset, int length) throws IOException;

	/**
	 * Reads one whole message.
	 * @param maxSize the largest size accepted, in bytes
	 * @return the message, empty for one of length zero, or {@code null} at the end of
	 * the stream
	 * @throws TransportException with {@link TransportException.Reason#MESSAGE_TOO_LARGE}
	 * if the message is larger; never a part of it
	 * @throws IOException if the channel is closed on this side, or the platform fails
	 */
	byte @Nullable [] readMessage(int maxSize) throws IOException;

	/**
	 * Writes one message, waiting for room.
	 * @param message the message; afterwards nothing remains in it
	 * @throws TransportException with {@link TransportException.Reason#MESSAGE_TOO_LARGE}
	 * before anything is sent if the message does not fit (the channel stays usable),
	 * with {@link TransportException.Reason#PEER_GONE} if the peer has left, or with
	 * {@link TransportException.Reason#CLOSED}
	 * @throws IOException if the platform fails
	 */
	void writeMessage(ByteBuffer message) throws IOException;

	/**
	 * What a read would find, without waiting for it. Asked only while nobody reads and
	 * nothing is expected; bytes that have come may be lost.
	 * @return what has come, {@link PendingInput#NOTHING} also where the platform cannot
	 * know
	 * @throws IOException if the channel is closed, or the platform fails
	 */
	default PendingInput pendingInput() throws IOException {
		return PendingInput.NOTHING;
	}

	/**
	 * Whether the peer is known to have left before it read all that was written: a read
	 * that found the end of the stream was told so, or a write failed because of it.
	 * @return {@code true} if the peer has not read the last byte, {@code false}
	 * otherwise and where the platform cannot know
	 */
	default boolean peerLeftUnread() {
		return false;
	}

	/**
	 * Whether bytes or a message have come that nobody has read. Loses nothing; asked
	 * only while nobody reads.
	 * @return {@code true} if something has come, {@code false} if nothing has, the
	 * stream has ended or the platform cannot know
	 * @throws IOException if the channel is closed, or the platform fails
	 * @implSpec asks for the {@link #pendingInput()}; to be overridden where that loses
	 * what has come
	 */
	default boolean hasPending() throws IOException {
		return pendingInput() == PendingInput.DATA;
	}

	/**
	 * Whether the peer has left. For an end that does not read, and so does not find the
	 * end of the stream. Asked now and then; does not wait.
	 * @return {@code true} if it has, {@code false} otherwise and where the platform
	 * cannot know
	 * @throws IOException if the channel is closed
	 */
	default boolean hasPeerLeft() throws IOException {
		return false;
	}

	/**
	 * Whether the peer, whose output has ended, is still there and may go on reading.
	 * Does not wait.
	 * @return {@code true} if it is, {@code false} otherwise and where the platform
	 * cannot know
	 * @throws IOException if the channel is closed
	 */
	default boolean isPeerStillThere() throws IOException {
		return false;
	}

	/**
	 * Ends reading on this side: a blocked read and all later ones give end of stream.
	 * Writing goes on. Idempotent.
	 */
	void endInput();

	/**
	 * Ends reading on this side as {@link #endInput()} does, and the peer does not notice
	 * it: its writes wait once there is no more room. Only after
	 * {@link #enableTimedReads()}. Idempotent.
	 * @implSpec calls {@link #endInput()}; to be overridden where the peer notices that
	 */
	default void ignoreInput() {
		endInput();
	}

	/**
	 * Ends writing on this side, so that the peer reads end of stream while we go on
	 * reading. Called while nobody writes. Only with {@link Capability#HALF_CLOSE}, and
	 * to child processes.
	 * @throws TransportException with {@link TransportException.Reason#UNSUPPORTED}
	 * @throws IOException if the platform fails
	 */
	void endOutput() throws IOException;

	/**
	 * Ends writing as {@link #endOutput()} does, while another thread may be writing: its
	 * write fails, and it is not known how much of it the peer gets.
	 * @throws TransportException with {@link TransportException.Reason#UNSUPPORTED}
	 * @throws IOException if the platform fails
	 * @implSpec throws; to be overridden where the output can end during a write
	 */
	default void abortOutput() throws IOException {
		throw new TransportException(TransportException.Reason.UNSUPPORTED,
				"On this kind of pipe the output cannot end while something is being written: close the connection");
	}

	/**
	 * Waits until what was written is safe from a following {@link #close()}: read by the
	 * peer, or kept by the kernel for it.
	 * @param timeout the longest time to wait
	 * @return {@code false} if the time was up first
	 * @throws IOException if the peer has left
	 */
	boolean drain(Duration timeout) throws IOException;

	/**
	 * Runs a task under the identity of the peer, on a thread that is fit for it, and
	 * reverts on every path. Only with {@link Capability#RUN_AS_CLIENT}.
	 * @param task the task
	 * @param <T> the type of its result
	 * @return the result of the task
	 * @throws TransportException with {@link TransportException.Reason#UNSUPPORTED} or
	 * {@link TransportException.Reason#ACCESS_DENIED} before the task has run
	 * @throws Exception what the task throws
	 */
	<T extends @Nullable Object> T runAsPeer(Callable<T> task) throws Exception;

	/**
	 * Closes this end and releases what it holds. Blocked calls end; what was written
	 * before can still be read by the peer. Idempotent.
	 */
	@Override
	void close();

}
