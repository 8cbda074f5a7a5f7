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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs all peers in turn, round after round, so that each ratio is taken between
 * neighbours in time, and writes what came out as JSON, as a Markdown table and as a plot.
 * <p>
 * Arguments: the folder for the results, the number of rounds, seconds per measurement, and
 * the scenarios to run (a regular expression over their names).
 */
public final class BenchmarkSuite {

	private final Path results;

	private final int rounds;

	private final int seconds;

	private final String scenarios;

	private BenchmarkSuite(Path results, int rounds, int seconds, String scenarios) {
		this.results = results;
		this.rounds = rounds;
		this.seconds = seconds;
		this.scenarios = scenarios;
	}

	/**
	 * Runs the suite.
	 * @param args folder, rounds, seconds, scenarios
	 * @throws Exception if a benchmark fails
	 */
	public static void main(String[] args) throws Exception {
		new BenchmarkSuite(Path.of(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]), args[3]).run();
	}

	private void run() throws RunnerException, IOException {
		Map<Scenario, Map<String, Measurements>> all = new LinkedHashMap<>();
		for (Scenario scenario : Scenario.all()) {
			if (scenario.name().matches(this.scenarios)) {
				all.put(scenario, run(scenario));
			}
		}
		Report report = new Report(all);
		Files.createDirectories(this.results);
		Files.writeString(this.results.resolve("results.json"), report.json());
		Files.writeString(this.results.resolve("results.md"), report.markdown());
		Files.writeString(this.results.resolve("results.svg"), report.svg());
		System.out.println(report.markdown());
	}

	private Map<String, Measurements> run(Scenario scenario) throws RunnerException {
		Map<String, Measurements> measurements = new LinkedHashMap<>();
		for (int round = 1; round <= this.rounds; round++) {
			for (String peer : scenario.peers()) {
				RunResult result = new Runner(options(scenario, peer)).runSingle();
				double rate = result.getPrimaryResult().getScore();
				Result<?> allocation = result.getSecondaryResults().get("gc.alloc.rate.norm");
				measurements.computeIfAbsent(peer, (key) -> new Measurements(new ArrayList<>(), new ArrayList<>()))
					.add(rate, (allocation != null) ? allocation.getScore() : Double.NaN);
				System.out.printf("%s round %d: %s %.0f/s%n", scenario.name(), round, peer, rate);
			}
		}
		return measurements;
	}

	private Options options(Scenario scenario, String peer) {
		return new OptionsBuilder().include(ExchangeBenchmark.class.getName() + "." + scenario.method() + "$")
			.param("peer", peer)
			.param("direction", scenario.direction().name())
			.param("size", String.valueOf(scenario.size()))
			.threads(scenario.clients())
			.forks(1)
			.warmupIterations(2)
			.warmupTime(TimeValue.seconds(1))
			.measurementIterations(1)
			.measurementTime(TimeValue.seconds(this.seconds))
			.addProfiler(GCProfiler.class)
			.verbosity(VerboseMode.SILENT)
			.shouldFailOnError(true)
			.build();
	}

	/**
	 * What a peer did in each round.
	 *
	 * @param rates exchanges per second
	 * @param allocations bytes allocated per exchange by both ends in the process
	 */
	record Measurements(List<Double> rates, List<Double> allocations) {

		void add(double rate, double allocation) {
			this.rates.add(rate);
			this.allocations.add(allocation);
		}

	}

}
