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

package io.namedpipe.benchmark;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Configuration;

/**
 * What the starter adds to the start of an application: the same application without our
 * classes, with them and no pipe, and with one pipe, in turn.
 */
public final class StartUp {

	private StartUp() {
	}

	/**
	 * Measures.
	 * @param args the number of rounds
	 * @throws Exception if it fails
	 */
	public static void main(String[] args) throws Exception {
		String all = System.getProperty("java.class.path");
		List<String> others = new ArrayList<>(List.of(all.split(":")));
		others.removeIf((entry) -> entry.endsWith("target/classes"));
		Path folder = Files.createTempDirectory("np");
		Map<String, List<Long>> times = new LinkedHashMap<>();
		for (int round = 0; round < Integer.parseInt(args[0]); round++) {
			measure(times, "without the starter", String.join(":", others));
			measure(times, "with the starter, no pipe", all);
			measure(times, "with one pipe", all, "--namedpipe.server.one.inbound.channel=nullChannel",
					"--namedpipe.directory=" + folder);
		}
		long baseline = median(times.get("without the starter"));
		System.out.println("| application | start, median | more than without |");
		System.out.println("|---|---:|---:|");
		times.forEach((name, values) -> System.out.printf(Locale.ROOT, "| %s | %d ms | %d ms |%n", name, median(values),
				median(values) - baseline));
	}

	private static void measure(Map<String, List<Long>> times, String name, String classPath, String... arguments)
			throws Exception {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", classPath,
						Application.class.getName()));
		Collections.addAll(command, arguments);
		Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
		try (BufferedReader output = process.inputReader()) {
			String line = output.lines().filter((text) -> text.startsWith("started ")).findFirst().orElseThrow();
			times.computeIfAbsent(name, (key) -> new ArrayList<>()).add(Long.valueOf(line.substring(8)));
		}
		process.waitFor();
	}

	private static long median(List<Long> values) {
		List<Long> sorted = new ArrayList<>(values);
		Collections.sort(sorted);
		return sorted.get(sorted.size() / 2);
	}

	/**
	 * The application.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		public static void main(String[] args) {
			long start = System.nanoTime();
			new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
				.properties("logging.level.root=warn", "spring.main.banner-mode=off")
				.run(args);
			System.out.println("started " + (System.nanoTime() - start) / 1_000_000);
			System.exit(0);
		}

	}

}
