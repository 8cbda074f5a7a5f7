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

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.AotInitializerNotFoundException;
import org.springframework.boot.SpringApplicationAotProcessor;
import org.springframework.core.io.ClassPathResource;

import io.namedpipe.PipeClient;
import io.namedpipe.PipeConnection;
import io.namedpipe.testsupport.JavaProcess;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample as the build has processed it ahead of time, on the JVM. Its start fails
 * with an {@link AotInitializerNotFoundException} where the build has not.
 */
@Timeout(120)
class AotTests {

	@TempDir
	private Path folder;

	@Test
	void whenProcessedAheadOfTimeThenPipesServe() throws Exception {
		try (SampleProcess sample = start("management.endpoints.web.exposure.include=*")) {
			assertThat(echo("echo", "hello")).isEqualTo("hello");
			try (PipeClient client = client("orders"); PipeConnection connection = client.connect()) {
				connection.outputStream().write("{\"item\":\"tea\",\"quantity\":2}\n".getBytes());
				byte[] answer = connection.inputStream()
					.readNBytes("{\"number\":1,\"item\":\"tea\",\"quantity\":2}".length());
				assertThat(new String(answer)).isEqualTo("{\"number\":1,\"item\":\"tea\",\"quantity\":2}");
			}
			assertThat(sample.get("/actuator/metrics/namedpipe.messages.in?tag=pipe:orders").body())
				.contains("\"value\":1.0");
			assertThat(healthOf(sample, "echo")).isEqualTo("UP");
			assertThat(healthOf(sample, "quotes")).isEqualTo("DOWN");
		}
	}

	@Test
	void whenEntriesDifferAtRunTimeThenThoseOfRunTimeCount() throws Exception {
		try (SampleProcess sample = start("namedpipe.server.echo.enabled=false",
				"namedpipe.server.late.gateway.channel=echoRequests", "namedpipe.client.quotes.health=false")) {
			assertThat(echo("late", "hello")).isEqualTo("hello");
			assertThat(this.folder.resolve("CoreFxPipe_echo")).doesNotExist();
			assertThat(sample.get("/actuator/health").body()).contains("\"late\"")
				.doesNotContain("\"quotes\"", "\"echo\"");
		}
	}

	@Test
	void whenSwitchedOffAtRunTimeThenThereIsNoPipe() throws Exception {
		try (SampleProcess sample = start("namedpipe.enabled=false")) {
			assertThat(this.folder).isEmptyDirectory();
			assertThat(sample.get("/actuator/namedpipes").body()).isEqualTo("{\"pipes\":{}}");
		}
	}

	@Test
	void whenSwitchedOffAtBuildTimeThenNothingIsGenerated() throws Exception {
		String generated = "io/namedpipe/autoconfigure/NamedPipeAutoConfiguration__BeanDefinitions";
		assertThat(new ClassPathResource(generated + ".class").exists()).isTrue();
		// what the plugin does
		try (JavaProcess process = JavaProcess
			.of(SpringApplicationAotProcessor.class, SampleApplication.class.getName(), this.folder + "/sources",
					this.folder + "/resources", this.folder + "/classes", "group", "artifact")
			.jvmArguments("-XX:TieredStopAtLevel=1", "-Dnamedpipe.enabled=false")
			.start()) {
			String log = process.output();
			assertThat(process.process().exitValue()).as(log).isZero();
		}
		assertThat(this.folder.resolve("sources/io/namedpipe/sample")).isDirectory();
		assertThat(this.folder.resolve("sources/io/namedpipe/autoconfigure")).doesNotExist();
	}

	@Test
	void whenProcessedThenHintsHaveWhatIsBoundAndMapped() throws Exception {
		String metadata = new ClassPathResource(
				"META-INF/native-image/io.namedpipe/sample-app/reachability-metadata.json")
			.getContentAsString(StandardCharsets.UTF_8);
		List<String> types = JsonPath.read(metadata, "$.reflection[*].type");
		assertThat(types).contains("io.namedpipe.autoconfigure.NamedPipeProperties",
				"io.namedpipe.autoconfigure.NamedPipeProperties$Server",
				"io.namedpipe.autoconfigure.NamedPipeProperties$Client",
				"io.namedpipe.autoconfigure.NamedPipeProperties$Process",
				"io.namedpipe.autoconfigure.NamedPipeProperties$Rule",
				"io.namedpipe.actuate.NamedPipesEndpoint$PipesDescriptor",
				"io.namedpipe.actuate.NamedPipesEndpoint$ConnectionDescriptor",
				"io.namedpipe.actuate.NamedPipesEndpoint$Totals", "io.namedpipe.transport.unix.libc.LibC");
		List<String> resources = JsonPath.read(metadata, "$.resources[*].glob");
		assertThat(resources).contains("META-INF/services/io.namedpipe.transport.TransportProvider",
				"com/sun/jna/*/libjnidispatch.*");
	}

	private SampleProcess start(String... properties) throws Exception {
		List<String> arguments = new ArrayList<>(List.of("-Dspring.aot.enabled=true"));
		if (OS.current() == OS.WINDOWS) {
			// a FIFO, where the build that has processed it ran on Linux
			arguments.add("-Dnamedpipe.server.intake.enabled=false");
		}
		Arrays.stream(properties).map("-D"::concat).forEach(arguments::add);
		JavaProcess.Builder builder = SampleProcess.in(this.folder).jvmArguments(arguments.toArray(String[]::new));
		return SampleProcess.start(builder);
	}

	private PipeClient client(String pipe) throws Exception {
		return PipeClient.builder(pipe).directory(this.folder).build();
	}

	private String echo(String pipe, String text) throws Exception {
		try (PipeClient client = client(pipe); PipeConnection connection = client.connect()) {
			byte[] message = text.getBytes();
			connection.write(ByteBuffer.allocate(4 + message.length).putInt(message.length).put(message).flip());
			return new String(connection.inputStream().readNBytes(4 + message.length), 4, message.length);
		}
	}

	private static String healthOf(SampleProcess sample, String pipe) throws Exception {
		String health = sample.get("/actuator/health").body();
		return JsonPath.read(health, "$.components.namedPipe.components." + pipe + ".status");
	}

}
