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

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.Capability;
import io.namedpipe.transport.ConnectOptions;
import io.namedpipe.transport.ImpersonationLevel;
import io.namedpipe.transport.Setting;
import io.namedpipe.transport.TimeLimit;
import io.namedpipe.transport.Transport;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * Connects to a pipe that somebody serves, any number of times. All methods may be called
 * by any thread. A stopped client can be started again.
 * <p>
 * Corresponds to .NET's {@code NamedPipeClientStream}, with the client apart from its
 * connections.
 */
public final class PipeClient extends PipeEndpoint {

	private static final Duration LONGEST_PAUSE = Duration.ofMillis(50);

	private final ConnectOptions options;

	private final Duration connectTimeout;

	private final boolean waitForServer;

	private final Transport transport;

	private volatile boolean stopped;

	private PipeClient(Builder builder, PipeSettings settings, Transport transport) throws PipeException {
		super(settings, PipeBuilder.resolve(settings, transport));
		this.options = builder.connectOptions(settings);
		this.connectTimeout = builder.connectTimeout;
		this.waitForServer = builder.waitForServer;
		this.transport = transport;
		if (!this.options.serverName().equals(".") && !transport.supports(Capability.REMOTE_SERVER)) {
			String serverName = this.options.serverName();
			throw new PipeUnsupportedException(Reason.UNSUPPORTED, Setting.serverName(serverName),
					"The server name '" + serverName
							+ "' is not this machine: this platform has no pipes over the network, use '.'",
					settings.pipeName(), null);
		}
	}

	/**
	 * Starts to build a client.
	 * @param pipeName a short name ({@code orders}), {@code \\\\.\\pipe\\orders} on
	 * Windows, or a rooted path on POSIX systems
	 * @return the builder
	 * @throws IllegalArgumentException if the name is blank or reserved
	 */
	public static Builder builder(String pipeName) {
		return new Builder(pipeName);
	}

	/**
	 * Connects with the connect timeout of this client.
	 * @return the connection; whoever gets it has to close it
	 * @throws PipeNotFoundException if nobody serves the name and the client does not
	 * wait for a server
	 * @throws PipeTimeoutException if the time is up
	 * @throws PipeException if the server end belongs to the wrong user
	 * @throws PipeClosedException if the client is stopped, also meanwhile
	 * @throws PipeException if the platform refuses for another reason
	 */
	public PipeConnection connect() throws PipeException {
		return connect(this.connectTimeout);
	}

	/**
	 * Connects.
	 * @param timeout the longest time to wait for a server and a free instance, and until
	 * the connection is initialized and reported to the listener; zero for one attempt
	 * @return the connection; whoever gets it has to close it
	 * @throws PipeException as {@link #connect()}
	 */
	public PipeConnection connect(Duration timeout) throws PipeException {
		return connect(timeout, ConnectPause.FOR_SERVER)
			.orElseThrow(() -> new IllegalStateException("No caller gave up connecting"));
	}

	/**
	 * Connects, unless the caller gives up between two attempts.
	 * @param timeout the longest time to wait for a server and a free instance; zero for
	 * one attempt
	 * @param pause what to do between two attempts
	 * @return the connection, which whoever gets it has to close, or empty if the caller
	 * gave up
	 * @throws PipeException as {@link #connect()}
	 */
	public Optional<PipeConnection> connect(Duration timeout, ConnectPause pause) throws PipeException {
		long deadline = TimeLimit.deadline(timeout);
		while (true) {
			checkNotStopped();
			try {
				TransportChannel channel = this.transport.connect(this.options,
						Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
				return Optional.of(register(channel, readyBefore(deadline, timeout)));
			}
			catch (TransportException ex) {
				checkNotStopped();
				long remaining = deadline - System.nanoTime();
				if (!isWorthWaiting(ex.getReason())) {
					throw PipeExceptions.translate(ex, address());
				}
				if (remaining <= 0) {
					throw new PipeTimeoutException("No connection to " + address() + " within "
							+ TimeLimit.millis(timeout) + " ms: " + ex.getMessage(), address(), ex);
				}
				if (!await(pause, ex.getReason(), remaining)) {
					return Optional.empty();
				}
			}
		}
	}

	// A single attempt may take as long to be ready as any other
	private @Nullable Long readyBefore(long deadline, Duration timeout) {
		if (!timeout.isZero()) {
			return deadline;
		}
		return this.connectTimeout.isZero() ? null : TimeLimit.deadline(this.connectTimeout);
	}

	private boolean isWorthWaiting(Reason reason) {
		return reason == Reason.BUSY || (reason == Reason.NO_SERVER && this.waitForServer);
	}

	private boolean await(ConnectPause pause, Reason reason, long remaining) throws PipeException {
		Duration longest = Duration.ofNanos(Math.min(remaining, LONGEST_PAUSE.toNanos()));
		try {
			return pause.await(() -> this.transport.awaitServer(this.options, reason, longest));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new PipeException("Interrupted while connecting to " + address(), address(), ex);
		}
	}

	private PipeConnection register(TransportChannel channel, @Nullable Long deadline) throws PipeException {
		PipeConnection connection = registry().admission().open(channel, deadline, "connect timeout");
		if (this.stopped) {
			connection.close(CloseReason.STOP);
			this.transport.releaseKept();
			checkNotStopped();
		}
		return connection;
	}

	private void checkNotStopped() throws PipeClosedException {
		if (this.stopped) {
			throw new PipeClosedException("The client of " + address() + " is stopped", address(), null, null);
		}
	}

	/**
	 * Makes a stopped client usable again. A new client need not be started.
	 */
	public void start() {
		this.stopped = false;
	}

	/**
	 * Stops gracefully: ends waits for a server within 50 ms, ends the input of each
	 * connection, waits until their users have closed them, and closes what is left when
	 * the drain timeout has passed. Idempotent.
	 */
	public void stop() {
		stop(settings().drainTimeout());
	}

	/**
	 * Stops gracefully, with a bound of its own.
	 * @param drainTimeout the longest time to wait for connections to be closed
	 */
	public void stop(Duration drainTimeout) {
		this.stopped = true;
		this.transport.releaseKept();
		try {
			registry().stop(drainTimeout);
		}
		finally {
			this.transport.releaseKept();
		}
	}

	/**
	 * Ends waits and closes all connections at once.
	 */
	@Override
	public void close() {
		this.stopped = true;
		try {
			registry().closeAll();
		}
		finally {
			this.transport.releaseKept();
		}
	}

	/**
	 * The longest time that {@link #connect()} waits.
	 * @return the time
	 */
	public Duration connectTimeout() {
		return this.connectTimeout;
	}

	/**
	 * What the transport behind this client can do on this machine.
	 * @return the capabilities
	 */
	public Set<Capability> capabilities() {
		return this.transport.capabilities();
	}

	/**
	 * Whether the transport behind this client can do something on this machine.
	 * @param capability what to do
	 * @return whether it can
	 */
	public boolean supports(Capability capability) {
		return this.transport.supports(capability);
	}

	@Override
	public String toString() {
		return "pipe client " + address();
	}

	/**
	 * Builds a {@link PipeClient}.
	 */
	public static final class Builder extends PipeBuilder<Builder> {

		private String serverName = ".";

		private Duration connectTimeout = Duration.ofSeconds(5);

		private boolean waitForServer = true;

		private @Nullable String verifyServerUser;

		private ImpersonationLevel impersonationLevel = ImpersonationLevel.IDENTIFICATION;

		private Builder(String pipeName) {
			super(pipeName);
		}

		@Override
		Builder self() {
			return this;
		}

		/**
		 * The machine that the server runs on. Default: {@code "."}, this one; another
		 * only on Windows.
		 * @param serverName the name
		 * @return this builder
		 */
		public Builder serverName(String serverName) {
			if (serverName.isBlank()) {
				throw new IllegalArgumentException("serverName must not be blank: use '.' for this machine");
			}
			this.serverName = serverName;
			return this;
		}

		/**
		 * The longest time that {@link PipeClient#connect()} waits for a server and a
		 * free instance. Default: 5 seconds.
		 * @param timeout the time, zero for one attempt
		 * @return this builder
		 */
		public Builder connectTimeout(Duration timeout) {
			this.connectTimeout = TimeLimit.notNegative("connectTimeout", timeout);
			return this;
		}

		/**
		 * Whether a missing pipe is waited for. Default: {@code true}. With {@code false}
		 * a missing pipe fails at once; a busy one is waited for all the same.
		 * @param waitForServer whether to wait
		 * @return this builder
		 */
		public Builder waitForServer(boolean waitForServer) {
			this.waitForServer = waitForServer;
			return this;
		}

		/**
		 * The user that must own the server end: a name, a uid or SID, or
		 * {@code "current-user"}. Default: {@code null}, any.
		 * @param user the user
		 * @return this builder
		 */
		public Builder verifyServerUser(@Nullable String user) {
			this.verifyServerUser = user;
			return this;
		}

		/**
		 * What the server may do with our identity. Default:
		 * {@link ImpersonationLevel#IDENTIFICATION}.
		 * @param level the level
		 * @return this builder
		 */
		public Builder impersonationLevel(ImpersonationLevel level) {
			this.impersonationLevel = level;
			return this;
		}

		/**
		 * Builds the client.
		 * @return the client
		 * @throws PipeUnsupportedException if this platform, or this class path, cannot
		 * do what is asked for
		 * @throws PipeException with {@link Reason#INVALID_NAME} if the name breaks a
		 * rule of this platform
		 */
		public PipeClient build() throws PipeException {
			PipeSettings settings = settings();
			return new PipeClient(this, settings, selectTransport(settings));
		}

		private ConnectOptions connectOptions(PipeSettings settings) {
			return new ConnectOptions(settings.pipeName(), settings.directory(), this.serverName,
					settings.transmissionMode() == TransmissionMode.MESSAGE, settings.direction().canRead(),
					settings.direction().canWrite(), settings.inBufferSize(), settings.outBufferSize(),
					settings.maxMessageSize(), this.verifyServerUser, this.impersonationLevel);
		}

	}

}
