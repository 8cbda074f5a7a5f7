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
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

import io.namedpipe.DropReason;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeException;
import io.namedpipe.PipeListener;
import io.namedpipe.PipeNameInUseException;
import io.namedpipe.PipeNameInUseException.Owner;
import io.namedpipe.PipeServer;
import io.namedpipe.transport.Capability;

/**
 * A pipe server as a bean. When {@link #start()} returns, clients can connect.
 */
public final class NamedPipeServer extends NamedPipe {

	/**
	 * The phase in which servers start after everything else of a pipe, and stop first.
	 */
	public static final int DEFAULT_PHASE = Integer.MAX_VALUE / 2 + 2;

	/** The running servers by address, so that a conflict can name the other one. */
	private static final Map<String, NamedPipeServer> RUNNING = new ConcurrentHashMap<>();

	private final PipeServer server;

	private final boolean onVirtualThreads;

	private NamedPipeServer(Builder builder, ConnectionEvents events, PipeServer server) {
		super(builder, events, server, builder.writers(parksVirtualThreads(server)), DEFAULT_PHASE);
		this.server = server;
		this.onVirtualThreads = builder.virtualThreads(parksVirtualThreads(server)) != null;
	}

	private static boolean parksVirtualThreads(PipeServer server) {
		return server.supports(Capability.VIRTUAL_THREADS);
	}

	/**
	 * Starts to build a server.
	 * @param name the logical name
	 * @param pipe builds the pipe server; it need not have a thread factory, as this has
	 * one
	 * @return the builder
	 */
	public static Builder builder(String name, PipeServer.Builder pipe) {
		return new Builder(name, pipe);
	}

	/**
	 * The pipe server.
	 * @return the server, to look at; started and stopped by this bean only
	 */
	@Override
	public PipeServer pipe() {
		return this.server;
	}

	/**
	 * Why no flow of this server can run as its client, whoever that is.
	 * @return the reason, or empty if flows can
	 */
	public Optional<String> runAsClientObstacle() {
		Optional<String> obstacle = this.server.runAsClientObstacle();
		if (obstacle.isEmpty() && this.onVirtualThreads) {
			return Optional.of("its connections have virtual threads, whose identity would leak to others");
		}
		return obstacle;
	}

	@Override
	public Role role() {
		return Role.SERVER;
	}

	@Override
	public Map<String, Object> settings() {
		Map<String, Object> settings = settings(direction());
		settings.put("max-instances", this.server.maxInstances());
		return settings;
	}

	@Override
	public Optional<PipeException> fault() {
		return isRunning() ? this.server.fault() : Optional.empty();
	}

	@Override
	boolean isWaitingForOthers() {
		return true;
	}

	@Override
	String properties() {
		return ", access: " + this.server.access();
	}

	@Override
	Optional<Duration> handshakeTimeout() {
		return this.server.handshakeTimeout();
	}

	@Override
	void connectionOpened(PipeConnection connection) {
		announce(connection);
	}

	@Override
	void handleNoConnection() {
		statistics().countDropped(DropReason.NO_CONNECTION);
	}

	@Override
	void doStart() {
		try {
			this.server.start();
		}
		catch (PipeException ex) {
			PipeException reason = (ex instanceof PipeNameInUseException) ? inUse(ex) : ex;
			throw startFailure("The server", reason);
		}
		RUNNING.put(address(), this);
		this.server.serve(this::converse);
	}

	private PipeException inUse(PipeException failure) {
		NamedPipeServer holder = RUNNING.get(address());
		return (holder != null) ? new PipeNameInUseException(
				isOfSameContext(holder) ? Owner.SAME_CONTEXT : Owner.OTHER_CONTEXT,
				"%s is being served by this very process already: by the %s".formatted(address(), holder.describe()),
				address(), failure) : failure;
	}

	@Override
	void abortStart() {
		this.server.close();
	}

	@Override
	void doStop() {
		try {
			this.server.stop();
		}
		finally {
			RUNNING.remove(address(), this);
		}
	}

	@Override
	public String toString() {
		return "server " + super.toString();
	}

	/**
	 * Builds a {@link NamedPipeServer}.
	 */
	public static final class Builder extends NamedPipeBuilder<Builder> {

		private final PipeServer.Builder pipe;

		private Builder(String name, PipeServer.Builder pipe) {
			super(name);
			this.pipe = pipe;
		}

		@Override
		Builder self() {
			return this;
		}

		@Override
		OverflowPolicy defaultOverflow() {
			return OverflowPolicy.DISCONNECT;
		}

		/**
		 * Builds the pipe server below this bean.
		 * @return the builder that {@link #build()} uses
		 */
		public PipeServer.Builder pipe() {
			return this.pipe;
		}

		@Override
		public NamedPipeServer build() throws PipeException {
			PipeListener listener = this.pipe.listener();
			ThreadFactory threadFactory = this.pipe.threadFactory();
			ConnectionEvents events = new ConnectionEvents(CompositePipeListener.of(listener, listener()));
			AtomicReference<@Nullable ThreadFactory> threads = new AtomicReference<>(threadFactory);
			try {
				// which threads is known only after the transport is
				PipeServer server = this.pipe.listener(events)
					.threadFactory((task) -> Objects.requireNonNull(threads.get()).newThread(task))
					.build();
				threads.compareAndSet(null, readers(parksVirtualThreads(server)));
				return new NamedPipeServer(this, events, server);
			}
			finally {
				this.pipe.listener(listener).threadFactory(threadFactory);
			}
		}

	}

}
