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

package io.namedpipe.faults;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Level;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import io.namedpipe.PipeServer;
import io.namedpipe.PipeStatistics;
import io.namedpipe.TransmissionMode;
import io.namedpipe.faults.HealthyClients.Latencies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A server application, clients that do nothing wrong, and what can be seen of both
 * before, during and after a fault.
 */
final class FaultScenario implements AutoCloseable {

	/** How long the healthy clients are watched before, during and after a fault. */
	static final Duration WATCH = Duration.parse(System.getProperty("namedpipe.test.fault", "PT0.3S"));

	static final int HEALTHY_CLIENTS = 4;

	static final Duration SOON = Duration.ofSeconds(20);

	private static final Duration ALLOWANCE = Duration.ofMillis(200);

	private static final Duration NO_STANDSTILL = Duration.ofSeconds(2);

	private final TransportUnderTest transport;

	private final Path path;

	private final EchoServer echo;

	private final LogCapture log;

	private final long startedAt = System.nanoTime();

	private final HealthyClients healthyClients;

	private final Latencies before;

	private final ResourceSnapshot resources;

	private @Nullable Latencies during;

	FaultScenario(TransportUnderTest transport, Path path, String... properties) throws Exception {
		this.transport = transport;
		this.path = path;
		this.echo = new EchoServer(transport, path, properties);
		this.log = new LogCapture(Level.INFO);
		try {
			this.healthyClients = new HealthyClients(transport, path, HEALTHY_CLIENTS);
			this.healthyClients.watch(WATCH);
			this.before = this.healthyClients.watch(WATCH);
			this.resources = ResourceSnapshot.now();
		}
		catch (Throwable ex) {
			this.log.close();
			this.echo.close();
			throw ex;
		}
	}

	PipeServer server() {
		return this.echo.server();
	}

	PipeStatistics statistics() {
		return server().statistics();
	}

	LogCapture log() {
		return this.log;
	}

	FaultyPeer peer(String fault, int count, Object... argument) throws IOException {
		return FaultyPeer.start(mode(), this.path, fault, count, argument);
	}

	TransmissionMode mode() {
		return this.transport.mode();
	}

	/**
	 * Watches the healthy clients while the fault is there.
	 */
	void watch() {
		this.during = this.healthyClients.watch(WATCH);
		assertThat(this.echo.health()).extracting(Health::getStatus).isEqualTo(Status.UP);
	}

	/**
	 * Asserts that the healthy clients have noticed nothing since, and that the server is
	 * as it was before.
	 */
	void assertNobodyElseNoticedAndNothingIsLeft() throws Exception {
		await().atMost(SOON).until(() -> server().instanceCount() == this.healthyClients.count());
		Latencies after = this.healthyClients.watch(WATCH);
		Latencies fault = Objects.requireNonNull(this.during, "watched");
		assertNotSlower(this.before, fault, after);
		this.resources.assertNothingIsAdded();
		Health health = this.echo.health();
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsEntry("connections", this.healthyClients.count());
		assertThat(this.echo.count("namedpipe.connections.accepted"))
			.isEqualTo(this.healthyClients.count() + this.echo.count("namedpipe.connections.closed"));
		serveANewClient();
	}

	/**
	 * Asserts that an operator reads of it, and again after ten seconds at the earliest.
	 */
	void assertTold(String... parts) {
		assertThat(this.log.lines()).isNotEmpty();
		assertToldIfAnything(parts);
	}

	void assertToldIfAnything(String... parts) {
		long elapsed = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - this.startedAt);
		assertThat(this.log.lines()).filteredOn((line) -> !isOfAStuckWrite(line))
			.hasSizeLessThanOrEqualTo((int) (1 + elapsed / 10))
			.allSatisfy((line) -> assertThat(line).contains(parts));
	}

	/**
	 * Asserts that an operator reads of a peer that does not read before it is
	 * disconnected.
	 */
	void assertToldOfStuckWrites() {
		long elapsed = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - this.startedAt);
		assertThat(this.log.lines()).filteredOn(FaultScenario::isOfAStuckWrite)
			.hasSizeBetween(1, (int) (1 + elapsed / 10));
	}

	static boolean isOfAStuckWrite(String line) {
		return line.contains("does not read: a write of ");
	}

	static void assertNotSlower(Latencies before, Latencies during, Latencies after) {
		String all = "before: " + before + "; during: " + during + "; after: " + after;
		assertThat(during.p99()).as(all)
			.isLessThan(longer(before.p99(), after.p99()).plus(ALLOWANCE).plus(during.stall()));
		assertThat(during.longest()).as(all)
			.isLessThan(longer(before.longest(), after.longest()).plus(NO_STANDSTILL).plus(during.stall()));
	}

	private void serveANewClient() throws Exception {
		try (HealthyClients newcomer = new HealthyClients(this.transport, this.path, 1)) {
			newcomer.watch(Duration.ofMillis(20));
		}
	}

	private static Duration longer(Duration one, Duration other) {
		return (one.compareTo(other) >= 0) ? one : other;
	}

	@Override
	public void close() throws Exception {
		this.log.close();
		try {
			this.healthyClients.close();
		}
		finally {
			this.echo.close();
		}
	}

}
