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

import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.AnonymousPipe;
import io.namedpipe.transport.AnonymousPipes;
import io.namedpipe.transport.PeerCredentials;
import io.namedpipe.transport.ProcessTree;
import io.namedpipe.transport.TimeLimit;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * A child process with an anonymous pipe to it, one from it, or both, which together are
 * one {@link PipeConnection}. All methods may be called by any thread; {@link #start()}
 * and {@link #stop()} take turns. A process that has ended can be started again.
 * <p>
 * The child is started in such a way that it gets the ends of its own pipes and of no
 * others (see {@link AnonymousPipeServer#start}). What it prints on its standard error,
 * and on its standard output where that is no pipe, goes line by line to whoever was
 * given to {@link Builder#output}, else to our standard error.
 * <p>
 * A child does not outlive this virtual machine, however that ends: on Linux the kernel
 * kills it ({@code SIGKILL}) where {@code setpriv} of util-linux is there, on Windows its
 * job does. Whoever wants it to read its input to the end calls {@link #stop()} before.
 */
public final class PipeProcess extends PipeEndpoint {

	/** The part of the stop timeout that the child has to end by itself. */
	private static final double PATIENCE = 0.5;

	/** The part of the stop timeout after which the child is killed. */
	private static final double LAST_RESORT = 0.9;

	/** A killed child is gone at once, except on a busy machine. */
	private static final Duration DYING = Duration.ofSeconds(5);

	private static final long END_PERIOD = TimeUnit.MILLISECONDS.toNanos(5);

	private final List<String> command;

	private final @Nullable Path workingDirectory;

	private final Map<String, String> environment;

	private final @Nullable Consumer<String> output;

	private final @Nullable Duration handshakeTimeout;

	private final AnonymousPipes pipes;

	private final ReentrantLock lifecycle = new ReentrantLock();

	private volatile @Nullable Child child;

	private PipeProcess(Builder builder, PipeSettings settings) throws PipeException {
		super(settings, builder.command.get(0));
		AnonymousPipeServer.verifyByteMode(settings);
		this.command = builder.command;
		this.workingDirectory = builder.workingDirectory;
		this.environment = builder.environment;
		this.output = builder.output;
		this.handshakeTimeout = builder.initializing;
		try {
			this.pipes = AnonymousPipes.ofThisPlatform();
		}
		catch (TransportException ex) {
			throw PipeExceptions.translate(ex, settings.pipeName());
		}
	}

	/**
	 * Starts to build a process.
	 * @param command the program and its arguments. <code>{in}</code> in an argument is
	 * replaced by the handle of the pipe that the child reads, <code>{out}</code> by that
	 * of the pipe that it writes; a pipe that is not named so becomes the child's
	 * standard input or output
	 * @return the builder
	 * @throws IllegalArgumentException if there is no program
	 */
	public static Builder builder(List<String> command) {
		return new Builder(command);
	}

	/**
	 * Starts the child.
	 * @return the connection to it; it is closed by whoever gets it, or by
	 * {@link #stop()}
	 * @throws IllegalStateException if the child is running
	 * @throws PipeNotFoundException if there is no such program
	 * @throws PipeAccessDeniedException if the program may not be executed
	 * @throws PipeException with {@link Reason#UNUSABLE_FOLDER} if there is no such
	 * directory
	 * @throws PipeTimeoutException if the initializers took longer than the handshake
	 * timeout
	 * @throws PipeClosedException if this is stopped or closed meanwhile
	 * @throws PipeException if the process cannot be started for another reason
	 */
	public PipeConnection start() throws PipeException {
		this.lifecycle.lock();
		try {
			if (isAlive()) {
				throw new IllegalStateException("The process is running: " + address());
			}
			return launch();
		}
		finally {
			this.lifecycle.unlock();
		}
	}

	private PipeConnection launch() throws PipeException {
		Map<String, AnonymousPipe> ends = new LinkedHashMap<>();
		Process process = null;
		PipeConnection connection = null;
		boolean launched = false;
		try {
			AnonymousPipe toChild = create(ends, settings().direction().canWrite(), "in", false);
			AnonymousPipe fromChild = create(ends, settings().direction().canRead(), "out", true);
			Long deadline = (this.handshakeTimeout != null) ? TimeLimit.deadline(this.handshakeTimeout) : null;
			process = this.pipes.start(processBuilder(), ends);
			forward(process);
			PeerCredentials peer = new PeerCredentials(null, null, null, null, OptionalLong.of(process.pid()));
			connection = registry().admission()
				.open(new DuplexChannel(channel(fromChild), channel(toChild), peer), deadline, "handshake timeout");
			ChildExit.follow(process, connection);
			this.child = new Child(process, connection);
			launched = true;
			return connection;
		}
		catch (TransportException ex) {
			throw PipeExceptions.translate(ex, address());
		}
		finally {
			if (!launched) {
				undo(ends, process, connection);
			}
		}
	}

	private static void undo(Map<String, AnonymousPipe> ends, @Nullable Process process,
			@Nullable PipeConnection connection) {
		if (process != null) {
			ProcessTree.kill(process);
		}
		if (connection != null) {
			connection.close(CloseReason.ERROR);
		}
		ends.values().forEach(AnonymousPipe::close);
	}

	private @Nullable AnonymousPipe create(Map<String, AnonymousPipe> ends, boolean wanted, String name, boolean weRead)
			throws TransportException {
		if (!wanted) {
			return null;
		}
		OptionalInt size = (weRead) ? settings().inBufferSize() : settings().outBufferSize();
		AnonymousPipe pipe = this.pipes.create(weRead, size);
		ends.put(name, pipe);
		return pipe;
	}

	private static @Nullable TransportChannel channel(@Nullable AnonymousPipe pipe) {
		return (pipe != null) ? pipe.channel() : null;
	}

	private ProcessBuilder processBuilder() {
		ProcessBuilder builder = new ProcessBuilder(this.command)
			.redirectError((this.output != null) ? Redirect.PIPE : Redirect.INHERIT);
		if (this.workingDirectory != null) {
			builder.directory(this.workingDirectory.toFile());
		}
		builder.environment().putAll(this.environment);
		return builder;
	}

	private void forward(Process process) {
		Consumer<String> target = this.output;
		if (target != null) {
			StandardErrorPump lines = new StandardErrorPump(process, target);
			Thread thread = new Thread(lines, "namedpipe-output-" + process.pid());
			thread.setDaemon(true);
			thread.start();
		}
	}

	/**
	 * Has the child end: closes the pipe to it, and if it has not ended after half of the
	 * drain timeout asks it to terminate ({@code SIGTERM}), and kills it after nine
	 * tenths. A child that has no pipe to it is asked at once. Whoever reads the pipe
	 * from it goes on to its end meanwhile; the connection is closed when the time is up,
	 * or a second after the child has ended if nothing comes any more: another process
	 * may have inherited its end of the pipe. Called in the conversation with the child,
	 * this does not wait for that conversation. A start in progress is ended. Idempotent.
	 */
	public void stop() {
		stop(settings().drainTimeout());
	}

	/**
	 * Has the child end, with a bound of its own.
	 * @param timeout the time after which the child has ended and its connection is
	 * closed, but for what the system takes to end a child that is killed
	 */
	public void stop(Duration timeout) {
		registry().excuseCaller();
		lockEnding(registry()::abandonArrivals);
		try {
			end(timeout);
		}
		finally {
			this.lifecycle.unlock();
		}
	}

	private void end(Duration timeout) {
		Child current = this.child;
		if (current != null) {
			long deadline = TimeLimit.deadline(timeout);
			try {
				current.stop(timeout);
				registry().awaitClosed(TimeLimit.remaining(deadline));
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			finally {
				registry().closeUnlessExcused(timeout);
			}
		}
	}

	/**
	 * Kills the child and closes the connection, also those of a start that is in
	 * progress.
	 */
	@Override
	public void close() {
		// a graceful stop may be in progress, which waits for these
		lockEnding(this::kill);
		try {
			kill();
		}
		finally {
			this.lifecycle.unlock();
		}
	}

	/**
	 * Gets the lock, having ended what others do with it. A start may not have come yet
	 * to where it can be ended.
	 */
	private void lockEnding(Runnable end) {
		boolean interrupted = false;
		boolean locked = false;
		while (!locked) {
			end.run();
			try {
				locked = this.lifecycle.tryLock(END_PERIOD, TimeUnit.NANOSECONDS);
			}
			catch (InterruptedException ex) {
				// wait for the lock: with the interrupt flag
				// set that would return at once
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	private void kill() {
		Child current = this.child;
		if (current != null) {
			ProcessTree.kill(current.process);
		}
		registry().closeAll();
	}

	/**
	 * What the child is started with. Its arguments may be secret; {@link #address()} is
	 * the program alone.
	 * @return the program and its arguments
	 */
	public List<String> command() {
		return this.command;
	}

	/**
	 * The process of the last start.
	 * @return the process
	 * @throws IllegalStateException if it was never started
	 */
	public Process process() {
		Child current = this.child;
		if (current == null) {
			throw new IllegalStateException("The process was never started: " + address());
		}
		return current.process;
	}

	/**
	 * Whether the child is running.
	 * @return {@code true} from its start to its end
	 */
	public boolean isAlive() {
		Child current = this.child;
		return current != null && current.process.isAlive();
	}

	/**
	 * The exit code of the child of the last start: 128 and the number of the signal that
	 * ended it, on POSIX systems.
	 * @return the code, or empty while the child runs or if it was never started
	 */
	public OptionalInt exitCode() {
		Child current = this.child;
		return (current != null && !current.process.isAlive()) ? OptionalInt.of(current.process.exitValue())
				: OptionalInt.empty();
	}

	@Override
	public String toString() {
		return "process " + address();
	}

	/**
	 * One run.
	 */
	private static final class Child {

		private final Process process;

		private final PipeConnection connection;

		Child(Process process, PipeConnection connection) {
			this.process = process;
			this.connection = connection;
		}

		void stop(Duration timeout) {
			long begin = System.nanoTime();
			this.connection.beginStopOfPeer();
			try {
				if (!this.connection.canWrite() || !awaitExit(begin, timeout, PATIENCE)) {
					this.process.destroy();
					if (!awaitExit(begin, timeout, LAST_RESORT)) {
						ProcessTree.kill(this.process);
						this.process.waitFor(DYING.toNanos(), TimeUnit.NANOSECONDS);
					}
				}
			}
			catch (InterruptedException ex) {
				ProcessTree.kill(this.process);
				Thread.currentThread().interrupt();
			}
		}

		private boolean awaitExit(long begin, Duration timeout, double part) throws InterruptedException {
			long until = (long) (TimeLimit.nanos(timeout) * part) - (System.nanoTime() - begin);
			return this.process.waitFor(Math.max(until, 0), TimeUnit.NANOSECONDS);
		}

	}

	/**
	 * Builds a {@link PipeProcess}. The direction is {@code DUPLEX} by default: a pipe
	 * each way.
	 */
	public static final class Builder extends PipeBuilder<Builder> {

		private final List<String> command;

		private @Nullable Path workingDirectory;

		private Map<String, String> environment = Map.of();

		private @Nullable Consumer<String> output;

		private @Nullable Duration initializing = Admission.HANDSHAKE_OF_CHILD;

		private Builder(List<String> command) {
			super("child process");
			if (command.isEmpty() || command.get(0).isBlank()) {
				throw new IllegalArgumentException("The command must name a program, but is " + command);
			}
			this.command = List.copyOf(command);
		}

		@Override
		Builder self() {
			return this;
		}

		/**
		 * Where the child runs. Default: our own working directory.
		 * @param workingDirectory the folder
		 * @return this builder
		 */
		public Builder workingDirectory(@Nullable Path workingDirectory) {
			this.workingDirectory = workingDirectory;
			return this;
		}

		/**
		 * Variables for the environment of the child besides our own. On POSIX systems
		 * their names consist of letters, digits and {@code _}.
		 * @param environment the variables
		 * @return this builder
		 * @throws IllegalArgumentException if a name is empty or has a {@code =} or a NUL
		 * in it, or a value has a NUL in it
		 */
		public Builder environment(Map<String, String> environment) {
			environment.forEach(Builder::verifyVariable);
			this.environment = Map.copyOf(environment);
			return this;
		}

		private static void verifyVariable(String name, String value) {
			if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
				throw new IllegalArgumentException("'" + name.replace('\0', '?')
						+ "' cannot be the name of an environment variable: it must not be empty nor contain '=' or NUL");
			}
			if (value.indexOf('\0') >= 0) {
				throw new IllegalArgumentException(
						"The environment variable '" + name + "' cannot have a value with a NUL in it");
			}
		}

		/**
		 * Time that the initializers have from the start of the child on, and also the
		 * listener that its connection is reported to. When it has passed the child is
		 * killed, and {@link PipeProcess#start()} fails with a
		 * {@link PipeTimeoutException}. Default: 30 seconds.
		 * @param timeout the time, positive and at most {@link TimeLimit#LONGEST}, or
		 * {@code null} for no limit
		 * @return this builder
		 */
		public Builder handshakeTimeout(@Nullable Duration timeout) {
			this.initializing = positive("handshakeTimeout", timeout);
			return this;
		}

		/**
		 * Gets what the child prints, line by line, on a thread of its own; a line longer
		 * than 8192 characters comes in pieces. Default: what is printed goes to our
		 * standard error.
		 * @param output takes the lines, or {@code null} for the default
		 * @return this builder
		 */
		public Builder output(@Nullable Consumer<String> output) {
			this.output = output;
			return this;
		}

		/**
		 * Gets what the child prints.
		 * @return what was set, or {@code null} for the default
		 */
		public @Nullable Consumer<String> output() {
			return this.output;
		}

		/**
		 * Builds the process.
		 * @return the process, not started
		 * @throws PipeUnsupportedException in message mode, or if this platform has no
		 * anonymous pipes
		 * @throws PipeException if it cannot be built
		 */
		public PipeProcess build() throws PipeException {
			return new PipeProcess(this, settings());
		}

	}

}
