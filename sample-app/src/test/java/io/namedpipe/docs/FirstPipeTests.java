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

package io.namedpipe.docs;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.namedpipe.sample.Program;
import io.namedpipe.testsupport.JavaProcess;
import io.namedpipe.testsupport.RequiresCommand;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The first pipe of the README as somebody new to it has it: a packaged application
 * without a web server, in a process of its own.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(300)
class FirstPipeTests {

	private static final int SIGTERM = 128 + 15;

	@TempDir
	private static Path build;

	private static Path application;

	private static Snippet client;

	private static String answer;

	@TempDir
	private Path folder;

	@BeforeAll
	static void packageApplication() throws Exception {
		Scenario scenario = Page.readme()
			.scenarios()
			.stream()
			.filter((candidate) -> candidate.heading().equals("A first pipe") && candidate.has("python"))
			.findFirst()
			.orElseThrow();
		Path classes = build.resolve("classes");
		List<Snippet> java = new ArrayList<>(scenario.in("java"));
		java.add(new Snippet(Path.of("SlowOrders"), 1, "java", false, """
				import org.springframework.integration.annotation.ServiceActivator;
				import org.springframework.stereotype.Component;

				@Component
				class SlowOrders {

					@ServiceActivator(inputChannel = "slowRequests")
					String accept(String order) throws InterruptedException {
						System.out.println("in progress");
						new java.util.concurrent.CountDownLatch(1).await(2, java.util.concurrent.TimeUnit.SECONDS);
						return "done: " + order;
					}

				}
				"""));
		new JavaSnippets(java, classes);
		Files.writeString(classes.resolve("application.yml"), scenario.in("yaml").get(0).code());
		application = ExecutableJar.of(classes, build);
		client = scenario.in("python").get(0);
		answer = scenario.in("text").get(0).code().strip();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	@RequiresCommand("python3")
	void whenOnlyPipesThenApplicationStaysUpUntilToldToEnd(boolean virtualThreads) throws Exception {
		Path script = Files.writeString(this.folder.resolve("client.py"), client.code());
		try (JavaProcess process = start("--spring.threads.virtual.enabled=" + virtualThreads)) {
			for (int i = 0; i < 3; i++) {
				assertThat(Program.run(this.folder, "python3", script.toString()).strip()).isEqualTo(answer);
			}
			assertThat(process.process().isAlive()).isTrue();
			process.process().destroy();
			assertThat(process.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
			assertThat(process.process().exitValue()).isEqualTo(SIGTERM);
		}
	}

	@Test
	void whenToldToEndDuringFlowThenFlowIsAnswered() throws Exception {
		try (JavaProcess process = start("--namedpipe.server.orders.gateway.channel=slowRequests");
				SocketChannel pipe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			pipe.connect(UnixDomainSocketAddress.of(this.folder.resolve("CoreFxPipe_orders")));
			pipe.write(ByteBuffer.wrap("3 boxes of tea\n".getBytes(StandardCharsets.UTF_8)));
			awaitLine(process, "in progress");
			process.process().destroy();
			ByteBuffer reply = ByteBuffer.allocate(100);
			while (pipe.read(reply) >= 0) {
				assertThat(reply.hasRemaining()).isTrue();
			}
			assertThat(StandardCharsets.UTF_8.decode(reply.flip()).toString()).isEqualTo("done: 3 boxes of tea\n");
			assertThat(process.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
		}
	}

	@Test
	void whenKeepAliveIsNotWantedThenApplicationEnds() throws Exception {
		try (JavaProcess process = start("--namedpipe.keep-alive=false")) {
			assertThat(process.output()).doesNotContain("ERROR");
			assertThat(process.process().exitValue()).isZero();
		}
	}

	private JavaProcess start(String... arguments) throws Exception {
		JavaProcess process = JavaProcess.ofJar(application, arguments)
			.environment(Map.of("TMPDIR", this.folder.toString()))
			.start();
		awaitLine(process, "Started Application");
		return process;
	}

	private static void awaitLine(JavaProcess process, String text) {
		String line;
		do {
			line = process.nextLine();
		}
		while (!line.contains(text));
	}

}
