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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs all peers in turn, each in a process of its own, round after round, so that each
 * ratio is taken between neighbours in time, and writes what came out as JSON, as a
 * Markdown table and as a plot.
 * <p>
 * Arguments: the folder for the results, the number of rounds, seconds per measurement,
 * the scenarios to run and the peers beside the floor (regular expressions over their
 * names).
 */
public final class BenchmarkSuite {

	private final Path results;

	private final int rounds;

	private final long millis;

	private final String scenarios;

	private final String peers;

	private BenchmarkSuite(Path results, int rounds, double seconds, String scenarios, String peers) {
		this.results = results;
		this.rounds = rounds;
		this.millis = Math.round(seconds * 1000);
		this.scenarios = scenarios;
		this.peers = peers;
	}

	/**
	 * Runs the suite.
	 * @param args folder, rounds, seconds, scenarios, peers
	 * @throws Exception if a benchmark fails
	 */
	public static void main(String[] args) throws Exception {
		new BenchmarkSuite(Path.of(args[0]), Integer.parseInt(args[1]), Double.parseDouble(args[2]), args[3], args[4])
			.run();
	}

	private void run() throws Exception {
		// one that has no turn does not disturb
		System.setProperty("jmh.ignoreLock", "true");
		Map<Scenario, Map<String, Measurements>> all = new LinkedHashMap<>();
		for (Scenario scenario : Scenario.all()) {
			if (scenario.name().matches(this.scenarios)) {
				all.put(scenario, run(scenario));
				write(new Report(all));
			}
		}
		System.out.println(new Report(all).markdown());
	}

	private void write(Report report) throws IOException {
		Files.createDirectories(this.results);
		Files.writeString(this.results.resolve("results.json"), report.json());
		Files.writeString(this.results.resolve("results.md"), report.markdown());
		Files.writeString(this.results.resolve("results.svg"), report.svg());
	}

	private Map<String, Measurements> run(Scenario scenario) throws Exception {
		List<String> peers = new ArrayList<>(scenario.peers());
		peers.removeIf((peer) -> !peer.equals(Peers.FLOOR) && !peer.matches(this.peers));
		Map<String, Future<RunResult>> running = new LinkedHashMap<>();
		ExecutorService runners = Executors.newCachedThreadPool();
		try (Turns turns = new Turns()) {
			for (String peer : peers) {
				Options options = options(scenario, peer, turns.path(), peers.indexOf(peer));
				running.put(peer, runners.submit(() -> new Runner(options).runSingle()));
			}
			Future<?> game = runners.submit(() -> {
				turns.give(peers);
				return null;
			});
			Map<String, Measurements> measurements = new LinkedHashMap<>();
			for (String peer : peers) {
				Measurements measured = Measurements.of(scenario, running.get(peer).get());
				measurements.put(peer, measured);
				System.out.printf("%s: %s %.0f/s%n", scenario.name(), peer, Report.median(measured.rates()));
			}
			game.get();
			return measurements;
		}
		finally {
			runners.shutdownNow();
		}
	}

	private Options options(Scenario scenario, String peer, Path turns, int index) {
		return new OptionsBuilder().include(ExchangeBenchmark.class.getName() + "." + scenario.method() + "$")
			.param("peer", peer)
			.param("direction", scenario.direction().name())
			.param("size", String.valueOf(scenario.size()))
			.param("priming", String.valueOf(scenario.priming()))
			.param("turns", turns.toString())
			.param("index", String.valueOf(index))
			.threads(scenario.clients())
			.forks(1)
			.warmupIterations(2)
			.warmupTime(TimeValue.seconds(scenario.warmUpSeconds()))
			.measurementIterations(this.rounds)
			.measurementTime(TimeValue.milliseconds(this.millis))
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

		static Measurements of(Scenario scenario, RunResult result) {
			Measurements measurements = new Measurements(new ArrayList<>(), new ArrayList<>());
			for (BenchmarkResult fork : result.getBenchmarkResults()) {
				for (IterationResult round : fork.getIterationResults()) {
					Result<?> allocation = round.getSecondaryResults().get("gc.alloc.rate.norm");
					double counted = round.getMetadata().getAllOps();
					double share = counted / (counted + scenario.priming());
					measurements.rates.add(round.getPrimaryResult().getScore());
					measurements.allocations.add((allocation != null) ? allocation.getScore() * share : Double.NaN);
				}
			}
			return measurements;
		}

	}

}
