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
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Another Java process with the class path of this one, for tests that need two
 * processes. Closing it kills it.
 */
public final class JavaProcess implements AutoCloseable {

	private static final long TIMEOUT_SECONDS = 60;

	private final Process process;

	private final BufferedReader reader;

	private final PrintStream writer;

	private JavaProcess(Process process) {
		this.process = process;
		this.reader = process.inputReader(StandardCharsets.UTF_8);
		this.writer = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
	}

	/**
	 * Prepares a process.
	 * @param mainClass its main class
	 * @param arguments the arguments of main
	 * @return the builder
	 */
	public static Builder of(Class<?> mainClass, String... arguments) {
		return new Builder(false, mainClass.getName(), arguments);
	}

	/**
	 * Prepares a process.
	 * @param jar an executable archive
	 * @param arguments the arguments of its main class
	 * @return the builder
	 */
	public static Builder ofJar(Path jar, String... arguments) {
		return new Builder(true, jar.toString(), arguments);
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
				throw new IllegalStateException("The process has ended with " + this.process.waitFor());
			}
			return line;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Sends a line to the process.
	 * @param line the line
	 */
	public void send(String line) {
		this.writer.println(line);
	}

	/**
	 * Ends the input of the process.
	 */
	public void endInput() {
		this.writer.close();
	}

	/**
	 * Waits for the end of the process.
	 * @return all that it printed
	 * @throws InterruptedException if interrupted
	 */
	public String output() throws InterruptedException {
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
		this.process.destroyForcibly();
		this.process.onExit().join();
	}

	/**
	 * Prepares a {@link JavaProcess}.
	 */
	public static final class Builder {

		private final boolean archive;

		private final String main;

		private final List<String> arguments;

		private final List<String> jvmArguments = new ArrayList<>();

		private final List<String> launcher = new ArrayList<>();

		private final Map<String, String> environment = new LinkedHashMap<>();

		private String classPath = ClassPathCopy.original();

		private Builder(boolean archive, String main, String... arguments) {
			this.archive = archive;
			this.main = main;
			this.arguments = List.of(arguments);
		}

		/**
		 * Adds arguments of the virtual machine.
		 * @param arguments the arguments
		 * @return this builder
		 */
		public Builder jvmArguments(String... arguments) {
			Collections.addAll(this.jvmArguments, arguments);
			return this;
		}

		/**
		 * A command that runs the Java command which follows it, such as {@code setpriv}.
		 * @param command the command and its arguments
		 * @return this builder
		 */
		public Builder launchedBy(String... command) {
			this.launcher.addAll(Arrays.asList(command));
			return this;
		}

		/**
		 * Adds variables of the environment.
		 * @param environment the variables
		 * @return this builder
		 */
		public Builder environment(Map<String, String> environment) {
			this.environment.putAll(environment);
			return this;
		}

		/**
		 * Leaves a library out of the class path.
		 * @param name how the name of its file starts
		 * @return this builder
		 */
		public Builder without(String name) {
			this.classPath = Arrays.stream(this.classPath.split(File.pathSeparator))
				.filter((entry) -> !Path.of(entry).getFileName().toString().startsWith(name))
				.collect(Collectors.joining(File.pathSeparator));
			return this;
		}

		/**
		 * Adds libraries or folders to the class path.
		 * @param entries the paths
		 * @return this builder
		 */
		public Builder with(Path... entries) {
			this.classPath = Stream.concat(Stream.of(this.classPath), Arrays.stream(entries).map(Path::toString))
				.collect(Collectors.joining(File.pathSeparator));
			return this;
		}

		/**
		 * Copies the class path to where every user can read it, so that the process can
		 * run as another one.
		 * @param folder where to, created
		 * @return this builder
		 * @throws IOException if it cannot be copied
		 */
		public Builder readableByAll(Path folder) throws IOException {
			this.classPath = ClassPathCopy.to(folder, this.classPath);
			return this;
		}

		/**
		 * The command line, for a process that somebody else starts.
		 * @return the command and its arguments
		 */
		public List<String> command() {
			List<String> command = new ArrayList<>(this.launcher);
			command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
			// what the virtual machine itself warns of is not what the program prints
			command.add("-XX:+DisplayVMOutputToStderr");
			command.addAll(agents());
			command.addAll(this.jvmArguments);
			command.addAll((this.archive) ? List.of("-jar") : List.of("-cp", this.classPath));
			command.add(this.main);
			command.addAll(this.arguments);
			return command;
		}

		// Without the one of bin/java under Wine another process could serve a name twice
		private static List<String> agents() {
			return ManagementFactory.getRuntimeMXBean()
				.getInputArguments()
				.stream()
				.filter((argument) -> argument.startsWith("-agentpath:"))
				.toList();
		}

		/**
		 * Starts the process.
		 * @return the process
		 * @throws IOException if it cannot be started
		 */
		public JavaProcess start() throws IOException {
			ProcessBuilder builder = new ProcessBuilder(command()).redirectError(ProcessBuilder.Redirect.INHERIT);
			builder.environment().putAll(this.environment);
			return new JavaProcess(builder.start());
		}

	}

}
