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
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanNameAware;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationEventPublisherAware;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.messaging.Message;
import org.springframework.util.Assert;

import io.namedpipe.CloseReason;
import io.namedpipe.DropReason;
import io.namedpipe.PipeAccessDeniedException;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeDirection;
import io.namedpipe.PipeEndpoint;
import io.namedpipe.PipeErrorType;
import io.namedpipe.PipeException;
import io.namedpipe.PipeStatistics;
import io.namedpipe.RateLimitedLog;
import io.namedpipe.TransmissionMode;
import io.namedpipe.UnknownConnectionException;
import io.namedpipe.framing.MalformedPayloadException;
import io.namedpipe.framing.MessageEncoder;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.framing.MessageWriter;
import io.namedpipe.framing.PayloadFormat;
import io.namedpipe.integration.event.NamedPipeEvent;
import io.namedpipe.transport.PeerIdentityError;
import io.namedpipe.transport.ProcessIdentity;

/**
 * A server, client or child process as a bean: its connections with framing, a receiver
 * for what comes and queues for what goes. The adapters and gateways sit on it.
 * <p>
 * A message is read, decoded and received on the thread of its connection; a slow
 * receiver slows its own peer and nobody else. What is sent is queued per connection; a
 * slow peer slows no sender and no other peer. {@link #stop()} is graceful: messages that
 * were read go through their flow, queues are written, bounded by the drain timeout.
 */
public abstract class NamedPipe
		implements NamedPipeOperations, SmartLifecycle, BeanNameAware, ApplicationEventPublisherAware, DisposableBean {

	private static final Log logger = LogFactory.getLog(NamedPipe.class);

	// More than that from clients to servers
	private static final int RECEIVER_DISTANCE = 2;

	private static final long PAUSE_CHECK_PERIOD = TimeUnit.MILLISECONDS.toNanos(1);

	private final String name;

	private final MessageFraming framing;

	private final PayloadFormat format;

	private final MessageFraming outboundFraming;

	private final PayloadFormat outboundFormat;

	private final int queueCapacity;

	private final OverflowPolicy overflow;

	private final MessageEncoder encoder;

	private final boolean writesHeaders;

	private final PipeEndpoint endpoint;

	private final Executor writers;

	private final SessionRegistry sessions = new SessionRegistry();

	private final ReentrantLock lifecycle = new ReentrantLock();

	private final PendingStops pendingStops = new PendingStops();

	private final Set<Thread> waitingToStart = ConcurrentHashMap.newKeySet();

	private final ReceiverGate gate;

	private final RateLimitedLog errorChannelFailures = RateLimitedLog.error(logger);

	private final RateLimitedLog malformedPayloads = RateLimitedLog.warn(logger);

	private boolean autoStartup;

	private int phase;

	private volatile NamedPipeTimings timings = NamedPipeTimings.NONE;

	private volatile NamedPipeObserver observer = NamedPipeObserver.NONE;

	private volatile @Nullable KeepAlive keepAlive;

	private volatile boolean sender;

	private volatile boolean startedOnce;

	private volatile boolean stoppedWithReceiver;

	private volatile boolean endedByItself;

	private volatile boolean keepingReaders;

	private @Nullable String beanName;

	private @Nullable ApplicationEventPublisher publisher;

	private final AtomicReference<State> state = new AtomicReference<>(State.STOPPED);

	NamedPipe(NamedPipeBuilder<?> builder, ConnectionEvents events, PipeEndpoint endpoint, Executor writers,
			int phase) {
		TransmissionMode mode = endpoint.transmissionMode();
		this.endpoint = endpoint;
		this.name = builder.name();
		this.gate = new ReceiverGate(this.name, new Nobody());
		this.framing = builder.framing(mode);
		this.format = builder.format();
		this.outboundFraming = builder.outboundFraming(mode);
		this.outboundFormat = builder.outboundFormat();
		this.queueCapacity = builder.queueCapacity();
		this.overflow = builder.overflow();
		this.autoStartup = builder.isAutoStartup();
		this.phase = phase;
		this.writers = writers;
		Assert.isTrue(this.framing.transmissionMode() == mode, () -> "'" + this.name + "' is in " + mode
				+ " mode, which does not go with " + this.framing + " framing");
		this.framing.check(this.format);
		this.outboundFraming.check(this.outboundFormat);
		this.encoder = this.outboundFraming.encoder(this.outboundFormat, endpoint.maxMessageSize());
		this.writesHeaders = this.outboundFraming.outbound().hasHeaders();
		events.setPipe(this);
	}

	@Override
	public final String getName() {
		return this.name;
	}

	/**
	 * The framing of messages that are read, and unless this is a process of those that
	 * are written.
	 * @return the framing
	 */
	public final MessageFraming framing() {
		return this.framing;
	}

	/**
	 * What payloads are that are read, and unless this is a process those that are
	 * written.
	 * @return the format
	 */
	public final PayloadFormat format() {
		return this.format;
	}

	final MessageFraming outboundFraming() {
		return this.outboundFraming;
	}

	final PayloadFormat outboundFormat() {
		return this.outboundFormat;
	}

	/**
	 * The server, client or process.
	 * @return what this bean starts and stops, to look at
	 */
	public abstract PipeEndpoint pipe();

	@Override
	public final String address() {
		return this.endpoint.address();
	}

	@Override
	public final PipeStatistics statistics() {
		return this.endpoint.statistics();
	}

	@Override
	public final Collection<PipeConnection> connections() {
		return this.endpoint.connections();
	}

	/**
	 * The direction as this end sees it.
	 * @return the direction
	 */
	public final PipeDirection direction() {
		return this.endpoint.direction();
	}

	/**
	 * The bound of a graceful stop.
	 * @return the time
	 */
	public final Duration drainTimeout() {
		return this.endpoint.drainTimeout();
	}

	/**
	 * What keeps a running pipe from working now: a server cannot serve its name, a
	 * client is not connected.
	 * @return the fault, or empty if there is none
	 */
	@Override
	public abstract Optional<PipeException> fault();

	/**
	 * Counts a failure and publishes it as an event.
	 * @param type what kind of failure
	 * @param connection the connection that it happened on, or {@code null}
	 * @param failure the failure
	 */
	public final void reportFailure(PipeErrorType type, @Nullable PipeConnection connection, Throwable failure) {
		this.endpoint.reportFailure(type, connection, failure);
	}

	/**
	 * Logs a failure of the application's own: that of a flow, or of what it gave.
	 * @param what what has failed
	 * @param session where the message came from
	 * @param failure the failure
	 */
	public final void logFailure(String what, NamedPipeSession session, Throwable failure) {
		logger.error(what + " (" + session + " on " + address() + "): " + rootCause(failure), failure);
	}

	/**
	 * Logs that the failure of a flow, or of reading a message, could not be handled, if
	 * that has not been logged a moment ago.
	 * @param session where the message came from
	 * @param flowFailure the failure that was to be handled
	 * @param failure the failure of the error channel
	 */
	public final void logErrorChannelFailure(NamedPipeSession session, Throwable flowFailure, Throwable failure) {
		suppress(flowFailure, failure);
		this.errorChannelFailures.log("The error channel of '" + this.name + "' failed with " + rootCause(failure)
				+ " when it was to handle " + rootCause(flowFailure) + " (" + session + " on " + address() + ")",
				flowFailure);
	}

	/**
	 * Logs that a peer has sent what is not what payloads are configured to be, if that
	 * has not been logged a moment ago.
	 * @param session where the message came from
	 * @param failure what is wrong
	 */
	public final void logMalformed(NamedPipeSession session, MalformedPayloadException failure) {
		this.malformedPayloads.log("'" + this.name + "' got a message that it cannot read (" + session + " on "
				+ address() + "): " + failure.getMessage(), null);
	}

	/**
	 * Keeps a later failure with the one that was first.
	 * @param first the first
	 * @param later the later one
	 */
	public static void suppress(Throwable first, Throwable later) {
		for (Throwable cause = later; cause != null; cause = cause.getCause()) {
			if (cause == first) {
				return;
			}
		}
		first.addSuppressed(later);
	}

	private static String rootCause(Throwable failure) {
		return String.valueOf(NestedExceptionUtils.getMostSpecificCause(failure));
	}

	/**
	 * The time that a new peer has for its first message.
	 */
	Optional<Duration> handshakeTimeout() {
		return Optional.empty();
	}

	@Override
	public final void setTimings(NamedPipeTimings timings) {
		this.timings = timings;
	}

	/**
	 * The timings that durations are reported to.
	 * @return what takes the times
	 */
	public final NamedPipeTimings timings() {
		return this.timings;
	}

	/**
	 * Sets the observer of the work of the endpoints. Default:
	 * {@link NamedPipeObserver#NONE}.
	 * @param observer who observes
	 */
	public final void setObserver(NamedPipeObserver observer) {
		this.observer = observer;
	}

	/**
	 * The observer of the work of the endpoints.
	 * @return the observer
	 */
	public final NamedPipeObserver observer() {
		return this.observer;
	}

	/**
	 * Whether an observer is set. The endpoints open no observation of Spring Integration
	 * then.
	 * @return whether there is an observer
	 */
	public final boolean isObserved() {
		return this.observer != NamedPipeObserver.NONE;
	}

	/**
	 * Keeps the virtual machine up while this runs and waits for others, as a server
	 * does, a client that receives, and a child process. Default: nothing does.
	 * @param keepAlive what keeps it up
	 */
	public final void setKeepAlive(KeepAlive keepAlive) {
		this.keepAlive = keepAlive;
		updateKeepAlive();
	}

	/**
	 * To be called after each change of what {@link #isRunning()} and
	 * {@link #isWaitingForOthers()} return.
	 */
	final void updateKeepAlive() {
		KeepAlive current = this.keepAlive;
		if (current != null) {
			current.update(this);
		}
	}

	/**
	 * Whether something may come at any time, so that the application has to stay up.
	 */
	abstract boolean isWaitingForOthers();

	/**
	 * Whether this starts with the application. Default: {@code true}.
	 * @param autoStartup whether it starts
	 */
	public final void setAutoStartup(boolean autoStartup) {
		this.autoStartup = autoStartup;
	}

	@Override
	public final boolean isAutoStartup() {
		return this.autoStartup;
	}

	/**
	 * The phase to start and stop in. Default: after the endpoints of Spring Integration
	 * when starting, before them when stopping; clients start before servers. What
	 * receives through this pipe stops it earlier, see {@link #getReceiverPhase()}.
	 * @param phase the phase
	 */
	public final void setPhase(int phase) {
		this.phase = phase;
	}

	@Override
	public final int getPhase() {
		return this.phase;
	}

	/**
	 * The phase for the endpoint of a receiver: it starts after all pipes, and stops
	 * before them, and before everything that a flow needs.
	 * @return two more than the phase of this
	 */
	public final int getReceiverPhase() {
		return (this.phase > Integer.MAX_VALUE - RECEIVER_DISTANCE) ? Integer.MAX_VALUE
				: this.phase + RECEIVER_DISTANCE;
	}

	@Override
	public final void setBeanName(String beanName) {
		this.beanName = beanName;
	}

	@Override
	public final void setApplicationEventPublisher(ApplicationEventPublisher publisher) {
		this.publisher = publisher;
	}

	/**
	 * Sets the receiver of all messages from now on, also on open connections. It
	 * receives none before {@link #startReceiving()}; peers wait. Without a receiver
	 * messages are discarded and counted ({@link DropReason#NO_RECEIVER}).
	 * @param newReceiver the adapter or gateway
	 * @throws IllegalStateException if there is another receiver, or nothing can be read
	 */
	public final void attach(NamedPipeReceiver newReceiver) {
		Assert.state(direction().canRead(),
				() -> "'" + this.name + "' only writes (direction " + direction() + "): nothing can be received");
		this.gate.attach(newReceiver);
		updateKeepAlive();
		receiverAttached();
	}

	/**
	 * A receiver is attached.
	 */
	void receiverAttached() {
	}

	/**
	 * Runs a task while this is neither being started nor stopped.
	 */
	final void duringLifecycle(Runnable task) {
		this.lifecycle.lock();
		try {
			task.run();
		}
		finally {
			this.lifecycle.unlock();
		}
	}

	/**
	 * Announces that messages will be sent.
	 * @throws IllegalStateException if nothing can be written
	 */
	public void attachSender() {
		Assert.state(direction().canWrite(),
				() -> "'" + this.name + "' only reads (direction " + direction() + "): nothing can be sent");
		this.sender = true;
	}

	/**
	 * Whether an adapter or gateway receives or sends.
	 * @return {@code false} if nobody does, so that what comes is discarded
	 */
	public boolean hasEndpoint() {
		return this.sender || this.gate.hasReceiver();
	}

	/**
	 * Keeps the connections of peers that read and never write, as somebody sends what
	 * was not asked for.
	 */
	public final void keepReaders() {
		this.keepingReaders = true;
	}

	final boolean isKeepingReaders() {
		return this.keepingReaders;
	}

	/**
	 * Ends what {@link #attach} began. Connections stay open for the next receiver.
	 * @param oldReceiver the adapter or gateway
	 */
	public final void detach(NamedPipeReceiver oldReceiver) {
		this.gate.detach(oldReceiver);
		updateKeepAlive();
	}

	/**
	 * Reads nothing more from any connection: what peers write stays in the buffers of
	 * the kernel, and when these are full their writes wait. Returns at once. A message
	 * that is being read at this moment is read to its end and kept, flows in progress go
	 * on, and replies and all that is sent are written. New connections are accepted and
	 * not read, but for what comes before the first message (a handshake, an
	 * initializer). Time limits for what peers send stand still meanwhile; that a peer
	 * has left may show only when reading goes on. The exchanges of an outbound gateway
	 * are read by their callers, and go on.
	 * <p>
	 * Before {@link #start()} this means that nothing is read from the start on. It ends
	 * with {@link #resume()}, and when this is stopped. May be called by any thread, also
	 * by a flow; twice is as good as once.
	 * @throws IllegalStateException if nothing can be read in any case, or this is a
	 * child process with a gateway
	 */
	public final void pause() {
		Assert.state(direction().canRead(),
				() -> "'" + this.name + "' only writes (direction " + direction() + "): there is no reading to pause");
		Assert.state(!isReadForCallers(),
				() -> "'" + this.name + "' has a gateway: a pause would keep replies from those who wait for them");
		this.gate.setPaused(true);
		logger.debug("Paused reading: " + this);
	}

	/**
	 * Whether what is read are the replies that callers wait for.
	 */
	boolean isReadForCallers() {
		return false;
	}

	/**
	 * Ends {@link #pause()}: reads on where it left off. May be called by any thread, and
	 * does nothing if there is no pause.
	 */
	public final void resume() {
		this.gate.setPaused(false);
		logger.debug("Resumed reading: " + this);
	}

	@Override
	public final boolean isPaused() {
		return this.gate.isPaused();
	}

	/**
	 * Ends {@link #holdReceiver()}.
	 */
	final void releaseReceiver() {
		this.gate.open();
	}

	/**
	 * Lets the receiver receive, and starts this unless that is left to somebody else
	 * ({@link #setAutoStartup}): what the endpoint of a receiver does when it starts.
	 * What was running at the last {@link #stopReceiving} is started again in any case,
	 * and what has ended by itself, as a child process does, is not.
	 */
	public final void startReceiving() {
		this.gate.open();
		if ((this.autoStartup && !this.endedByItself) || this.stoppedWithReceiver) {
			start();
		}
	}

	/**
	 * Stops this, and then keeps the receiver from receiving: what the endpoint of a
	 * receiver does when it is stopped together with the application. All that the flows
	 * need is still there meanwhile. The receiver goes on if {@link #startReceiving()} is
	 * called before the end.
	 * @param callback called at the end, by another thread if this takes time
	 */
	public final void stopReceiving(Runnable callback) {
		if (this.state.get() == State.RUNNING) {
			this.stoppedWithReceiver = true;
		}
		this.endedByItself = false;
		long opening = this.gate.openings();
		stop(() -> this.gate.close(opening), callback);
	}

	/**
	 * Keeps the receiver from receiving; peers wait, held back by the buffers of the
	 * kernel. Returns when no flow is in progress any more, except for one that calls
	 * this, or when the drain timeout is up. Does not wait again for flows that
	 * {@link #stop()} waits for. Connections stay open.
	 */
	public final void holdReceiver() {
		this.gate.close();
		if (this.state.get() != State.RUNNING) {
			return;
		}
		long deadline = System.nanoTime() + drainTimeout().toNanos();
		for (NamedPipeSession session : this.sessions.all()) {
			while (session.isDispatching() && System.nanoTime() - deadline < 0) {
				LockSupport.parkNanos(PAUSE_CHECK_PERIOD);
			}
		}
	}

	/**
	 * A connection has been opened and is not announced yet.
	 */
	void connectionOpened(PipeConnection connection) {
	}

	/**
	 * Lets messages be sent to a connection before its conversation begins.
	 */
	final void announce(PipeConnection connection) {
		this.sessions.add(new NamedPipeSession(this, connection));
	}

	/**
	 * A connection has been closed.
	 */
	final void connectionClosed(PipeConnection connection) {
		NamedPipeSession session = this.sessions.get(connection.id());
		if (session != null) {
			if (!session.hasBegun()) {
				this.sessions.remove(session);
			}
			session.closed();
			this.gate.wake();
		}
	}

	final ReceiverGate gate() {
		return this.gate;
	}

	final MessageEncoder encoder() {
		return this.encoder;
	}

	final OutboundQueue createQueue(NamedPipeSession session, MessageWriter writer) {
		return new OutboundQueue(session, writer, this.queueCapacity, this.overflow, this.writers, statistics());
	}

	final OutboundQueue createReplyQueue(NamedPipeSession session, MessageWriter writer, IntConsumer written) {
		return new OutboundQueue(session, writer, Integer.MAX_VALUE, OverflowPolicy.BLOCK, this.writers, statistics(),
				written);
	}

	/**
	 * The sessions of the open connections.
	 * @return the sessions at this moment
	 */
	public final NamedPipeSession[] sessions() {
		return this.sessions.all().clone();
	}

	/**
	 * Finds the session of a connection.
	 * @param connectionId the id of the connection
	 * @return the session, or empty if there is none
	 */
	public final Optional<NamedPipeSession> session(String connectionId) {
		return Optional.ofNullable(this.sessions.get(connectionId));
	}

	@Override
	public final int queueSize() {
		int size = 0;
		for (NamedPipeSession session : this.sessions.all()) {
			size += session.queueSize();
		}
		return size;
	}

	@Override
	public final int queueSize(PipeConnection connection) {
		return session(connection.id()).map(NamedPipeSession::queueSize).orElse(0);
	}

	/**
	 * What is sent of a message: its payload, and with a framing that has a place for
	 * them its headers. Those are written that are text, numbers or truth values, and
	 * that have no meaning to Spring.
	 * @param message the message
	 * @return a payload, or a {@link io.namedpipe.framing.Frame} with it
	 */
	public final Object outgoing(Message<?> message) {
		return outgoing(message, NamedPipeObserver.Work.NONE);
	}

	/**
	 * What is sent of a message, see {@link #outgoing(Message)}.
	 * @param message the message
	 * @param work the work that sends it, which may have headers of its own
	 * @return a payload, or a {@link io.namedpipe.framing.Frame} with it
	 */
	public final Object outgoing(Message<?> message, NamedPipeObserver.Work work) {
		return this.writesHeaders ? FrameHeaders.frame(message, work.headers()) : message.getPayload();
	}

	/**
	 * What has been read as a message, with the headers of its frame and no others.
	 * @param received a payload, or a {@link io.namedpipe.framing.Frame} with it
	 * @return the message
	 */
	public final Message<?> incoming(Object received) {
		return NamedPipeSession.message(received, Map.of());
	}

	/**
	 * Queues a message for every connection that can be written to. A server without one
	 * counts the message as dropped.
	 * @param payload the payload, or a {@link io.namedpipe.framing.Frame} with it
	 * @return the number of connections that took it
	 * @throws PipeException if the payload cannot be sent, or a client is not connected
	 * @throws IllegalArgumentException if the payload is of a type that cannot be sent
	 * @throws InterruptedException if interrupted while waiting for room in a queue
	 */
	public final int broadcast(Object payload) throws PipeException, InterruptedException {
		byte[] message = this.encoder.encode(payload);
		int count = 0;
		for (NamedPipeSession session : this.sessions.all()) {
			if (session.connection().canWrite() && session.offer(message)) {
				count++;
			}
		}
		if (count == 0) {
			handleNoConnection();
		}
		return count;
	}

	/**
	 * Handles a broadcast for which there is no connection.
	 */
	abstract void handleNoConnection() throws PipeException;

	/**
	 * Queues a message for one connection.
	 * @param connectionId the id of the connection
	 * @param payload the payload, or a {@link io.namedpipe.framing.Frame} with it
	 * @throws UnknownConnectionException if there is no such connection
	 * @throws PipeException if it cannot be written to, or the payload cannot be sent
	 * @throws IllegalArgumentException if the payload is of a type that cannot be sent
	 * @throws InterruptedException if interrupted while waiting for room in the queue
	 */
	public final void send(String connectionId, Object payload) throws PipeException, InterruptedException {
		byte[] message = this.encoder.encode(payload);
		NamedPipeSession session = this.sessions.get(connectionId);
		if (session != null && !session.connection().canWrite()) {
			throw new PipeAccessDeniedException("The peer of " + session + " on '" + this.name + "' may not read",
					address(), null);
		}
		if (session == null || !session.offer(message)) {
			throw new UnknownConnectionException(
					"There is no connection " + connectionId + " on '" + this.name + "' (any more)", address(),
					connectionId);
		}
	}

	/**
	 * Serves a connection from its first byte to its end, and closes it.
	 */
	final void converse(PipeConnection connection) {
		NamedPipeSession session = this.sessions.get(connection.id());
		if (session == null) {
			session = new NamedPipeSession(this, connection);
			this.sessions.add(session);
		}
		try {
			NamedPipeSession.forgetInterrupt();
			if (this.state.get() == State.STOPPING) {
				session.end();
			}
			connection.converse(session::converse);
			connection.close(CloseReason.PEER);
		}
		catch (RuntimeException | Error ex) {
			ProcessIdentity.executeUnlessLost(() -> conversationFailed(connection, ex));
		}
		finally {
			this.sessions.remove(session);
			session.closed();
			session.release();
			NamedPipeSession.forgetInterrupt();
		}
	}

	private void conversationFailed(PipeConnection connection, Throwable failure) {
		logger.error("'" + this.name + "' closes " + connection, failure);
		connection.closeReported(failure);
	}

	/**
	 * Starts this, after the end of every stop that has been asked for before.
	 */
	@Override
	public final void start() {
		lockForStart();
		try {
			if (isClosing()) {
				logger.info("Not started, as the application is about to end: " + this);
				return;
			}
			if (!this.state.compareAndSet(State.STOPPED, State.RUNNING)) {
				return;
			}
			this.endedByItself = false;
			try {
				// also where a flow that runs as its client starts this
				ProcessIdentity.<@Nullable Void, RuntimeException>call(() -> {
					doStart();
					return null;
				});
			}
			catch (RuntimeException | Error ex) {
				undoStart(ex);
				this.state.set(State.STOPPED);
				throw ex;
			}
			this.startedOnce = true;
			this.stoppedWithReceiver = false;
			updateKeepAlive();
			logger.info("Started " + this + ", " + this.framing + properties());
		}
		finally {
			this.lifecycle.unlock();
		}
	}

	private void lockForStart() {
		Thread caller = Thread.currentThread();
		this.waitingToStart.add(caller);
		try {
			// a stop must not wait for itself
			if (!this.lifecycle.isHeldByCurrentThread() && !isCalledByFlow()) {
				this.pendingStops.await();
			}
			this.lifecycle.lock();
		}
		finally {
			this.waitingToStart.remove(caller);
		}
	}

	/**
	 * Whether a thread waits for the end of a stop, so that the stop need not wait for
	 * it.
	 */
	final boolean isWaitingToStart(Thread thread) {
		return this.waitingToStart.contains(thread);
	}

	private void undoStart(Throwable failure) {
		try {
			abortStart();
		}
		catch (RuntimeException | Error ex) {
			failure.addSuppressed(ex);
		}
	}

	/**
	 * Stops gracefully. A flow may call this: it is not waited for then, and its
	 * connection is closed when it has ended and its reply is written, or the drain
	 * timeout is up.
	 */
	@Override
	public final void stop() {
		// outside of the lock, so that it ends a start that is waiting for a server
		interruptStart();
		if (!lockForStop()) {
			return;
		}
		// an interrupt flag that is set would end the wait for flows in progress
		boolean interrupted = Thread.interrupted();
		try {
			if (!this.state.compareAndSet(State.RUNNING, State.STOPPING)) {
				return;
			}
			for (NamedPipeSession session : this.sessions.all()) {
				session.end();
			}
			this.gate.wake();
			try {
				doStop();
			}
			finally {
				this.gate.setPaused(false);
				this.state.set(State.STOPPED);
				updateKeepAlive();
				this.errorChannelFailures.flush();
				this.malformedPayloads.flush();
			}
			logger.info("Stopped " + this);
		}
		finally {
			this.lifecycle.unlock();
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/**
	 * Whoever stops this waits for all flows, so that a flow must not wait for it.
	 */
	private boolean lockForStop() {
		if (!isCalledByFlow()) {
			this.lifecycle.lock();
			return true;
		}
		while (!this.lifecycle.tryLock()) {
			if (this.state.get() != State.RUNNING) {
				return false;
			}
			LockSupport.parkNanos(PAUSE_CHECK_PERIOD);
		}
		return true;
	}

	private boolean isCalledByFlow() {
		for (NamedPipeSession session : this.sessions.all()) {
			if (session.isDispatchingHere()) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Stops on a thread of its own, so that pipes drain at the same time; on the calling
	 * thread if that is in a flow, which is not waited for.
	 */
	@Override
	public final void stop(Runnable callback) {
		stop(() -> {
		}, callback);
	}

	/**
	 * Stops as {@link #stop(Runnable)} does.
	 * @param end belongs to the stop: a start waits for it
	 * @param callback called after that
	 */
	private void stop(Runnable end, Runnable callback) {
		if (!isRunning() || isCalledByFlow()) {
			stopHere(end, callback);
			return;
		}
		Thread thread = new Thread(() -> stopHere(() -> {
			end.run();
			this.pendingStops.end();
		}, callback), "namedpipe-" + this.name + "-stop");
		thread.setDaemon(true);
		// here, so that a start that comes before the thread does waits as well
		this.pendingStops.begin();
		try {
			thread.start();
		}
		catch (RuntimeException | Error ex) {
			this.pendingStops.end();
			throw ex;
		}
	}

	private void stopHere(Runnable end, Runnable callback) {
		try {
			stop();
		}
		finally {
			end.run();
			callback.run();
		}
	}

	@Override
	public final Status status() {
		if (isRunning()) {
			return Status.RUNNING;
		}
		return this.startedOnce ? Status.STOPPED : Status.NEW;
	}

	/**
	 * What is configured of every pipe, by the name of the property.
	 */
	final Map<String, Object> settings(PipeDirection serverDirection) {
		Map<String, Object> settings = new LinkedHashMap<>();
		settings.put("type", value(this.endpoint.type()));
		settings.put("direction", value(serverDirection));
		settings.put("transmission-mode", value(this.endpoint.transmissionMode()));
		settings.put("max-message-size", this.endpoint.maxMessageSize());
		settings.put("framing", this.framing.toString());
		settings.put("payload", this.format.toString());
		settings.put("auto-startup", this.autoStartup);
		return settings;
	}

	private static String value(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT);
	}

	@Override
	public final boolean isRunning() {
		return this.state.get() != State.STOPPED;
	}

	@Override
	public void destroy() {
		stop();
	}

	/**
	 * The other end is gone for good: this is stopped now, unless it is being stopped.
	 * {@link #updateKeepAlive()} has to be called once listeners, which may start it
	 * again, have returned.
	 */
	final void stoppedByItself() {
		// before the state, which whoever starts the receiver sees next
		this.endedByItself = this.state.get() == State.RUNNING;
		if (this.endedByItself) {
			this.gate.setPaused(false);
		}
		this.state.compareAndSet(State.RUNNING, State.STOPPED);
	}

	/**
	 * Releases what a failed start has acquired.
	 */
	abstract void abortStart();

	abstract void doStart();

	abstract void doStop();

	/**
	 * Ends a start that is in progress on another thread.
	 */
	void interruptStart() {
	}

	final void publish(NamedPipeEvent event) {
		ApplicationEventPublisher current = this.publisher;
		if (current != null) {
			try {
				current.publishEvent(event);
			}
			catch (PeerIdentityError ex) {
				throw ex;
			}
			catch (RuntimeException | Error ex) {
				logger.warn("A listener failed on: " + event, ex);
			}
		}
	}

	/**
	 * Whether somebody takes what has come while no receiver is attached.
	 * @param received the payload, or why it cannot be read
	 * @param session where it came
	 * @return {@code true} if it has been taken
	 */
	boolean isExpected(Object received, NamedPipeSession session) {
		return false;
	}

	/**
	 * Further details for the log at start.
	 */
	String properties() {
		return "";
	}

	/**
	 * Whether the application context, or the virtual machine, is about to end: nothing
	 * starts any more.
	 */
	final boolean isClosing() {
		return (this.publisher instanceof ConfigurableApplicationContext context && context.isClosed())
				|| JvmShutdown.isInProgress();
	}

	/**
	 * A description of this pipe for log lines.
	 */
	final String describe() {
		return this + ((this.publisher instanceof ApplicationContext context)
				? " of the application context '" + context.getDisplayName() + "'" : "");
	}

	final NamedPipeStartException startFailure(String subject, PipeException reason) {
		return new NamedPipeStartException(subject + " '" + this.name + "' cannot start: " + reason.getMessage(),
				this.beanName, reason);
	}

	final boolean isOfSameContext(NamedPipe other) {
		return this.publisher == other.publisher;
	}

	@Override
	public String toString() {
		return "'" + this.name + "' (" + address() + ")"
				+ ((this.beanName != null) ? ", bean '" + this.beanName + "'" : "");
	}

	/**
	 * Takes what comes while there is no receiver: what it is does not matter.
	 */
	private final class Nobody implements NamedPipeReceiver {

		@Override
		public void receive(Object payload, NamedPipeSession session) {
			if (!isExpected(payload, session)) {
				statistics().countDropped(DropReason.NO_RECEIVER);
			}
		}

		@Override
		public void receiveMalformed(MalformedPayloadException failure, NamedPipeSession session) {
			if (!isExpected(failure, session)) {
				statistics().countDropped(DropReason.NO_RECEIVER);
			}
		}

	}

	private enum State {

		STOPPED, RUNNING, STOPPING

	}

}
