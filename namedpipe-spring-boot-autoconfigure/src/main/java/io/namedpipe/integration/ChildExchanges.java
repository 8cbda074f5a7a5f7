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
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.namedpipe.CloseReason;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeErrorType;
import io.namedpipe.PipeException;
import io.namedpipe.PipeTimeoutException;
import io.namedpipe.RateLimitedLog;
import io.namedpipe.framing.FramingException;
import io.namedpipe.framing.MalformedPayloadException;
import io.namedpipe.integration.ChildRequest.NotSentException;
import io.namedpipe.integration.NamedPipeTimings.Outcome;

/**
 * The exchanges of a gateway with a child process, one after the other: what the child
 * writes after a request is its reply. Requests go through the queue of the connection,
 * after what was sent before them; whoever asks only waits, so that neither its time
 * limit nor its interrupt is the connection's.
 * <p>
 * As long as a reply is owed, no other request is written: the next message is that
 * reply, whoever waits for it. A child that owes one for too long is killed, as nothing
 * else would tell its replies apart. A child that has ended fails the exchange in
 * progress and no other; while it is being started again exchanges wait.
 */
public final class ChildExchanges implements NamedPipeReceiver {

	private static final Log logger = LogFactory.getLog(ChildExchanges.class);

	private static final String CLOSED_INPUT = "had closed its input";

	private static final String TAKES_NO_MORE = "took no more requests and did not end";

	private static final long CHECK_PERIOD = TimeUnit.MILLISECONDS.toNanos(2);

	private final NamedPipeProcess process;

	private final boolean restartOnTimeout;

	private final ChildTurns turns;

	private final RateLimitedLog unasked = RateLimitedLog.warn(logger);

	private volatile boolean closed;

	ChildExchanges(NamedPipeProcess process, ChildTurns turns, boolean restartOnTimeout) {
		this.process = process;
		this.turns = turns;
		this.restartOnTimeout = restartOnTimeout;
	}

	/**
	 * Sends a request and waits for its reply.
	 * @param payload the payload of the request, or a {@link io.namedpipe.framing.Frame}
	 * with it
	 * @param timeout the longest time, from waiting for other exchanges to the reply
	 * @return the payload of the reply, or a {@link io.namedpipe.framing.Frame} with it
	 * @throws RequestNotProcessedException if the request cannot have been processed;
	 * with any other exception that is not known
	 * @throws PipeTimeoutException if the time was up while waiting for the reply
	 * @throws MalformedPayloadException if the reply is not what payloads are configured
	 * to be
	 * @throws IOException if the exchange failed otherwise, also if the thread was
	 * interrupted
	 * @throws IllegalArgumentException if the payload is of a type that cannot be sent
	 */
	public Object exchange(Object payload, Duration timeout) throws IOException {
		long started = System.nanoTime();
		Outcome outcome = Outcome.ERROR;
		try {
			Object reply = exchange(encode(payload), started + timeout.toNanos(), timeout);
			outcome = Outcome.SUCCESS;
			return reply;
		}
		catch (PipeTimeoutException ex) {
			outcome = Outcome.TIMEOUT;
			throw ex;
		}
		finally {
			this.process.timings().exchanged(outcome, System.nanoTime() - started);
		}
	}

	private byte[] encode(Object payload) throws RequestNotProcessedException {
		try {
			// a copy, as the queue tells messages apart by their arrays
			return this.process.encoder().encode(payload).clone();
		}
		catch (FramingException ex) {
			throw notProcessed(String.valueOf(ex.getMessage()), ex);
		}
	}

	private Object exchange(byte[] message, long deadline, Duration timeout) throws IOException {
		try {
			if (!this.turns.tryEnter(timeout.toNanos())) {
				throw notProcessed("other exchanges took all of the " + timeout.toMillis() + " ms", null);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw notProcessed("interrupted while waiting for other exchanges", ex);
		}
		try {
			return exchangeInTurn(message, deadline, timeout);
		}
		finally {
			this.turns.leave();
		}
	}

	private Object exchangeInTurn(byte[] message, long deadline, Duration timeout) throws IOException {
		boolean peerGone = false;
		if (deadline - System.nanoTime() <= 0) {
			throw notProcessed("other exchanges took all of the " + timeout.toMillis() + " ms", null);
		}
		while (true) {
			NamedPipeSession session = awaitChild(deadline);
			try {
				return exchange(session, new ChildRequest(session, message), deadline, timeout);
			}
			catch (NotSentException ex) {
				this.turns.leaving(session.connection(), ex.isPeerGone() ? CLOSED_INPUT : TAKES_NO_MORE, false);
				if (peerGone && ex.isPeerGone()) {
					// the second child that dies of it, perhaps
					throw notProcessed("two child processes have left without reading it", ex);
				}
				peerGone |= ex.isPeerGone();
			}
		}
	}

	private NamedPipeSession awaitChild(long deadline) throws RequestNotProcessedException {
		String why = "is not running";
		while (this.process.isRunning() && deadline - System.nanoTime() > 0) {
			if (this.closed) {
				throw notProcessed("another gateway asks the child process now", null);
			}
			if (Thread.currentThread().isInterrupted()) {
				throw notProcessed("interrupted while waiting for the child process", null);
			}
			for (NamedPipeSession session : this.process.sessions()) {
				if (isDeaf(session)) {
					why = "has closed its input";
				}
				else if (this.turns.isLeaving(session.connection(), this.process)) {
					why = "is about to end";
				}
				else if (session.connection().isOpen() && !session.hasEnded()) {
					if (isSettled(session, deadline)) {
						return session;
					}
					why = "still owes the reply to an earlier request";
				}
			}
			LockSupport.parkNanos(this, CHECK_PERIOD);
		}
		throw notProcessed("the child process of '" + this.process.getName() + "' " + why,
				this.process.fault().orElse(null));
	}

	/**
	 * Whether the child reads no more. If it does not end because of that, it is ended:
	 * nobody can ask it again.
	 */
	private boolean isDeaf(NamedPipeSession session) {
		if (session.unreadSince() == null) {
			return false;
		}
		this.turns.leaving(session.connection(), CLOSED_INPUT, false);
		return this.turns.isLeaving(session.connection(), this.process);
	}

	/**
	 * Waits for the reply that the child owes to a request that nobody waits for.
	 * @return {@code false} if the time was up first, or the child has been killed
	 */
	private boolean isSettled(NamedPipeSession session, long deadline) throws RequestNotProcessedException {
		ChildRequest before = this.turns.current();
		if (before == null || before.connection() != session.connection()) {
			return true;
		}
		try {
			while (!before.isOver()) {
				long patience = before.patienceLeft();
				long remaining = deadline - System.nanoTime();
				if (patience <= 0) {
					kill(session.connection(), "gave no reply to a request", true);
					return false;
				}
				if (remaining <= 0) {
					return false;
				}
				before.awaitEnd(Math.min(patience, remaining));
			}
			return true;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw notProcessed("interrupted while waiting for the reply to an earlier request", ex);
		}
	}

	private void kill(PipeConnection connection, String why, boolean restart) {
		this.turns.leaving(connection, why, restart);
		this.process.kill(connection, why, restart);
	}

	private Object exchange(NamedPipeSession session, ChildRequest request, long deadline, Duration timeout)
			throws IOException {
		this.turns.begin(request);
		long offered = System.nanoTime();
		try {
			if (!session.offer(request)) {
				request.notWritten(null);
			}
			return request.await(deadline - offered);
		}
		catch (TimeoutException ex) {
			if (takeBack(session, request)) {
				throw unread(request, timeout);
			}
			return expired(request, timeout);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			if (takeBack(session, request)) {
				throw notProcessed("interrupted before it was written", ex);
			}
			request.abandon(patience(timeout));
			throw new PipeException("Interrupted while waiting for a reply of " + this.process.address(),
					this.process.address(), ex);
		}
		finally {
			this.turns.forgetIfOver(request);
		}
	}

	private static boolean takeBack(NamedPipeSession session, ChildRequest request) {
		boolean removed = session.remove(request);
		if (removed) {
			request.notWritten(null);
		}
		return removed;
	}

	/**
	 * The child has been busy with what was sent before, or reads nothing at all.
	 */
	private RequestNotProcessedException unread(ChildRequest request, Duration timeout) {
		if (this.restartOnTimeout && request.hasNothingBeenReadFor(mostOf(timeout))) {
			kill(request.connection(), "read nothing within " + timeout.toMillis() + " ms", true);
		}
		return notProcessed("the child process did not read what was sent before", null);
	}

	// the rest has gone to whatever was done before
	private static long mostOf(Duration timeout) {
		return timeout.toNanos() - timeout.toNanos() / 10;
	}

	private RequestNotProcessedException notProcessed(String why, @Nullable Throwable cause) {
		return new RequestNotProcessedException("Nothing was sent: " + why, this.process.address(), cause);
	}

	private Object expired(ChildRequest request, Duration timeout) throws IOException {
		if (!request.abandon(patience(timeout))) {
			return result(request);
		}
		PipeTimeoutException failure = new PipeTimeoutException(
				"No reply of " + this.process.address() + " within " + timeout.toMillis() + " ms",
				this.process.address(), null);
		this.process.reportFailure(PipeErrorType.NO_REPLY, request.connection(), failure);
		// if others took a part of the time, the next exchange sees to the rest of it
		if (this.restartOnTimeout && request.unansweredFor() >= mostOf(timeout)) {
			kill(request.connection(), "gave no reply within " + timeout.toMillis() + " ms", true);
		}
		throw failure;
	}

	// of one that was over at the moment of its time-out
	private Object result(ChildRequest request) throws IOException {
		try {
			return request.await(0);
		}
		catch (TimeoutException | InterruptedException ex) {
			throw new IllegalStateException("A result is there without waiting", ex);
		}
	}

	/**
	 * The time that a child has for a reply before it is killed.
	 */
	private long patience(Duration timeout) {
		long once = timeout.toNanos();
		return (this.restartOnTimeout || once > Long.MAX_VALUE / 2) ? once : 2 * once;
	}

	@Override
	public void receive(Object payload, NamedPipeSession session) {
		take(payload, session);
	}

	@Override
	public void receiveMalformed(MalformedPayloadException failure, NamedPipeSession session) {
		if (take(failure, session)) {
			this.process.reportFailure(PipeErrorType.PAYLOAD, session.connection(), failure);
		}
	}

	/**
	 * Takes what has come for the reply, if one is waited for.
	 * @return {@code false} if it has been dropped
	 */
	private boolean take(Object received, NamedPipeSession session) {
		ChildRequest asked = this.turns.current();
		if (asked == null || asked.connection() != session.connection() || !asked.answer(received)) {
			drop(PipeErrorType.FRAMING, "something that it was not asked for", session);
			return false;
		}
		if (asked.isAbandoned()) {
			drop(PipeErrorType.LATE_REPLY, "a reply of which the time was up", session);
			this.turns.forgetIfOver(asked);
			return false;
		}
		return true;
	}

	private void drop(PipeErrorType type, String what, NamedPipeSession session) {
		PipeException failure = new PipeException(
				"The child process of '" + this.process.getName() + "' sent " + what + "; it is dropped",
				this.process.address(), null);
		this.process.reportFailure(type, session.connection(), failure);
		this.unasked.log(String.valueOf(failure.getMessage()), null);
	}

	/**
	 * No request goes to the child any more; whoever waits for a reply still gets it.
	 */
	void close() {
		this.closed = true;
	}

	/**
	 * Whether a child whose connection has been closed is to be started again, whatever
	 * the policy says: it had read nothing for as long as a write may take.
	 */
	boolean isRestartedAfter(PipeConnection connection) {
		return this.restartOnTimeout
				&& connection.closeReason().filter((reason) -> reason == CloseReason.WRITE_TIMEOUT).isPresent();
	}

}
