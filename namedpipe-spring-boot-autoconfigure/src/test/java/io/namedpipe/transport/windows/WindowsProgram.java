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

package io.namedpipe.transport.windows;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * A program for Windows that mingw has built, which runs on Windows or under Wine.
 */
public final class WindowsProgram implements Closeable {

	private final Process process;

	private final BufferedReader output;

	private WindowsProgram(Process process) {
		this.process = process;
		this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
	}

	/**
	 * Starts a program out of the folder {@code -Dwindows.programs}.
	 */
	static WindowsProgram start(String name, String... arguments) throws IOException {
		return new WindowsProgram(new ProcessBuilder(command(name, arguments)).redirectErrorStream(true).start());
	}

	/**
	 * The command that starts a program as {@link ProcessBuilder} takes it.
	 * @param name the name of the program
	 * @param arguments its arguments
	 * @return the command
	 */
	public static String[] command(String name, String... arguments) {
		List<String> command = new ArrayList<>();
		command.add(path(name));
		command.addAll(List.of(arguments));
		return command.toArray(String[]::new);
	}

	/**
	 * Where a program is, as Windows says it.
	 * @param name the name of the program
	 * @return the path
	 */
	public static String path(String name) {
		return file(name).toString();
	}

	private static Path file(String name) {
		String folder = System.getProperty("windows.programs");
		assumeTrue(folder != null, "-Dwindows.programs does not say where programs built by mingw are");
		Path program = Path.of(folder, name + ".exe");
		assertThat(Files.exists(program)).as(program.toString()).isTrue();
		return program;
	}

	String readLine() throws IOException {
		return this.output.readLine();
	}

	/**
	 * What it still prints until it ends, which it has to do without an error.
	 */
	String finish() throws IOException, InterruptedException {
		String rest = this.output.lines().collect(Collectors.joining("\n"));
		assertThat(this.process.waitFor(30, TimeUnit.SECONDS)).isTrue();
		assertThat(this.process.exitValue()).as(rest).isZero();
		return rest;
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
