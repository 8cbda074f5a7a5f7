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

package io.namedpipe.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.namedpipe.integration.NamedPipeOperations.Role;
import io.namedpipe.integration.TestPipe;
import io.namedpipe.transport.memory.MemoryTransport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks what the sample brings for Prometheus and Grafana against the meters that there
 * are, by the names that Prometheus gives them.
 */
class MonitoringTests {

	private static final Path FOLDER = Path.of("../sample-app/monitoring");

	private static final Pattern NAME = Pattern.compile("\\bnamedpipe_[a-z_]+");

	@ParameterizedTest
	@ValueSource(strings = { "alerts.yml", "alerts-test.yml", "grafana-dashboard.json" })
	void whenFileNamesMeterThenMeterExists(String file) throws IOException {
		Set<String> named = new TreeSet<>();
		NAME.matcher(Files.readString(FOLDER.resolve(file))).results().forEach((match) -> named.add(match.group()));
		assertThat(named).isNotEmpty();
		assertThat(exported()).containsAll(named);
	}

	private static Set<String> exported() {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		MemoryTransport transport = new MemoryTransport();
		new PipeMeters(registry, new TestPipe("orders", Role.SERVER, transport));
		new PipeMeters(registry, new TestPipe("billing", Role.CLIENT, transport));
		Set<String> names = new TreeSet<>();
		for (Meter meter : registry.getMeters()) {
			String name = meter.getId().getName().replace('.', '_');
			switch (meter.getId().getType()) {
				case COUNTER -> names.add(name + "_total");
				case TIMER -> {
					names.add(name + "_seconds_count");
					names.add(name + "_seconds_sum");
					names.add(name + "_seconds_max");
				}
				default -> names.add(name);
			}
		}
		return names;
	}

}
