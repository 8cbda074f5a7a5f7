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

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.ApplicationContextException;
import org.springframework.core.env.Environment;

import io.namedpipe.InvalidPipeAccessException;
import io.namedpipe.InvalidPipeNameException;
import io.namedpipe.PipeAccessDeniedException;
import io.namedpipe.PipeException;
import io.namedpipe.PipeFolderException;
import io.namedpipe.PipeModeMismatchException;
import io.namedpipe.PipeNameInUseException;
import io.namedpipe.PipeNotFoundException;
import io.namedpipe.PipeResourceException;
import io.namedpipe.PipeServerUserException;
import io.namedpipe.PipeTimeoutException;
import io.namedpipe.PipeUnsupportedException;
import io.namedpipe.autoconfigure.NamedPipeProperties.Rule;
import io.namedpipe.autoconfigure.NamedPipeProperties.Server;
import io.namedpipe.integration.PipeNameInUseByBeanException;

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
		if (cause instanceof PipeUnsupportedException && String.valueOf(cause.getMessage()).contains(JNA)) {
			return ("Add the dependency '%s' to the application, or depend on namedpipe-spring-boot-starter, "
					+ "which brings it.")
				.formatted(JNA);
		}
		if (path.prefix().startsWith("namedpipe.process.")) {
			return processAction(path, cause);
		}
		if (cause instanceof InvalidPipeNameException) {
			return "Correct '%s'.".formatted(path.name("handle"));
		}
		if (cause instanceof PipeNameInUseByBeanException own) {
			return ownNameAction(path.name("pipe-name"), own.isSameContext());
		}
		if (cause instanceof PipeNameInUseException) {
			return "Stop whoever has the name, or give this pipe another one with '%s'."
				.formatted(path.name("pipe-name"));
		}
		if (cause instanceof PipeFolderException) {
			return ("Create the folder or change its permissions, or use another one with 'namedpipe.directory', or a "
					+ "rooted path in '%s'.")
				.formatted(path.name("pipe-name"));
		}
		if (cause instanceof InvalidPipeAccessException) {
			return "Correct '%s'.".formatted(accessProperty(path, String.valueOf(cause.getMessage())));
		}
		if (cause instanceof PipeAccessDeniedException) {
			return ("Have the server let this user in, run as another user, or correct '%s' if another pipe is meant.")
				.formatted(path.name("pipe-name"));
		}
		if (cause instanceof PipeServerUserException) {
			return "Find out who serves the pipe, or correct '%s'.".formatted(path.name("verify-server-user"));
		}
		if (cause instanceof PipeModeMismatchException) {
			return "Set '%s' to that of the other end.".formatted(path.name("transmission-mode"));
		}
		if (cause instanceof PipeTimeoutException || cause instanceof PipeNotFoundException) {
			return ("Start the server, correct '%s', give it more time with '%s', or set '%s' to 'retry' to have the "
					+ "application start without it.")
				.formatted(path.name("pipe-name"), path.name("connect-timeout"), path.name("startup-failure"));
		}
		if (cause instanceof PipeResourceException) {
			return "Free what is not needed, or raise the limit of the system.";
		}
		return "Correct the properties below '%s'.".formatted(path.prefix());
	}

	private static String ownNameAction(String property, boolean sameContext) {
		if (sameContext) {
			return "Give one of the two another name with '%s'.".formatted(property);
		}
		return ("Close the other context first, or give this pipe another name with '%s'. In tests, whose contexts live on in a cache, that can be a random one: '%1$s=test-${random.uuid}'.")
			.formatted(property);
	}

	private static String processAction(PropertyPath path, PipeException cause) {
		if (cause instanceof PipeNotFoundException || cause instanceof PipeAccessDeniedException) {
			return "Correct '%s', or install the program.".formatted(path.name("command"));
		}
		if (cause instanceof PipeFolderException) {
			return "Create the folder, or correct '%s'.".formatted(path.name("working-directory"));
		}
		return "Correct the properties below '%s'.".formatted(path.prefix());
	}

	private String accessProperty(PropertyPath path, String message) {
		Server server = server(path);
		List<String> properties = new ArrayList<>();
		if (server != null) {
			addRules(properties, path.child("access"), "allow", server.getAccess().getAllow(), message);
			addRules(properties, path.child("access"), "deny", server.getAccess().getDeny(), message);
			if (server.getAccess().getSddl() != null) {
				properties.add(path.name("access.sddl"));
			}
		}
		else {
			properties.add(path.name("verify-server-user"));
		}
		return (!properties.isEmpty()) ? properties.get(0) : path.name("access");
	}

	private static void addRules(List<String> properties, PropertyPath path, String property, List<Rule> rules,
			String message) {
		for (int i = 0; i < rules.size(); i++) {
			if (message.contains("'" + rules.get(i).getPrincipal() + "'")) {
				properties.add(path.child(property, i).name("principal"));
			}
		}
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
	 * The entry, told by the exception or by the name of the bean that did not start.
	 */
	private Optional<PropertyPath> path(Throwable rootFailure) {
		for (Throwable failure = rootFailure; failure != null; failure = failure.getCause()) {
			if (failure instanceof PipeStartException start) {
				return Optional.of(start.getPath());
			}
			if (failure instanceof ApplicationContextException && this.environment != null) {
				Optional<PropertyPath> path = path(String.valueOf(failure.getMessage()), this.environment);
				if (path.isPresent()) {
					return path;
				}
			}
		}
		return Optional.empty();
	}

	private static Optional<PropertyPath> path(String message, Environment environment) {
		NamedPipeProperties properties = NamedPipeProperties.from(environment);
		Predicate<String> isBean = (bean) -> message.contains("'" + bean + "'");
		return find(properties.getServer(), NamedPipeBeanNames::server, PropertyPath::server, isBean)
			.or(() -> find(properties.getClient(), NamedPipeBeanNames::client, PropertyPath::client, isBean))
			.or(() -> find(properties.getProcess(), NamedPipeBeanNames::process, PropertyPath::process, isBean));
	}

	private static Optional<PropertyPath> find(Map<String, ?> entries, Function<String, String> beanName,
			Function<String, PropertyPath> path, Predicate<String> isBean) {
		return entries.keySet().stream().filter((name) -> isBean.test(beanName.apply(name))).map(path).findFirst();
	}

}
