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

package io.namedpipe.peers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A peer that runs. Closing it kills it, and so does a time limit: who waits for a peer
 * that waits for us fails rather than hangs. What it prints goes through a file, as Node
 * does not write to a pipe under Wine.
 */
final class PeerProgram implements AutoCloseable {

	private static final long TIMEOUT_SECONDS = 90;

	private final Process process;

	private final Path output;

	private List<String> lines = List.of();

	private int linesRead;

	private PeerProgram(Process process, Path output) {
		this.process = process;
		this.output = output;
		CompletableFuture.delayedExecutor(TIMEOUT_SECONDS, TimeUnit.SECONDS).execute(process::destroyForcibly);
	}

	/**
	 * Starts a peer.
	 * @param folder where the pipes are
	 * @param peer the peer
	 * @param arguments its role, the name of the pipe, what to do, and how
	 */
	static PeerProgram start(Path folder, Peer peer, String... arguments) throws IOException {
		return start(folder, List.of(), peer, arguments);
	}

	/**
	 * Starts a peer through a command, such as one that changes the user.
	 */
	static PeerProgram start(Path folder, List<String> launcher, Peer peer, String... arguments) throws IOException {
		List<String> command = new ArrayList<>(launcher);
		command.addAll(peer.command(arguments));
		return start(folder, command);
	}

	/**
	 * Starts any program as a peer.
	 */
	static PeerProgram start(Path folder, List<String> command) throws IOException {
		Path output = Files.createTempFile("peer", ".txt");
		// not when it is closed: Windows keeps the file for a moment longer than the
		// process
		output.toFile().deleteOnExit();
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
		builder.environment().putAll(environment(folder));
		return new PeerProgram(builder.start(), output);
	}

	/**
	 * The variables that peers take.
	 * @param folder where the pipes are
	 */
	static Map<String, String> environment(Path folder) {
		return Map.of("TMPDIR", folder.toString(), "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1",
				"COMPlus_EnableDiagnostics", "0", "NODE_SKIP_PLATFORM_CHECK", "1");
	}

	/**
	 * Starts a peer that serves, and waits until it does.
	 */
	static PeerProgram serving(Path folder, Peer peer, String... arguments) throws IOException {
		PeerProgram program = start(folder, peer, arguments);
		assertThat(program.nextLine()).isEqualTo("serving");
		return program;
	}

	/**
	 * Waits for the next line that the program prints.
	 * @return the line, {@code null} if the program has ended
	 */
	String nextLine() throws IOException {
		if (this.linesRead == this.lines.size()) {
			Awaitility.await()
				.pollDelay(Duration.ZERO)
				.atMost(TIMEOUT_SECONDS, TimeUnit.SECONDS)
				.until(() -> !this.process.isAlive() || completeLines().size() > this.linesRead);
			this.lines = completeLines();
		}
		return (this.linesRead < this.lines.size()) ? this.lines.get(this.linesRead++) : null;
	}

	private List<String> completeLines() throws IOException {
		String text = Files.readString(this.output, StandardCharsets.UTF_8);
		return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
	}

	/**
	 * Waits for the end of the program.
	 * @return what it printed
	 */
	String output() throws IOException {
		this.process.onExit().join();
		return String.join("\n", completeLines());
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
		this.process.onExit().join();
	}

}
