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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import io.namedpipe.testsupport.RequiresCommand;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the sample brings for Prometheus and Grafana, against what it exports.
 */
@Timeout(120)
class MonitoringTests {

	private static final Path FOLDER = Path.of("monitoring").toAbsolutePath();

	private static final Pattern NAME = Pattern.compile("\\bnamedpipe_[a-z_]+");

	private static final Pattern SELECTOR = Pattern.compile("(namedpipe_[a-z_]+)\\{([^}]*)}");

	private static final Pattern LABEL = Pattern.compile("([a-z]+) *(=|!=|=~|!~) *\\\\?\"([^\"\\\\]*)\\\\?\"");

	/** Labels whose values are closed sets of ours. */
	private static final Set<String> CHECKED = Set.of("role", "reason", "type", "outcome");

	@TempDir
	private static Path folder;

	private static String exported;

	@BeforeAll
	static void scrape() throws Exception {
		try (ConfigurableApplicationContext sample = new SpringApplicationBuilder(SampleApplication.class)
			.run("--namedpipe.directory=" + folder, "--server.port=0")) {
			int port = sample.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
			exported = SampleProcess.get(port, "/actuator/prometheus").body();
		}
	}

	@AfterAll
	static void forget() {
		exported = null;
	}

	@ParameterizedTest
	@ValueSource(strings = { "alerts.yml", "alerts-test.yml", "grafana-dashboard.json" })
	void whenFileNamesMeterThenTheSampleExportsIt(String file) throws IOException {
		Set<String> names = new TreeSet<>();
		NAME.matcher(exported).results().map(MatchResult::group).forEach(names::add);

		List<String> named = NAME.matcher(Files.readString(FOLDER.resolve(file)))
			.results()
			.map(MatchResult::group)
			.toList();

		assertThat(named).isNotEmpty();
		assertThat(names).containsAll(named);
	}

	@ParameterizedTest
	@ValueSource(strings = { "alerts.yml", "alerts-test.yml", "grafana-dashboard.json" })
	void whenFileNamesLabelThenTheMeterHasIt(String file) throws IOException {
		List<MatchResult> selectors = SELECTOR.matcher(Files.readString(FOLDER.resolve(file))).results().toList();

		assertThat(selectors).isNotEmpty().allSatisfy((selector) -> {
			for (MatchResult label : LABEL.matcher(selector.group(2)).results().toList()) {
				if (CHECKED.contains(label.group(1))) {
					for (String value : label.group(3).split("\\|")) {
						String series = label.group(1) + "=\"" + value + "\"";
						assertThat(exported.lines().filter((line) -> line.startsWith(selector.group(1) + "{")))
							.as(selector.group(1) + "{" + series + "}")
							.anyMatch((line) -> line.contains(series));
					}
				}
			}
		});
	}

	@Test
	@RequiresCommand("promtool")
	void whenRulesAreCheckedThenTheyAreGood() throws Exception {
		assertThat(promtool("check", "rules", "alerts.yml")).contains("SUCCESS: ");
	}

	@Test
	@RequiresCommand("promtool")
	void whenRulesAreRunThenTheyFireWhenTheyShould() throws Exception {
		assertThat(promtool("test", "rules", "alerts-test.yml")).contains("SUCCESS");
	}

	@Test
	@RequiresCommand("promtool")
	void whenTheDashboardAsksThenItAsksInPromQl() throws Exception {
		List<String> expressions = JsonPath.read(Files.readString(FOLDER.resolve("grafana-dashboard.json")),
				"$.panels[*].targets[*].expr");
		StringBuilder rules = new StringBuilder("groups:\n  - name: dashboard\n    rules:\n");
		for (String expression : expressions) {
			String query = expression.replace("$__rate_interval", "5m").replace("$pipe", ".*");
			rules.append("      - record: dashboard:query" + rules.length() + "\n        expr: '" + query + "'\n");
		}
		Path file = Files.writeString(folder.resolve("dashboard.yml"), rules.toString());

		assertThat(promtool("check", "rules", file.toString()))
			.contains("SUCCESS: " + expressions.size() + " rules found");
	}

	@Test
	@RequiresCommand("promtool")
	void whenPrometheusReadsExportThenMeterNamesAreValid() throws Exception {
		Process process = new ProcessBuilder("promtool", "check", "metrics").redirectErrorStream(true).start();
		try (var input = process.getOutputStream()) {
			input.write(exported.getBytes(StandardCharsets.UTF_8));
		}

		// Micrometer gives those that it makes of observations no help text
		assertThat(output(process).lines()
			.filter((line) -> line.contains("namedpipe") || line.contains("error while"))
			.filter((line) -> !line.matches("namedpipe_(send|receive|request)(_active)?_seconds(_max)? no help text")))
			.isEmpty();
	}

	private static String promtool(String... arguments) throws Exception {
		List<String> command = new ArrayList<>(List.of("promtool"));
		command.addAll(List.of(arguments));
		Process process = new ProcessBuilder(command).directory(FOLDER.toFile()).redirectErrorStream(true).start();
		String output = output(process);
		assertThat(process.exitValue()).as(output).isZero();
		return output;
	}

	private static String output(Process process) throws Exception {
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
		return output;
	}

}
