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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.namedpipe.PipeNameInUseException.Owner;
import io.namedpipe.access.AccessRules;
import io.namedpipe.transport.AccessPolicy;
import io.namedpipe.transport.Capability;
import io.namedpipe.transport.ListenOptions;
import io.namedpipe.transport.PeerIdentityError;
import io.namedpipe.transport.PeerRejectedException;
import io.namedpipe.transport.ProcessIdentity;
import io.namedpipe.transport.Transport;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.TransportListener;

/**
 * Serves a pipe name. {@link #start()} takes the name; then either {@link #accept()} is
 * called for each client, or {@link #serve} runs a handler on a thread per connection.
 * All methods may be called by any thread. A stopped server can be started again.
 * <p>
 * Corresponds to .NET's {@code NamedPipeServerStream}, with the server apart from its
 * connections.
 */
public final class PipeServer extends PipeEndpoint {

	private static final Log logger = LogFactory.getLog(PipeServer.class);

	// the names that this process serves, by address
	private static final Map<String, PipeServer> RUNNING = new ConcurrentHashMap<>();

	private static final Duration NAME_CHECK_PERIOD = Duration.ofMillis(500);

	// Without a failure, although there was an attempt. A single client that got in shows
	// less: with a full descriptor table they do one by one
	private static final Duration FAULT_END = Duration.ofMillis(1500);

	private static final Duration ACCEPT_END = Duration.ofSeconds(5);

	private static final Duration SLOT_CHECK_PERIOD = Duration.ofSeconds(1);

	private final ListenOptions options;

	private final Transport transport;

	private final ThreadFactory threadFactory;

	private final ReentrantLock lifecycle = new ReentrantLock();

	// One for each run: the last one's thread may still be with a listener
	private volatile ReentrantLock accepting = new ReentrantLock();

	private volatile @Nullable TransportListener listener;

	private volatile @Nullable PipeException fault;

	private @Nullable PipeNameMonitor nameKeeper;

	private volatile @Nullable Thread acceptThread;

	private volatile long acceptFailedAt;

	private volatile boolean nameLost;

	private PipeServer(Builder builder, PipeSettings settings, Transport transport) throws PipeException {
		super(settings, PipeBuilder.resolve(settings, transport));
		this.options = builder.listenOptions(settings);
		this.transport = transport;
		this.threadFactory = (builder.threadFactory != null) ? builder.threadFactory
				: new ConnectionThreadFactory(settings.pipeName());
	}

	/**
	 * Starts to build a server.
	 * @param pipeName a short name ({@code orders}), {@code \\\\.\\pipe\\orders} on
	 * Windows, or a rooted path on POSIX systems
	 * @return the builder
	 * @throws IllegalArgumentException if the name is blank or reserved
	 */
	public static Builder builder(String pipeName) {
		return new Builder(pipeName);
	}

	/**
	 * Starts to build a client of this server: the other end of the same kind of pipe,
	 * with the opposite direction. It can be built before the server is started.
	 * @return the builder
	 */
	public PipeClient.Builder clientBuilder() {
		PipeSettings settings = settings();
		return PipeClient.builder(settings.pipeName())
			.transport(this.transport)
			.type(settings.type())
			.directory(settings.directory())
			.direction(settings.direction().opposite())
			.transmissionMode(settings.transmissionMode())
			.maxMessageSize(settings.maxMessageSize());
	}

	/**
	 * Takes the name and starts to listen. When this returns, clients can connect.
	 * @throws PipeNameInUseException if the name is served by somebody else, who is left
	 * untouched
	 * @throws PipeException if the name cannot be had for another reason
	 */
	public void start() throws PipeException {
		this.lifecycle.lock();
		try {
			if (this.listener != null) {
				return;
			}
			PipeExceptions.preload();
			Workers.preload();
			TransportListener started = this.transport.listen(this.options);
			started.warnings().forEach((warning) -> logger.warn(warning + ": " + address()));
			this.accepting = new ReentrantLock();
			this.fault = null;
			this.nameLost = false;
			keepName(started);
			this.listener = started;
			RUNNING.put(address(), this);
		}
		catch (TransportException ex) {
			throw startFailure(PipeExceptions.translate(ex, address()));
		}
		finally {
			this.lifecycle.unlock();
		}
	}

	private PipeException startFailure(PipeException failure) {
		PipeServer holder = (failure instanceof PipeNameInUseException) ? RUNNING.get(address()) : null;
		return (holder == null || holder.nameLost) ? failure : new PipeNameInUseException(Owner.THIS_PROCESS,
				address() + " is being served by this very process already: by another PipeServer", address(), failure);
	}

	private void keepName(TransportListener started) {
		PipeNameMonitor keeper = new PipeNameMonitor(settings().pipeName(), NAME_CHECK_PERIOD, this::checkName);
		boolean keeping = false;
		try {
			keeper.start();
			keeping = true;
		}
		finally {
			if (!keeping) {
				started.close();
			}
		}
		this.nameKeeper = keeper;
	}

	/**
	 * Waits for the next client. Clients beyond the maximum of instances wait until
	 * another has left.
	 * @return the connection; whoever gets it has to close it
	 * @throws PipeClosedException once the server is stopped, or if it was not started
	 * @throws PipeException if the platform fails; accepting again may succeed
	 */
	public PipeConnection accept() throws PipeException {
		while (true) {
			TransportListener current = this.listener;
			if (current == null) {
				throw new PipeClosedException("The server of " + address() + " is not running", address(), null, null);
			}
			Arrival arrival = tryAccept(current);
			PipeConnection connection = (arrival != null) ? admit(current, arrival) : null;
			if (connection != null) {
				return connection;
			}
		}
	}

	private @Nullable Arrival tryAccept(TransportListener current) throws PipeException {
		ReentrantLock turn = this.accepting;
		try {
			turn.lockInterruptibly();
			try {
				int limit = (this.options.maxInstances() < 0) ? Integer.MAX_VALUE : this.options.maxInstances();
				boolean placed = registry().awaitPlace(limit, SLOT_CHECK_PERIOD);
				if (this.listener != current) {
					return null;
				}
				if (!placed) {
					verifyLookUps();
					return null;
				}
				return registry().arrive(current.accept());
			}
			finally {
				turn.unlock();
			}
		}
		catch (PeerRejectedException ex) {
			Workers.run(() -> registry().notifier()
				.rejected(new PipePeer(ex::getPeer), RejectReason.ACCESS, String.valueOf(ex.getMessage())));
			return null;
		}
		catch (TransportException ex) {
			if (this.listener != current) {
				return null;
			}
			throw PipeExceptions.translate(ex, address());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new PipeException("Interrupted while waiting for a client of " + address(), address(), ex);
		}
	}

	private void verifyLookUps() throws PipeException {
		if (!registry().canLookUp()) {
			throw new PipeException("Who the last " + Admission.MOST_LOOK_UPS + " clients of " + address()
					+ " are is not known yet, and no more are looked up at once: does the account database (a directory"
					+ " server, for example) answer?", address(), null);
		}
	}

	private @Nullable PipeConnection admit(TransportListener current, Arrival arrival) {
		if (this.listener != current) {
			registry().abandon(arrival);
			return null;
		}
		PipeConnection connection = registry().admission().admit(arrival);
		if (connection != null && this.listener != current) {
			// a stop that has begun earlier may not have seen it
			connection.close(CloseReason.STOP);
			return null;
		}
		return connection;
	}

	/**
	 * Accepts clients on a thread of its own and runs the handler for each connection on
	 * another, until the server is stopped. A failure to accept does not end this: it is
	 * reported to the {@link PipeListener}, shown by {@link #fault()}, and accepting is
	 * tried again. The thread of the connection identifies the client, checks the access
	 * rules and calls the initializer and the listener, which delays no other client; 64
	 * clients are identified at once.
	 * @param handler has the conversations
	 * @throws IllegalStateException if the server is not started, or serves already
	 */
	public void serve(ConnectionHandler handler) {
		this.lifecycle.lock();
		try {
			TransportListener current = this.listener;
			if (current == null || this.acceptThread != null) {
				throw new IllegalStateException(
						"The server of " + address() + ((current != null) ? " serves already" : " is not started"));
			}
			startAcceptThread(current, handler);
		}
		finally {
			this.lifecycle.unlock();
		}
	}

	private void startAcceptThread(TransportListener current, ConnectionHandler handler) {
		Thread thread = new Thread(() -> acceptAndHandle(current, handler),
				"namedpipe-" + settings().pipeName() + "-accept");
		thread.setDaemon(true);
		thread.start();
		this.acceptThread = thread;
	}

	// The last one must not run anything more
	private void acceptOnAnotherThread(TransportListener current, ConnectionHandler handler,
			PeerIdentityError failure) {
		acceptFailed(
				new PipeException("The thread that accepted clients of " + address() + " is lost", address(), failure));
		this.lifecycle.lock();
		try {
			if (this.listener == current) {
				startAcceptThread(current, handler);
			}
		}
		finally {
			this.lifecycle.unlock();
		}
	}

	private void acceptAndHandle(TransportListener current, ConnectionHandler handler) {
		AcceptBackoff backoff = new AcceptBackoff();
		while (this.listener == current) {
			// a stop closes the listener. An interrupt flag that is left set on this
			// thread, for example by a thread factory, must not end all later waits
			Thread.interrupted();
			try {
				Arrival arrival = tryAccept(current);
				if (arrival != null) {
					backoff.reset();
					handle(current, arrival, handler);
				}
			}
			catch (PipeException ex) {
				if (this.listener == current) {
					acceptFailed(ex, backoff);
				}
			}
			catch (PeerIdentityError ex) {
				ProcessIdentity.executeUnlessLost(() -> acceptOnAnotherThread(current, handler, ex));
				return;
			}
			catch (RuntimeException | Error ex) {
				// out of memory, or no descriptor to load a
				// class with: the server goes on
				acceptFailed(new PipeException("Accepting clients of " + address() + " failed: " + ex, address(), ex),
						backoff);
			}
		}
	}

	private void handle(TransportListener current, Arrival arrival, ConnectionHandler handler) {
		boolean started = false;
		try {
			this.threadFactory.newThread(() -> converse(current, arrival, handler)).start();
			started = true;
		}
		catch (RuntimeException | Error ex) {
			logger.warn("No thread for a client of " + address(), ex);
		}
		finally {
			if (!started) {
				registry().abandon(arrival);
			}
		}
	}

	private void converse(TransportListener current, Arrival arrival, ConnectionHandler handler) {
		try {
			PipeConnection connection = admit(current, arrival);
			if (connection != null) {
				// an interrupt that a listener or initializer left
				// behind would end the first read
				Thread.interrupted();
				converse(connection, handler);
			}
		}
		catch (PeerIdentityError ex) {
			// nothing more on this thread, not even the JDK's own handling of the error
			ProcessIdentity.executeUnlessLost(() -> logger.error("A thread of " + address() + " is lost", ex));
		}
	}

	private static void converse(PipeConnection connection, ConnectionHandler handler) {
		PipeConnection outer = connection.enterConversation();
		try {
			handler.handle(connection);
			connection.close(CloseReason.PEER);
		}
		catch (Throwable ex) {
			connection.close(CloseReason.ERROR, ex);
		}
		finally {
			PipeConnection.leaveConversation(outer);
		}
	}

	private void acceptFailed(PipeException failure, AcceptBackoff backoff) {
		acceptFailed(failure);
		backoff.await(() -> this.listener != null);
	}

	private void acceptFailed(PipeException failure) {
		if (this.fault == null) {
			logger.warn("Accepting clients of " + address() + " failed, trying again: " + failure.getMessage());
		}
		else {
			logger.debug("Accepting clients of " + address() + " failed again", failure);
		}
		this.acceptFailedAt = System.nanoTime();
		this.fault = failure;
		tellOfFailure(failure);
	}

	// a listener may block, and the thread that accepts must not
	private void tellOfFailure(PipeException failure) {
		try {
			Workers.run(() -> registry().notifier().failed(PipeErrorType.ACCEPT, null, failure));
		}
		catch (RuntimeException | Error ex) {
			// no thread can be started, which must not end this one
			registry().statistics().countError(PipeErrorType.ACCEPT);
		}
	}

	private void checkName() {
		TransportListener current = this.listener;
		if (current == null) {
			return;
		}
		try {
			boolean restored = current.restoreName();
			if (this.nameLost) {
				this.nameLost = false;
				this.fault = null;
				logger.info("The name " + address() + " is served again");
			}
			else if (restored) {
				PipeException lost = new PipeException("The name " + address() + " had vanished and was taken again",
						address(), null);
				logger.warn(lost.getMessage());
				registry().notifier().failed(PipeErrorType.NAME_LOST, null, lost);
			}
			else if (this.fault != null && isAccepting() && registry().canLookUp()
					&& System.nanoTime() - this.acceptFailedAt >= FAULT_END.toNanos()) {
				this.fault = null;
				logger.info("Clients of " + address() + " are accepted again");
			}
		}
		catch (TransportException ex) {
			nameLost(PipeExceptions.translate(ex, address()));
		}
	}

	private boolean isAccepting() {
		Thread thread = this.acceptThread;
		return thread == null || thread.isAlive();
	}

	private void nameLost(PipeException failure) {
		if (!this.nameLost) {
			this.nameLost = true;
			logger.warn("The name " + address() + " is lost, trying to take it again: " + failure.getMessage());
			registry().notifier().failed(PipeErrorType.NAME_LOST, null, failure);
		}
		this.fault = failure;
	}

	/**
	 * Stops gracefully: refuses new clients, ends the input of each connection, lets the
	 * handlers finish, and closes what is left when the drain timeout is up. Idempotent.
	 * Connections from {@link #accept()} are the caller's: they too are closed when the
	 * time is up. Called by a handler, this does not wait for its own conversation, whose
	 * reply can still be written: it is closed when the handler returns, and at the
	 * latest when the drain timeout has passed once more.
	 */
	public void stop() {
		stop(settings().drainTimeout());
	}

	/**
	 * Stops without waiting: every connection is closed at once.
	 */
	@Override
	public void close() {
		registry().excuseCaller();
		// the name and its files must be released as this process, not as the client
		ProcessIdentity.run(this::closeNow);
	}

	private void closeNow() {
		if (!this.lifecycle.tryLock()) {
			// a graceful stop may be in progress, which waits for these
			registry().closeAll();
			this.lifecycle.lock();
		}
		try {
			stop(Duration.ZERO);
			registry().closeAll();
		}
		finally {
			this.lifecycle.unlock();
		}
	}

	private void stop(Duration drainTimeout) {
		registry().excuseCaller();
		ProcessIdentity.run(() -> stopNow(drainTimeout));
	}

	private void stopNow(Duration drainTimeout) {
		this.lifecycle.lock();
		try {
			TransportListener current = this.listener;
			if (current != null) {
				this.listener = null;
				end(current, drainTimeout);
			}
		}
		finally {
			this.lifecycle.unlock();
		}
	}

	/**
	 * Refuses new clients, also those that wait to be accepted, and gives the name up.
	 * Connections that were accepted stay as they are: {@link #close()} closes them, and
	 * so does whoever has them. Idempotent.
	 */
	public void stopAccepting() {
		registry().excuseCaller();
		ProcessIdentity.run(() -> {
			this.lifecycle.lock();
			try {
				TransportListener current = this.listener;
				if (current != null) {
					this.listener = null;
					endAccepting(current);
				}
			}
			finally {
				this.lifecycle.unlock();
			}
		});
	}

	private void endAccepting(TransportListener current) {
		try {
			giveUpName(current);
		}
		finally {
			registry().abandonArrivals();
			joinAcceptThread();
		}
	}

	private void giveUpName(TransportListener current) {
		RUNNING.remove(address(), this);
		if (this.nameKeeper != null) {
			this.nameKeeper.stop();
		}
		current.close();
	}

	private void end(TransportListener current, Duration drainTimeout) {
		try {
			giveUpName(current);
		}
		finally {
			try {
				registry().stop(drainTimeout);
			}
			finally {
				joinAcceptThread();
				// the client that the accept thread had accepted
				// when the listener was closed
				registry().closeUnlessExcused(drainTimeout);
			}
		}
	}

	private void joinAcceptThread() {
		Thread thread = this.acceptThread;
		this.acceptThread = null;
		if (thread != null && thread != Thread.currentThread()) {
			thread.interrupt();
			try {
				// its thread factory may wait for a lock that the caller holds
				thread.join(ACCEPT_END.toMillis());
				if (thread.isAlive()) {
					logger.warn("The thread that accepts clients of " + address()
							+ " has not ended: it may be busy with a thread factory");
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/**
	 * Whether the server has the name.
	 * @return {@code true} between {@link #start()} and {@link #stop()}
	 */
	public boolean isRunning() {
		return this.listener != null;
	}

	/**
	 * What keeps a running server from serving new clients: accepting fails, or the name
	 * is lost. It goes away by itself when the cause does.
	 * @return the fault, or empty if there is none
	 */
	public Optional<PipeException> fault() {
		return Optional.ofNullable(this.fault);
	}

	/**
	 * The number of connected clients.
	 * @return the number of connections open now
	 */
	public int instanceCount() {
		return registry().size();
	}

	/**
	 * Who may connect.
	 * @return the policy, whose text form is for people
	 */
	public AccessPolicy access() {
		return this.options.access();
	}

	/**
	 * Clients that can be connected at once.
	 * @return the maximum, or -1 for no limit
	 */
	public int maxInstances() {
		return this.options.maxInstances();
	}

	/**
	 * Time that a peer has for its first complete frame, for framing on top of this
	 * server.
	 * @return the time, or empty for no limit
	 */
	public Optional<Duration> handshakeTimeout() {
		return Optional.ofNullable(settings().handshakeTimeout());
	}

	/**
	 * What the transport behind this server can do on this machine.
	 * @return the capabilities
	 */
	public Set<Capability> capabilities() {
		return this.transport.capabilities();
	}

	/**
	 * Whether the transport behind this server can do something on this machine.
	 * @param capability what to do
	 * @return whether it can
	 */
	public boolean supports(Capability capability) {
		return this.transport.supports(capability);
	}

	/**
	 * Why {@link PipeConnection#runAsClient} cannot work in this process, whoever the
	 * client is.
	 * @return the reason, or empty if it can work
	 */
	public Optional<String> runAsClientObstacle() {
		return this.transport.runAsPeerObstacle();
	}

	@Override
	public String toString() {
		return "pipe server " + address();
	}

	/**
	 * Builds a {@link PipeServer}.
	 */
	public static final class Builder extends PipeBuilder<Builder> {

		private int maxInstances = -1;

		private int pendingInstances = 4;

		private int backlog = 128;

		private boolean rejectRemoteClients = true;

		private AccessPolicy access = AccessRules.currentUserOnly();

		private @Nullable ThreadFactory threadFactory;

		private Builder(String pipeName) {
			super(pipeName);
		}

		@Override
		Builder self() {
			return this;
		}

		/**
		 * Clients that can be connected at once; further ones wait. Default: -1, no
		 * limit.
		 * @param maxInstances the maximum, at least 1, or -1
		 * @return this builder
		 */
		public Builder maxInstances(int maxInstances) {
			if (maxInstances != -1 && maxInstances < 1) {
				throw new IllegalArgumentException(
						"maxInstances must be positive, or -1 for no limit, but is " + maxInstances);
			}
			this.maxInstances = maxInstances;
			return this;
		}

		/**
		 * Windows: instances kept waiting, so that clients do not meet
		 * {@code ERROR_PIPE_BUSY}. Default: 4.
		 * @param pendingInstances the number, at least 1
		 * @return this builder
		 */
		public Builder pendingInstances(int pendingInstances) {
			if (pendingInstances < 1) {
				throw new IllegalArgumentException("pendingInstances must be positive, but is " + pendingInstances);
			}
			this.pendingInstances = pendingInstances;
			return this;
		}

		/**
		 * POSIX: connections that may wait to be accepted. Default: 128.
		 * @param backlog the number, at least 1
		 * @return this builder
		 */
		public Builder backlog(int backlog) {
			if (backlog < 1) {
				throw new IllegalArgumentException("backlog must be positive, but is " + backlog);
			}
			this.backlog = backlog;
			return this;
		}

		/**
		 * Connections that one user can have at once, so that nobody occupies all
		 * instances. Default: no limit.
		 * @param maxConnectionsPerUser the maximum, at least 1, or {@code null}
		 * @return this builder
		 */
		public Builder maxConnectionsPerUser(@Nullable Integer maxConnectionsPerUser) {
			if (maxConnectionsPerUser != null && maxConnectionsPerUser < 1) {
				throw new IllegalArgumentException(
						"maxConnectionsPerUser must be positive, but is " + maxConnectionsPerUser);
			}
			this.maxConnectionsPerUser = maxConnectionsPerUser;
			return this;
		}

		/**
		 * Time a new peer has for its first complete frame, where framing on top of this
		 * server expects one. Default: no limit.
		 * @param timeout the time, or {@code null} for no limit
		 * @return this builder
		 */
		public Builder handshakeTimeout(@Nullable Duration timeout) {
			this.handshakeTimeout = positive("handshakeTimeout", timeout);
			return this;
		}

		/**
		 * Windows: whether clients from the network are refused. Default: {@code true}.
		 * @param rejectRemoteClients whether to refuse them
		 * @return this builder
		 */
		public Builder rejectRemoteClients(boolean rejectRemoteClients) {
			this.rejectRemoteClients = rejectRemoteClients;
			return this;
		}

		/**
		 * Who may connect. Default: {@link AccessRules#currentUserOnly()}.
		 * @param access the policy
		 * @return this builder
		 */
		public Builder access(AccessPolicy access) {
			this.access = access;
			return this;
		}

		/**
		 * Makes the threads of {@link PipeServer#serve}. Default: daemon platform
		 * threads.
		 * @param threadFactory makes a thread per connection, or {@code null} for the
		 * default
		 * @return this builder
		 */
		public Builder threadFactory(@Nullable ThreadFactory threadFactory) {
			this.threadFactory = threadFactory;
			return this;
		}

		/**
		 * Makes the threads of {@link PipeServer#serve}.
		 * @return what was set, or {@code null} for the default
		 */
		public @Nullable ThreadFactory threadFactory() {
			return this.threadFactory;
		}

		/**
		 * Builds the server.
		 * @return the server, not started
		 * @throws PipeUnsupportedException if this platform, or this class path, cannot
		 * do what is asked for
		 * @throws PipeException with {@link Reason#INVALID_NAME} if the name breaks a
		 * rule of this platform
		 */
		public PipeServer build() throws PipeException {
			PipeSettings settings = settings();
			return new PipeServer(this, settings, selectTransport(settings));
		}

		private ListenOptions listenOptions(PipeSettings settings) {
			return new ListenOptions(settings.pipeName(), settings.directory(),
					settings.transmissionMode() == TransmissionMode.MESSAGE, settings.direction().canRead(),
					settings.direction().canWrite(), this.maxInstances, this.pendingInstances, this.backlog,
					settings.inBufferSize(), settings.outBufferSize(), settings.maxMessageSize(),
					this.rejectRemoteClients, this.access);
		}

	}

	/**
	 * Names the threads after the pipe.
	 */
	private static final class ConnectionThreadFactory implements ThreadFactory {

		private final AtomicInteger count = new AtomicInteger();

		private final String prefix;

		ConnectionThreadFactory(String pipeName) {
			this.prefix = "namedpipe-" + pipeName + "-";
		}

		@Override
		public Thread newThread(Runnable task) {
			Thread thread = new Thread(task, this.prefix + this.count.incrementAndGet());
			thread.setDaemon(true);
			return thread;
		}

	}

}
