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
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.jayway.jsonpath.JsonPath;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.UseMainMethod;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import io.namedpipe.testsupport.RequiresCommand;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The programs in {@code clients} against the running sample, as they are on POSIX
 * systems.
 */
@DisabledOnOs(OS.WINDOWS)
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, useMainMethod = UseMainMethod.ALWAYS)
class ClientTests {

	@TempDir
	private static Path folder;

	@Value("${local.server.port}")
	private int port;

	@DynamicPropertySource
	static void pipes(DynamicPropertyRegistry registry) {
		registry.add("namedpipe.directory", () -> folder.toString());
	}

	@Test
	@RequiresCommand("python3")
	void whenPythonSendsAnOrderThenItIsConfirmed() throws Exception {
		String answer = Program.run(folder, "python3", "orders.py", "green tea", "3");

		assertThat(JsonPath.<String>read(answer, "$.item")).isEqualTo("green tea");
		assertThat(JsonPath.<Integer>read(answer, "$.quantity")).isEqualTo(3);
		assertThat(JsonPath.<Integer>read(answer, "$.number")).isPositive();
	}

	@Test
	@RequiresCommand("python3")
	void whenAnOrderIsWrongThenItIsRefusedWithTheReason() throws Exception {
		String answer = Program.run(folder, "python3", "orders.py", "tea", "0");

		assertThat(answer).isEqualTo("{\"error\":\"An order needs a quantity of 1 or more\"}");
	}

	@Test
	@RequiresCommand("node")
	void whenNodeSendsMessagesThenTheyComeBackInOrder() throws Exception {
		assertThat(Program.run(folder, "node", "echo.js", "hello", "", "grüß Gott")).isEqualTo("hello\n\ngrüß Gott");
	}

	@Test
	@RequiresCommand("gcc")
	void whenCSendsAMessageThenItComesBack(@TempDir Path programs) throws Exception {
		String program = programs.resolve("echo").toString();
		Program.run(folder, "gcc", "-Wall", "-Wextra", "-Werror", "-o", program, "echo.c");

		assertThat(Program.run(folder, program, "hello from C")).isEqualTo("hello from C");
		assertThat(Program.run(folder, program, "")).isEmpty();
	}

	@Test
	@RequiresCommand("python3")
	void whenPythonSendsMessagesThenTheirBoundariesHold() throws Exception {
		assertThat(Program.run(folder, "python3", "messages.py", "hello", "", "grüß Gott", "x".repeat(60_000)))
			.isEqualTo("hello\n\ngrüß Gott\n" + "x".repeat(60_000));
	}

	@Test
	@RequiresCommand("python3")
	void whenMessageOfPythonIsTooLargeThenReportsClosedConnection() throws Exception {
		assertThatConnectionIsClosedAfterHello("python3", "messages.py");
	}

	@Test
	@RequiresCommand("gcc")
	void whenCSendsMessagesThenTheirBoundariesHold(@TempDir Path programs) throws Exception {
		String program = programs.resolve("messages").toString();
		Program.run(folder, "gcc", "-Wall", "-Wextra", "-Werror", "-o", program, "messages.c");

		assertThat(Program.run(folder, program, "hello", "", "from C")).isEqualTo("hello\n\nfrom C");
	}

	@Test
	@RequiresCommand("gcc")
	void whenMessageOfCIsTooLargeThenReportsClosedConnection(@TempDir Path programs) throws Exception {
		String program = programs.resolve("messages").toString();
		Program.run(folder, "gcc", "-Wall", "-Wextra", "-Werror", "-o", program, "messages.c");

		assertThatConnectionIsClosedAfterHello(program);
	}

	@Test
	@RequiresCommand("sh")
	void whenTheShellWritesIntoTheFifoThenItsLinesCanBeFetched() throws Exception {
		Program.run(folder, "sh", "-c", "for i in 1 2 3; do echo '{\"id\":'$i'}' > \"$TMPDIR/intake\"; done");

		for (int i = 1; i <= 3; i++) {
			assertThat(SampleProcess.get(this.port, "/intake").body()).isEqualTo("{\"id\":" + i + "}");
		}
		assertThat(healthOf("intake")).isEqualTo("UP");
	}

	@Test
	@RequiresCommand("socat")
	void whenAShellScriptListensThenItHearsTheTicker() throws Exception {
		try (Program ticker = Program.start(folder, "./ticker.sh")) {
			LocalTime first = LocalTime.parse(ticker.nextLine());

			// two that are late may come at once
			assertThat(LocalTime.parse(ticker.nextLine())).isAfterOrEqualTo(first);
		}
	}

	@Test
	@RequiresCommand("mcs")
	void whenCSharpIsCompiledThenThereIsNothingToComplainAbout(@TempDir Path programs) throws Exception {
		Program.run(folder, "mcs", "-warnaserror", "-out:" + programs.resolve("Orders.exe"), "Orders.cs");
	}

	@Test
	@RequiresCommand("python3")
	void whenTheOtherProcessComesAndGoesThenHealthAndQuotesFollow() throws Exception {
		awaitHealthOfQuotes("DOWN");
		assertThat(SampleProcess.get(this.port, "/quotes/tea").statusCode()).isEqualTo(503);
		try (Program quotes = Program.start(folder, "python3", "quotes.py")) {
			assertThat(quotes.nextLine()).startsWith("serving");

			awaitHealthOfQuotes("UP");
			assertThat(SampleProcess.get(this.port, "/quotes/tea").body()).isEqualTo("3.50");
			assertThat(SampleProcess.get(this.port, "/quotes/gold").body()).isEqualTo("unknown");
		}
		awaitHealthOfQuotes("DOWN");
		assertThat(healthOf("orders")).isEqualTo("UP");
	}

	@ParameterizedTest
	@MethodSource("commandsOfTheReadme")
	@RequiresCommand({ "python3", "node", "cc", "socat", "curl" })
	void whenTheReadmeSaysWhatToTryThenItWorks(String command) throws Exception {
		try (Program quotes = Program.start(folder, "python3", "quotes.py")) {
			assertThat(quotes.nextLine()).startsWith("serving");
			awaitHealthOfQuotes("UP");

			String runnable = command.replace("localhost:8080", "localhost:" + this.port).replace("curl", "curl -f");

			try (Program program = Program.start(folder, "sh", "-c", runnable)) {
				assertThat(program.nextLine()).isNotBlank();
				if (!command.equals("./ticker.sh")) {
					assertThat(program.exitValue()).isZero();
				}
			}
		}
	}

	static List<String> commandsOfTheReadme() throws IOException {
		List<String> commands = Files.readAllLines(Path.of("README.md"))
			.stream()
			.map(Pattern.compile("\\| `([^`]+)` \\|$")::matcher)
			.filter(Matcher::find)
			.map((matcher) -> matcher.group(1))
			.toList();
		assertThat(commands).hasSizeGreaterThan(5);
		return commands;
	}

	private static void assertThatConnectionIsClosedAfterHello(String... client) throws Exception {
		List<String> command = new ArrayList<>(List.of(client));
		command.addAll(List.of("hello", "x".repeat(70_000), "never sent"));
		try (Program program = Program.start(folder, command.toArray(String[]::new))) {
			assertThat(program.output().lines()).containsExactlyInAnyOrder("hello", "the sample closed the connection");
			assertThat(program.exitValue()).isEqualTo(1);
		}
	}

	private void awaitHealthOfQuotes(String status) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.untilAsserted(() -> assertThat(healthOf("quotes")).isEqualTo(status));
	}

	private String healthOf(String name) throws Exception {
		String health = SampleProcess.get(this.port, "/actuator/health").body();
		return JsonPath.read(health, "$.components.namedPipe.components." + name + ".status");
	}

}
