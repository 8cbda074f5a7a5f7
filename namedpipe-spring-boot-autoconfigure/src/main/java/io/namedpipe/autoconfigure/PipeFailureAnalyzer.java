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

package io.namedpipe.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

import io.namedpipe.PipeException;
import io.namedpipe.PipeNameInUseException;
import io.namedpipe.PipeNameInUseException.Owner;
import io.namedpipe.autoconfigure.NamedPipeProperties.Access;
import io.namedpipe.autoconfigure.NamedPipeProperties.Rule;
import io.namedpipe.autoconfigure.NamedPipeProperties.Server;
import io.namedpipe.integration.NamedPipeStartException;
import io.namedpipe.transport.Setting;
import io.namedpipe.transport.TransportException.Reason;

/**
 * Says which entry cannot be started, why, and which of its properties to look at.
 */
class PipeFailureAnalyzer extends AbstractFailureAnalyzer<PipeException> {

	private static final String JNA = "net.java.dev.jna:jna";

	private final @Nullable Environment environment;

	PipeFailureAnalyzer(@Nullable Environment environment) {
		this.environment = environment;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, PipeException cause) {
		PropertyPath path = path(rootFailure).orElse(null);
		if (path == null) {
			return null;
		}
		return new FailureAnalysis(
				"The pipe of '%s' could not be started:%n%n    %s".formatted(path.prefix(), cause.getMessage()),
				action(path, cause), cause);
	}

	private String action(PropertyPath path, PipeException cause) {
		if (cause.getReason() == Reason.MISSING_LIBRARY) {
			return ("Add the dependency '%s' to the application, or depend on namedpipe-spring-boot-starter, "
					+ "which brings it.")
				.formatted(JNA);
		}
		return (path.prefix().startsWith("namedpipe.process.")) ? processAction(path, cause) : pipeAction(path, cause);
	}

	private String pipeAction(PropertyPath path, PipeException cause) {
		return switch (cause.getReason()) {
			case INVALID_NAME ->
				"Correct '%s'.".formatted(path.name(cause.getSetting().map(Setting::name).orElse("pipe-name")));
			case NAME_IN_USE -> nameInUseAction(path.name("pipe-name"), cause);
			case UNUSABLE_FOLDER ->
				("Create the folder or change its permissions, or use another one with 'namedpipe.directory', or a "
						+ "rooted path in '%s'.")
					.formatted(path.name("pipe-name"));
			case INVALID_ACCESS -> "Correct '%s'.".formatted(accessProperty(path, cause.getSetting().orElse(null)));
			case ACCESS_DENIED ->
				("Have the server let this user in, run as another user, or correct '%s' if another pipe is meant.")
					.formatted(path.name("pipe-name"));
			case UNTRUSTED_SERVER ->
				"Find out who serves the pipe, or correct '%s'.".formatted(path.name("verify-server-user"));
			case MODE_MISMATCH -> "Set '%s' to that of the other end.".formatted(path.name("transmission-mode"));
			case TIMEOUT, NO_SERVER ->
				("Start the server, correct '%s', give it more time with '%s', or set '%s' to 'retry' to have the "
						+ "application start without it.")
					.formatted(path.name("pipe-name"), path.name("connect-timeout"), path.name("startup-failure"));
			case RESOURCE_LIMIT -> "Free what is not needed, or raise the limit of the system.";
			default -> generalAction(path);
		};
	}

	private static String nameInUseAction(String property, PipeException cause) {
		Owner owner = (cause instanceof PipeNameInUseException inUse) ? inUse.getOwner() : Owner.OTHER;
		return switch (owner) {
			case SAME_CONTEXT -> "Give one of the two another name with '%s'.".formatted(property);
			case OTHER_CONTEXT ->
				("Close the other context first, or give this pipe another name with '%s'. In tests, whose contexts live on in a cache, that can be a random one: '%1$s=test-${random.uuid}'.")
					.formatted(property);
			case OTHER, THIS_PROCESS ->
				"Stop whoever has the name, or give this pipe another one with '%s'.".formatted(property);
		};
	}

	private static String processAction(PropertyPath path, PipeException cause) {
		return switch (cause.getReason()) {
			case NO_SERVER, ACCESS_DENIED -> "Correct '%s', or install the program.".formatted(path.name("command"));
			case UNUSABLE_FOLDER -> "Create the folder, or correct '%s'.".formatted(path.name("working-directory"));
			default -> generalAction(path);
		};
	}

	private static String generalAction(PropertyPath path) {
		return "Correct the properties below '%s'.".formatted(path.prefix());
	}

	private String accessProperty(PropertyPath path, @Nullable Setting setting) {
		Server server = server(path);
		if (server == null) {
			return path.name("verify-server-user");
		}
		Access access = server.getAccess();
		PropertyPath accessPath = path.child("access");
		return rule(accessPath, "allow", access.getAllow(), setting)
			.or(() -> rule(accessPath, "deny", access.getDeny(), setting))
			.orElseGet(() -> (access.getSddl() != null) ? accessPath.name("sddl") : accessPath.prefix());
	}

	private static Optional<String> rule(PropertyPath path, String property, List<Rule> rules,
			@Nullable Setting setting) {
		return IntStream.range(0, rules.size())
			.filter((i) -> setting != null && setting.value().equals(rules.get(i).getPrincipal()))
			.mapToObj((i) -> path.child(property, i).name("principal"))
			.findFirst();
	}

	private @Nullable Server server(PropertyPath path) {
		if (this.environment == null) {
			return null;
		}
		return NamedPipeProperties.from(this.environment)
			.getServer()
			.entrySet()
			.stream()
			.filter((entry) -> PropertyPath.server(entry.getKey()).equals(path))
			.map(Map.Entry::getValue)
			.findFirst()
			.orElse(null);
	}

	/**
	 * The entry, named by the exception or by the bean that did not start.
	 */
	private Optional<PropertyPath> path(Throwable rootFailure) {
		for (Throwable failure = rootFailure; failure != null; failure = failure.getCause()) {
			if (failure instanceof PipeStartException start) {
				return Optional.of(start.getPath());
			}
			if (failure instanceof NamedPipeStartException start && this.environment != null) {
				return start.getBeanName().flatMap(this::path);
			}
		}
		return Optional.empty();
	}

	private Optional<PropertyPath> path(String beanName) {
		NamedPipeProperties properties = NamedPipeProperties.from(Objects.requireNonNull(this.environment));
		return find(properties.getServer(), NamedPipeBeanNames::server, PropertyPath::server, beanName)
			.or(() -> find(properties.getClient(), NamedPipeBeanNames::client, PropertyPath::client, beanName))
			.or(() -> find(properties.getProcess(), NamedPipeBeanNames::process, PropertyPath::process, beanName));
	}

	private static Optional<PropertyPath> find(Map<String, ?> entries, Function<String, String> toBeanName,
			Function<String, PropertyPath> toPath, String beanName) {
		return entries.keySet()
			.stream()
			.filter((name) -> toBeanName.apply(name).equals(beanName))
			.map(toPath)
			.findFirst();
	}

}
