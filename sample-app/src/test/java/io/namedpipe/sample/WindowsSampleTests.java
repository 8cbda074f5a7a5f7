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

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import io.namedpipe.testsupport.RequiresWindowsJvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The whole application on a JVM for Windows under Wine, and the client of Microsoft's
 * sample in C.
 */
@EnabledOnOs(OS.LINUX)
@RequiresWindowsJvm
@Timeout(180)
class WindowsSampleTests {

	private static final Path WINE = Path.of("../namedpipe-spring-boot-autoconfigure/target/wine")
		.toAbsolutePath()
		.normalize();

	private static final Path JAVA = WINE.resolve("jdk-17/bin/java");

	@Test
	void whenSampleRunsOnWindowsThenMicrosoftsClientGetsResponse() throws Exception {
		assumeTrue(Files.exists(JAVA), "no JVM for Windows: verify of the library sets it up");
		Process sample = start(JAVA.toString(), "-cp", classPath(), SampleApplication.class.getName(),
				"--server.port=0");
		try {
			BufferedReader output = sample.inputReader(StandardCharsets.UTF_8);
			String started = readUntil(output, "Started SampleApplication");

			Process client = start(WINE.resolve("jdk-17/bin/run").toString(),
					WINE.resolve("bin/sample-client.exe").toString());
			String printed = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

			assertThat(client.waitFor(30, TimeUnit.SECONDS)).isTrue();
			assertThat(printed).contains("Send 56 bytes to server: \"Default request from client\"")
				.contains("Receive 58 bytes from server: \"Default response from server\"");
			assertThat(client.exitValue()).isZero();
			assertThat(started).contains("clients of AU create instances");
		}
		finally {
			// which hands it on to the JVM
			sample.destroy();
			assertThat(sample.waitFor(30, TimeUnit.SECONDS)).isTrue();
		}
	}

	private static String classPath() {
		return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
	}

	private static Process start(String... command) throws IOException {
		return new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
	}

	private static String readUntil(BufferedReader output, String text) throws IOException {
		StringBuilder lines = new StringBuilder();
		String line = output.readLine();
		while (line != null) {
			lines.append(line).append('\n');
			if (line.contains(text)) {
				return lines.toString();
			}
			line = output.readLine();
		}
		throw new AssertionError("The sample does not start:\n" + lines);
	}

}
