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

package io.namedpipe.integration;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

import io.namedpipe.CloseReason;
import io.namedpipe.PeerGoneException;
import io.namedpipe.PipeClosedException;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeException;

/**
 * A request to a child process, from its place in the queue to its reply.
 *
 * <pre>
 *  QUEUED ---writing---> BEING_WRITTEN ---written---> WRITTEN ---reply---> OVER
 *    | closed queue            | the write fails         | the child ends
 *    +-------------------------+-------------------------+---------------> OVER
 * </pre>
 *
 * What comes while it is queued is no reply. What comes while it is being written may be
 * one, as a child can be faster than the thread that writes: the last of that is taken
 * for the reply once all is written. A request that nobody waits for any more goes
 * through the same states.
 */
final class ChildRequest implements TrackedMessage {

	/** The most that a pipe takes as a whole or not at all (POSIX says 512 or more). */
	private static final int PIPE_BUF = 4096;

	private final NamedPipeSession session;

	private final byte[] message;

	private final CompletableFuture<Object> reply = new CompletableFuture<>();

	private State state = State.QUEUED;

	private @Nullable Object early;

	private boolean childGone;

	private boolean abandoned;

	private final long queuedAt = System.nanoTime();

	// what had been written to the child when this was queued, and when it was begun
	private long writtenBefore;

	private long begunAt;

	private long patience = Long.MAX_VALUE;

	ChildRequest(NamedPipeSession session, byte[] message) {
		this.session = session;
		this.message = message;
		this.writtenBefore = bytesWritten();
	}

	private long bytesWritten() {
		return connection().statistics().bytesOut();
	}

	PipeConnection connection() {
		return this.session.connection();
	}

	@Override
	public byte[] bytes() {
		return this.message;
	}

	@Override
	public synchronized void writing() {
		this.begunAt = System.nanoTime();
		this.writtenBefore = bytesWritten();
		this.state = State.BEING_WRITTEN;
	}

	@Override
	public synchronized void written() {
		this.state = State.WRITTEN;
		if (this.early != null) {
			complete(this.early);
		}
		else if (this.childGone) {
			fail(leftWithoutReply());
		}
	}

	@Override
	public synchronized void notWritten(@Nullable Throwable cause) {
		if (this.state == State.QUEUED || isUntouched(cause)) {
			fail(new NotSentException(cause instanceof PeerGoneException, cause));
			return;
		}
		fail(new PipeException(
				"The child process of '" + this.session.pipe().getName()
						+ "' has not read the whole request, which may have been processed: " + cause,
				this.session.pipe().address(), cause));
	}

	/**
	 * Whether the child has not got one byte. Where the platform does not say how much of
	 * a failed write it took, whether that is sure to have been no whole request.
	 */
	private boolean isUntouched(@Nullable Throwable cause) {
		return (cause instanceof PeerGoneException || cause instanceof PipeClosedException)
				&& (bytesWritten() == this.writtenBefore || (this.session.pipe().outboundFraming().hasBoundaries()
						&& this.session.frameSize(this.message) <= PIPE_BUF));
	}

	/**
	 * Takes what the child has written.
	 * @param received the payload, or why it cannot be read
	 * @return {@code false} if one message more has come than there can be replies
	 */
	synchronized boolean answer(Object received) {
		switch (this.state) {
			case BEING_WRITTEN -> {
				boolean first = this.early == null;
				this.early = received;
				return first;
			}
			case WRITTEN -> {
				complete(received);
				return true;
			}
			default -> {
				return false;
			}
		}
	}

	private void complete(Object received) {
		if (received instanceof IOException failure) {
			fail(failure);
			return;
		}
		this.state = State.OVER;
		this.reply.complete(received);
	}

	private void fail(IOException failure) {
		this.state = State.OVER;
		this.reply.completeExceptionally(failure);
	}

	/**
	 * The child has left, and all that it has written has been received. Whether a
	 * request was written that is being written now, its writer will say.
	 */
	synchronized void childGone() {
		this.childGone = true;
		if (this.state == State.WRITTEN) {
			fail(leftWithoutReply());
		}
	}

	private PipeException leftWithoutReply() {
		CloseReason reason = connection().closeReason().orElse(CloseReason.PEER);
		if (reason != CloseReason.PEER) {
			return new PipeException("The pipes to the child process of '" + this.session.pipe().getName()
					+ "' were closed before a reply (" + reason.tag() + "); the request may have been processed",
					this.session.pipe().address(), null);
		}
		return new PipeException(
				"The child process of '" + this.session.pipe().getName()
						+ "' has left without a reply; the request may have been processed",
				this.session.pipe().address(), null);
	}

	/**
	 * Nobody waits any more, but the reply may still come, and is that of no other
	 * request.
	 * @param longest how long the child may take from getting the request to its reply,
	 * in nanoseconds
	 * @return {@code false} if this is over, so that there is a result
	 */
	synchronized boolean abandon(long longest) {
		if (this.state == State.OVER) {
			return false;
		}
		this.abandoned = true;
		this.patience = longest;
		return true;
	}

	synchronized boolean isAbandoned() {
		return this.abandoned;
	}

	synchronized boolean isOver() {
		return this.state == State.OVER;
	}

	/**
	 * Whether the child has read nothing of what was queued before this one.
	 * @param nanos for how long at least
	 */
	boolean hasNothingBeenReadFor(long nanos) {
		return System.nanoTime() - this.queuedAt >= nanos && bytesWritten() == this.writtenBefore;
	}

	/**
	 * How long the child has had the request, or a part of it, in nanoseconds.
	 */
	synchronized long unansweredFor() {
		return System.nanoTime() - this.begunAt;
	}

	/**
	 * How long the child may still take, in nanoseconds.
	 */
	synchronized long patienceLeft() {
		return this.patience - (System.nanoTime() - this.begunAt);
	}

	/**
	 * Waits for the reply.
	 * @throws NotSentException if the child cannot have got the request
	 * @throws IOException if there will be no reply
	 */
	Object await(long nanos) throws IOException, TimeoutException, InterruptedException {
		try {
			return this.reply.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
		}
		catch (ExecutionException ex) {
			throw (IOException) ex.getCause();
		}
	}

	/**
	 * Waits until this is over.
	 */
	void awaitEnd(long nanos) throws InterruptedException {
		try {
			this.reply.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
		}
		catch (ExecutionException | TimeoutException ex) {
			// whoever waits looks at the state
		}
	}

	private enum State {

		QUEUED, BEING_WRITTEN, WRITTEN, OVER

	}

	/**
	 * The child cannot have got the request.
	 */
	static final class NotSentException extends IOException {

		private final boolean peerGone;

		NotSentException(boolean peerGone, @Nullable Throwable cause) {
			super("The child process has left", cause);
			this.peerGone = peerGone;
		}

		/**
		 * Whether the child had left by the time that it was to get the request.
		 */
		boolean isPeerGone() {
			return this.peerGone;
		}

	}

}
