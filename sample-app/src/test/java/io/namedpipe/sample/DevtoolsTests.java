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
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import io.namedpipe.PipeClient;
import io.namedpipe.PipeConnection;
import io.namedpipe.testsupport.Descriptors;
import io.namedpipe.testsupport.JavaProcess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The sample in a process with Spring Boot's devtools, which restart it when a file on
 * its class path changes.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(180)
class DevtoolsTests {

	private static final int RESTARTS = 3;

	// The first one by Spring Boot, and before JDK 24 one by the thread that looks after
	// time limits
	private static final int KEPT = (Runtime.version().feature() < 24) ? 2 : 1;

	private static final Pattern CLASS_LOADERS = Pattern
		.compile("(\\d+) +\\d+ +org\\.springframework\\.boot\\.devtools\\.restart\\.classloader\\.RestartClassLoader");

	private static final Duration SOON = Duration.ofSeconds(30);

	@TempDir
	private Path pipes;

	@TempDir
	private Path watched;

	@Test
	void whenDevtoolsRestartThenPipesServeAgainAndOldOnesAreGone() throws Exception {
		keepTheLibrary();
		try (SampleProcess sample = SampleProcess.start(withDevtools())) {
			serve();
			restart(sample);
			await().atMost(SOON).until(() -> pipeThreads(sample, "-connection-") == 0);
			long threads = pipeThreads(sample, "");
			long descriptors = Descriptors.openIn(sample.pid());
			for (int i = 0; i < RESTARTS; i++) {
				restart(sample);
			}

			await().atMost(SOON).untilAsserted(() -> {
				assertThat(pipeThreads(sample, "")).as("threads").isLessThanOrEqualTo(threads);
				assertThat(Descriptors.openIn(sample.pid())).as("descriptors").isLessThanOrEqualTo(descriptors);
				assertThat(classLoaders(sample)).as("class loaders").isLessThanOrEqualTo(1 + KEPT);
			});
		}
	}

	// as it is for users, who have it in a jar
	private void keepTheLibrary() throws IOException {
		Path settings = Files.createDirectory(this.watched.resolve("META-INF")).resolve("spring-devtools.properties");
		Files.writeString(settings, "restart.exclude.library=/namedpipe-spring-boot-autoconfigure/");
		Files.createFile(this.watched.resolve("changed"));
	}

	private JavaProcess.Builder withDevtools() {
		return SampleProcess.in(this.pipes)
			.with(Path.of(System.getProperty("namedpipe.test.devtools")), this.watched)
			.jvmArguments("-Dspring.devtools.restart.poll-interval=200ms",
					"-Dspring.devtools.restart.quiet-period=100ms",
					// what is only softly reachable goes at the next collection
					"-XX:SoftRefLRUPolicyMSPerMB=0");
	}

	private void restart(SampleProcess sample) throws IOException {
		try (PipeClient client = client(); PipeConnection connection = client.connect()) {
			Files.writeString(this.watched.resolve("changed"), "again", StandardOpenOption.APPEND);

			assertThat(connection.inputStream().read()).isEqualTo(-1);
			sample.awaitLines("Started SampleApplication");
		}
		serve();
	}

	private void serve() throws IOException {
		try (PipeClient client = client(); PipeConnection connection = client.connect()) {
			connection.outputStream().write("{\"item\": \"tea\", \"quantity\": 2}\n".getBytes(StandardCharsets.UTF_8));

			String receipt = new BufferedReader(new InputStreamReader(connection.inputStream(), StandardCharsets.UTF_8))
				.readLine();
			assertThat(receipt).as("by an application that has begun to count").contains("\"number\":1,");
		}
	}

	private PipeClient client() throws IOException {
		return PipeClient.builder("orders").directory(this.pipes).build();
	}

	private static long pipeThreads(SampleProcess sample, String name) throws Exception {
		return jcmd(sample, "Thread.print").lines()
			.filter((line) -> line.startsWith("\"namedpipe-") && line.contains(name))
			.count();
	}

	private static long classLoaders(SampleProcess sample) throws Exception {
		String histogram = jcmd(sample, "GC.class_histogram");
		Matcher matcher = CLASS_LOADERS.matcher(histogram);
		assertThat(matcher.find()).as(histogram).isTrue();
		return Long.parseLong(matcher.group(1));
	}

	private static String jcmd(SampleProcess sample, String command) throws Exception {
		Process jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
				String.valueOf(sample.pid()), command)
			.redirectErrorStream(true)
			.start();
		try (BufferedReader output = jcmd.inputReader()) {
			return output.lines().collect(Collectors.joining("\n"));
		}
	}

}
