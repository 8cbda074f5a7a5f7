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
import java.util.concurrent.locks.ReentrantLock;

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

	private static final long CHECK_PERIOD = TimeUnit.MILLISECONDS.toNanos(2);

	/** A child that is ending closes its input first. */
	private static final long DYING = TimeUnit.SECONDS.toNanos(1);

	private final NamedPipeProcess process;

	private final boolean restartOnTimeout;

	private final ReentrantLock turn = new ReentrantLock(true);

	private final RateLimitedLog unasked = RateLimitedLog.warn(logger);

	// of a child that is about to end; for whoever has the turn
	private @Nullable PipeConnection leaving;

	// the last request, until it has its reply
	private volatile @Nullable ChildRequest current;

	ChildExchanges(NamedPipeProcess process, boolean restartOnTimeout) {
		this.process = process;
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
			if (!this.turn.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
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
			this.turn.unlock();
		}
	}

	private Object exchangeInTurn(byte[] message, long deadline, Duration timeout) throws IOException {
		boolean begun = false;
		if (deadline - System.nanoTime() <= 0) {
			throw notProcessed("other exchanges took all of the " + timeout.toMillis() + " ms", null);
		}
		while (true) {
			NamedPipeSession session = awaitChild(deadline);
			try {
				return exchange(session, new ChildRequest(session, message), deadline, timeout);
			}
			catch (NotSentException ex) {
				this.leaving = session.connection();
				if (begun && ex.isBegun()) {
					// the second child that dies of it, perhaps
					throw notProcessed("two child processes have left without reading it", ex);
				}
				begun |= ex.isBegun();
			}
		}
	}

	private NamedPipeSession awaitChild(long deadline) throws RequestNotProcessedException {
		String why = "is not running";
		while (this.process.isRunning() && deadline - System.nanoTime() > 0) {
			if (Thread.currentThread().isInterrupted()) {
				throw notProcessed("interrupted while waiting for the child process", null);
			}
			for (NamedPipeSession session : this.process.sessions()) {
				if (isDeaf(session)) {
					why = "has closed its input";
				}
				else if (session.connection() != this.leaving && session.connection().isOpen() && !session.hasEnded()) {
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
		Long since = session.unreadSince();
		if (since == null) {
			return false;
		}
		if (System.nanoTime() - since > DYING) {
			kill(session.connection(), "had closed its input", false);
		}
		return true;
	}

	/**
	 * Waits for the reply that the child owes to a request that nobody waits for.
	 * @return {@code false} if the time was up first, or the child has been killed
	 */
	private boolean isSettled(NamedPipeSession session, long deadline) throws RequestNotProcessedException {
		ChildRequest before = this.current;
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
		this.leaving = connection;
		this.process.kill(connection, why, restart);
	}

	private Object exchange(NamedPipeSession session, ChildRequest request, long deadline, Duration timeout)
			throws IOException {
		this.current = request;
		long offered = System.nanoTime();
		try {
			if (!session.offer(request)) {
				request.notWritten(null);
			}
			return request.await(deadline - offered);
		}
		catch (TimeoutException ex) {
			takeBack(session, request, "the child process did not read what was sent before", null);
			return expired(request, offered, timeout);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			takeBack(session, request, "interrupted before it was written", ex);
			request.abandon(patience(timeout));
			throw new PipeException("Interrupted while waiting for a reply of " + this.process.address(),
					this.process.address(), ex);
		}
		finally {
			forgetIfOver(request);
		}
	}

	private void takeBack(NamedPipeSession session, ChildRequest request, String why, @Nullable Throwable cause)
			throws RequestNotProcessedException {
		if (session.remove(request)) {
			request.notWritten(null);
			throw notProcessed(why, cause);
		}
	}

	private RequestNotProcessedException notProcessed(String why, @Nullable Throwable cause) {
		return new RequestNotProcessedException("Nothing was sent: " + why, this.process.address(), cause);
	}

	private Object expired(ChildRequest request, long offered, Duration timeout) throws IOException {
		if (!request.abandon(patience(timeout))) {
			return result(request);
		}
		PipeTimeoutException failure = new PipeTimeoutException(
				"No reply of " + this.process.address() + " within " + timeout.toMillis() + " ms",
				this.process.address(), null);
		this.process.reportFailure(PipeErrorType.NO_REPLY, request.connection(), failure);
		long silent = System.nanoTime() - offered;
		// if others took a part of the time, the next exchange sees to the rest of it
		if (this.restartOnTimeout && silent >= timeout.toNanos() - timeout.toNanos() / 10) {
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

	private synchronized void forgetIfOver(ChildRequest request) {
		if (this.current == request && request.isOver()) {
			this.current = null;
		}
	}

	@Override
	public void receive(Object payload, NamedPipeSession session) {
		take(payload, session);
	}

	@Override
	public void receiveMalformed(MalformedPayloadException failure, NamedPipeSession session) {
		this.process.reportFailure(PipeErrorType.PAYLOAD, session.connection(), failure);
		take(failure, session);
	}

	private void take(Object received, NamedPipeSession session) {
		ChildRequest asked = this.current;
		if (asked == null || asked.connection() != session.connection() || !asked.answer(received)) {
			drop(PipeErrorType.FRAMING, "something that it was not asked for", session);
		}
		else if (asked.isAbandoned()) {
			drop(PipeErrorType.LATE_REPLY, "a reply of which the time was up", session);
			forgetIfOver(asked);
		}
	}

	private void drop(PipeErrorType type, String what, NamedPipeSession session) {
		PipeException failure = new PipeException(
				"The child process of '" + this.process.getName() + "' sent " + what + "; it is dropped",
				this.process.address(), null);
		this.process.reportFailure(type, session.connection(), failure);
		this.unasked.log(String.valueOf(failure.getMessage()), null);
	}

	/**
	 * A connection has come to its end.
	 */
	void ended(PipeConnection connection) {
		ChildRequest asked = this.current;
		if (asked != null && asked.connection() == connection) {
			asked.childGone();
			forgetIfOver(asked);
		}
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
