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

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.annotation.ServiceActivator;

import io.namedpipe.PipeClient;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeNameInUseException;
import io.namedpipe.integration.NamedPipeOperations;
import io.namedpipe.testsupport.JavaProcess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * A name that another process serves already.
 */
@Timeout(400)
class NameInUseTests {

	@TempDir
	private static Path folder;

	private static SampleProcess first;

	@BeforeAll
	static void serve() throws Exception {
		first = SampleProcess.start(folder);
	}

	@AfterAll
	static void end() {
		first.close();
	}

	@Test
	void whenAnotherProcessServesNameThenStartFailsWithRemedy() throws Exception {
		try (PipeClient client = PipeClient.builder("echo").directory(folder).build();
				PipeConnection connection = client.connect()) {
			// the user who serves a FIFO is not known
			try (JavaProcess second = SampleProcess.in(folder)
				.environment(Map.of("NAMEDPIPE_SERVER_INTAKE_ENABLED", "false"))
				.start()) {
				String output = second.output();

				assertThat(second.process().exitValue()).isOne();
				assertThat(output)
					.contains("APPLICATION FAILED TO START", "namedpipe.server.",
							(OS.current() == OS.WINDOWS) ? "is served already, by this or another process"
									: "is being served by a process of user " + System.getProperty("user.name"),
							"Action:");
				assertThat(output.substring(output.indexOf("APPLICATION FAILED"))).doesNotContain("\tat ");
			}
			assertThat(echo(connection, "still here")).isEqualTo("still here");
			try (PipeConnection another = client.connect()) {
				assertThat(echo(another, "and served")).isEqualTo("and served");
			}
		}
	}

	@Test
	void whenAnotherProcessServesNameThenStartFailsInASecond() {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Second.class)
			.web(WebApplicationType.NONE)
			.properties("spring.config.location=optional:classpath:/none/", "namedpipe.directory=" + folder,
					"namedpipe.server.echo.gateway.channel=requests", "namedpipe.server.echo.auto-startup=false")
			.run()) {
			NamedPipeOperations server = context.getBean("echoNamedPipeServer", NamedPipeOperations.class);
			await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
				long start = System.nanoTime();

				assertThatException().isThrownBy(server::start)
					.withStackTraceContaining(PipeNameInUseException.class.getName());

				assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
			});
		}
	}

	private static String echo(PipeConnection connection, String text) throws Exception {
		connection.outputStream().write(new byte[] { 0, 0, 0, (byte) text.length() });
		connection.outputStream().write(text.getBytes());
		return new String(connection.inputStream().readNBytes(4 + text.length()), 4, text.length());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Second {

		@ServiceActivator(inputChannel = "requests")
		byte[] echo(byte[] message) {
			return message;
		}

	}

}
