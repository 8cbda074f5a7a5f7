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

package io.namedpipe.autoconfigure;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.annotation.ServiceActivator;

import io.namedpipe.PipeClient;
import io.namedpipe.PipeConnection;
import io.namedpipe.testsupport.JavaProcess;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Libraries that are optional are really left out here, from the class path of a process:
 * BEHAVIOUR 68.
 */
@Timeout(120)
class AbsentLibrariesTests {

	private static final String ACTUATOR = "spring-boot-actuator spring-boot-health";

	private static final String MICROMETER = "micrometer-core spring-boot-micrometer";

	private static final String EVERYTHING = ACTUATOR + " " + MICROMETER + " jna jackson-";

	@TempDir
	private Path folder;

	@ParameterizedTest
	@CsvSource({ "'', health endpoint meters", ACTUATOR + ", meters", MICROMETER + ", health endpoint" })
	void whenLibrariesAreAbsentThenPipesServeAllTheSame(String absent, String features) throws Exception {
		assertServes(absent, features);
	}

	@ParameterizedTest
	@DisabledOnOs(OS.WINDOWS)
	@CsvSource({ "jna, health endpoint meters", EVERYTHING + ", ''" })
	void whenJnaIsAbsentThenSocketsServeAllTheSame(String absent, String features) throws Exception {
		assertServes(absent, features);
	}

	@Test
	@EnabledOnOs(OS.WINDOWS)
	void whenJnaIsAbsentOnWindowsThenTheStartSaysToAddIt() throws Exception {
		try (JavaProcess process = application("jna").start()) {
			assertThat(process.output()).contains("namedpipe.server.echo")
				.contains("Add the dependency 'net.java.dev.jna:jna'");
		}
	}

	@Test
	void whenJacksonIsAbsentThenJsonSaysToAddIt() throws Exception {
		try (JavaProcess process = JavaProcess.of(Application.class, this.folder.toString(), "json")
			.jvmArguments("-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED")
			.without("jackson-")
			.start()) {
			assertThat(process.output()).contains("namedpipe.server.echo.payload.type")
				.contains("'org.springframework.boot:spring-boot-starter-jackson'");
		}
	}

	private JavaProcess.Builder application(String absent) {
		JavaProcess.Builder builder = JavaProcess.of(Application.class, this.folder.toString())
			.jvmArguments("-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED");
		Arrays.stream(absent.split(" ")).filter((name) -> !name.isEmpty()).forEach(builder::without);
		return builder;
	}

	private void assertServes(String absent, String features) throws Exception {
		try (JavaProcess process = application(absent).start()) {
			String line;
			do {
				line = process.nextLine();
			}
			while (!line.startsWith(Application.FEATURES));

			assertThat(line.substring(Application.FEATURES.length())).isEqualTo(features);
			assertThat(echo("hello")).isEqualTo("hello");
		}
	}

	private String echo(String text) throws Exception {
		try (PipeClient client = PipeClient.builder("echo").directory(this.folder).build();
				PipeConnection connection = client.connect()) {
			byte[] message = text.getBytes();
			connection.write(ByteBuffer.allocate(4 + message.length).putInt(message.length).put(message).flip());
			return new String(connection.inputStream().readNBytes(4 + message.length), 4, message.length);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		private static final String FEATURES = "Features: ";

		public static void main(String[] arguments) {
			ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
				.web(WebApplicationType.NONE)
				.run("--namedpipe.directory=" + arguments[0], "--namedpipe.server.echo.gateway.channel=requests",
						"--management.endpoints.jmx.exposure.include=namedpipes", "--spring.jmx.enabled=true",
						"--spring.main.keep-alive=true",
						"--namedpipe.server.echo.payload.type=" + ((arguments.length > 1) ? arguments[1] : "bytes"));
			// no class of theirs: some are not there
			System.out.println(
					FEATURES + List.of("namedPipeHealthContributor", "namedPipesEndpoint", "namedPipeMeterRegistrar")
						.stream()
						.filter(context::containsBean)
						.map((name) -> name.replace("namedPipeHealthContributor", "health")
							.replace("namedPipesEndpoint", "endpoint")
							.replace("namedPipeMeterRegistrar", "meters"))
						.collect(Collectors.joining(" ")));
		}

		@ServiceActivator(inputChannel = "requests")
		byte[] echo(byte[] message) {
			return message;
		}

	}

}
