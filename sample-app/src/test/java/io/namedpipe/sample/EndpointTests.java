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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.jayway.jsonpath.JsonPath;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import io.namedpipe.PipeClient;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeServer;
import io.namedpipe.testsupport.ShortName;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The endpoint {@code namedpipes} and the health of the running sample, over HTTP.
 */
@Timeout(120)
class EndpointTests {

	private static final Path PAGE = Path.of("../namedpipe-spring-boot-autoconfigure/docs/operations.md");

	private static final Pattern DOCUMENTED = Pattern.compile("answered:\\R+```json\\R(.*?)```", Pattern.DOTALL);

	private static final Pattern READINESS = Pattern
		.compile("management\\.endpoint\\.health\\.group\\.readiness\\.include=\\S+");

	private static final String ORDERS = "/actuator/namedpipes/orders";

	private final HttpClient http = HttpClient.newHttpClient();

	@TempDir
	private Path folder;

	private ConfigurableApplicationContext sample;

	@AfterEach
	void stop() {
		this.sample.close();
	}

	@Test
	void whenAskedForThePipesThenListsThem() throws Exception {
		start();

		String list = get("/actuator/namedpipes").body();

		assertThat(JsonPath.<Map<String, ?>>read(list, "$.pipes")).containsKeys("orders", "echo", "ticker", "quotes");
		assertThat(JsonPath.<String>read(list, "$.pipes.orders.state")).isEqualTo("running");
		assertThat(JsonPath.<String>read(list, "$.pipes.quotes.role")).isEqualTo("client");
		assertThat(JsonPath.<String>read(list, "$.pipes.quotes.fault")).contains(ShortName.endOfAddress("quotes"));
		assertThat(get("/actuator/namedpipes/nothing").statusCode()).isEqualTo(404);
	}

	@Test
	void whenAskedForOneThenAnswersAsIsDocumented() throws Exception {
		start();
		Matcher documented = DOCUMENTED.matcher(Files.readString(PAGE));
		assertThat(documented.find()).isTrue();

		try (PipeClient client = client(); PipeConnection connection = client.connect()) {
			assertThat(order(connection)).isEqualTo("{\"number\":1,\"item\":\"tea\",\"quantity\":2}");

			// what is written is counted when it is written, which may be after it was
			// read
			Awaitility.await()
				.untilAsserted(() -> assertThat(masked(get(ORDERS).body())).isEqualTo(masked(documented.group(1))));
		}
	}

	@Test
	void whenNothingIsConfiguredThenNothingCanBeChanged() throws Exception {
		start();
		try (PipeClient client = client(); PipeConnection connection = client.connect()) {
			order(connection);
			String id = JsonPath.read(get(ORDERS).body(), "$.connections[0].id");

			assertThat(post("{\"action\":\"stop\"}").statusCode()).isEqualTo(405);
			assertThat(delete(id).statusCode()).isIn(404, 405);

			assertThat(order(connection)).contains("tea");
			assertThat(JsonPath.<String>read(get(ORDERS).body(), "$.pipe.state")).isEqualTo("running");
		}
	}

	@Test
	void whenPermittedThenDisconnectsStopsAndStarts() throws Exception {
		start("--management.endpoint.namedpipes.access=unrestricted",
				"--management.endpoint.namedpipes.show-values=always");
		try (PipeClient client = client(); PipeConnection connection = client.connect()) {
			order(connection);
			String shown = get(ORDERS).body();
			assertThat(JsonPath.<String>read(shown, "$.connections[0].user")).isEqualTo(userName());
			String id = JsonPath.read(shown, "$.connections[0].id");

			assertThat(delete("nothing").statusCode()).isEqualTo(404);
			HttpResponse<String> disconnected = delete(id);

			assertThat(disconnected.statusCode()).isEqualTo(200);
			assertThat(JsonPath.<String>read(disconnected.body(), "$.id")).isEqualTo(id);
			assertThat(connection.inputStream().read()).isEqualTo(-1);
			assertThat(JsonPath.<Integer>read(get(ORDERS).body(), "$.pipe.totals.closed.operator")).isOne();
		}

		assertThat(post("{\"action\":\"dance\"}").statusCode()).isEqualTo(400);
		assertThat(JsonPath.<String>read(post("{\"action\":\"stop\"}").body(), "$.state")).isEqualTo("stopped");
		assertThat(this.folder.resolve("CoreFxPipe_orders")).doesNotExist();
		assertThat(get("/actuator/health/namedPipe/orders").body()).contains("OUT_OF_SERVICE");

		assertThat(JsonPath.<String>read(post("{\"action\":\"start\"}").body(), "$.state")).isEqualTo("running");
		try (PipeClient client = client(); PipeConnection connection = client.connect()) {
			assertThat(order(connection)).contains("\"number\":2");
		}
		assertThat(get("/actuator/health/namedPipe/orders").body()).contains("UP");
	}

	@Test
	void whenNothingIsConfiguredThenDownPipeDoesNotAffectReadiness() throws Exception {
		start();
		Awaitility.await()
			.untilAsserted(() -> assertThat(status("/actuator/health/namedPipe/quotes")).isEqualTo("DOWN"));

		assertThat(status("/actuator/health")).isEqualTo("DOWN");
		assertThat(status("/actuator/health/readiness")).isEqualTo("UP");
		assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(200);
	}

	@Test
	void whenPipesArePartOfReadinessThenItFollowsThem() throws Exception {
		Matcher documented = READINESS.matcher(Files.readString(PAGE));
		assertThat(documented.find()).isTrue();
		start("--" + documented.group());

		awaitReadiness("DOWN", 503);
		try (PipeServer quotes = PipeServer.builder("quotes").directory(this.folder).build()) {
			quotes.start();
			awaitReadiness("UP", 200);
		}
		awaitReadiness("DOWN", 503);
	}

	private void awaitReadiness(String status, int statusCode) {
		Awaitility.await().untilAsserted(() -> {
			HttpResponse<String> readiness = get("/actuator/health/readiness");
			assertThat(JsonPath.<String>read(readiness.body(), "$.status")).isEqualTo(status);
			assertThat(readiness.statusCode()).isEqualTo(statusCode);
		});
	}

	private String status(String path) throws Exception {
		return JsonPath.read(get(path).body(), "$.status");
	}

	private static String userName() {
		String name = System.getProperty("user.name");
		return (OS.current() == OS.WINDOWS) ? System.getenv("COMPUTERNAME") + "\\" + name : name;
	}

	/**
	 * What differs from run to run, or by the platform, is made the same.
	 */
	private static Map<String, ?> masked(String response) {
		return JsonPath.parse(response.replaceAll("\"processId\": ?\\d+,", ""))
			.map("$.pipe.address",
					(address, configuration) -> address.toString().replaceAll(".*(CoreFxPipe_|\\\\)", ""))
			.map("$.connections[*].id", (id, configuration) -> "an id")
			.map("$.connections[*].since", (since, configuration) -> "a time")
			.json();
	}

	private void start(String... settings) {
		List<String> arguments = new ArrayList<>(List.of(settings));
		Collections.addAll(arguments, "--namedpipe.directory=" + this.folder, "--server.port=0");
		this.sample = new SpringApplicationBuilder(SampleApplication.class).run(arguments.toArray(String[]::new));
	}

	private PipeClient client() throws IOException {
		return PipeClient.builder("orders").directory(this.folder).build();
	}

	private static String order(PipeConnection connection) throws IOException {
		connection.outputStream().write("{\"item\": \"tea\", \"quantity\": 2}\n".getBytes());
		return new BufferedReader(new InputStreamReader(connection.inputStream())).readLine();
	}

	private HttpResponse<String> get(String path) throws Exception {
		return send(HttpRequest.newBuilder(uri(path)));
	}

	private HttpResponse<String> post(String body) throws Exception {
		return send(HttpRequest.newBuilder(uri(ORDERS))
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString(body)));
	}

	private HttpResponse<String> delete(String id) throws Exception {
		return send(HttpRequest.newBuilder(uri(ORDERS + "/" + id)).DELETE());
	}

	private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
		return this.http.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

	private URI uri(String path) {
		return URI.create("http://127.0.0.1:" + this.sample.getEnvironment().getProperty("local.server.port") + path);
	}

}
