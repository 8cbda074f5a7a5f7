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
import java.util.concurrent.CountDownLatch;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.namedpipe.CloseReason;
import io.namedpipe.PipeClosedException;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeErrorType;
import io.namedpipe.PipeException;
import io.namedpipe.PipeTimeoutException;
import io.namedpipe.framing.CodecException;
import io.namedpipe.framing.FramingException;
import io.namedpipe.framing.MalformedPayloadException;
import io.namedpipe.integration.NamedPipeTimings.Outcome;

/**
 * Executes the requests of an outbound gateway. Each exchange has a connection to itself:
 * the calling thread writes the request and reads the reply, with no other thread in
 * between. A connection whose exchange failed is closed and never used again, so that a
 * late reply is not taken for another one; neither is a connection on which something has
 * arrived unasked.
 */
public final class RequestExecutor {

	private final NamedPipeClient client;

	private final ConnectionPool connections;

	private final boolean keepsOneOpen;

	private CountDownLatch stopSignal = new CountDownLatch(1);

	private volatile @Nullable ExchangeWatchdog watchdog;

	RequestExecutor(NamedPipeClient client, int maxConnections, ExchangeConnections kind, ConnectFailureTracker fault,
			long listening) {
		Assert.isTrue(maxConnections >= 1, () -> "maxConnections must be at least 1, but is " + maxConnections);
		this.client = client;
		this.connections = new ConnectionPool(client, maxConnections, kind, fault, listening);
		this.keepsOneOpen = kind == ExchangeConnections.POOLED;
	}

	/**
	 * Whether a connection is open also while there is no exchange.
	 */
	boolean keepsOneOpen() {
		return this.keepsOneOpen;
	}

	/**
	 * Sends a request and waits for its reply. A request that is sent on a connection
	 * that had been idle, and that the server left without reading it, is sent once more
	 * on a new one. That the calling thread is interrupted already is left to the caller:
	 * only an interrupt that comes during the exchange ends it.
	 * @param payload the payload of the request, or a {@link io.namedpipe.framing.Frame}
	 * with it
	 * @param timeout the longest time, from waiting for a free connection to the reply
	 * @return the payload of the reply, or a {@link io.namedpipe.framing.Frame} with it
	 * @throws RequestNotProcessedException if the request cannot have been processed;
	 * with any other exception that is not known
	 * @throws PipeTimeoutException if the time was up while waiting for the reply
	 * @throws MalformedPayloadException if the reply is not what payloads are configured
	 * to be; nothing else suffers from that
	 * @throws FramingException if what came is no reply
	 * @throws IOException if the exchange failed otherwise, also if the thread was
	 * interrupted
	 * @throws IllegalArgumentException if the payload is of a type that cannot be sent
	 */
	public Object exchange(Object payload, Duration timeout) throws IOException {
		boolean interrupted = Thread.interrupted();
		try {
			return timedExchange(encode(payload), timeout);
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private byte[] encode(Object payload) throws RequestNotProcessedException {
		try {
			return this.client.encoder().encode(payload);
		}
		catch (FramingException ex) {
			throw notProcessed(String.valueOf(ex.getMessage()), ex);
		}
	}

	private RequestNotProcessedException notProcessed(String message, @Nullable Throwable cause) {
		return new RequestNotProcessedException(message, this.client.address(), cause);
	}

	private Object timedExchange(byte[] request, Duration timeout) throws IOException {
		NamedPipeTimings timings = this.client.timings();
		long started = System.nanoTime();
		Outcome outcome = Outcome.ERROR;
		try {
			Object reply = exchange(request, started + timeout.toNanos(), timeout);
			outcome = Outcome.SUCCESS;
			return reply;
		}
		catch (IOException ex) {
			if (ex instanceof PipeTimeoutException || ex.getCause() instanceof PipeTimeoutException) {
				outcome = Outcome.TIMEOUT;
			}
			throw ex;
		}
		finally {
			if (timings != NamedPipeTimings.NONE) {
				timings.exchanged(outcome, System.nanoTime() - started);
			}
		}
	}

	private Object exchange(byte[] request, long deadline, Duration timeout) throws IOException {
		Exchange exchange = acquire(deadline, timeout, false);
		boolean again = exchange.isUsed();
		try {
			return exchange(exchange, request, deadline, timeout);
		}
		catch (RequestNotProcessedException ex) {
			if (!again) {
				throw ex;
			}
		}
		return exchange(acquire(deadline, timeout, true), request, deadline, timeout);
	}

	private Exchange acquire(long deadline, Duration timeout, boolean fresh) throws RequestNotProcessedException {
		try {
			return this.connections.acquire(deadline, timeout, fresh);
		}
		catch (PipeException ex) {
			throw notProcessed("Nothing was sent: " + ex.getMessage(), ex);
		}
	}

	private Object exchange(Exchange exchange, byte[] request, long deadline, Duration timeout) throws IOException {
		boolean reusable = false;
		boolean idleBefore = exchange.isUsed();
		try {
			exchange.begin(deadline);
			wakeWatchdog();
			Object reply = exchange.run(request);
			if (reply == null) {
				throw peerLeft(exchange);
			}
			reusable = exchange.end();
			return reply;
		}
		catch (MalformedPayloadException ex) {
			// where messages have boundaries, all of it has been read
			reusable = exchange.end() && this.client.framing().opposite().hasBoundaries();
			this.client.reportFailure(PipeErrorType.PAYLOAD, exchange.connection(), ex);
			throw ex;
		}
		catch (IOException ex) {
			throw failed(exchange, timeout, ex, idleBefore);
		}
		finally {
			this.connections.release(exchange, reusable);
		}
	}

	private PipeException peerLeft(Exchange exchange) {
		exchange.connection().close(CloseReason.PEER);
		return new PipeException(
				"The server on " + this.client.address()
						+ " has left without a reply; the request may have been processed",
				this.client.address(), null);
	}

	private IOException failed(Exchange exchange, Duration timeout, IOException ex, boolean idleBefore) {
		PipeConnection connection = exchange.connection();
		if (Thread.currentThread().isInterrupted()) {
			connection.close(CloseReason.ERROR, ex);
			return new PipeException("Interrupted while waiting for a reply on " + this.client.address(),
					this.client.address(), ex);
		}
		if (exchange.isExpired()) {
			PipeTimeoutException failure = new PipeTimeoutException(
					"No reply on " + this.client.address() + " within " + timeout.toMillis() + " ms",
					this.client.address(), null);
			this.client.reportFailure(PipeErrorType.NO_REPLY, connection, failure);
			return failure;
		}
		if (exchange.isUnread() && this.client.framing().hasBoundaries()) {
			connection.close(CloseReason.PEER);
			if (!idleBefore) {
				this.client.reportFailure(PipeErrorType.WRITE, connection, ex);
			}
			return notProcessed("The server on " + this.client.address() + " has left without reading the request", ex);
		}
		if (ex instanceof FramingException framingException) {
			FramingException failure = withConnection(connection, framingException);
			this.client.reportFailure(failure.errorType(), connection, failure);
			connection.close(CloseReason.PROTOCOL, failure);
			return failure;
		}
		else if (!(ex instanceof PipeClosedException)) {
			this.client.reportFailure(PipeErrorType.READ, connection, ex);
		}
		return ex;
	}

	// a messaging gateway throws the exception of the codec
	private static FramingException withConnection(PipeConnection connection, FramingException ex) {
		if (ex.getCause() instanceof CodecException codec) {
			return new FramingException("On " + connection + ": " + ex.getMessage(), codec.getCause());
		}
		return ex;
	}

	private void wakeWatchdog() {
		ExchangeWatchdog current = this.watchdog;
		if (current != null) {
			current.wake();
		}
	}

	/**
	 * Starts, with a connection that has been made already or none.
	 */
	void start(@Nullable PipeConnection first) throws PipeException {
		this.connections.start(first);
		ExchangeWatchdog newWatchdog = new ExchangeWatchdog(this.connections);
		this.watchdog = newWatchdog;
		startThread("watchdog", newWatchdog);
		CountDownLatch signal = new CountDownLatch(1);
		this.stopSignal = signal;
		if (this.keepsOneOpen) {
			startThread("keeper", new PoolHousekeeper(this.connections, this.client.backoff(), signal));
		}
	}

	private void startThread(String role, Runnable task) {
		Thread thread = new Thread(task, "namedpipe-" + this.client.getName() + "-" + role);
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * Refuses new exchanges, waits for those in progress and closes all connections that
	 * are idle then. An attempt to connect is not waited for.
	 */
	void stop(Duration atMost) {
		this.stopSignal.countDown();
		this.connections.stop(atMost);
		ExchangeWatchdog current = this.watchdog;
		if (current != null) {
			current.stop();
			this.watchdog = null;
		}
	}

	/**
	 * Waits until the last connection is given back, and nobody connects any more: once
	 * the client has stopped, that takes no longer than to notice it.
	 */
	void awaitEmpty(Duration atMost) {
		this.connections.awaitEmpty(atMost);
	}

}
