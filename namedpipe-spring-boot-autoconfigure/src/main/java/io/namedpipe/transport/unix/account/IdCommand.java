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

package io.namedpipe.transport.unix.account;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * {@code id(1)}, called by its full path and waited for a short time only.
 */
final class IdCommand {

	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	private static final Pattern NUMBERS = Pattern.compile("\\d+(\\s+\\d+)*");

	// of GNU and BSD, and of BusyBox
	private static final Pattern UNKNOWN = Pattern
		.compile("(no such user|unknown user .*?)(: No such (file or directory|process))?$");

	private static final @Nullable String PATH = find("/usr/bin/id", "/bin/id");

	private IdCommand() {
	}

	static boolean isThere() {
		return PATH != null;
	}

	/**
	 * Runs the command.
	 * @param arguments an option and its arguments
	 * @return the numbers it prints, or {@code null} if it knows no such user
	 * @throws IOException if it cannot be run, or could not find out: a directory server
	 * that does not answer is not to be taken for an answer
	 */
	static @Nullable String run(String... arguments) throws IOException {
		if (PATH == null) {
			throw new IOException("There is no id command");
		}
		List<String> command = new ArrayList<>(List.of(PATH));
		command.addAll(List.of(arguments));
		command.add(2, "--");
		ProcessBuilder builder = new ProcessBuilder(command);
		builder.environment().put("LC_ALL", "C");
		Process process = builder.start();
		try {
			process.getOutputStream().close();
			if (!process.waitFor(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
				throw new IOException(String.join(" ", command) + " takes too long");
			}
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).trim();
			if (process.exitValue() == 0 && NUMBERS.matcher(output).matches()) {
				return output;
			}
			String complaint = new String(process.getErrorStream().readAllBytes(), StandardCharsets.US_ASCII).trim();
			if (UNKNOWN.matcher(complaint).find()) {
				return null;
			}
			throw new IOException(String.join(" ", command) + " failed: " + complaint);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException("Interrupted while waiting for " + String.join(" ", command));
		}
		finally {
			process.destroyForcibly();
		}
	}

	static @Nullable String runOrNull(String... arguments) {
		try {
			return run(arguments);
		}
		catch (IOException ex) {
			return null;
		}
	}

	private static @Nullable String find(String... candidates) {
		return Arrays.stream(candidates)
			.filter((candidate) -> Files.isExecutable(Path.of(candidate)))
			.findFirst()
			.orElse(null);
	}

}
