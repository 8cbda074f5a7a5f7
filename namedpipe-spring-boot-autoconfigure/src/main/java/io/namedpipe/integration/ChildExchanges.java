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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.namedpipe.PeerGoneException;
import io.namedpipe.PipeClosedException;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeErrorType;
import io.namedpipe.PipeException;
import io.namedpipe.PipeTimeoutException;
import io.namedpipe.RateLimitedLog;
import io.namedpipe.framing.FramingException;
import io.namedpipe.framing.MalformedPayloadException;
import io.namedpipe.integration.NamedPipeTimings.Outcome;

/**
 * The exchanges of a gateway with a child process, one after the other: what the child
 * writes after a request is its reply. A child that has ended fails the exchange in
 * progress and no other; while it is being started again exchanges wait.
 */
public final class ChildExchanges implements NamedPipeReceiver {

	private static final Log logger = LogFactory.getLog(ChildExchanges.class);

	private static final long CHECK_PERIOD = TimeUnit.MILLISECONDS.toNanos(2);

	private final NamedPipeProcess process;

	private final boolean restartOnTimeout;

	private final ReentrantLock turn = new ReentrantLock(true);

	private final RateLimitedLog unasked = RateLimitedLog.warn(logger);

	// of a child that is about to end; for whoever has the turn
	private @Nullable PipeConnection leaving;

	private @Nullable Waiting waiting;

	// replies of which the time was up, and whose they are
	private int owed;

	private @Nullable PipeConnection owing;

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
			Object reply = exchange(payload, started + timeout.toNanos(), timeout);
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

	private Object exchange(Object payload, long deadline, Duration timeout) throws IOException {
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
			while (true) {
				NamedPipeSession session = awaitChild(deadline);
				try {
					return exchange(session, payload, deadline, timeout);
				}
				catch (PeerGoneException | PipeClosedException ex) {
					// it has not got the whole request, which the next one may have
					this.leaving = session.connection();
				}
			}
		}
		finally {
			this.turn.unlock();
		}
	}

	private NamedPipeSession awaitChild(long deadline) throws RequestNotProcessedException {
		while (this.process.isRunning()) {
			for (NamedPipeSession session : this.process.sessions()) {
				PipeConnection connection = session.connection();
				if (connection != this.leaving && connection.isOpen() && !session.hasEnded()) {
					return session;
				}
			}
			if (deadline - System.nanoTime() <= 0 || Thread.currentThread().isInterrupted()) {
				break;
			}
			LockSupport.parkNanos(this, CHECK_PERIOD);
		}
		throw notProcessed("the child process of '" + this.process.getName() + "' is not running",
				this.process.fault().orElse(null));
	}

	private Object exchange(NamedPipeSession session, Object payload, long deadline, Duration timeout)
			throws IOException {
		Waiting current = new Waiting(session.connection());
		replace(current);
		try {
			session.write(payload);
			return current.reply.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
		}
		catch (FramingException ex) {
			replace(null);
			throw notProcessed(String.valueOf(ex.getMessage()), ex);
		}
		catch (TimeoutException ex) {
			throw expired(current, timeout);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			abandon(current);
			throw new PipeException("Interrupted while waiting for a reply of " + this.process.address(),
					this.process.address(), ex);
		}
		catch (ExecutionException ex) {
			throw (IOException) ex.getCause();
		}
		finally {
			replace(null);
		}
	}

	private RequestNotProcessedException notProcessed(String why, @Nullable Throwable cause) {
		return new RequestNotProcessedException("Nothing was sent: " + why, this.process.address(), cause);
	}

	private PipeTimeoutException expired(Waiting current, Duration timeout) {
		PipeTimeoutException failure = new PipeTimeoutException(
				"No reply of " + this.process.address() + " within " + timeout.toMillis() + " ms",
				this.process.address(), null);
		this.process.reportFailure(PipeErrorType.NO_REPLY, current.connection, failure);
		if (this.restartOnTimeout) {
			this.leaving = current.connection;
			this.process.restart(current.connection);
		}
		else {
			abandon(current);
		}
		return failure;
	}

	private synchronized void replace(@Nullable Waiting next) {
		this.waiting = next;
	}

	/** Nobody waits any more, but the reply may come, and is that of no other request. */
	private synchronized void abandon(Waiting current) {
		if (this.waiting == current && !current.reply.isDone()) {
			this.owed = (this.owing == current.connection) ? this.owed + 1 : 1;
			this.owing = current.connection;
			this.waiting = null;
		}
	}

	@Override
	public void receive(Object payload, NamedPipeSession session) {
		Waiting current = take(session);
		if (current != null) {
			current.reply.complete(payload);
		}
	}

	@Override
	public void receiveMalformed(MalformedPayloadException failure, NamedPipeSession session) {
		this.process.reportFailure(PipeErrorType.PAYLOAD, session.connection(), failure);
		Waiting current = take(session);
		if (current != null) {
			current.reply.completeExceptionally(failure);
		}
	}

	private @Nullable Waiting take(NamedPipeSession session) {
		boolean late;
		synchronized (this) {
			Waiting current = this.waiting;
			late = this.owed > 0 && this.owing == session.connection();
			if (late) {
				this.owed--;
			}
			else if (current != null && current.connection == session.connection()) {
				this.waiting = null;
				return current;
			}
		}
		PipeException failure = new PipeException("The child process of '" + this.process.getName() + "' sent "
				+ ((late) ? "a reply of which the time was up" : "something that it was not asked for")
				+ "; it is dropped", this.process.address(), null);
		this.process.reportFailure((late) ? PipeErrorType.LATE_REPLY : PipeErrorType.FRAMING, session.connection(),
				failure);
		this.unasked.log(String.valueOf(failure.getMessage()), null);
		return null;
	}

	/**
	 * A connection has come to its end.
	 */
	void ended(PipeConnection connection) {
		Waiting current;
		synchronized (this) {
			current = this.waiting;
			if (current == null || current.connection != connection) {
				return;
			}
			this.waiting = null;
		}
		current.reply.completeExceptionally(new PipeException(
				"The child process of '" + this.process.getName()
						+ "' has left without a reply; the request may have been processed",
				this.process.address(), null));
	}

	/**
	 * Who waits for a reply.
	 */
	private static final class Waiting {

		private final PipeConnection connection;

		private final CompletableFuture<Object> reply = new CompletableFuture<>();

		Waiting(PipeConnection connection) {
			this.connection = connection;
		}

	}

}
