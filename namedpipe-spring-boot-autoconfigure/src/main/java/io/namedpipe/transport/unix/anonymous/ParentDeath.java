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

package io.namedpipe.transport.unix.anonymous;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.namedpipe.transport.ProcessIdentity;

/**
 * Has the kernel kill a child when this process ends, however that happens. A process can
 * ask for that for itself only, so that {@code setpriv} of util-linux does it before it
 * becomes the command. What the kernel takes for the parent is the thread that has
 * started the child: one thread, which does not end, starts all of them.
 */
final class ParentDeath {

	private static final Log logger = LogFactory.getLog(ParentDeath.class);

	private static final int PATIENCE_SECONDS = 10;

	private static final Executor starter = Executors.newSingleThreadExecutor((task) -> {
		Thread thread = new Thread(null, task, "namedpipe-children", 0, false);
		thread.setDaemon(true);
		thread.setContextClassLoader(null);
		return thread;
	});

	private ParentDeath() {
	}

	/**
	 * What the arguments of a command begin with.
	 * @return the launcher, or nothing where there is none
	 */
	static List<String> launcher() {
		return Launcher.command;
	}

	/**
	 * Starts a process. That takes no time to speak of, and an interrupt does not end it.
	 * @param command what to start
	 * @return the process
	 * @throws IOException if it cannot be started
	 */
	static Process start(ProcessBuilder command) throws IOException {
		try {
			return run(() -> startHere(command));
		}
		catch (CompletionException ex) {
			if (ex.getCause() instanceof UncheckedIOException unchecked) {
				throw unchecked.getCause();
			}
			throw new IOException(String.valueOf(ex.getCause()), ex.getCause());
		}
	}

	private static <T> T run(Supplier<T> task) {
		// a thread that runs as a client would pass that on to the one that it creates
		return ProcessIdentity.call(() -> CompletableFuture.supplyAsync(task, starter)).join();
	}

	private static Process startHere(ProcessBuilder command) {
		try {
			return command.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	// Not by onExit(), which the common pool tells, and that may be busy. Not in
	// Launcher,
	// which is being initialized and would keep the other thread waiting
	private static boolean works(List<String> launcher) {
		return run(() -> {
			try {
				Process process = new ProcessBuilder(Stream.concat(launcher.stream(), Stream.of("true")).toList())
					.redirectErrorStream(true)
					.redirectOutput(Redirect.DISCARD)
					.start();
				return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
			}
			catch (IOException | InterruptedException ex) {
				logger.debug("No setpriv: " + ex);
				return false;
			}
		});
	}

	/**
	 * Looked for when the first child starts.
	 */
	private static final class Launcher {

		private static final List<String> command = find();

		private static List<String> find() {
			String path = Objects.requireNonNullElse(System.getenv("PATH"), "") + ":/usr/bin:/bin";
			List<String> found = Stream.of(path.split(":"))
				.filter((folder) -> !folder.isEmpty())
				.map((folder) -> Path.of(folder).resolve("setpriv"))
				.filter(Files::isExecutable)
				.findFirst()
				.map((program) -> List.of(program.toString(), "--pdeathsig", "KILL", "--"))
				.filter(ParentDeath::works)
				.orElse(List.of());
			if (found.isEmpty()) {
				logger.warn("There is no setpriv of util-linux 2.33 or later on the path: a child process that does "
						+ "not end with its input outlives this one if that is killed");
			}
			return found;
		}

	}

}
