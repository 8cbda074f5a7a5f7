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

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import org.opentest4j.TestAbortedException;

import io.namedpipe.testsupport.Wine;

/**
 * A program in another language that is at the other end of our pipes: see
 * {@code src/test/peers/README.md}.
 */
enum Peer {

	/** {@code System.IO.Pipes}. */
	DOTNET(".NET Core 3.1", "dotnet", List.of("runtime/package/dotnet", "Peer.exe"),
			List.of("runtime/package/dotnet.exe", "Peer.exe")),

	/** {@code node:net}. */
	NODE("Node 20", "node", List.of("node", "peer.js"), List.of("package/bin/node.exe", "peer.js")),

	/** {@code net}, on Windows go-winio. */
	GO("Go", "go", List.of("peer"), List.of("peer.exe")),

	/** {@code asyncio}. */
	PYTHON("Python 3, asyncio", "python", List.of("/usr/bin/python3", "peer.py"), List.of()),

	/** {@code multiprocessing.connection}. */
	PYTHON_CONNECTION("Python 3, multiprocessing.connection", "python", List.of("/usr/bin/python3", "peer.py"),
			List.of(), "connection"),

	/** The calls of the system itself, on Windows with overlapped handles. */
	C("C", "c", List.of("peer"), List.of("peer.exe")),

	/** C with handles that are not overlapped. */
	C_SYNCHRONOUS("C, synchronous handles", "c", List.of(), List.of("peer.exe"), "synchronous"),

	/** The crate {@code interprocess}, on Windows {@code tokio}. */
	RUST("Rust", "rust", List.of("peer"), List.of("peer.exe")),

	/** junixsocket. */
	JAVA("Java, junixsocket", "java", List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
			"-XX:TieredStopAtLevel=1", "-cp", "{folder}:{folder}/lib/*", "Peer"), List.of());

	/** {@code -Dpeers.required=true} forbids to skip one that is not there. */
	static final String REQUIRED = "peers.required";

	private static final boolean WINDOWS = File.separatorChar == '\\';

	private static final Path FOLDER = Path.of("target", "peers", WINDOWS ? "windows" : "linux").toAbsolutePath();

	private static final Map<Peer, String> OBSTACLES = new ConcurrentHashMap<>();

	private final String label;

	private final String language;

	private final List<String> command;

	private final List<String> options;

	Peer(String label, String language, List<String> linux, List<String> windows, String... options) {
		this.label = label;
		this.language = language;
		this.command = (File.separatorChar == '/') ? linux : windows;
		this.options = List.of(options);
	}

	/**
	 * The peers that there are on this system as clients.
	 */
	static Stream<Peer> clients() {
		return Stream.of(values()).filter((peer) -> !peer.command.isEmpty());
	}

	/**
	 * The peers that there are on this system as servers. A server of go-winio cannot run
	 * under Wine, where the handle that only keeps the name can be connected to.
	 */
	static Stream<Peer> servers() {
		return clients().filter((peer) -> peer != GO || !Wine.isHere());
	}

	/**
	 * What the program is written with.
	 */
	String label() {
		return this.label;
	}

	/**
	 * Builds the program, or says why it cannot be built.
	 */
	void orSkip() {
		String obstacle = OBSTACLES.computeIfAbsent(this, Peer::build);
		if (obstacle.isEmpty()) {
			return;
		}
		if (Boolean.getBoolean(REQUIRED)) {
			throw new AssertionError("-D" + REQUIRED + "=true, but " + obstacle);
		}
		throw new TestAbortedException(obstacle);
	}

	private String build() {
		if (WINDOWS) {
			return Files.exists(folder().resolve(this.command.get(this.command.size() - 1))) ? ""
					: "no peer for Windows has been built: " + this.label;
		}
		try {
			ProcessBuilder builder = new ProcessBuilder("sh", "src/test/peers/build.sh", "linux", this.language,
					folder().toString())
				.redirectErrorStream(true);
			builder.environment().put("JUNIXSOCKET", System.getProperty("namedpipe.test.junixsocket", ""));
			Process build = builder.start();
			String output = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
			if (build.waitFor() != 0 && build.exitValue() != 3) {
				throw new AssertionError("The " + this.label + " peer does not build: " + output);
			}
			return (build.exitValue() == 3) ? output : "";
		}
		catch (IOException | InterruptedException ex) {
			throw new AssertionError("The " + this.label + " peer does not build", ex);
		}
	}

	/**
	 * Where the program is built.
	 */
	Path folder() {
		return FOLDER.resolve(this.language);
	}

	private boolean isFile(String part) {
		return !part.contains("*") && Files.exists(folder().resolve(part));
	}

	/**
	 * The command that starts the program.
	 * @param arguments its arguments
	 */
	List<String> command(String... arguments) {
		List<String> result = new ArrayList<>();
		for (String part : this.command) {
			result
				.add(isFile(part) ? folder().resolve(part).toString() : part.replace("{folder}", folder().toString()));
		}
		result.addAll(List.of(arguments));
		result.addAll(this.options);
		return result;
	}

	/**
	 * The command that starts another program than the peer's own.
	 * @param program the program, in this peer's language
	 * @param arguments its arguments
	 */
	List<String> commandOf(Path program, String... arguments) {
		List<String> result = new ArrayList<>();
		for (String part : this.command.subList(0, this.command.size() - 1)) {
			result.add(isFile(part) ? folder().resolve(part).toString() : part);
		}
		result.add(program.toString());
		result.addAll(List.of(arguments));
		return result;
	}

	@Override
	public String toString() {
		return this.label;
	}

}
