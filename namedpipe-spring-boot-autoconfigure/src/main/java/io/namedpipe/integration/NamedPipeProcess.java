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
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.namedpipe.CloseReason;
import io.namedpipe.PipeClosedException;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeErrorType;
import io.namedpipe.PipeException;
import io.namedpipe.PipeListener;
import io.namedpipe.PipeProcess;
import io.namedpipe.RateLimitedLog;
import io.namedpipe.TransmissionMode;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.framing.PayloadFormat;
import io.namedpipe.integration.event.NamedPipeProcessExitedEvent;
import io.namedpipe.transport.ProcessIdentity;
import io.namedpipe.transport.ProcessTree;

/**
 * A child process as a bean, with anonymous pipes to it and from it as its one
 * connection. What it prints on its standard error goes to the log
 * {@code io.namedpipe.process.<name>}, line by line at level INFO, unless its builder was
 * given something else to do with it.
 * <p>
 * A child that ends by itself, or closes its end of the pipe that we read, is started
 * again if the {@link RestartPolicy} says so. Else it stops this bean, and is not started
 * again until somebody calls {@link #start()}.
 */
public final class NamedPipeProcess extends NamedPipe {

	/** The phase of processes, the same as that of clients. */
	public static final int DEFAULT_PHASE = NamedPipeClient.DEFAULT_PHASE;

	private static final Log logger = LogFactory.getLog(NamedPipeProcess.class);

	private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(1);

	private static final Duration DYING = Duration.ofSeconds(5);

	private static final Duration JOIN_PERIOD = Duration.ofMillis(10);

	private static final int SIGINT = 128 + 2;

	private static final int SIGTERM = 128 + 15;

	private static final Duration SAME_SIGNAL = Duration.ofMillis(500);

	private static final Duration SIGNAL_CHECK_PERIOD = Duration.ofMillis(10);

	private final PipeProcess process;

	private final ThreadFactory threads;

	private volatile @Nullable PipeException fault;

	private volatile boolean starting;

	private final RestartPolicy restartPolicy;

	private final AtomicLong restarted = new AtomicLong();

	private final RateLimitedLog restartLog = RateLimitedLog.warn(logger);

	private final ChildTurns turns = new ChildTurns();

	private volatile @Nullable ChildExchanges exchanges;

	private volatile CountDownLatch stopSignal = new CountDownLatch(1);

	private volatile @Nullable Run run;

	private volatile @Nullable Condemned condemned;

	private NamedPipeProcess(Builder builder, ConnectionEvents events, PipeProcess process) {
		super(builder, events, process, builder.writers(false), DEFAULT_PHASE);
		this.process = process;
		this.threads = (builder.threads != null) ? builder.threads : builder.readers(false);
		this.restartPolicy = builder.restart;
	}

	/**
	 * Starts to build a process.
	 * @param name the logical name
	 * @param pipe builds the process
	 * @return the builder
	 */
	public static Builder builder(String name, PipeProcess.Builder pipe) {
		return new Builder(name, pipe);
	}

	/**
	 * The process.
	 * @return the process, to look at; started and stopped by this bean only
	 */
	@Override
	public PipeProcess pipe() {
		return this.process;
	}

	@Override
	public Role role() {
		return Role.PROCESS;
	}

	@Override
	public Map<String, Object> settings() {
		Map<String, Object> settings = new LinkedHashMap<>();
		if (direction().canWrite()) {
			settings.put("to-child.framing", outboundFraming().toString());
			settings.put("to-child.payload", outboundFormat().toString());
		}
		if (direction().canRead()) {
			settings.put("from-child.framing", framing().toString());
			settings.put("from-child.payload", format().toString());
		}
		settings.put("restart.policy", this.restartPolicy.when().name().toLowerCase(Locale.ROOT).replace('_', '-'));
		settings.put("stop-timeout", drainTimeout().toMillis() + "ms");
		settings.put("auto-startup", isAutoStartup());
		return settings;
	}

	@Override
	public Map<String, Object> sensitiveSettings() {
		return Map.of("command", this.process.command());
	}

	@Override
	public Map<String, Object> details() {
		Map<String, Object> details = new LinkedHashMap<>();
		if (this.process.isAlive()) {
			details.put("processId", this.process.process().pid());
		}
		OptionalInt exitCode = this.process.exitCode();
		exitCode.ifPresent((code) -> details.put("exitCode", code));
		if (this.restartPolicy.when() != RestartPolicy.When.NEVER || this.restarted.get() > 0) {
			details.put("restarts", this.restarted.get());
		}
		return details;
	}

	@Override
	public long restarts() {
		return this.restarted.get();
	}

	/**
	 * Takes all that the child writes for replies to requests, from now on.
	 * @param restartOnTimeout whether a child that gives no reply within the time of one
	 * exchange is killed and started again, rather than when that has passed twice
	 * @return the exchanges, to be given back when nobody uses them any more
	 * @throws IllegalStateException if there is a receiver already, or there are not two
	 * pipes
	 */
	public ChildExchanges openExchanges(boolean restartOnTimeout) {
		attachSender();
		ChildExchanges opened = new ChildExchanges(this, this.turns, restartOnTimeout);
		attach(opened);
		this.exchanges = opened;
		releaseReceiver();
		return opened;
	}

	@Override
	boolean isReadForCallers() {
		return this.exchanges != null;
	}

	/**
	 * Ends what {@link #openExchanges} began. What the child still owes is waited for by
	 * whoever asks next.
	 * @param closed the exchanges
	 */
	public void closeExchanges(ChildExchanges closed) {
		closed.close();
		detach(closed);
		if (this.exchanges == closed) {
			this.exchanges = null;
		}
	}

	/**
	 * Kills the child of a connection, if it is still that.
	 * @param why for the log and the fault, what the child has done
	 * @param restart whether it is started again, whatever the policy says
	 */
	void kill(PipeConnection connection, String why, boolean restart) {
		this.condemned = new Condemned(connection, why, restart);
		Run current = this.run;
		if (current != null) {
			executeSentence(current);
		}
	}

	// by whoever condemns it, or by whoever has just started it
	private void executeSentence(Run current) {
		Condemned sentence = this.condemned;
		if (sentence != null && sentence.connection == current.connection && !current.stopping
				&& current.child.isAlive()) {
			current.killedFor = sentence;
			ProcessTree.kill(current.child);
		}
	}

	@Override
	public Optional<PipeException> fault() {
		return Optional.ofNullable(this.fault);
	}

	// a caller of a gateway that is gone may still wait
	@Override
	boolean isExpected(Object received, NamedPipeSession session) {
		return this.turns.take(received, session.connection());
	}

	@Override
	boolean isWaitingForOthers() {
		return true;
	}

	@Override
	void connectionOpened(PipeConnection connection) {
		announce(connection);
	}

	@Override
	void handleNoConnection() throws PipeClosedException {
		throw new PipeClosedException("The child process of '" + getName() + "' is not running", address(), null,
				this.fault);
	}

	@Override
	void interruptStart() {
		if (this.starting) {
			this.process.stop();
		}
	}

	@Override
	void doStart() {
		this.fault = null;
		CountDownLatch stopped = new CountDownLatch(1);
		this.stopSignal = stopped;
		try {
			launch(new Restarts(this.restartPolicy), stopped, false);
		}
		catch (PipeException ex) {
			throw startFailure("The process", ex);
		}
	}

	private void launch(Restarts restarts, CountDownLatch stopped, boolean again) throws PipeException {
		this.starting = true;
		Run started = null;
		boolean conversing = false;
		try {
			PipeConnection connection = this.process.start();
			Run next = new Run(this.process.process(), connection, restarts, stopped);
			started = next;
			next.thread = this.threads.newThread(() -> runConversation(next));
			this.run = next;
			if (stopped.getCount() == 0) {
				// which came too early to find this child
				next.stopping = true;
				this.process.stop(Duration.ZERO);
			}
			executeSentence(next);
			// the thread of the child may soon have something else to say
			this.starting = false;
			if (again) {
				this.restarted.incrementAndGet();
				this.fault = null;
			}
			next.thread.start();
			conversing = true;
		}
		finally {
			if (!conversing) {
				this.starting = false;
				if (started != null) {
					abandonChild(started.child);
					this.turns.ended(started.connection);
				}
			}
		}
	}

	// Nobody would read what it writes, or see that it ends
	private void abandonChild(Process child) {
		this.process.close();
		try {
			child.waitFor(DYING.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void runConversation(Run current) {
		converse(current.connection);
		this.turns.ended(current.connection);
		ProcessIdentity.executeUnlessLost(() -> awaitExit(current));
	}

	private void awaitExit(Run current) {
		// while this child lives, there is no later one that the stop could end
		if (current.child.isAlive()) {
			this.process.stop();
		}
		ended(current, exitCode(current.child));
	}

	private static int exitCode(Process child) {
		while (true) {
			try {
				return child.waitFor();
			}
			catch (InterruptedException ex) {
				// by application code, which must not end this thread
			}
		}
	}

	private void ended(Run ended, int exitCode) {
		boolean expected = ended.stopping || endedWithUs(exitCode);
		Duration wait = null;
		if (expected) {
			logger.debug("The child process of '" + getName() + "' has ended with exit code " + exitCode);
		}
		else {
			Condemned sentence = ended.killedFor;
			PipeException gone = new PipeException("The child process is gone, exit code " + exitCode
					+ ((sentence != null) ? "; it was killed, as it " + sentence.why : "")
					+ earlierCloseReason(ended.connection), address(), null);
			boolean wanted = (sentence != null && sentence.restart) || isRestartedAfterSilence(ended.connection)
					|| ended.restarts.isWanted(exitCode != 0 || wasClosed(ended.connection));
			wait = (wanted) ? ended.restarts.next(Duration.ofNanos(System.nanoTime() - ended.startedAt)) : null;
			failed(gone, wait, wanted, ended.restarts);
			if (exitCode != 0) {
				reportFailure(PipeErrorType.PROCESS, ended.connection, gone);
			}
		}
		publish(new NamedPipeProcessExitedEvent(this, getName(), ended.child.pid(), exitCode, expected));
		updateKeepAlive();
		if (wait != null) {
			startAgain(ended, wait);
		}
	}

	private boolean isRestartedAfterSilence(PipeConnection connection) {
		ChildExchanges asking = this.exchanges;
		return asking != null && asking.isRestartedAfter(connection);
	}

	private void failed(PipeException failure, @Nullable Duration wait, boolean wanted, Restarts restarts) {
		this.fault = failure;
		if (wait != null) {
			this.restartLog.log("'" + getName() + "' starts its child process again in " + wait.toMillis() + " ms: "
					+ failure.getMessage(), null);
			return;
		}
		stoppedByItself();
		logger.warn("'" + getName() + "' is stopped"
				+ ((wanted) ? " after " + restarts.inARow() + " restarts in a row (restart.max-attempts)" : "") + ": "
				+ failure.getMessage());
	}

	private void startAgain(Run ended, Duration first) {
		Duration wait = first;
		while (wait != null && NamedPipeClient.awaitNextAttempt(ended.stopped, wait) && !isClosing()) {
			try {
				launch(ended.restarts, ended.stopped, true);
				return;
			}
			catch (PipeClosedException ex) {
				// by a stop
				return;
			}
			catch (PipeException ex) {
				wait = notStarted(ended.restarts, ex);
			}
			catch (RuntimeException | Error ex) {
				wait = notStarted(ended.restarts,
						new PipeException("Starting " + address() + " failed: " + ex, address(), ex));
			}
		}
	}

	private @Nullable Duration notStarted(Restarts restarts, PipeException failure) {
		Duration wait = restarts.next(Duration.ZERO);
		failed(failure, wait, true, restarts);
		reportFailure(PipeErrorType.PROCESS, null, failure);
		if (wait == null) {
			updateKeepAlive();
		}
		return wait;
	}

	private static boolean wasClosed(PipeConnection connection) {
		return connection.closeReason().filter((reason) -> reason != CloseReason.PEER).isPresent();
	}

	/**
	 * Whether the child was ended by a signal to its whole process group, as Ctrl-C and
	 * systemd send it: this process notices its own a little later.
	 */
	private boolean endedWithUs(int exitCode) {
		if (exitCode != SIGTERM && exitCode != SIGINT) {
			return isClosing();
		}
		long begin = System.nanoTime();
		while (!isClosing() && System.nanoTime() - begin < SAME_SIGNAL.toNanos()) {
			LockSupport.parkNanos(SIGNAL_CHECK_PERIOD.toNanos());
		}
		return isClosing();
	}

	private static String earlierCloseReason(PipeConnection connection) {
		return connection.closeReason()
			.filter((reason) -> reason != CloseReason.PEER)
			.map((reason) -> "; its pipes were closed before: " + reason.tag())
			.orElse("");
	}

	@Override
	void abortStart() {
		this.process.close();
	}

	@Override
	void doStop() {
		this.stopSignal.countDown();
		long deadline = System.nanoTime() + drainTimeout().toNanos();
		Run current;
		do {
			current = this.run;
			if (current != null) {
				current.stopping = true;
			}
			for (NamedPipeSession session : sessions()) {
				session.finishQueue(drainTimeout().dividedBy(2));
			}
			this.process.stop(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
			joinThread((current != null) ? current.thread : null);
		}
		// a restart may have been in progress
		while (current != this.run);
		this.run = null;
		this.restartLog.flush();
	}

	private void joinThread(@Nullable Thread runner) {
		if (runner != null && runner != Thread.currentThread()) {
			try {
				long begin = System.nanoTime();
				// a listener of the exit event may start this again
				while (runner.isAlive() && !isWaitingToStart(runner)
						&& System.nanoTime() - begin < JOIN_TIMEOUT.toNanos()) {
					if (this.starting) {
						this.process.stop(Duration.ZERO);
					}
					runner.join(JOIN_PERIOD.toMillis());
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

	@Override
	public String toString() {
		return "process " + super.toString();
	}

	/**
	 * One child. A flow that is slow to end may outlast it, and the next one's start.
	 */
	private static final class Run {

		private final Process child;

		private final PipeConnection connection;

		private final Restarts restarts;

		private final CountDownLatch stopped;

		private final long startedAt = System.nanoTime();

		private volatile boolean stopping;

		private volatile @Nullable Condemned killedFor;

		private @Nullable Thread thread;

		Run(Process child, PipeConnection connection, Restarts restarts, CountDownLatch stopped) {
			this.child = child;
			this.connection = connection;
			this.restarts = restarts;
			this.stopped = stopped;
		}

	}

	/**
	 * A child to be killed, which its thread may not have been told about yet.
	 */
	private record Condemned(PipeConnection connection, String why, boolean restart) {
	}

	/**
	 * Builds a {@link NamedPipeProcess}.
	 */
	public static final class Builder extends NamedPipeBuilder<Builder> {

		private final PipeProcess.Builder pipe;

		private @Nullable MessageFraming outboundFraming;

		private @Nullable PayloadFormat outboundFormat;

		private StandardError standardError = StandardError.LOG;

		private RestartPolicy restart = RestartPolicy.NEVER;

		private @Nullable ThreadFactory threads;

		private Builder(String name, PipeProcess.Builder pipe) {
			super(name);
			this.pipe = pipe;
		}

		@Override
		Builder self() {
			return this;
		}

		/**
		 * The framing of messages to the child. Default: that of messages from it.
		 * @param framing the framing
		 * @return this builder
		 */
		public Builder outboundFraming(MessageFraming framing) {
			this.outboundFraming = framing;
			return this;
		}

		/**
		 * What payloads to the child are. Default: what those from it are.
		 * @param format the format
		 * @return this builder
		 */
		public Builder outboundPayload(PayloadFormat format) {
			this.outboundFormat = format;
			return this;
		}

		/**
		 * What becomes of what the child prints on its standard error, unless the builder
		 * of the process has got something to do with it. Default:
		 * {@link StandardError#LOG}.
		 * @param standardError what becomes of it
		 * @return this builder
		 */
		public Builder standardError(StandardError standardError) {
			this.standardError = standardError;
			return this;
		}

		/**
		 * Whether a child that has ended by itself is started again. Default:
		 * {@link RestartPolicy#NEVER}.
		 * @param policy the policy
		 * @return this builder
		 */
		public Builder restart(RestartPolicy policy) {
			this.restart = policy;
			return this;
		}

		/**
		 * Makes the threads that read from children.
		 */
		Builder threads(ThreadFactory factory) {
			this.threads = factory;
			return this;
		}

		@Override
		MessageFraming outboundFraming(TransmissionMode mode) {
			return (this.outboundFraming != null) ? this.outboundFraming : super.outboundFraming(mode);
		}

		@Override
		PayloadFormat outboundFormat() {
			return (this.outboundFormat != null) ? this.outboundFormat : super.outboundFormat();
		}

		/**
		 * Builds the process below this bean.
		 * @return the builder that {@link #build()} uses
		 */
		public PipeProcess.Builder pipe() {
			return this.pipe;
		}

		@Override
		public NamedPipeProcess build() throws PipeException {
			PipeListener listener = this.pipe.listener();
			Consumer<String> output = this.pipe.output();
			ConnectionEvents events = new ConnectionEvents(CompositePipeListener.of(listener, listener()));
			try {
				return new NamedPipeProcess(this, events,
						this.pipe.listener(events).output((output != null) ? output : defaultOutput()).build());
			}
			finally {
				this.pipe.listener(listener).output(output);
			}
		}

		private @Nullable Consumer<String> defaultOutput() {
			return switch (this.standardError) {
				case LOG -> LogFactory.getLog("io.namedpipe.process." + name())::info;
				case DISCARD -> (line) -> {
				};
				case INHERIT -> null;
			};
		}

	}

}
