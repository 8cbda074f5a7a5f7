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

package io.namedpipe.sample;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A program in another language that looks for pipes in a folder, as told by
 * {@code TMPDIR}. Closing it kills it.
 */
public final class Program implements AutoCloseable {

	private static final long TIMEOUT_SECONDS = 60;

	private static final Path CLIENTS = Path.of("clients").toAbsolutePath();

	private final Process process;

	private Program(Process process) {
		this.process = process;
	}

	/**
	 * Starts a program among the clients of the sample.
	 * @param folder where the pipes are
	 * @param command the command, run in the folder of the clients
	 * @return the program
	 * @throws IOException if it cannot be started
	 */
	public static Program start(Path folder, String... command) throws IOException {
		ProcessBuilder builder = new ProcessBuilder(command).directory(CLIENTS.toFile()).redirectErrorStream(true);
		builder.environment().put("TMPDIR", folder.toString());
		builder.environment().put("PYTHONUNBUFFERED", "1");
		return new Program(builder.start());
	}

	/**
	 * Runs a program to its end, which has to be a good one.
	 * @param folder where the pipes are
	 * @param command the command, run in the folder of the clients
	 * @return what it printed
	 * @throws Exception if it cannot be run
	 */
	public static String run(Path folder, String... command) throws Exception {
		try (Program program = start(folder, command)) {
			String output = program.output();
			assertThat(program.exitValue()).as(String.join(" ", command) + ":\n" + output).isZero();
			return output;
		}
	}

	/**
	 * Waits for the end.
	 * @return what it printed
	 */
	public String output() {
		// a program that hangs is killed, which ends its output
		Process watched = this.process;
		watched.onExit().orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).exceptionally((timeout) -> {
			watched.destroyForcibly();
			return watched;
		});
		return String.join("\n", lines());
	}

	private List<String> lines() {
		return this.process.inputReader(StandardCharsets.UTF_8).lines().toList();
	}

	/**
	 * Reads the next line that the program prints.
	 * @return the line
	 * @throws IOException if it cannot be read
	 */
	public String nextLine() throws IOException {
		return Objects.requireNonNull(this.process.inputReader(StandardCharsets.UTF_8).readLine(), "It has ended");
	}

	/**
	 * How it ended.
	 * @return the exit value
	 * @throws InterruptedException if interrupted
	 */
	public int exitValue() throws InterruptedException {
		return this.process.waitFor();
	}

	/**
	 * The process itself.
	 * @return the process
	 */
	public Process process() {
		return this.process;
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
		this.process.onExit().join();
	}

}
