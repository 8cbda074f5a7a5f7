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

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.namedpipe.CloseReason;
import io.namedpipe.ConnectPause;
import io.namedpipe.ConnectPause.ServerWait;
import io.namedpipe.PipeAccessDeniedException;
import io.namedpipe.PipeClosedException;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeErrorType;
import io.namedpipe.PipeException;
import io.namedpipe.PipeTimeoutException;
import io.namedpipe.framing.FramingException;
import io.namedpipe.transport.PendingInput;

/**
 * The connections of a {@link RequestExecutor}, each of them idle, in use, or about to be
 * made. Input that arrives on an idle connection is not a reply to any request: such a
 * connection is closed and never used.
 */
final class ConnectionPool {

	private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

	// a connection that the server closes sooner than this was of no use
	private static final long SHORT_LIVED = TimeUnit.SECONDS.toNanos(1);

	private final NamedPipeClient client;

	private final int maxConnections;

	private final boolean singleUse;

	private final ConnectFailureTracker fault;

	private final GreetingDetector firstContact;

	private final EvictionPolicy evictionPolicy = new EvictionPolicy();

	private final ReentrantLock lock = new ReentrantLock();

	// For exchanges. Whoever waits for the last connection has a condition of its
	// own, so that it does not wake up with each of them
	private final Condition available = this.lock.newCondition();

	private final Condition emptied = this.lock.newCondition();

	private final ArrayDeque<Exchange> idle = new ArrayDeque<>();

	private final List<Exchange> open = new CopyOnWriteArrayList<>();

	private int connections;

	// the number of them that have yet to connect
	private int connecting;

	private boolean running;

	private volatile boolean troubled;

	private volatile boolean givingWay;

	ConnectionPool(NamedPipeClient client, int maxConnections, ExchangeConnections kind, ConnectFailureTracker fault,
			long listening) {
		this.client = client;
		this.maxConnections = maxConnections;
		this.singleUse = kind == ExchangeConnections.SINGLE_USE;
		this.fault = fault;
		this.firstContact = new GreetingDetector(listening);
	}

	/**
	 * All open connections, readable without the lock.
	 */
	List<Exchange> open() {
		return this.open;
	}

	/**
	 * Takes a connection on which a request can be written now.
	 * @param deadline when to wait no longer
	 * @param timeout the timeout that the deadline comes from, for the message
	 * @param fresh whether only a new one will do
	 * @return the connection, to be released
	 */
	Exchange acquire(long deadline, Duration timeout, boolean fresh) throws PipeException {
		while (true) {
			Exchange exchange = idleOrPermit(deadline, timeout);
			boolean made = exchange == null;
			if (exchange == null) {
				exchange = connect(deadline);
			}
			else if (fresh && exchange.isUsed()) {
				close(exchange, CloseReason.IDLE);
				continue;
			}
			if (exchange != null && isUsable(exchange, made, deadline)) {
				return exchange;
			}
		}
	}

	/**
	 * Waits for an idle connection, or for a permit to open one.
	 */
	private @Nullable Exchange idleOrPermit(long deadline, Duration timeout) throws PipeException {
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
					acquirePermit();
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
			throw interrupted(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	private PipeException interrupted(@Nullable InterruptedException cause) {
		return new PipeException("Interrupted while waiting for a connection to " + this.client.address(),
				this.client.address(), cause);
	}

	private PipeClosedException notRunning() {
		return new PipeClosedException("The client '" + this.client.getName() + "' is not running",
				this.client.address(), null, null);
	}

	private void acquirePermit() {
		this.connections++;
		this.connecting++;
	}

	/**
	 * Opens a connection, unless another one is idle first.
	 */
	private @Nullable Exchange connect(long deadline) throws PipeException {
		Exchange exchange;
		try {
			exchange = connect(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())), this::awaitServerOrIdle);
		}
		catch (PipeTimeoutException ex) {
			if (this.open.isEmpty() || deadline - System.nanoTime() <= 0) {
				throw ex;
			}
			// the server has no more instances than we have connections
			return null;
		}
		if (exchange != null && !isRunning()) {
			// so that no request is sent after a stop that did not wait for it
			close(exchange, CloseReason.STOP);
			throw notRunning();
		}
		return exchange;
	}

	private boolean awaitServerOrIdle(ServerWait server) throws InterruptedException {
		tellIfLost();
		this.lock.lock();
		try {
			if (!this.idle.isEmpty() || !this.running) {
				return false;
			}
			if (this.connections > 1) {
				this.available.awaitNanos(PAUSE);
				return this.idle.isEmpty();
			}
		}
		finally {
			this.lock.unlock();
		}
		server.await();
		return true;
	}

	/**
	 * Opens a connection with the permit that was acquired.
	 */
	private @Nullable Exchange connect(Duration atMost, ConnectPause pause) throws PipeException {
		Exchange exchange = null;
		try {
			PipeConnection connection = this.client.connect(atMost, this::tellFailure, pause);
			if (connection != null) {
				exchange = exchange(connection);
				add(exchange);
			}
			return exchange;
		}
		finally {
			if (exchange == null) {
				giveUpConnecting();
			}
		}
	}

	private void add(Exchange exchange) {
		this.lock.lock();
		try {
			this.open.add(exchange);
			this.connecting--;
			if (this.firstContact.isSilent()) {
				this.fault.connected();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void giveUpConnecting() {
		this.lock.lock();
		try {
			this.connecting--;
			releasePermit();
		}
		finally {
			this.lock.unlock();
		}
	}

	// one open connection is enough
	private void tellFailure(PipeException failure) {
		this.lock.lock();
		try {
			if (this.open.isEmpty()) {
				// the next connection may be to another server
				this.firstContact.doubt();
				this.evictionPolicy.reset();
				this.troubled = true;
				this.fault.failed(failure);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void tellIfLost() {
		this.lock.lock();
		try {
			if (this.open.isEmpty()) {
				this.fault.lost();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private Exchange exchange(PipeConnection connection) throws PipeException {
		if (!connection.canRead() || !connection.canWrite()) {
			connection.close(CloseReason.ERROR);
			PipeException failure = new PipeAccessDeniedException(
					"A gateway writes and reads, and " + this.client.address() + " lets us "
							+ (connection.canRead() ? "read" : "write")
							+ " only: use an inbound or outbound adapter, or have the server serve both directions",
					this.client.address(), null);
			tellFailure(failure);
			throw failure;
		}
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

	/**
	 * Checks a connection right before it is used.
	 * @param made whether it has been made for this, so that another one would be like it
	 */
	private boolean isUsable(Exchange exchange, boolean made, long deadline) throws PipeException {
		PendingInput pending = this.firstContact.listen(exchange, deadline);
		if (Thread.currentThread().isInterrupted()) {
			close(exchange, CloseReason.ERROR);
			throw interrupted(null);
		}
		if (pending == PendingInput.NOTHING) {
			if (deadline - System.nanoTime() <= 0) {
				throw keepForNext(exchange);
			}
			this.fault.connected();
			return true;
		}
		PipeException reason = (pending == PendingInput.DATA) ? dropUnasked(exchange) : dropEnded(exchange);
		if (made) {
			throw reason;
		}
		return false;
	}

	// the connection gets older meanwhile, so that the next exchange waits less
	private PipeTimeoutException keepForNext(Exchange exchange) {
		boolean listened = !exchange.isUsed();
		CloseReason reason = keepIdle(exchange);
		if (reason != null) {
			close(exchange, reason);
		}
		return new PipeTimeoutException(
				"The time was up before the request could be written to " + this.client.address()
						+ (listened ? ": the first connection is listened to for "
								+ TimeUnit.NANOSECONDS.toMillis(GreetingDetector.LISTENING)
								+ " ms, since a greeting is no reply; allow a longer reply timeout" : ""),
				this.client.address(), null);
	}

	private PipeException dropUnasked(Exchange exchange) {
		FramingException failure = new FramingException(exchange.isUsed() ? unaskedAfterReply() : unaskedAtFirst());
		this.firstContact.doubt();
		this.client.reportFailure(PipeErrorType.FRAMING, exchange.connection(), failure);
		exchange.connection().close(CloseReason.PROTOCOL, failure);
		giveUp(exchange);
		if (!exchange.isUsed()) {
			tellFailure(failure);
		}
		return failure;
	}

	private String unaskedAfterReply() {
		return "The server on " + this.client.address()
				+ " sent more than the reply: the connection is closed, because it would be taken for the next one";
	}

	private String unaskedAtFirst() {
		return "The server on " + this.client.address()
				+ " spoke before it was asked, with a greeting or an event: a gateway takes nothing for a reply that"
				+ " came before its request. A greeting has to be read when the connection is opened; for events"
				+ " use an inbound adapter, on a client of its own";
	}

	private PipeException dropEnded(Exchange exchange) {
		exchange.connection().close(CloseReason.PEER);
		giveUp(exchange);
		if (!isRunning()) {
			return notRunning();
		}
		return new PipeException(
				"The server on " + this.client.address()
						+ " ended a new connection before it was asked: it has left, or only reads (its direction)",
				this.client.address(), null);
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

	private void releasePermit() {
		this.lock.lock();
		try {
			this.connections--;
			this.available.signalAll();
			this.emptied.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Takes back a connection after an exchange.
	 * @param reusable whether the exchange ended well
	 */
	void release(Exchange exchange, boolean reusable) {
		boolean unasked = reusable && exchange.hasSurplus();
		if (unasked) {
			dropUnasked(exchange);
			return;
		}
		if (!reusable) {
			close(exchange, CloseReason.ERROR);
			return;
		}
		this.troubled = false;
		learn(exchange);
		CloseReason reason = keepIdle(exchange);
		if (reason != null) {
			close(exchange, reason);
		}
	}

	private void learn(Exchange exchange) {
		if (exchange.isFirst()) {
			this.firstContact.answered(exchange);
		}
		if (this.evictionPolicy.isNews(exchange)) {
			this.lock.lock();
			try {
				this.evictionPolicy.answered(exchange, this.open);
			}
			finally {
				this.lock.unlock();
			}
		}
	}

	/**
	 * Keeps a connection for the next exchange.
	 * @return why it was not kept, or {@code null} if it was
	 */
	private @Nullable CloseReason keepIdle(Exchange exchange) {
		this.lock.lock();
		try {
			if (!this.running) {
				return CloseReason.STOP;
			}
			if (this.singleUse && exchange.isUsed()) {
				return CloseReason.OPERATOR;
			}
			if (this.givingWay && exchange.isAnswered()) {
				// an exchange that began at the same time waits no longer
				if (this.evictionPolicy.isCalledFor(this.open, 2 * exchange.took())) {
					this.evictionPolicy.gaveWay();
					return CloseReason.IDLE;
				}
			}
			this.idle.addLast(exchange);
			this.available.signal();
			return null;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void close(Exchange exchange, CloseReason reason) {
		exchange.connection().close(reason);
		giveUp(exchange);
	}

	private void giveUp(Exchange exchange) {
		CloseReason reason = exchange.connection().closeReason().orElse(CloseReason.ERROR);
		if (reason == CloseReason.ERROR || reason == CloseReason.PROTOCOL
				|| (reason == CloseReason.PEER && !exchange.isUsed() && exchange.age() < SHORT_LIVED)) {
			this.troubled = true;
		}
		exchange.release();
		this.lock.lock();
		try {
			this.open.remove(exchange);
			this.evictionPolicy.closed();
			releasePermit();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether the last connection that was closed had been of no use.
	 */
	boolean isTroubled() {
		return this.troubled;
	}

	/**
	 * An exchange waits for the first answer on its connection, or none does any more. A
	 * server that has no instance left accepts a connection only when another one is
	 * closed: one that is idle, or will be next.
	 */
	void giveWay(boolean unanswered) {
		this.givingWay = unanswered;
		Exchange exchange = unanswered ? pollIdleToGiveWay() : null;
		if (exchange != null) {
			close(exchange, CloseReason.IDLE);
		}
	}

	private @Nullable Exchange pollIdleToGiveWay() {
		this.lock.lock();
		try {
			if (this.idle.isEmpty() || !this.evictionPolicy.isCalledFor(this.open, 0)) {
				return null;
			}
			this.evictionPolicy.gaveWay();
			return this.idle.pollFirst();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Starts, with a connection that has been made already or none.
	 */
	void start(@Nullable PipeConnection first) throws PipeException {
		Exchange exchange = (first != null) ? exchange(first) : null;
		this.lock.lock();
		try {
			this.running = true;
			this.troubled = false;
			this.givingWay = false;
			this.evictionPolicy.reset();
			this.firstContact.doubt();
			if (exchange != null) {
				this.connections++;
				this.open.add(exchange);
				this.idle.add(exchange);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Refuses new exchanges, waits for those in progress and closes all connections that
	 * are idle then. An attempt to connect is not waited for.
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
		Exchange exchange = pollIdle();
		while (exchange != null) {
			close(exchange, CloseReason.STOP);
			exchange = pollIdle();
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
	 * Waits until there is no connection and none is being opened.
	 * @param atMost the longest time to wait, in nanoseconds
	 * @return whether there is none
	 */
	boolean awaitNone(long atMost) {
		long remaining = atMost;
		this.lock.lock();
		try {
			while (this.running && this.connections > 0 && remaining > 0) {
				remaining = this.emptied.awaitNanos(remaining);
			}
			return this.running && this.connections == 0;
		}
		catch (InterruptedException ex) {
			return false;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Opens a connection if there is none and none is being opened, and keeps it for the
	 * next exchange. Gives up as soon as an exchange has opened one.
	 * @return {@code false} if that failed
	 */
	boolean openFirst() {
		if (!takePlaceOfFirst()) {
			return true;
		}
		try {
			Exchange exchange = connect(this.client.pipe().connectTimeout(), this::awaitServerUnlessOpen);
			CloseReason reason = (exchange != null) ? keepIdle(exchange) : null;
			if (exchange != null && reason != null) {
				close(exchange, reason);
			}
			return true;
		}
		catch (PipeException ex) {
			return false;
		}
	}

	private boolean takePlaceOfFirst() {
		this.lock.lock();
		try {
			boolean first = this.running && this.connections == 0;
			if (first) {
				acquirePermit();
			}
			return first;
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean awaitServerUnlessOpen(ServerWait server) throws InterruptedException {
		tellIfLost();
		if (!this.open.isEmpty() || !isRunning()) {
			return false;
		}
		server.await();
		return true;
	}

	/**
	 * Checks the idle connections, from the one used least recently on, and keeps their
	 * order.
	 */
	void checkIdle() {
		int count = idleCount();
		for (int i = 0; i < count; i++) {
			Exchange exchange = pollIdle();
			if (exchange == null) {
				return;
			}
			checkIdle(exchange);
		}
	}

	private void checkIdle(Exchange exchange) {
		PendingInput pending = this.firstContact.look(exchange);
		if (pending == PendingInput.DATA) {
			dropUnasked(exchange);
			return;
		}
		if (pending == PendingInput.END) {
			close(exchange, CloseReason.PEER);
			return;
		}
		if (exchange.age() >= SHORT_LIVED) {
			this.troubled = false;
		}
		if (this.firstContact.isSilent()) {
			this.fault.connected();
		}
		CloseReason reason = keepIdle(exchange);
		if (reason != null) {
			close(exchange, reason);
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

}
