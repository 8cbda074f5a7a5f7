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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.namedpipe.CloseReason;
import io.namedpipe.ConnectPause;
import io.namedpipe.PipeClient;
import io.namedpipe.PipeClosedException;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeDirection;
import io.namedpipe.PipeErrorType;
import io.namedpipe.PipeException;
import io.namedpipe.PipeListener;
import io.namedpipe.PipeTimeoutException;
import io.namedpipe.PipeUnsupportedException;
import io.namedpipe.integration.NamedPipeTimings.Outcome;
import io.namedpipe.transport.Capability;
import io.namedpipe.transport.ProcessIdentity;

/**
 * A pipe client as a bean. The inbound and outbound adapters share one connection, which
 * is made again when it is lost; an outbound gateway has a {@link ConnectionPool pool} of
 * its own.
 */
public final class NamedPipeClient extends NamedPipe {

	/** The phase in which clients start before servers, and stop after them. */
	public static final int DEFAULT_PHASE = Integer.MAX_VALUE / 2 + 1;

	private static final Log logger = LogFactory.getLog(NamedPipeClient.class);

	private static final long JOIN_TIMEOUT = 1000;

	private static final ConnectPause GIVE_UP = (server) -> false;

	private final PipeClient client;

	private final StartupFailurePolicy startupFailure;

	private final ReconnectBackoff backoff;

	private final boolean once;

	private final ThreadFactory threads;

	private final ConnectFailureTracker sharedFault = new ConnectFailureTracker(this);

	private final ConnectFailureTracker poolFault = new ConnectFailureTracker(this);

	private volatile @Nullable PipeException gone;

	private volatile boolean starting;

	private volatile @Nullable Thread connectingShared;

	private volatile CountDownLatch stopSignal = new CountDownLatch(1);

	private volatile boolean connectedOnce;

	private boolean sending;

	private volatile @Nullable RequestExecutor pool;

	private volatile @Nullable Thread thread;

	private NamedPipeClient(Builder builder, ConnectionEvents events, PipeClient client) {
		super(builder, events, client, builder.writers(parksVirtualThreads(client)), DEFAULT_PHASE);
		this.client = client;
		this.startupFailure = builder.startupFailure;
		this.backoff = builder.backoff;
		this.once = builder.once;
		this.threads = builder.readers(parksVirtualThreads(client));
	}

	private static boolean parksVirtualThreads(PipeClient client) {
		return client.supports(Capability.VIRTUAL_THREADS);
	}

	/**
	 * Starts to build a client.
	 * @param name the logical name
	 * @param pipe builds the pipe client
	 * @return the builder
	 */
	public static Builder builder(String name, PipeClient.Builder pipe) {
		return new Builder(name, pipe);
	}

	/**
	 * The pipe client.
	 * @return the client, to look at; started and stopped by this bean only
	 */
	@Override
	public PipeClient pipe() {
		return this.client;
	}

	@Override
	public Role role() {
		return Role.CLIENT;
	}

	@Override
	public Map<String, Object> settings() {
		PipeDirection serverDirection = switch (direction()) {
			case DUPLEX -> PipeDirection.DUPLEX;
			case IN -> PipeDirection.OUT;
			case OUT -> PipeDirection.IN;
		};
		Map<String, Object> settings = settings(serverDirection);
		settings.put("connect-timeout", this.client.connectTimeout().toMillis() + "ms");
		return settings;
	}

	@Override
	public Optional<PipeException> fault() {
		PipeException current = lastFault();
		if (current == null && isRunning() && !this.connectedOnce && keepsOneOpen()) {
			return Optional.of(new PipeException("Not connected to " + address() + " yet", address(), null));
		}
		return Optional.ofNullable(current);
	}

	@Override
	boolean isWaitingForOthers() {
		return gate().hasReceiver();
	}

	private boolean keepsOneOpen() {
		RequestExecutor current = this.pool;
		return current == null || current.keepsOneOpen() || this.thread != null;
	}

	private @Nullable PipeException lastFault() {
		PipeException current = this.gone;
		if (current == null) {
			current = this.sharedFault.current();
		}
		return (current != null) ? current : this.poolFault.current();
	}

	private void clearFaults() {
		this.gone = null;
		this.sharedFault.clear();
		this.poolFault.clear();
	}

	@Override
	public void attachSender() {
		super.attachSender();
		duringLifecycle(() -> {
			this.sending = true;
			shareIfRunning();
		});
	}

	@Override
	void receiverAttached() {
		duringLifecycle(this::shareIfRunning);
	}

	/**
	 * Makes the connections of an outbound gateway, kept for the next exchange.
	 * @param maxConnections how many exchanges can go on at once
	 * @return the pool
	 * @throws IllegalStateException if there is one already, or the pipe is one way
	 * @see #openExchangePool(int, ExchangeConnections)
	 */
	public RequestExecutor openExchangePool(int maxConnections) {
		return openExchangePool(maxConnections, ExchangeConnections.POOLED);
	}

	@Override
	public boolean hasEndpoint() {
		return super.hasEndpoint() || this.pool != null;
	}

	/**
	 * Makes the connections of an outbound gateway. They are opened and closed with this
	 * client; of those that are {@linkplain ExchangeConnections#POOLED pooled} at least
	 * one is kept open.
	 * @param maxConnections how many exchanges can go on at once
	 * @param kind what becomes of a connection after an exchange
	 * @return the pool, to be given back when nobody uses it any more
	 * @throws IllegalStateException if there is one already, or the pipe is one way
	 */
	public RequestExecutor openExchangePool(int maxConnections, ExchangeConnections kind) {
		return openExchangePool(maxConnections, kind, GreetingDetector.LISTENING);
	}

	RequestExecutor openExchangePool(int maxConnections, ExchangeConnections kind, long listening) {
		Assert.state(direction() == PipeDirection.DUPLEX, () -> "'" + getName() + "' is one way (direction "
				+ direction() + "): a gateway needs both directions");
		Assert.state(!framing().endsWithStream() || kind == ExchangeConnections.SINGLE_USE,
				() -> "'" + getName() + "' reads replies until the connection is closed (" + framing()
						+ "), so that each exchange needs one of its own: use SINGLE_USE");
		RequestExecutor opened = new RequestExecutor(this, maxConnections, kind, this.poolFault, listening);
		duringLifecycle(() -> {
			Assert.state(this.pool == null, () -> "'" + getName() + "' has an outbound gateway already");
			this.pool = opened;
			if (isRunning()) {
				startPool(opened, null);
			}
		});
		return opened;
	}

	/**
	 * Takes the connections of an outbound gateway back, and closes them. Exchanges in
	 * progress are waited for, no longer than the drain timeout. Another gateway can have
	 * some then.
	 * @param closed the pool
	 */
	public void closeExchangePool(RequestExecutor closed) {
		duringLifecycle(() -> {
			if (this.pool == closed) {
				closed.stop(drainTimeout());
				closed.awaitEmpty(Duration.ofMillis(JOIN_TIMEOUT));
				this.pool = null;
				this.poolFault.clear();
			}
		});
	}

	private void startPool(RequestExecutor started, @Nullable PipeConnection first) {
		try {
			started.start(first);
		}
		catch (PipeException ex) {
			throw startFailure("The gateway of", ex);
		}
	}

	/**
	 * Connects for the first adapter that is attached.
	 */
	private void shareIfRunning() {
		if (isRunning() && this.thread == null && !this.once) {
			PipeConnection connection = null;
			try {
				// one attempt, so that what is sent next goes out if the server is there
				connection = connectShared(GIVE_UP);
			}
			catch (PipeException ex) {
				// reported already, and tried again in the background
			}
			startKeeper(connection, this.stopSignal);
		}
	}

	/**
	 * Whether the connection that adapters share, or one of a gateway, is open.
	 * @return {@code true} if the server is reached
	 */
	public boolean isConnected() {
		return this.client.statistics().current() > 0;
	}

	/**
	 * Connects once, with the time limit of this client, and as this process: flows of
	 * other clients will use the connection too.
	 * @param atMost a shorter limit
	 * @param failed gets to know of a failure before those who listen to events do
	 * @param pause what to do between two attempts
	 * @return the connection, or {@code null} if the caller gave up
	 * @throws PipeException if that fails, which has been counted
	 */
	@Nullable PipeConnection connect(Duration atMost, Consumer<PipeException> failed, ConnectPause pause) throws PipeException {
		return ProcessIdentity.call(() -> connectAsThisProcess(atMost, failed, pause));
	}

	private @Nullable PipeConnection connectAsThisProcess(Duration atMost, Consumer<PipeException> failed,
			ConnectPause pause) throws PipeException {
		Duration timeout = this.client.connectTimeout();
		NamedPipeTimings timings = timings();
		long started = System.nanoTime();
		try {
			Duration limit = (atMost.compareTo(timeout) < 0) ? atMost : timeout;
			PipeConnection connection = this.client.connect(limit, pause).orElse(null);
			if (connection != null) {
				this.connectedOnce = true;
				timings.connected(Outcome.SUCCESS, System.nanoTime() - started);
			}
			return connection;
		}
		catch (PipeClosedException ex) {
			throw ex;
		}
		catch (PipeException ex) {
			throw connectFailed(ex, System.nanoTime() - started, failed);
		}
		catch (RuntimeException | Error ex) {
			// out of memory, or no descriptor to load a class
			// with: the next attempt may succeed
			throw connectFailed(new PipeException("Connecting to " + address() + " failed: " + ex, address(), ex),
					System.nanoTime() - started, failed);
		}
	}

	private PipeException connectFailed(PipeException failure, long nanos, Consumer<PipeException> failed) {
		failed.accept(failure);
		timings().connected((failure instanceof PipeTimeoutException) ? Outcome.TIMEOUT : Outcome.ERROR, nanos);
		reportFailure(PipeErrorType.CONNECT, null, failure);
		return failure;
	}

	/**
	 * Connects once, and fails if that does not succeed.
	 * @param fault gets the failure
	 * @param pause what to do between two attempts
	 */
	private @Nullable PipeConnection connect(ConnectFailureTracker fault, ConnectPause pause) throws PipeException {
		PipeConnection connection = connect(this.client.connectTimeout(), fault::failed, pause);
		if (connection != null) {
			fault.connected();
		}
		return connection;
	}

	private void connectionGone(CountDownLatch stopped) {
		if (stopped.getCount() > 0) {
			this.gone = new PipeException("The other end of the " + address() + " is gone", address(), null);
			stoppedByItself();
			logger.warn("'" + getName() + "' is stopped: the other end of the " + address() + " is gone");
			updateKeepAlive();
		}
	}

	/**
	 * Waits before the next attempt to connect.
	 * @return {@code false} if the client was stopped
	 */
	static boolean awaitNextAttempt(CountDownLatch stopped, Duration wait) {
		// this thread is the client's own: a listener has left an interrupt behind
		NamedPipeSession.forgetInterrupt();
		long deadline = System.nanoTime() + wait.toNanos();
		while (true) {
			try {
				return !stopped.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
			}
			catch (InterruptedException ex) {
				// by application code: only a stop ends this
			}
		}
	}

	ReconnectBackoff backoff() {
		return this.backoff;
	}

	@Override
	void handleNoConnection() throws PipeClosedException {
		if (sessions().length > 0) {
			throw new PipeClosedException(
					"'" + getName() + "' cannot send to " + address()
							+ ": the other end has just left, or does not read (its direction, or our rights there)",
					address(), null, null);
		}
		throw new PipeClosedException("'" + getName() + "' is not connected to " + address(), address(), null,
				lastFault());
	}

	@Override
	void doStart() {
		this.client.start();
		clearFaults();
		this.connectedOnce = false;
		CountDownLatch stopped = new CountDownLatch(1);
		this.stopSignal = stopped;
		RequestExecutor current = this.pool;
		boolean sharing = gate().hasReceiver() || this.sending || current == null;
		try {
			boolean connectNow = this.once || this.startupFailure == StartupFailurePolicy.STOP;
			PipeConnection connection = (sharing && connectNow)
					? connectNow(() -> connectShared(ConnectPause.FOR_SERVER)) : null;
			if (current != null) {
				current.start(connectNow ? connectNow(() -> connect(this.poolFault, ConnectPause.FOR_SERVER)) : null);
			}
			if (sharing) {
				startKeeper(connection, stopped);
			}
		}
		catch (PipeException ex) {
			throw startFailure("The client", ex);
		}
	}

	@Override
	void abortStart() {
		this.stopSignal.countDown();
		RequestExecutor current = this.pool;
		if (current != null) {
			current.stop(Duration.ZERO);
		}
		this.client.close();
		this.thread = null;
	}

	private @Nullable PipeConnection connectNow(Connect connect) throws PipeException {
		this.starting = true;
		try {
			return connect.connect();
		}
		finally {
			this.starting = false;
		}
	}

	/**
	 * Connects for the adapters, which can send as soon as the connection is announced.
	 */
	private @Nullable PipeConnection connectShared(ConnectPause pause) throws PipeException {
		this.connectingShared = Thread.currentThread();
		try {
			return connect(this.sharedFault, pause);
		}
		finally {
			this.connectingShared = null;
		}
	}

	@Override
	void connectionOpened(PipeConnection connection) {
		if (Thread.currentThread() == this.connectingShared) {
			announce(connection);
		}
	}

	@Override
	void interruptStart() {
		if (this.starting) {
			this.client.close();
		}
	}

	private void startKeeper(@Nullable PipeConnection first, CountDownLatch stopped) {
		Thread keeper = this.threads.newThread(() -> keepConnected(first, stopped));
		this.thread = keeper;
		keeper.start();
	}

	private void keepConnected(@Nullable PipeConnection first, CountDownLatch stopped) {
		ReconnectBackoff.Attempts attempts = this.backoff.start();
		PipeConnection connection = first;
		boolean atOnce;
		do {
			atOnce = false;
			if (connection == null) {
				connection = tryConnect(stopped);
			}
			if (connection != null && stopped.getCount() == 0) {
				connection.close(CloseReason.STOP);
			}
			else if (connection != null) {
				long opened = System.nanoTime();
				converse(connection);
				if (ProcessIdentity.isLost()) {
					ProcessIdentity.executeUnlessLost(() -> startKeeper(null, stopped));
					return;
				}
				if (this.once) {
					connectionGone(stopped);
					return;
				}
				// closed by ourselves, which is no fault
				atOnce = connection.closeReason().filter(CloseReason.IDLE::equals).isPresent();
				if (!atOnce && stopped.getCount() > 0) {
					this.sharedFault.lost();
				}
				if (atOnce || wasOfUse(connection, System.nanoTime() - opened)) {
					attempts.reset();
				}
				connection = null;
			}
		}
		while (awaitNextAttempt(stopped, atOnce ? Duration.ZERO : attempts.next()));
	}

	// after a server that accepts and closes at once, the back-off applies
	private boolean wasOfUse(PipeConnection connection, long nanos) {
		return connection.statistics().messagesIn() > 0 || nanos > this.backoff.maxDelay().toNanos();
	}

	private @Nullable PipeConnection tryConnect(CountDownLatch stopped) {
		try {
			return (stopped.getCount() > 0) ? connectShared(ConnectPause.FOR_SERVER) : null;
		}
		catch (PipeException ex) {
			return null;
		}
	}

	@Override
	void doStop() {
		long deadline = System.nanoTime() + drainTimeout().toNanos();
		this.stopSignal.countDown();
		RequestExecutor current = this.pool;
		if (current != null) {
			current.stop(drainTimeout());
		}
		this.client.stop(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
		if (current != null) {
			current.awaitEmpty(Duration.ofMillis(JOIN_TIMEOUT));
		}
		joinThread();
		clearFaults();
	}

	private void joinThread() {
		Thread keeper = this.thread;
		this.thread = null;
		if (keeper != null && keeper != Thread.currentThread()) {
			try {
				keeper.join(JOIN_TIMEOUT);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

	@Override
	public String toString() {
		return "client " + super.toString();
	}

	/**
	 * Makes a connection.
	 */
	@FunctionalInterface
	private interface Connect {

		@Nullable PipeConnection connect() throws PipeException;

	}

	/**
	 * Builds a {@link NamedPipeClient}.
	 */
	public static final class Builder extends NamedPipeBuilder<Builder> {

		private final PipeClient.Builder pipe;

		private StartupFailurePolicy startupFailure = StartupFailurePolicy.RETRY;

		private ReconnectBackoff backoff = ReconnectBackoff.DEFAULT;

		private boolean once;

		private Builder(String name, PipeClient.Builder pipe) {
			super(name);
			this.pipe = pipe;
		}

		@Override
		Builder self() {
			return this;
		}

		/**
		 * What happens when the server cannot be reached at start. Default:
		 * {@link StartupFailurePolicy#RETRY}.
		 * @param policy the policy
		 * @return this builder
		 */
		public Builder startupFailure(StartupFailurePolicy policy) {
			this.startupFailure = policy;
			return this;
		}

		/**
		 * The waits between attempts to connect. Default:
		 * {@link ReconnectBackoff#DEFAULT}.
		 * @param backoff the waits
		 * @return this builder
		 */
		public Builder reconnect(ReconnectBackoff backoff) {
			this.backoff = backoff;
			return this;
		}

		/**
		 * Connects once, at start, which fails if that cannot be done. When the
		 * connection ends the client is stopped, with a fault. For an anonymous pipe,
		 * which cannot be connected to again. Default: {@code false}.
		 * @param once whether to connect once only
		 * @return this builder
		 */
		public Builder once(boolean once) {
			this.once = once;
			return this;
		}

		/**
		 * Builds the pipe client below this bean.
		 * @return the builder that {@link #build()} uses
		 */
		public PipeClient.Builder pipe() {
			return this.pipe;
		}

		private void checkHalfClose(PipeClient client) throws PipeException {
			boolean needed = client.direction() == PipeDirection.DUPLEX
					&& outboundFraming(client.transmissionMode()).outbound().endsWithStream();
			if (needed && !client.supports(Capability.HALF_CLOSE)) {
				throw new PipeUnsupportedException("The request of '" + name() + "' would end with its stream "
						+ "(framing until-close), but these pipes have no half-close: use another framing for what is "
						+ "written (framing.out)", client.address(), null);
			}
		}

		@Override
		public NamedPipeClient build() throws PipeException {
			PipeListener listener = this.pipe.listener();
			ConnectionEvents events = new ConnectionEvents(CompositePipeListener.of(listener, listener()));
			try {
				PipeClient client = this.pipe.listener(events).build();
				checkHalfClose(client);
				return new NamedPipeClient(this, events, client);
			}
			finally {
				this.pipe.listener(listener);
			}
		}

	}

}
