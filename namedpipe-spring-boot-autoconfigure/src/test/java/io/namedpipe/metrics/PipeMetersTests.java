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

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

import com.sun.management.ThreadMXBean;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import io.namedpipe.CloseReason;
import io.namedpipe.DropReason;
import io.namedpipe.PipeClient;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeErrorType;
import io.namedpipe.integration.NamedPipeOperations.Role;
import io.namedpipe.integration.NamedPipeTimings.Outcome;
import io.namedpipe.integration.TestPipe;
import io.namedpipe.transport.memory.MemoryTransport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PipeMeters}.
 */
class PipeMetersTests {

	private static final Set<String> REASONS = Set.of("peer", "stop", "idle", "write-timeout", "protocol", "overflow",
			"operator", "error");

	private static final int MESSAGES = 2000;

	private static final int LEAST_OBJECT = 16;

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final MemoryTransport transport = new MemoryTransport();

	@Test
	void whenServerThenMetersHaveNamesAndTagsOfContract() {
		new PipeMeters(this.registry, pipe("orders", Role.SERVER));
		assertThat(names()).containsExactly("namedpipe.bytes.in", "namedpipe.bytes.out",
				"namedpipe.connections.accepted", "namedpipe.connections.closed", "namedpipe.connections.current",
				"namedpipe.connections.max", "namedpipe.connections.rejected", "namedpipe.connections.stuck",
				"namedpipe.dispatch", "namedpipe.errors", "namedpipe.messages.dropped", "namedpipe.messages.in",
				"namedpipe.messages.out", "namedpipe.queue.size");
		assertThat(this.registry.getMeters()).allSatisfy((meter) -> {
			assertThat(meter.getId().getTag("pipe")).isEqualTo("orders");
			assertThat(meter.getId().getTag("role")).isEqualTo("server");
		});
		assertThat(tags("namedpipe.connections.closed", "reason")).isEqualTo(REASONS);
		assertThat(tags("namedpipe.connections.rejected", "reason"))
			.isEqualTo(Set.of("access", "user-limit", "handshake"));
		assertThat(tags("namedpipe.messages.dropped", "reason")).isEqualTo(
				Set.of("no-connection", "drop-newest", "drop-oldest", "closed", "no-receiver", "unknown-connection"));
		assertThat(tags("namedpipe.errors", "type")).hasSize(PipeErrorType.values().length)
			.contains("accept", "name-lost", "no-reply");
	}

	@Test
	void whenClientThenHasMetersOfConnectingAndExchanging() {
		new PipeMeters(this.registry, pipe("billing", Role.CLIENT));
		assertThat(names()).contains("namedpipe.connect", "namedpipe.exchange")
			.doesNotContain("namedpipe.connections.rejected");
		assertThat(tags("namedpipe.connect", "outcome")).isEqualTo(Set.of("success", "timeout", "error"));
		assertThat(tags("namedpipe.exchange", "outcome")).isEqualTo(Set.of("success", "timeout", "error"));
		assertThat(tags("namedpipe.connect", "role")).isEqualTo(Set.of("client"));
	}

	@Test
	void whenThingsHappenThenMetersFollow() throws Exception {
		try (TestPipe server = pipe("orders", Role.SERVER)) {
			new PipeMeters(this.registry, server);
			server.start();
			PipeClient client = PipeClient.builder("orders").transport(this.transport).build();
			PipeConnection clientSide = client.connect();
			PipeConnection serverSide = server.accept();
			assertThat(gauge("namedpipe.connections.current")).isOne();
			clientSide.write(ByteBuffer.wrap(new byte[] { 1, 2, 3 }));
			serverSide.read(ByteBuffer.allocate(10));
			serverSide.write(ByteBuffer.wrap(new byte[] { 4, 5 }));
			serverSide.statistics().messageRead();
			serverSide.statistics().messagesWritten(2);
			server.statistics().countDropped(DropReason.DROP_OLDEST);
			server.statistics().countError(PipeErrorType.FLOW);
			server.setQueueSize(serverSide, 7);
			serverSide.close(CloseReason.OPERATOR);
			client.close();
			assertThat(gauge("namedpipe.connections.current")).isZero();
			assertThat(gauge("namedpipe.connections.max")).isOne();
			assertThat(gauge("namedpipe.queue.size")).isEqualTo(7);
			assertThat(count("namedpipe.connections.accepted")).isOne();
			assertThat(count("namedpipe.connections.closed", "reason", "operator")).isOne();
			assertThat(count("namedpipe.connections.closed", "reason", "peer")).isZero();
			assertThat(count("namedpipe.bytes.in")).isEqualTo(3);
			assertThat(count("namedpipe.bytes.out")).isEqualTo(2);
			assertThat(count("namedpipe.messages.in")).isOne();
			assertThat(count("namedpipe.messages.out")).isEqualTo(2);
			assertThat(count("namedpipe.messages.dropped", "reason", "drop-oldest")).isOne();
			assertThat(count("namedpipe.errors", "type", "flow")).isOne();
		}
	}

	@Test
	void whenSomethingTookTimeThenTimersHaveIt() {
		PipeMeters meters = new PipeMeters(this.registry, pipe("billing", Role.CLIENT));
		meters.dispatched(1000);
		meters.exchanged(Outcome.TIMEOUT, 2000);
		meters.connected(Outcome.ERROR, 3000);
		assertThat(this.registry.get("namedpipe.dispatch").timer().totalTime(TimeUnit.NANOSECONDS)).isEqualTo(1000);
		assertThat(this.registry.get("namedpipe.exchange")
			.tag("outcome", "timeout")
			.timer()
			.totalTime(TimeUnit.NANOSECONDS)).isEqualTo(2000);
		assertThat(
				this.registry.get("namedpipe.connect").tag("outcome", "error").timer().totalTime(TimeUnit.NANOSECONDS))
			.isEqualTo(3000);
	}

	@Test
	void whenSomethingTookTimeThenTellingAllocatesNothing() {
		PipeMeters meters = new PipeMeters(this.registry, pipe("billing", Role.CLIENT));
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		tell(meters);
		long before = threads.getCurrentThreadAllocatedBytes();
		tell(meters);
		assertThat(threads.getCurrentThreadAllocatedBytes() - before).as("bytes for %d messages", MESSAGES)
			.isLessThan(MESSAGES * LEAST_OBJECT);
	}

	private static void tell(PipeMeters meters) {
		for (int i = 0; i < MESSAGES; i++) {
			meters.dispatched(i);
			meters.exchanged(Outcome.SUCCESS, i);
		}
	}

	@Test
	void whenClosedThenOnlyItsOwnMetersVanish() {
		PipeMeters orders = new PipeMeters(this.registry, pipe("orders", Role.SERVER));
		new PipeMeters(this.registry, pipe("other", Role.SERVER));
		orders.close();
		assertThat(this.registry.getMeters()).isNotEmpty()
			.allSatisfy((meter) -> assertThat(meter.getId().getTag("pipe")).isEqualTo("other"));
	}

	private TestPipe pipe(String name, Role role) {
		return new TestPipe(name, role, this.transport);
	}

	private double gauge(String name) {
		return this.registry.get(name).gauge().value();
	}

	private double count(String name, String... tags) {
		return this.registry.get(name).tags(tags).functionCounter().count();
	}

	private Set<String> names() {
		return new TreeSet<>(this.registry.getMeters().stream().map(Meter::getId).map(Meter.Id::getName).toList());
	}

	private Set<String> tags(String name, String key) {
		return new TreeSet<>(
				this.registry.find(name).meters().stream().map((meter) -> meter.getId().getTag(key)).toList());
	}

}
