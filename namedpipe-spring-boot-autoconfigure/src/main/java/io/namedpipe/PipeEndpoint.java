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
import java.util.Collection;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * One end of a pipe: what servers, clients and processes have in common. It owns its
 * connections. All methods may be called by any thread.
 */
public abstract sealed class PipeEndpoint implements AutoCloseable permits PipeServer, PipeClient, PipeProcess {

	private final PipeSettings settings;

	private final ConnectionRegistry registry;

	PipeEndpoint(PipeSettings settings, String address) {
		this.settings = settings;
		this.registry = new ConnectionRegistry(settings, address);
	}

	final PipeSettings settings() {
		return this.settings;
	}

	final ConnectionRegistry registry() {
		return this.registry;
	}

	/**
	 * The name as configured.
	 * @return the name
	 */
	public final String pipeName() {
		return this.settings.pipeName();
	}

	/**
	 * The path or full pipe name, or the command line of a process.
	 * @return the address
	 */
	public final String address() {
		return this.registry.address();
	}

	/**
	 * The connections that are open.
	 * @return a snapshot
	 */
	public final Collection<PipeConnection> connections() {
		return this.registry.connections();
	}

	/**
	 * Finds an open connection.
	 * @param id its id
	 * @return the connection, or empty if there is none with that id
	 */
	public final Optional<PipeConnection> connection(String id) {
		return this.registry.connection(id);
	}

	/**
	 * Whether message boundaries are kept.
	 * @return the mode
	 */
	public final TransmissionMode transmissionMode() {
		return this.settings.transmissionMode();
	}

	/**
	 * The direction as this end sees it.
	 * @return the direction
	 */
	public final PipeDirection direction() {
		return this.settings.direction();
	}

	/**
	 * The kind of pipe.
	 * @return the kind
	 */
	public final PipeType type() {
		return this.settings.type();
	}

	/**
	 * The largest message in either direction.
	 * @return the size in bytes
	 */
	public final int maxMessageSize() {
		return this.settings.maxMessageSize();
	}

	/**
	 * The bound of a graceful stop.
	 * @return the time
	 */
	public final Duration drainTimeout() {
		return this.settings.drainTimeout();
	}

	/**
	 * Totals over all connections.
	 * @return the live counters
	 */
	public final PipeStatistics statistics() {
		return this.registry.statistics();
	}

	/**
	 * Tells the {@link PipeListener} of a failure, and counts it. For framing and
	 * conversations on top of this.
	 * @param type what kind of failure
	 * @param connection the connection that it happened on, or {@code null}
	 * @param failure the failure
	 */
	public final void reportFailure(PipeErrorType type, @Nullable PipeConnection connection, Throwable failure) {
		this.registry.notifier().failed(type, connection, failure);
	}

	/**
	 * Lets the conversation that the calling thread is in end by itself, if it is one of
	 * these connections: a stop does not wait for it from now on. A {@code stop()} does
	 * this; to be called before waiting for a stop of another thread.
	 */
	public final void excuseCaller() {
		this.registry.excuseCaller();
	}

	/**
	 * Closes all connections, and what they come from.
	 */
	@Override
	public abstract void close();

}
