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
import java.io.File;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Configuration;

import io.namedpipe.autoconfigure.NamedPipeAutoConfiguration;

/**
 * What the starter adds to the start of an application: the same application with
 * {@code spring-boot-starter-integration} only, with our starter and no pipe, and with
 * one pipe, in turn, each in a process of its own with nothing else on its class path.
 * Where other work disturbs the clock, the processor time of the starting thread says
 * more.
 */
public final class StartUp {

	private static final String ROUNDS = "10";

	// What the starter brings, of all that is on the class path of benchmarks
	private static final Pattern STARTER = Pattern
		.compile("(spring-(core|beans|aop|tx|expression|context|messaging)|spring-boot|spring-boot-autoconfigure"
				+ "|spring-boot-integration|spring-integration-core|micrometer-(commons|observation)|reactor-core"
				+ "|reactive-streams|jspecify|commons-logging|logback-(classic|core)|slf4j-api|log4j-(api|to-slf4j)"
				+ "|jul-to-slf4j|snakeyaml|jna|jakarta.annotation-api)-[0-9].*\\.jar");

	private StartUp() {
	}

	/**
	 * Measures.
	 * @param args the number of rounds, by default 10, and options of the JVM that starts
	 * the applications, for example {@code -XX:TieredStopAtLevel=1}, with which
	 * {@code spring-boot:run} starts one
	 * @throws Exception if it fails
	 */
	public static void main(String[] args) throws Exception {
		Path benchmark = Path.of(StartUp.class.getProtectionDomain().getCodeSource().getLocation().toURI());
		Path library = Path
			.of(NamedPipeAutoConfiguration.class.getProtectionDomain().getCodeSource().getLocation().toURI());
		List<String> entries = new ArrayList<>(
				List.of(System.getProperty("java.class.path").split(File.pathSeparator)));
		entries.removeIf((entry) -> !STARTER.matcher(Path.of(entry).getFileName().toString()).matches());
		entries.add(benchmark.toString());
		String integration = String.join(File.pathSeparator, entries);
		String starter = integration + File.pathSeparator + library;
		Path folder = Files.createTempDirectory("np");
		Map<String, List<Start>> starts = new LinkedHashMap<>();
		int rounds = Integer.parseInt((args.length > 0) ? args[0] : ROUNDS);
		List<String> options = List.of(args).subList(Math.min(1, args.length), args.length);
		for (int round = 0; round < rounds; round++) {
			measure(starts, "spring-boot-starter-integration", options, integration);
			measure(starts, "our starter, no pipe", options, starter);
			measure(starts, "our starter, one pipe", options, starter,
					"--namedpipe.server.one.inbound.channel=nullChannel", "--namedpipe.directory=" + folder);
		}
		long baseline = median(starts.values().iterator().next(), Start::millis);
		long processorBaseline = median(starts.values().iterator().next(), Start::processorMillis);
		System.out.println("| application | start, median | more | processor time, median | more | threads, median |");
		System.out.println("|---|---:|---:|---:|---:|---:|");
		starts.forEach((name, values) -> {
			long millis = median(values, Start::millis);
			long processorMillis = median(values, Start::processorMillis);
			System.out.printf(Locale.ROOT, "| %s | %d ms | %d ms | %d ms | %d ms | %d |%n", name, millis,
					millis - baseline, processorMillis, processorMillis - processorBaseline,
					median(values, Start::threads));
		});
	}

	private static void measure(Map<String, List<Start>> starts, String name, List<String> options, String classPath,
			String... arguments) throws Exception {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(options);
		Collections.addAll(command, "-cp", classPath, Application.class.getName());
		Collections.addAll(command, arguments);
		Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
		try (BufferedReader output = process.inputReader()) {
			String line = output.lines().filter((text) -> text.startsWith("started ")).findFirst().orElseThrow();
			String[] values = line.split(" ");
			starts.computeIfAbsent(name, (key) -> new ArrayList<>())
				.add(new Start(Long.parseLong(values[1]), Long.parseLong(values[2]), Long.parseLong(values[3])));
		}
		process.waitFor();
	}

	private static long median(List<Start> starts, ToLongFunction<Start> value) {
		long[] sorted = starts.stream().mapToLong(value).sorted().toArray();
		int middle = sorted.length / 2;
		return (sorted.length % 2 == 1) ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
	}

	/**
	 * A start of the application.
	 *
	 * @param millis what the clock says
	 * @param processorMillis what the starting thread used of a processor
	 * @param threads how many threads there are then
	 */
	private record Start(long millis, long processorMillis, long threads) {

	}

	/**
	 * The application.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		public static void main(String[] args) {
			long start = System.nanoTime();
			ThreadMXBean threads = ManagementFactory.getThreadMXBean();
			long processorStart = threads.getCurrentThreadCpuTime();
			new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
				.properties("logging.level.root=warn", "spring.main.banner-mode=off")
				.run(args);
			System.out.println("started " + (System.nanoTime() - start) / 1_000_000 + " "
					+ (threads.getCurrentThreadCpuTime() - processorStart) / 1_000_000 + " "
					+ threads.getThreadCount());
			System.exit(0);
		}

	}

}
