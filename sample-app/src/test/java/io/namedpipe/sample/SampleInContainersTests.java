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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import com.jayway.jsonpath.JsonPath;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.lifecycle.Startables;

import io.namedpipe.testsupport.ClassPathCopy;
import io.namedpipe.testsupport.Requirement;
import io.namedpipe.testsupport.RequiresCommand;
import io.namedpipe.testsupport.RequiresDocker;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample in one container and its clients, as other users, in others. What they share
 * is the volume with the pipes.
 */
@EnabledOnOs(OS.LINUX)
@RequiresDocker
@RequiresCommand(value = { "python3", "node", "gcc", "socat", "curl" }, partOf = Requirement.DOCKER)
@Timeout(300)
class SampleInContainersTests {

	private static final String PIPES = "/run/pipes";

	private static final String CLIENTS = "/clients";

	private static final int SAMPLE = 4100;

	private static final int CLERKS = 6000;

	private static final int CONTRACTORS = 6001;

	/** What the server looks users and groups up in. */
	private static final String USERS = """
			sample:x:4100:4100::/:
			alice:x:5001:5001::/:
			mallory:x:5002:6000::/:
			carol:x:5003:6000::/:
			dave:x:5004:5004::/:
			erin:x:5006:5006::/:
			""";

	private static final String GROUPS = """
			sample:x:4100:
			clerks:x:6000:alice,erin
			contractors:x:6001:carol
			""";

	@TempDir
	private static Path folder;

	private static final String volume = "namedpipe-test-" + UUID.randomUUID();

	private static final Map<String, HostContainer> clients = new LinkedHashMap<>();

	private static HostContainer sample;

	private static HostContainer quotes;

	@BeforeAll
	static void start() throws Exception {
		DockerClientFactory.instance()
			.client()
			.createVolumeCmd()
			.withName(volume)
			.withDriverOpts(Map.of("type", "tmpfs", "device", "tmpfs", "o", "size=1m,mode=1777"))
			.exec();
		Path programs = folder.resolve("clients");
		ClassPathCopy.copy(Path.of("clients"), programs);
		Program.run(folder, "gcc", "-o", programs.resolve("echo").toString(), "echo.c");
		sample = sample();
		// with the group of the sample, which is the other way to let somebody in
		quotes = client(5005, SAMPLE, "sh", "-c", "umask 007 && exec python3 quotes.py");
		clients.put("sample", client(SAMPLE, SAMPLE, "sleep", "infinity"));
		clients.put("alice", client(5001, 5001, "sleep", "infinity").withGroup(CLERKS));
		clients.put("mallory", client(5002, CLERKS, "sleep", "infinity"));
		clients.put("carol", client(5003, CLERKS, "sleep", "infinity").withGroup(CONTRACTORS));
		clients.put("dave", client(5004, 5004, "sleep", "infinity"));
		clients.put("erin", client(5006, 5006, "sleep", "infinity"));
		List<HostContainer> all = new ArrayList<>(clients.values());
		all.add(quotes);
		all.add(sample);
		Startables.deepStart(all).join();
		awaitStarts(1);
	}

	@AfterAll
	static void end() {
		clients.values().forEach(HostContainer::stop);
		List.of(quotes, sample).forEach(HostContainer::stop);
		DockerClientFactory.instance().client().removeVolumeCmd(volume).exec();
	}

	@ParameterizedTest
	@EnumSource
	void whenAGroupOfTheUserIsAllowedThenTheClientIsServed(Client client) throws Exception {
		int accepted = total(client.pipe, "accepted");
		int denied = denied(client.pipe);

		ExecResult result = client.run("alice");

		assertThat(result.getStderr()).isEmpty();
		assertThat(result.getStdout()).contains("tea");
		assertThat(total(client.pipe, "accepted")).isEqualTo(accepted + 1);
		assertThat(denied(client.pipe)).isEqualTo(denied);
	}

	@ParameterizedTest
	@EnumSource
	void whenTheUserIsDeniedThenTheServerSaysWhoAndTheClientIsClosed(Client client) throws Exception {
		assertDenied(client, "mallory", 5002);
	}

	@ParameterizedTest
	@EnumSource
	void whenGroupOfUserIsDeniedThenServerNamesUserAndCloses(Client client) throws Exception {
		assertDenied(client, "carol", 5003);
	}

	@ParameterizedTest
	@EnumSource
	void whenOnlyTheAccountHasTheGroupThenTheClientIsClosed(Client client) throws Exception {
		assertDenied(client, "erin", 5006);
	}

	@ParameterizedTest
	@EnumSource
	void whenNoRuleMatchesUserThenServerNamesUserAndCloses(Client client) throws Exception {
		assertDenied(client, "dave", 5004);
	}

	private static void assertDenied(Client client, String user, int userId) throws Exception {
		int accepted = total(client.pipe, "accepted");
		int denied = denied(client.pipe);
		String line = "Access to " + PIPES + "/CoreFxPipe_" + client.pipe + " denied for user " + user + " (" + userId;
		long lines = linesOfSample(line);

		ExecResult result = client.run(user);

		assertThat(result.getExitCode()).isOne();
		assertThat(result.getStderr()).startsWith("the sample closed the connection");
		assertThat(result.getStdout()).isEmpty();
		await().untilAsserted(() -> assertThat(linesOfSample(line)).isEqualTo(lines + 1));
		assertThat(denied(client.pipe)).isEqualTo(denied + 1);
		assertThat(total(client.pipe, "accepted")).isEqualTo(accepted);
	}

	@Test
	void whenNothingIsConfiguredThenTheSystemLetsNobodyElseIn() throws Exception {
		ExecResult refused = run("alice", "sh", "ticker.sh");

		assertThat(refused.getExitCode()).isOne();
		assertThat(refused.getStderr()).contains("Permission denied");
		assertThat(total("ticker", "accepted")).isZero();
		assertThat(denied("ticker")).isZero();

		ExecResult admitted = run("sample", "sh", "-c", "sh ticker.sh | head -n 1");

		assertThat(admitted.getStdout()).matches("\\d+:\\d+:\\d+.*\\n");
		assertThat(total("ticker", "accepted")).isOne();
	}

	@Test
	void whenTheServerIsKilledAndStartedAgainThenItTakesItsNamesBack() throws Exception {
		assertThat(Client.PYTHON.run("alice").getStdout()).contains("tea");
		sample.kill();
		await().until(() -> !sample.isRunning());
		assertThat(run("sample", "ls", PIPES).getStdout()).contains("CoreFxPipe_orders");

		ExecResult result = Client.PYTHON.run("alice");

		assertThat(result.getExitCode()).isOne();
		assertThat(result.getStderr()).isEqualTo("cannot connect: Connection refused\n");
		long starts = linesOfSample("Started SampleApplication");
		sample.startAgain();
		awaitStarts(starts + 1);
		assertThat(total("orders", "accepted")).isZero();
		for (Client client : Client.values()) {
			assertThat(client.run("alice").getStdout()).contains("tea");
			assertDenied(client, "mallory", 5002);
		}
		awaitHealthOfQuotes("UP");
	}

	@Test
	void whenOtherProcessRestartsThenSampleFindsIt() throws Exception {
		awaitHealthOfQuotes("UP");
		assertThat(get("/quotes/tea")).isEqualTo("3.50");

		quotes.kill();

		awaitHealthOfQuotes("DOWN");
		await()
			.untilAsserted(() -> assertThat(get("/actuator/health")).contains("its server has gone and left the file"));
		quotes.startAgain();
		awaitHealthOfQuotes("UP");
		assertThat(get("/quotes/tea")).isEqualTo("3.50");
	}

	@Test
	void whenInAContainerThenItCanDoNothingButServe() throws Exception {
		assertThat(sample.execInContainer("grep", "-E", "^(CapEff|CapBnd|NoNewPrivs):", "/proc/1/status").getStdout())
			.isEqualTo("""
					CapEff:	0000000000000000
					CapBnd:	0000000000000000
					NoNewPrivs:	1
					""");
		assertThat(sample.execInContainer("touch", "/file").getStderr()).contains("Read-only file system");
		// message mode too, for which JNA unpacks its library
		assertThat(SampleInContainersTests.<String>read("/actuator/namedpipes", "$.pipes.all-in-one.state"))
			.isEqualTo("running");
	}

	private static HostContainer sample() throws IOException {
		Path classes = folder.resolve("classes");
		List<String> command = new ArrayList<>(
				List.of(System.getProperty("java.home") + "/bin/java", "-XX:TieredStopAtLevel=1", "-cp",
						ClassPathCopy.to(classes, ClassPathCopy.original()), SampleApplication.class.getName(),
						"--namedpipe.directory=" + PIPES, "--logging.level.io.namedpipe=debug"));
		for (String pipe : List.of("orders", "echo")) {
			String access = "--namedpipe.server." + pipe + ".access.";
			command.addAll(List.of(access + "allow[0].principal=group:clerks", access + "deny[0].principal=mallory",
					access + "deny[1].principal=group:contractors"));
		}
		return new HostContainer(SAMPLE, SAMPLE).withVolume(volume, PIPES)
			.withReadOnly(classes, classes.toString())
			.withReadOnly(Files.writeString(folder.resolve("passwd"), USERS), "/etc/passwd")
			.withReadOnly(Files.writeString(folder.resolve("group"), GROUPS), "/etc/group")
			.withCommand(command.toArray(String[]::new));
	}

	private static HostContainer client(int userId, int groupId, String... command) throws IOException {
		return new HostContainer(userId, groupId).withVolume(volume, PIPES)
			.withReadOnly(folder.resolve("clients"), CLIENTS)
			.withWorkingDirectory(CLIENTS)
			.withEnv("TMPDIR", PIPES)
			.withCommand(command);
	}

	private static ExecResult run(String user, String... command) throws Exception {
		return clients.get(user).execInContainer(command);
	}

	private static void awaitStarts(long starts) {
		await().untilAsserted(
				() -> assertThat(linesOfSample("Started SampleApplication")).as(sample.getLogs()).isEqualTo(starts));
	}

	private static void awaitHealthOfQuotes(String status) {
		await().untilAsserted(() -> assertThat(
				JsonPath.<String>read(get("/actuator/health"), "$.components.namedPipe.components.quotes.status"))
			.isEqualTo(status));
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(100));
	}

	private static long linesOfSample(String text) {
		return sample.getLogs().lines().filter((line) -> line.contains(text)).count();
	}

	private static int denied(String pipe) throws Exception {
		Map<String, Integer> rejected = read("/actuator/namedpipes", "$.pipes." + pipe + ".totals.rejected");
		return rejected.getOrDefault("access", 0);
	}

	private static int total(String pipe, String name) throws Exception {
		return read("/actuator/namedpipes", "$.pipes." + pipe + ".totals." + name);
	}

	private static <T> T read(String path, String expression) throws Exception {
		return JsonPath.read(get(path), expression);
	}

	private static String get(String path) throws Exception {
		return sample.execInContainer("curl", "-s", "http://127.0.0.1:8080" + path).getStdout();
	}

	/**
	 * A program among the clients, and the pipe that it talks to.
	 */
	enum Client {

		PYTHON("orders", "python3", "orders.py", "tea"),

		NODE("echo", "node", "echo.js", "tea"),

		C("echo", "./echo", "tea");

		private final String pipe;

		private final String[] command;

		Client(String pipe, String... command) {
			this.pipe = pipe;
			this.command = command;
		}

		ExecResult run(String user) throws Exception {
			return SampleInContainersTests.run(user, this.command);
		}

	}

}
