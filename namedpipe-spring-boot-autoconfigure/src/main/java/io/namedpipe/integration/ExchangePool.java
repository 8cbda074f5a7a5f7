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
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.namedpipe.CloseReason;
import io.namedpipe.PipeClosedException;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeErrorType;
import io.namedpipe.PipeException;
import io.namedpipe.PipeTimeoutException;
import io.namedpipe.framing.FramingException;
import io.namedpipe.integration.NamedPipeTimings.Outcome;

/**
 * The connections of an outbound gateway. An exchange has a connection to itself: the
 * calling thread writes the request and reads the reply, with no other thread in between.
 * A connection whose exchange did not end well is closed and never used again, so that a
 * late reply has nobody to be mistaken for.
 */
public final class ExchangePool {

	private static final long IDLE_CHECK_PERIOD = TimeUnit.SECONDS.toNanos(1);

	// A connection that was silent for longer is looked at before it is used
	private static final long TRUSTED_FOR = TimeUnit.MILLISECONDS.toNanos(100);

	private final NamedPipeClient client;

	private final int maxConnections;

	private final ConnectFault fault;

	private final ReentrantLock lock = new ReentrantLock();

	// For exchanges. What waits for the last connection is not to wake up with each of
	// them
	private final Condition available = this.lock.newCondition();

	private final Condition emptied = this.lock.newCondition();

	private final ArrayDeque<Exchange> idle = new ArrayDeque<>();

	private final List<Exchange> open = new CopyOnWriteArrayList<>();

	private int connections;

	// How many of them have yet to connect
	private int connecting;

	private boolean running;

	private volatile @Nullable ExchangeWatchdog watchdog;

	ExchangePool(NamedPipeClient client, int maxConnections, ConnectFault fault) {
		Assert.isTrue(maxConnections >= 1, () -> "maxConnections must be at least 1, but is " + maxConnections);
		this.client = client;
		this.maxConnections = maxConnections;
		this.fault = fault;
	}

	/**
	 * Sends a request and waits for its reply.
	 * @param payload the payload of the request
	 * @param timeout the longest time, from waiting for a free connection to the reply
	 * @return the payload of the reply
	 * @throws PipeTimeoutException if the time is up
	 * @throws PipeClosedException if the client is not running
	 * @throws FramingException if the request cannot be sent, or what came is no reply
	 * @throws IOException if the exchange failed otherwise, also if the thread was
	 * interrupted; it is not known whether the server has got the request
	 * @throws IllegalArgumentException if the payload is of a type that cannot be sent
	 */
	public Object exchange(Object payload, Duration timeout) throws IOException {
		if (Thread.currentThread().isInterrupted()) {
			throw new PipeException("Interrupted before sending a request on " + this.client.address(),
					this.client.address(), null);
		}
		byte[] request = this.client.encoder().encode(payload);
		NamedPipeTimings timings = this.client.timings();
		long started = System.nanoTime();
		Outcome outcome = Outcome.ERROR;
		try {
			long deadline = started + timeout.toNanos();
			Object reply = exchange(acquire(deadline, timeout), request, deadline, timeout);
			outcome = Outcome.SUCCESS;
			return reply;
		}
		catch (PipeTimeoutException ex) {
			outcome = Outcome.TIMEOUT;
			throw ex;
		}
		finally {
			if (timings != NamedPipeTimings.NONE) {
				timings.exchanged(outcome, System.nanoTime() - started);
			}
		}
	}

	private Object exchange(Exchange exchange, byte[] request, long deadline, Duration timeout) throws IOException {
		boolean reusable = false;
		try {
			exchange.begin(deadline);
			wakeWatchdog();
			Object reply = exchange.run(request);
			if (reply == null) {
				throw peerLeft(exchange);
			}
			reusable = exchange.end() && !isOutOfStep(exchange);
			return reply;
		}
		catch (IOException ex) {
			throw failed(exchange, timeout, ex);
		}
		finally {
			release(exchange, reusable);
		}
	}

	private PipeException peerLeft(Exchange exchange) {
		exchange.connection().close(CloseReason.PEER);
		return new PipeException("The server on " + this.client.address() + " has left without a reply",
				this.client.address(), null);
	}

	private boolean isOutOfStep(Exchange exchange) {
		if (!exchange.hasPending()) {
			return false;
		}
		FramingException failure = new FramingException("The server on " + this.client.address()
				+ " sent more than the reply: the connection is closed, because it would be taken for the next one");
		this.client.reportFailure(PipeErrorType.FRAMING, exchange.connection(), failure);
		exchange.connection().close(CloseReason.PROTOCOL, failure);
		return true;
	}

	private IOException failed(Exchange exchange, Duration timeout, IOException ex) {
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
		if (ex instanceof FramingException framingException) {
			this.client.reportFailure(framingException.errorType(), connection, ex);
			connection.close(CloseReason.PROTOCOL, ex);
		}
		else if (!(ex instanceof PipeClosedException)) {
			this.client.reportFailure(PipeErrorType.READ, connection, ex);
		}
		return ex;
	}

	private Exchange acquire(long deadline, Duration timeout) throws PipeException {
		while (true) {
			Exchange exchange = idleOrPlace(deadline, timeout);
			if (exchange == null) {
				return connect(deadline);
			}
			if (isUsable(exchange)) {
				return exchange;
			}
			exchange.connection().close(CloseReason.PEER);
			release(exchange, false);
		}
	}

	private boolean isUsable(Exchange exchange) {
		return exchange.connection().isOpen()
				&& (System.nanoTime() - exchange.idleSince() < TRUSTED_FOR || exchange.connection().isQuiet());
	}

	/**
	 * Waits for a connection, or for a place where one can be made.
	 */
	private @Nullable Exchange idleOrPlace(long deadline, Duration timeout) throws PipeException {
		this.lock.lock();
		try {
			while (true) {
				if (!this.running) {
					throw notRunning();
				}
				Exchange exchange = this.idle.pollLast();
				if (exchange != null) {
					return exchange;
				}
				if (this.connections < this.maxConnections) {
					takePlace();
					return null;
				}
				long remaining = deadline - System.nanoTime();
				if (remaining <= 0) {
					throw new PipeTimeoutException("All " + this.maxConnections + " connections to "
							+ this.client.address() + " were in use for " + timeout.toMillis() + " ms",
							this.client.address(), null);
				}
				this.available.awaitNanos(remaining);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new PipeException("Interrupted while waiting for a connection to " + this.client.address(),
					this.client.address(), ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	private PipeClosedException notRunning() {
		return new PipeClosedException("The client '" + this.client.getName() + "' is not running",
				this.client.address(), null, null);
	}

	private void takePlace() {
		this.connections++;
		this.connecting++;
	}

	private Exchange connect(long deadline) throws PipeException {
		Exchange exchange = connect(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
		if (!isRunning()) {
			// so that no request is sent after a stop that did not wait for it
			exchange.connection().close(CloseReason.STOP);
			release(exchange, false);
			throw notRunning();
		}
		return exchange;
	}

	/**
	 * Makes a connection for the place that was taken.
	 */
	private Exchange connect(Duration atMost) throws PipeException {
		boolean connected = false;
		try {
			Exchange exchange = exchange(this.client.connect(atMost, this::tellFailure));
			add(exchange);
			connected = true;
			return exchange;
		}
		finally {
			if (!connected) {
				giveUpConnecting();
			}
		}
	}

	private void add(Exchange exchange) {
		this.lock.lock();
		try {
			this.open.add(exchange);
			this.connecting--;
			this.fault.connected();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void giveUpConnecting() {
		this.lock.lock();
		try {
			this.connecting--;
			giveUpPlace();
		}
		finally {
			this.lock.unlock();
		}
	}

	// One that is open is all that there has to be
	private void tellFailure(PipeException failure) {
		this.lock.lock();
		try {
			if (this.open.isEmpty()) {
				this.fault.failed(failure);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private Exchange exchange(PipeConnection connection) throws PipeException {
		try {
			return new Exchange(this.client, connection);
		}
		catch (RuntimeException | Error ex) {
			PipeException failure = new PipeException("The framing of '" + this.client.getName() + "' failed: " + ex,
					this.client.address(), ex);
			tellFailure(failure);
			this.client.reportFailure(PipeErrorType.FRAMING, connection, failure);
			connection.close(CloseReason.ERROR, failure);
			throw failure;
		}
	}

	private boolean isRunning() {
		this.lock.lock();
		try {
			return this.running;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void giveUpPlace() {
		this.lock.lock();
		try {
			this.connections--;
			this.available.signal();
			this.emptied.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void release(Exchange exchange, boolean reusable) {
		this.lock.lock();
		try {
			if (reusable && this.running) {
				this.idle.addLast(exchange);
				this.available.signal();
				return;
			}
		}
		finally {
			this.lock.unlock();
		}
		exchange.connection().close(reusable ? CloseReason.STOP : CloseReason.ERROR);
		exchange.release();
		this.open.remove(exchange);
		giveUpPlace();
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
	void start(@Nullable PipeConnection first, CountDownLatch stopSignal) throws PipeException {
		Exchange exchange = (first != null) ? exchange(first) : null;
		this.lock.lock();
		try {
			this.running = true;
			if (exchange != null) {
				this.connections++;
				this.open.add(exchange);
				this.idle.add(exchange);
			}
		}
		finally {
			this.lock.unlock();
		}
		ExchangeWatchdog newWatchdog = new ExchangeWatchdog(this.open);
		this.watchdog = newWatchdog;
		startThread("watchdog", newWatchdog);
		startThread("keeper", () -> keepOneOpen(stopSignal));
	}

	private void startThread(String role, Runnable task) {
		Thread thread = new Thread(task, "namedpipe-" + this.client.getName() + "-" + role);
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * Refuses new exchanges, waits for those in progress and closes all connections that
	 * are idle then. An attempt to connect is not waited for: it ends when the client
	 * stops.
	 */
	void stop(Duration atMost) {
		long remaining = atMost.toNanos();
		this.lock.lock();
		try {
			this.running = false;
			this.available.signalAll();
			this.emptied.signalAll();
			while (inUse() > 0 && remaining > 0) {
				remaining = this.emptied.awaitNanos(remaining);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.lock.unlock();
		}
		closeIdle();
		ExchangeWatchdog current = this.watchdog;
		if (current != null) {
			current.stop();
			this.watchdog = null;
		}
	}

	private int inUse() {
		return this.connections - this.idle.size() - this.connecting;
	}

	/**
	 * Waits until the last connection is given back, and nobody connects any more: once
	 * the client has stopped, that takes no longer than to notice it.
	 */
	void awaitEmpty(Duration atMost) {
		long remaining = atMost.toNanos();
		this.lock.lock();
		try {
			while (this.connections > 0 && remaining > 0) {
				remaining = this.emptied.awaitNanos(remaining);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void closeIdle() {
		Exchange exchange = pollIdle();
		while (exchange != null) {
			exchange.connection().close(CloseReason.STOP);
			release(exchange, false);
			exchange = pollIdle();
		}
	}

	private @Nullable Exchange pollIdle() {
		this.lock.lock();
		try {
			return this.idle.pollFirst();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Connects when there is no connection, and notices when those that nobody uses are
	 * lost.
	 */
	private void keepOneOpen(CountDownLatch stopSignal) {
		ReconnectBackoff.Attempts attempts = this.client.backoff().start();
		while (stopSignal.getCount() > 0) {
			if (takePlaceOfFirst()) {
				if (openFirst()) {
					attempts.reset();
				}
				else if (!NamedPipeClient.awaitNextAttempt(stopSignal, attempts.next())) {
					return;
				}
			}
			else {
				checkIdle(stopSignal);
			}
		}
	}

	/**
	 * Waits until there is no connection and takes the place of one, or until it is time
	 * to check those that are idle.
	 */
	private boolean takePlaceOfFirst() {
		this.lock.lock();
		try {
			long remaining = IDLE_CHECK_PERIOD;
			while (this.running && this.connections > 0 && remaining > 0) {
				remaining = this.emptied.awaitNanos(remaining);
			}
			if (!this.running || this.connections > 0) {
				return false;
			}
			takePlace();
			return true;
		}
		catch (InterruptedException ex) {
			return false;
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean openFirst() {
		try {
			release(connect(this.client.pipe().connectTimeout()), true);
			return true;
		}
		catch (PipeException ex) {
			return false;
		}
	}

	// From the one used least recently on, and back in the same order
	private void checkIdle(CountDownLatch stopSignal) {
		int count = idleCount();
		for (int i = 0; i < count; i++) {
			Exchange exchange = pollIdle();
			if (exchange == null) {
				return;
			}
			if (exchange.connection().isOpen() && exchange.connection().isQuiet()) {
				returnIdle(exchange);
			}
			else {
				exchange.connection().close(CloseReason.PEER);
				release(exchange, false);
			}
		}
		if (stopSignal.getCount() > 0) {
			tellIfLost();
		}
	}

	private void tellIfLost() {
		this.lock.lock();
		try {
			// with nobody who is about to connect, which would end the fault
			if (this.connections == 0) {
				this.fault.lost();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private int idleCount() {
		this.lock.lock();
		try {
			return this.idle.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void returnIdle(Exchange exchange) {
		this.lock.lock();
		try {
			if (this.running) {
				this.idle.addLast(exchange);
				this.available.signal();
				return;
			}
		}
		finally {
			this.lock.unlock();
		}
		release(exchange, true);
	}

}
