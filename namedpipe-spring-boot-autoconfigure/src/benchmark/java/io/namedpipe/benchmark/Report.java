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
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import io.namedpipe.benchmark.BenchmarkSuite.Measurements;

/**
 * What came out, for people and for programs.
 */
final class Report {

	private static final int BAR_HEIGHT = 18;

	private static final int BAR_WIDTH = 420;

	private static final int LABEL_WIDTH = 190;

	private final Map<Scenario, Map<String, Measurements>> all;

	Report(Map<Scenario, Map<String, Measurements>> all) {
		this.all = all;
	}

	private static String machine() {
		return processor() + ", " + System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
				+ Runtime.getRuntime().availableProcessors() + " processors, JDK "
				+ System.getProperty("java.runtime.version");
	}

	private static String processor() {
		try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
			return lines.filter((line) -> line.startsWith("model name"))
				.map((line) -> line.replaceFirst(".*: ", ""))
				.findFirst()
				.orElse(System.getProperty("os.arch"));
		}
		catch (IOException ex) {
			return System.getProperty("os.arch");
		}
	}

	static double median(List<Double> values) {
		List<Double> sorted = new ArrayList<>(values);
		Collections.sort(sorted);
		int middle = sorted.size() / 2;
		return (sorted.size() % 2 == 1) ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
	}

	private static List<Double> ratios(Measurements of, Measurements to) {
		List<Double> ratios = new ArrayList<>();
		for (int round = 0; round < of.rates().size(); round++) {
			ratios.add(of.rates().get(round) / to.rates().get(round));
		}
		return ratios;
	}

	String markdown() {
		StringBuilder text = new StringBuilder("Machine: " + machine() + "\n");
		this.all.forEach((scenario, peers) -> {
			text.append(format("\n### %s\n\n", scenario.name()));
			text.append(
					"| peer | rate, median /s | min to max /s | to the floor, median | min to max | B per exchange |\n");
			text.append("|---|---:|---:|---:|---:|---:|\n");
			peers.forEach((peer, measurements) -> {
				List<Double> rates = measurements.rates();
				List<Double> ratios = ratios(measurements, peers.get(Peers.FLOOR));
				text.append(format("| %s | %.0f | %.0f to %.0f | %.2f | %.2f to %.2f | %.0f |\n", peer, median(rates),
						Collections.min(rates), Collections.max(rates), median(ratios), Collections.min(ratios),
						Collections.max(ratios), median(measurements.allocations())));
			});
		});
		return text.append(targets()).toString();
	}

	private String targets() {
		StringBuilder text = new StringBuilder("\n### Targets\n\n");
		text.append("| scenario | ratio | wanted | median | min to max | |\n|---|---|---:|---:|---:|---|\n");
		this.all.forEach((scenario, peers) -> {
			for (Target target : Target.all(Runtime.getRuntime().availableProcessors() == 1)) {
				if (target.isIn(scenario, peers.keySet())) {
					List<Double> ratios = ratios(peers.get(target.ours()), peers.get(target.theirs()));
					text.append(format("| %s | %s to %s | %.2f | %.2f | %.2f to %.2f | %s |\n", scenario.name(),
							target.ours(), target.theirs(), target.wanted(), median(ratios), Collections.min(ratios),
							Collections.max(ratios), (median(ratios) >= target.wanted()) ? "met" : "missed"));
				}
			}
		});
		return text.toString();
	}

	String json() {
		StringBuilder text = new StringBuilder(format("{\n  \"machine\": \"%s\",\n  \"scenarios\": {", machine()));
		String separator = "";
		for (Map.Entry<Scenario, Map<String, Measurements>> scenario : this.all.entrySet()) {
			text.append(separator).append(format("\n    \"%s\": {", scenario.getKey().name()));
			separator = ",";
			String inner = "";
			for (Map.Entry<String, Measurements> peer : scenario.getValue().entrySet()) {
				text.append(inner)
					.append(format("\n      \"%s\": {\"rates\": %s, \"allocations\": %s}", peer.getKey(),
							numbers(peer.getValue().rates()), numbers(peer.getValue().allocations())));
				inner = ",";
			}
			text.append("\n    }");
		}
		return text.append("\n  }\n}\n").toString();
	}

	private static String numbers(List<Double> values) {
		List<String> texts = new ArrayList<>();
		for (double value : values) {
			texts.add((Double.isNaN(value)) ? "null" : format("%.1f", value));
		}
		return "[" + String.join(", ", texts) + "]";
	}

	String svg() {
		StringBuilder bars = new StringBuilder();
		int y = 30;
		for (Map.Entry<Scenario, Map<String, Measurements>> scenario : this.all.entrySet()) {
			bars.append(
					format("<text x=\"8\" y=\"%d\" font-weight=\"bold\">%s, rate to that of a bare NIO socket</text>\n",
							y, scenario.getKey().name()));
			y += 8;
			double largest = scenario.getValue()
				.values()
				.stream()
				.mapToDouble((measurements) -> median(ratios(measurements, scenario.getValue().get(Peers.FLOOR))))
				.max()
				.orElse(1);
			for (Map.Entry<String, Measurements> peer : scenario.getValue().entrySet()) {
				double ratio = median(ratios(peer.getValue(), scenario.getValue().get(Peers.FLOOR)));
				bars.append(bar(y, peer.getKey(), ratio, ratio / largest));
				y += BAR_HEIGHT + 4;
			}
			y += 28;
		}
		return format("""
				<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">
				<rect width="100%%" height="100%%" fill="white"/>
				<text x="8" y="14" fill="#555">%s</text>
				%s</svg>
				""", LABEL_WIDTH + BAR_WIDTH + 80, y, machine(), bars);
	}

	private static String bar(int y, String peer, double ratio, double width) {
		return format(
				"<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text><rect x=\"%d\" y=\"%d\" width=\"%.0f\" height=\"%d\" "
						+ "fill=\"%s\"/><text x=\"%.0f\" y=\"%d\">%.2f</text>\n",
				LABEL_WIDTH - 6, y + 14, peer, LABEL_WIDTH, y, width * BAR_WIDTH, BAR_HEIGHT,
				(peer.startsWith("pipe-")) ? "#2b7a3f" : "#9aa5b1", LABEL_WIDTH + width * BAR_WIDTH + 6, y + 14, ratio);
	}

	private static String format(String format, Object... arguments) {
		return String.format(Locale.ROOT, format, arguments);
	}

}
