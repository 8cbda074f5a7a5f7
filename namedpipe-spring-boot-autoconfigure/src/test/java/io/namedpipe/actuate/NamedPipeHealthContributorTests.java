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

package io.namedpipe.actuate;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributors.Entry;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

import io.namedpipe.PipeClient;
import io.namedpipe.integration.NamedPipeOperations.Role;
import io.namedpipe.integration.TestPipe;
import io.namedpipe.transport.memory.MemoryTransport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link NamedPipeHealthContributor} and {@link NamedPipeHealthIndicator}.
 */
class NamedPipeHealthContributorTests {

	private final MemoryTransport transport = new MemoryTransport();

	private final TestPipe orders = new TestPipe("orders", Role.SERVER, this.transport);

	private final List<TestPipe> pipes = new ArrayList<>(List.of(this.orders));

	private final NamedPipeHealthContributor contributor = new NamedPipeHealthContributor(() -> this.pipes);

	@AfterEach
	void close() {
		this.pipes.forEach(TestPipe::close);
	}

	@Test
	void whenNeverStartedThenUnknown() {
		assertThat(health("orders").getStatus()).isEqualTo(Status.UNKNOWN);
		assertThat(health("orders").getDetails()).containsEntry("reason", "never started");
	}

	@Test
	void whenListeningWithoutClientThenUp() {
		this.orders.start();
		assertThat(health("orders").getStatus()).isEqualTo(Status.UP);
		assertThat(health("orders").getDetails()).containsEntry("role", "server")
			.containsEntry("address", "memory:orders")
			.containsEntry("connections", 0);
	}

	@Test
	void whenReadingIsPausedThenUpAndSaysSo() {
		this.orders.start();
		assertThat(health("orders").getDetails()).doesNotContainKey("reading");
		this.orders.setPaused(true);
		assertThat(health("orders").getStatus()).isEqualTo(Status.UP);
		assertThat(health("orders").getDetails()).containsEntry("reading", "paused");
	}

	@Test
	void whenStoppedOnPurposeThenOutOfService() {
		this.orders.start();
		this.orders.stop();
		assertThat(health("orders").getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
	}

	@Test
	void whenItHasFaultThenDownWithReasonUntilFaultIsGone() {
		this.orders.start();
		this.orders.setFault(new IOException("The name is lost"));
		assertThat(health("orders").getStatus()).isEqualTo(Status.DOWN);
		assertThat(health("orders").getDetails().get("error")).asString().contains("The name is lost");
		this.orders.setFault(null);
		assertThat(health("orders").getStatus()).isEqualTo(Status.UP);
	}

	@Test
	void whenAskedThenNothingConnects() throws Exception {
		this.orders.start();
		health("orders");
		try (PipeClient client = PipeClient.builder("orders").transport(this.transport).build()) {
			client.connect();
			this.orders.accept();
			health("orders");
		}
		assertThat(this.orders.statistics().accepted()).isOne();
	}

	@Test
	void whenPipesComeAndGoThenAreKeyedByLogicalName() {
		TestPipe billing = new TestPipe("billing", Role.CLIENT, this.transport);
		this.pipes.add(billing);
		assertThat(this.contributor.stream().map(Entry::name)).containsExactly("orders", "billing");
		this.pipes.remove(this.orders);
		assertThat(this.contributor.stream().map(Entry::name)).containsExactly("billing");
		assertThat(this.contributor.getContributor("orders")).isNull();
	}

	private Health health(String name) {
		HealthIndicator indicator = (HealthIndicator) this.contributor.getContributor(name);
		assertThat(indicator).isNotNull();
		return indicator.health();
	}

}
