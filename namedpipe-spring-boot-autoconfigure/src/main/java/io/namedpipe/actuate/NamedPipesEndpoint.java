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

package io.namedpipe.actuate;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

import io.namedpipe.CloseReason;
import io.namedpipe.DropReason;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeErrorType;
import io.namedpipe.PipeException;
import io.namedpipe.PipePeer;
import io.namedpipe.PipeStatistics;
import io.namedpipe.RejectReason;
import io.namedpipe.integration.NamedPipeOperations;
import io.namedpipe.integration.NamedPipeOperations.Status;

/**
 * Endpoint that lists pipes and their connections, stops and starts a pipe, and
 * disconnects a peer. Only reading is permitted by default, and who is connected is shown
 * only where that is configured.
 */
@Endpoint(id = "namedpipes", defaultAccess = Access.READ_ONLY)
public class NamedPipesEndpoint {

	private final Supplier<? extends Collection<? extends NamedPipeOperations>> pipes;

	private final Show showValues;

	/**
	 * Creates the endpoint.
	 * @param pipes gives the pipes that there are at the moment
	 * @param showValues whether the users of peers and the arguments of processes are
	 * shown
	 */
	public NamedPipesEndpoint(Supplier<? extends Collection<? extends NamedPipeOperations>> pipes, Show showValues) {
		this.pipes = pipes;
		this.showValues = showValues;
	}

	/**
	 * Lists the pipes.
	 * @return the pipes by logical name
	 */
	@ReadOperation
	public PipesDescriptor pipes() {
		return pipes(this.showValues.isShown(true));
	}

	PipesDescriptor pipes(boolean showAll) {
		Map<String, PipeDescriptor> descriptors = new TreeMap<>();
		this.pipes.get().forEach((pipe) -> descriptors.put(pipe.getName(), PipeDescriptor.of(pipe, showAll)));
		return new PipesDescriptor(descriptors);
	}

	/**
	 * Shows one pipe and its connections.
	 * @param name the logical name
	 * @return the pipe, or {@code null} if there is none of that name
	 */
	@ReadOperation
	public @Nullable PipeWithConnectionsDescriptor pipe(@Selector String name) {
		return pipe(name, this.showValues.isShown(true));
	}

	@Nullable PipeWithConnectionsDescriptor pipe(String name, boolean showUsers) {
		return find(name).map((pipe) -> PipeWithConnectionsDescriptor.of(pipe, showUsers)).orElse(null);
	}

	/**
	 * Stops or starts a pipe.
	 * @param name the logical name
	 * @param action what to do
	 * @return the pipe afterwards, or {@code null} if there is none of that name
	 */
	@WriteOperation
	public @Nullable PipeDescriptor change(@Selector String name, Action action) {
		return change(name, action, this.showValues.isShown(true));
	}

	@Nullable PipeDescriptor change(String name, Action action, boolean showAll) {
		return find(name).map((pipe) -> change(pipe, action, showAll)).orElse(null);
	}

	private PipeDescriptor change(NamedPipeOperations pipe, Action action, boolean showAll) {
		try {
			switch (action) {
				case START -> pipe.start();
				case STOP -> pipe.stop();
			}
		}
		catch (RuntimeException ex) {
			throw new InvalidEndpointRequestException(
					"Failed to %s '%s'".formatted(action.name().toLowerCase(Locale.ROOT), pipe.getName()), message(ex),
					ex);
		}
		return PipeDescriptor.of(pipe, showAll);
	}

	/**
	 * Disconnects a peer.
	 * @param name the logical name of the pipe
	 * @param connection the id of the connection
	 * @return the connection as it was, or {@code null} if there is none
	 */
	@DeleteOperation
	public @Nullable ConnectionDescriptor disconnect(@Selector String name, @Selector String connection) {
		return disconnect(name, connection, this.showValues.isShown(true));
	}

	@Nullable ConnectionDescriptor disconnect(String name, String id, boolean showUsers) {
		Optional<? extends NamedPipeOperations> pipe = find(name);
		return pipe
			.flatMap((owner) -> owner.connections()
				.stream()
				.filter((connection) -> connection.id().equals(id))
				.findFirst()
				.map((connection) -> disconnect(owner, connection, showUsers)))
			.orElse(null);
	}

	private ConnectionDescriptor disconnect(NamedPipeOperations pipe, PipeConnection connection, boolean showUsers) {
		ConnectionDescriptor descriptor = ConnectionDescriptor.of(pipe, connection, showUsers);
		connection.close(CloseReason.OPERATOR);
		return descriptor;
	}

	private Optional<? extends NamedPipeOperations> find(String name) {
		return this.pipes.get().stream().filter((pipe) -> pipe.getName().equals(name)).findFirst();
	}

	private static String message(Throwable failure) {
		Throwable cause = failure;
		// its message is made for people, those of its causes are not
		while (cause.getCause() != null && !(cause instanceof PipeException)) {
			cause = cause.getCause();
		}
		return (cause.getMessage() != null) ? cause.getMessage() : cause.toString();
	}

	private static <E> Map<String, Long> counts(E[] constants, Function<E, String> tag, ToLongFunction<E> count) {
		Map<String, Long> counts = new TreeMap<>();
		for (E constant : constants) {
			long value = count.applyAsLong(constant);
			if (value != 0) {
				counts.put(tag.apply(constant), value);
			}
		}
		return counts;
	}

	/**
	 * What can be done to a pipe.
	 */
	public enum Action {

		/** Start it. */
		START,

		/** Stop it gracefully. */
		STOP

	}

	/**
	 * All pipes.
	 *
	 * @param pipes the pipes by logical name
	 */
	public record PipesDescriptor(Map<String, PipeDescriptor> pipes) implements OperationResponseBody {
	}

	/**
	 * A pipe.
	 *
	 * @param role server, client or process
	 * @param state new, running, paused or stopped
	 * @param fault why it does not do its work although it is running, or why it stopped
	 * by itself, or {@code null}
	 * @param address the path, the full pipe name or the program
	 * @param details what else there is to say about its state, as of a process its id
	 * and how often it was started again, or {@code null}
	 * @param settings what is configured, by the name of the property; what may be secret
	 * is shown to whom values are
	 * @param totals what was counted over all connections
	 */
	public record PipeDescriptor(String role, String state, @Nullable String fault, String address,
			@Nullable Map<String, Object> details, Map<String, Object> settings,
			Totals totals) implements OperationResponseBody {

		static PipeDescriptor of(NamedPipeOperations pipe, boolean showAll) {
			Map<String, Object> settings = new TreeMap<>(pipe.settings());
			pipe.sensitiveSettings()
				.forEach((name, value) -> settings.put(name, (showAll) ? value : SanitizableData.SANITIZED_VALUE));
			return new PipeDescriptor(pipe.role().tag(), state(pipe),
					pipe.fault().map(NamedPipesEndpoint::message).orElse(null), pipe.address(),
					pipe.details().isEmpty() ? null : new TreeMap<>(pipe.details()), settings, Totals.of(pipe));
		}

		private static String state(NamedPipeOperations pipe) {
			Status status = pipe.status();
			return (status == Status.RUNNING && pipe.isPaused()) ? "paused" : status.tag();
		}

	}

	/**
	 * A pipe and its connections.
	 *
	 * @param pipe the pipe
	 * @param connections the connections that are open, oldest first
	 */
	public record PipeWithConnectionsDescriptor(PipeDescriptor pipe,
			List<ConnectionDescriptor> connections) implements OperationResponseBody {

		static PipeWithConnectionsDescriptor of(NamedPipeOperations pipe, boolean showUsers) {
			return new PipeWithConnectionsDescriptor(PipeDescriptor.of(pipe, showUsers),
					pipe.connections()
						.stream()
						.map((connection) -> ConnectionDescriptor.of(pipe, connection, showUsers))
						.sorted((first, second) -> first.since().compareTo(second.since()))
						.toList());
		}

	}

	/**
	 * What was counted since the application was started. Reasons and types that did not
	 * occur are left out.
	 *
	 * @param connections connections open now
	 * @param maxConnections the most connections that were open at once
	 * @param accepted connections opened
	 * @param rejected peers turned away, by reason
	 * @param closed connections closed, by reason
	 * @param bytesIn bytes read
	 * @param bytesOut bytes written
	 * @param messagesIn messages read
	 * @param messagesOut messages written
	 * @param dropped messages dropped, by reason
	 * @param errors errors, by type
	 * @param queue messages waiting to be written
	 */
	public record Totals(int connections, int maxConnections, long accepted, Map<String, Long> rejected,
			Map<String, Long> closed, long bytesIn, long bytesOut, long messagesIn, long messagesOut,
			Map<String, Long> dropped, Map<String, Long> errors, int queue) {

		static Totals of(NamedPipeOperations pipe) {
			PipeStatistics statistics = pipe.statistics();
			return new Totals(statistics.current(), statistics.max(), statistics.accepted(),
					counts(RejectReason.values(), RejectReason::tag, statistics::rejected),
					counts(CloseReason.values(), CloseReason::tag, statistics::closed), statistics.bytesIn(),
					statistics.bytesOut(), statistics.messagesIn(), statistics.messagesOut(),
					counts(DropReason.values(), DropReason::tag, statistics::dropped),
					counts(PipeErrorType.values(), PipeErrorType::tag, statistics::errors), pipe.queueSize());
		}

	}

	/**
	 * A connection.
	 *
	 * @param id its id
	 * @param user the peer's user, {@code null} where not known
	 * @param userId the id of the peer's user, {@code null} where not known
	 * @param processId the peer's process, {@code null} where not known
	 * @param since when it was opened
	 * @param bytesIn bytes read
	 * @param bytesOut bytes written
	 * @param messagesIn messages read
	 * @param messagesOut messages written
	 * @param queue messages waiting to be written
	 */
	public record ConnectionDescriptor(String id, @Nullable String user, @Nullable String userId,
			@Nullable Long processId, Instant since, long bytesIn, long bytesOut, long messagesIn, long messagesOut,
			int queue) implements OperationResponseBody {

		static ConnectionDescriptor of(NamedPipeOperations pipe, PipeConnection connection, boolean showUsers) {
			PipePeer peer = connection.peer();
			return new ConnectionDescriptor(connection.id(), sanitize(peer.user(), showUsers),
					sanitize(peer.userId(), showUsers),
					(peer.processId().isPresent()) ? peer.processId().getAsLong() : null, connection.openedAt(),
					connection.statistics().bytesIn(), connection.statistics().bytesOut(),
					connection.statistics().messagesIn(), connection.statistics().messagesOut(),
					pipe.queueSize(connection));
		}

		private static @Nullable String sanitize(Optional<String> value, boolean show) {
			return value.map((text) -> (show) ? text : SanitizableData.SANITIZED_VALUE).orElse(null);
		}

	}

}
