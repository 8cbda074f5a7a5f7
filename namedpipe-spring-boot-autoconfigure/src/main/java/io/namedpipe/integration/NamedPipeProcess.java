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

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ThreadFactory;
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
import io.namedpipe.TransmissionMode;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.framing.PayloadFormat;
import io.namedpipe.integration.event.NamedPipeProcessExitedEvent;
import io.namedpipe.transport.ProcessIdentity;

/**
 * A child process as a bean, with anonymous pipes to it and from it as its one
 * connection. What it prints on its standard error goes to the log
 * {@code io.namedpipe.process.<name>}, line by line at level INFO, unless its builder was
 * given something else to do with it.
 * <p>
 * A child that ends by itself, or closes its end of the pipe that we read, stops this
 * bean; it is not started again until somebody calls {@link #start()}.
 */
public final class NamedPipeProcess extends NamedPipe {

	/** The phase of processes, the same as that of clients. */
	public static final int DEFAULT_PHASE = NamedPipeClient.DEFAULT_PHASE;

	private static final Log logger = LogFactory.getLog(NamedPipeProcess.class);

	private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(1);

	private static final Duration JOIN_PERIOD = Duration.ofMillis(10);

	private static final int SIGINT = 128 + 2;

	private static final int SIGTERM = 128 + 15;

	private static final Duration SAME_SIGNAL = Duration.ofMillis(500);

	private static final Duration SIGNAL_CHECK_PERIOD = Duration.ofMillis(10);

	private final PipeProcess process;

	private final ThreadFactory threads;

	private volatile @Nullable PipeException fault;

	private volatile boolean starting;

	private @Nullable Run run;

	private NamedPipeProcess(Builder builder, ConnectionEvents events, PipeProcess process) {
		super(builder, events, process, builder.writers(false), DEFAULT_PHASE);
		this.process = process;
		this.threads = builder.readers(false);
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
		return details;
	}

	@Override
	public Optional<PipeException> fault() {
		return Optional.ofNullable(this.fault);
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
		this.starting = true;
		try {
			PipeConnection connection = this.process.start();
			Run started = new Run(this.process.process(), connection);
			this.run = started;
			started.thread = this.threads.newThread(() -> runConversation(started));
			started.thread.start();
		}
		catch (PipeException ex) {
			throw new UncheckedIOException("The process '" + getName() + "' cannot start: " + ex.getMessage(), ex);
		}
		finally {
			this.starting = false;
		}
	}

	private void runConversation(Run current) {
		converse(current.connection);
		ProcessIdentity.executeUnlessLost(() -> awaitExit(current));
	}

	private void awaitExit(Run current) {
		// while this child lives, there is no later one that the stop could end
		if (current.child.isAlive()) {
			this.process.stop();
		}
		try {
			ended(current, current.child.waitFor());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void ended(Run ended, int exitCode) {
		boolean expected = ended.stopping || endedWithUs(exitCode);
		if (expected) {
			logger.debug("The child process of '" + getName() + "' has ended with exit code " + exitCode);
		}
		else {
			PipeException gone = new PipeException(
					"The child process is gone, exit code " + exitCode + earlierCloseReason(ended.connection),
					address(), null);
			this.fault = gone;
			stoppedByItself();
			logger.warn("'" + getName() + "' is stopped: " + gone.getMessage());
			if (exitCode != 0) {
				reportFailure(PipeErrorType.PROCESS, ended.connection, gone);
			}
		}
		publish(new NamedPipeProcessExitedEvent(this, getName(), ended.child.pid(), exitCode, expected));
		updateKeepAlive();
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
		Run current = this.run;
		if (current != null) {
			current.stopping = true;
		}
		long deadline = System.nanoTime() + drainTimeout().toNanos();
		for (NamedPipeSession session : sessions()) {
			session.finishQueue(drainTimeout().dividedBy(2));
		}
		this.process.stop(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
		joinThread();
	}

	private void joinThread() {
		Thread runner = (this.run != null) ? this.run.thread : null;
		this.run = null;
		if (runner != null && runner != Thread.currentThread()) {
			try {
				long begin = System.nanoTime();
				// a listener of the exit event may start this again
				while (runner.isAlive() && !isWaitingToStart(runner)
						&& System.nanoTime() - begin < JOIN_TIMEOUT.toNanos()) {
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

		private volatile boolean stopping;

		private @Nullable Thread thread;

		Run(Process child, PipeConnection connection) {
			this.child = child;
			this.connection = connection;
		}

	}

	/**
	 * Builds a {@link NamedPipeProcess}.
	 */
	public static final class Builder extends NamedPipeBuilder<Builder> {

		private final PipeProcess.Builder pipe;

		private @Nullable MessageFraming outboundFraming;

		private @Nullable PayloadFormat outboundFormat;

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
						this.pipe.listener(events).output((output != null) ? output : log()).build());
			}
			finally {
				this.pipe.listener(listener).output(output);
			}
		}

		private Consumer<String> log() {
			return LogFactory.getLog("io.namedpipe.process." + name())::info;
		}

	}

}
