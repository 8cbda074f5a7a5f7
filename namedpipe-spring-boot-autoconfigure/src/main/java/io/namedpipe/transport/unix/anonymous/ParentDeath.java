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
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Has the kernel kill a child when this process ends, however that happens. A process can
 * ask for that for itself only, so that {@code setpriv} of util-linux does it before it
 * becomes the command.
 */
final class ParentDeath {

	private static final Log logger = LogFactory.getLog(ParentDeath.class);

	private static final int PATIENCE_SECONDS = 10;

	private static final ChildStarter starter = new ChildStarter(Duration.ofSeconds(10));

	private static final ReentrantLock lock = new ReentrantLock();

	private static final AtomicReference<String> reported = new AtomicReference<>("");

	// which will never do, and why
	private static final Map<Path, String> unfit = new ConcurrentHashMap<>();

	private static volatile @Nullable Path program;

	/** Above are those of a process that has been killed, which says nothing of it. */
	private static final int HIGHEST_OWN_EXIT_CODE = 128;

	private ParentDeath() {
	}

	/**
	 * What the arguments of a command begin with. Looked for with each child until it is
	 * found: what was wrong may have been that the system was busy.
	 * @return the launcher, or nothing where there is none
	 */
	static List<String> launcher() {
		lock.lock();
		try {
			Path known = program;
			if (known == null || !Files.isExecutable(known)) {
				known = find();
				program = known;
			}
			return (known != null) ? command(known) : List.of();
		}
		finally {
			lock.unlock();
		}
	}

	/**
	 * The kernel reports no death that came before it was asked to, so that the child
	 * looks whether its parent is still there.
	 */
	private static List<String> command(Path setpriv) {
		String check = "[ \"$PPID\" -eq " + ProcessHandle.current().pid() + " ] || exit 1; exec \"$@\"";
		return List.of(setpriv.toString(), "--pdeathsig", "KILL", "--", "/bin/sh", "-c", check, "sh");
	}

	private static @Nullable Path find() {
		List<String> reasons = new ArrayList<>();
		for (Path candidate : candidates()) {
			String reason = unfit.get(candidate);
			if (reason == null) {
				reason = starter.run(() -> failure(candidate));
			}
			if (reason == null) {
				return candidate;
			}
			reasons.add(candidate + ": " + reason);
		}
		String why = (reasons.isEmpty()) ? "There is no setpriv of util-linux 2.33 or later on the path"
				: "No setpriv works (" + String.join("; ", reasons) + ")";
		String line = why + ": a child process that does not end with its input outlives this one if that is killed";
		if (line.equals(reported.getAndSet(line))) {
			logger.debug(line);
		}
		else {
			logger.warn(line);
		}
		return null;
	}

	private static List<Path> candidates() {
		String path = Objects.requireNonNullElse(System.getenv("PATH"), "") + ":/usr/bin:/bin";
		return Stream.of(path.split(":"))
			.filter((folder) -> !folder.isEmpty())
			.map((folder) -> Path.of(folder).resolve("setpriv"))
			.distinct()
			.filter(Files::isExecutable)
			.toList();
	}

	// Not by onExit(), which the common pool tells, and that may be busy
	private static @Nullable String failure(Path setpriv) {
		try {
			Process process = new ProcessBuilder(setpriv.toString(), "--pdeathsig", "KILL", "--", "true")
				.redirectErrorStream(true)
				.redirectOutput(Redirect.DISCARD)
				.start();
			if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
				process.destroyForcibly();
				return "it did not end within " + PATIENCE_SECONDS + " s";
			}
			if (process.exitValue() == 0) {
				return null;
			}
			String reason = "it cannot do that, exit code " + process.exitValue();
			if (process.exitValue() <= HIGHEST_OWN_EXIT_CODE) {
				unfit.put(setpriv, reason);
			}
			return reason;
		}
		catch (IOException | InterruptedException ex) {
			return String.valueOf(ex);
		}
	}

	/**
	 * Starts a process. That takes no time to speak of, and an interrupt does not end it.
	 * @param command what to start
	 * @return the process
	 * @throws IOException if it cannot be started
	 */
	static Process start(ProcessBuilder command) throws IOException {
		return starter.start(command);
	}

}
