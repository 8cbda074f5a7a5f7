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

package io.namedpipe.testsupport;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.opentest4j.TestAbortedException;
import org.testcontainers.DockerClientFactory;

/**
 * Something a test needs that is not on every machine. Where it is missing the test is
 * skipped with a reason, unless {@code -D<name>.required=true} makes that a failure.
 */
public enum Requirement {

	/** The tests run as root, to become other users. */
	ROOT(() -> isRoot() ? Optional.empty() : Optional.of("the tests do not run as root")),

	/** An engine that runs containers. */
	DOCKER(() -> DockerClientFactory.instance().isDockerAvailable() ? Optional.empty()
			: Optional.of("no Docker engine answers")),

	/** Wine, and what sets up a JVM for Windows in it. */
	WINDOWS_JVM(() -> missing("wine64", "x86_64-w64-mingw32-gcc", "unzip")),

	/** The languages of the clients that talk to us. */
	CLIENTS(() -> missing("python3", "node", "gcc", "mcs"));

	/** Debian keeps the commands of Wine beside the path. */
	private static final List<String> FOLDERS = Stream
		.concat(Pattern.compile(File.pathSeparator, Pattern.LITERAL)
			.splitAsStream(Optional.ofNullable(System.getenv("PATH")).orElse("")), Stream.of("/usr/lib/wine"))
		.toList();

	private final Supplier<Optional<String>> obstacle;

	Requirement(Supplier<Optional<String>> obstacle) {
		this.obstacle = obstacle;
	}

	/**
	 * The system property that turns skipping into failing.
	 * @return the name of the property
	 */
	public String property() {
		return name().toLowerCase().replace('_', '.') + ".required";
	}

	/**
	 * Why this requirement is not met.
	 * @return the reason, empty if it is met
	 */
	public Optional<String> obstacle() {
		return this.obstacle.get();
	}

	/**
	 * Aborts the running test if this requirement is not met, or fails it where it has to
	 * be met.
	 */
	public void orSkip() {
		obstacle().ifPresent((reason) -> {
			if (Boolean.getBoolean(property())) {
				throw new AssertionError(failure(reason));
			}
			throw new TestAbortedException(reason);
		});
	}

	String failure(String reason) {
		return "-D" + property() + "=true, but " + reason;
	}

	/**
	 * Says which commands are not on the path.
	 * @param commands the names of the commands
	 * @return the reason, empty if all are there
	 */
	static Optional<String> missing(String... commands) {
		List<String> missing = Stream.of(commands).filter((command) -> !isOnPath(command)).toList();
		return missing.isEmpty() ? Optional.empty() : Optional.of("not on the path: " + String.join(", ", missing));
	}

	public static boolean isOnPath(String command) {
		if (command.startsWith("/")) {
			return Files.isExecutable(Path.of(command));
		}
		return FOLDERS.stream()
			.flatMap((folder) -> Stream.of(Path.of(folder, command), Path.of(folder, command + ".exe")))
			.anyMatch(Files::isExecutable);
	}

	private static boolean isRoot() {
		try {
			return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
		}
		catch (IOException | UnsupportedOperationException ex) {
			return false;
		}
	}

}
