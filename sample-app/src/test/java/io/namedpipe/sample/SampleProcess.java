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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.namedpipe.testsupport.JavaProcess;

/**
 * The sample application in a process of its own.
 */
final class SampleProcess implements AutoCloseable {

	private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

	private final JavaProcess process;

	private int port;

	private SampleProcess(JavaProcess process) {
		this.process = process;
	}

	/**
	 * Prepares the process.
	 * @param folder where its pipes are
	 */
	static JavaProcess.Builder in(Path folder) {
		return JavaProcess.of(SampleApplication.class, "--namedpipe.directory=" + folder, "--server.port=0")
			.jvmArguments("-XX:TieredStopAtLevel=1", "-Xshare:auto", "--enable-native-access=ALL-UNNAMED");
	}

	/**
	 * Starts the process and waits until it says that it has started.
	 * @param folder where its pipes are
	 */
	static SampleProcess start(Path folder) throws IOException {
		return start(in(folder));
	}

	static SampleProcess start(JavaProcess.Builder builder) throws IOException {
		SampleProcess sample = new SampleProcess(builder.start());
		StringBuilder log = new StringBuilder();
		String line;
		do {
			line = sample.nextLine(log);
			Matcher matcher = PORT.matcher(line);
			if (matcher.find()) {
				sample.port = Integer.parseInt(matcher.group(1));
			}
		}
		while (!line.contains("Started SampleApplication"));
		return sample;
	}

	private String nextLine(StringBuilder log) {
		try {
			String line = this.process.nextLine();
			log.append(line).append('\n');
			return line;
		}
		catch (IllegalStateException ex) {
			throw new IllegalStateException(ex.getMessage() + ":\n" + log, ex);
		}
	}

	/**
	 * The number of the process.
	 * @return its id
	 */
	long pid() {
		return this.process.process().pid();
	}

	/**
	 * Types a line.
	 * @param line the line
	 */
	void type(String line) {
		this.process.send(line);
	}

	/**
	 * Ends what is typed.
	 */
	void endInput() {
		this.process.endInput();
	}

	/**
	 * Reads what the process prints until it has printed these, in any order.
	 * @param patterns regular expressions, each found in a line
	 */
	void awaitLines(String... patterns) {
		List<Pattern> missing = new ArrayList<>(Stream.of(patterns).map(Pattern::compile).toList());
		while (!missing.isEmpty()) {
			String line = this.process.nextLine();
			missing.removeIf((pattern) -> pattern.matcher(line).find());
		}
	}

	/**
	 * Fetches a page.
	 * @param path its path
	 * @return the response, whatever its status
	 */
	HttpResponse<String> get(String path) throws IOException, InterruptedException {
		return get(this.port, path);
	}

	static HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
		return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
	}

	/**
	 * Kills the process as {@code kill -9} does, and waits until it is gone.
	 */
	@Override
	public void close() {
		this.process.close();
	}

}
