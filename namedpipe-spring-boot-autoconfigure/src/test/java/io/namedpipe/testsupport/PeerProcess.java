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

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A process in another language at the other end of a pipe: a script or program from
 * {@code io/namedpipe/peers}, or a shell command. It takes lines and prints lines.
 * Closing it kills it, and so does a time limit: who waits for a peer that waits for us
 * fails rather than hangs.
 */
public final class PeerProcess implements AutoCloseable {

	private static final long TIMEOUT_SECONDS = 40;

	private final Process process;

	private final BufferedReader reader;

	private final PrintStream writer;

	private PeerProcess(Process process) {
		this.process = process;
		CompletableFuture.delayedExecutor(TIMEOUT_SECONDS, TimeUnit.SECONDS).execute(this::kill);
		this.reader = process.inputReader(StandardCharsets.UTF_8);
		this.writer = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
	}

	/**
	 * Starts a command. What it prints on either stream can be read.
	 * @param command the command and its arguments
	 * @return the process
	 * @throws IOException if it cannot be started
	 */
	public static PeerProcess start(String... command) throws IOException {
		return new PeerProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
	}

	/**
	 * Starts a shell command.
	 * @param command the command line
	 * @return the process
	 * @throws IOException if it cannot be started
	 */
	public static PeerProcess shell(String command) throws IOException {
		return start("sh", "-c", command);
	}

	/**
	 * Starts a Python script.
	 * @param script the name of the script among the peers
	 * @param arguments its arguments
	 * @return the process
	 * @throws IOException if it cannot be started
	 */
	public static PeerProcess python(String script, String... arguments) throws IOException {
		return start(command(List.of("python3", file(script).toString()), arguments));
	}

	/**
	 * Compiles a C program and starts it.
	 * @param source the name of the source among the peers
	 * @param folder where the program goes
	 * @param arguments its arguments
	 * @return the process
	 * @throws IOException if it cannot be compiled or started
	 * @throws InterruptedException if interrupted
	 */
	public static PeerProcess c(String source, Path folder, String... arguments)
			throws IOException, InterruptedException {
		return start(command(List.of(compile(source, folder).toString()), arguments));
	}

	/**
	 * Compiles a C program.
	 * @param source the name of the source among the peers
	 * @param folder where the program goes
	 * @return the program
	 * @throws IOException if it cannot be compiled
	 * @throws InterruptedException if interrupted
	 */
	public static Path compile(String source, Path folder) throws IOException, InterruptedException {
		Path program = folder.resolve(source.replace(".c", ""));
		try (PeerProcess gcc = start("gcc", "-O1", "-Wall", "-Werror", "-o", program.toString(),
				file(source).toString())) {
			String output = gcc.output();
			if (gcc.process.exitValue() != 0) {
				throw new IOException("gcc: " + output);
			}
		}
		return program;
	}

	/**
	 * A file among the peers.
	 * @param name its name
	 * @return where it is
	 */
	public static Path file(String name) {
		URL url = Objects.requireNonNull(PeerProcess.class.getResource("/io/namedpipe/peers/" + name), name);
		try {
			return Path.of(url.toURI());
		}
		catch (URISyntaxException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String[] command(List<String> start, String... arguments) {
		List<String> command = new ArrayList<>(start);
		command.addAll(List.of(arguments));
		return command.toArray(new String[0]);
	}

	/**
	 * Sends a line to the process and reads the one that it answers with.
	 * @param line the line
	 * @return the answer
	 */
	public String ask(String line) {
		send(line);
		return nextLine();
	}

	/**
	 * Sends a line to the process.
	 * @param line the line
	 */
	public void send(String line) {
		this.writer.println(line);
	}

	/**
	 * Reads the next line that the process prints.
	 * @return the line
	 * @throws IllegalStateException if it has ended
	 */
	public String nextLine() {
		try {
			String line = this.reader.readLine();
			if (line == null) {
				throw new IllegalStateException("The process has ended");
			}
			return line;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Ends the input of the process and waits for its end.
	 * @return all that it printed
	 * @throws InterruptedException if interrupted
	 */
	public String output() throws InterruptedException {
		this.writer.close();
		List<String> lines = this.reader.lines().toList();
		if (!this.process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
			throw new IllegalStateException("The process does not end");
		}
		return String.join("\n", lines);
	}

	/**
	 * The process itself.
	 * @return the process
	 */
	public Process process() {
		return this.process;
	}

	/**
	 * Kills the process as {@code kill -9} does, and waits until it is gone.
	 */
	@Override
	public void close() {
		kill();
		this.process.onExit().join();
	}

	private void kill() {
		// the number of one that has ended may be another's
		if (!this.process.isAlive()) {
			return;
		}
		this.process.descendants().forEach(ProcessHandle::destroyForcibly);
		this.process.destroyForcibly();
	}

}
