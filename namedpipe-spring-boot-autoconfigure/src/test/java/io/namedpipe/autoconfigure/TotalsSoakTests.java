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

package io.namedpipe.autoconfigure;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.support.GenericMessage;

import io.namedpipe.actuate.NamedPipesEndpoint;
import io.namedpipe.actuate.NamedPipesEndpoint.Totals;
import io.namedpipe.integration.NamedPipe;
import io.namedpipe.integration.NamedPipeHeaders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Many clients exchange, leave, break off, ask for what fails, are denied and are
 * disconnected, and count what they do. In the end meters and endpoint say the same.
 * {@code -Dnamedpipe.test.totals=100000} for more of them than a thousand,
 * {@code -Dnamedpipe.test.seed} for a certain order.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(600)
class TotalsSoakTests {

	private static final int VISITS = Integer.getInteger("namedpipe.test.totals", 1000);

	private static final long SEED = Long.getLong("namedpipe.test.seed", System.nanoTime());

	private static final int WORKERS = 8;

	private static final int HEADER = 4;

	private static final Duration SOON = Duration.ofSeconds(60);

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final Map<String, Map<String, AtomicLong>> counted = new ConcurrentHashMap<>();

	@TempDir
	private Path directory;

	@Test
	void whenPeersDidManyThingsThenMetersEndpointAndPeersAgree() {
		runner().run((context) -> {
			assertThat(context).hasNotFailed();
			List<FutureTask<Void>> workers = new ArrayList<>();
			for (int i = 0; i < WORKERS; i++) {
				Random random = new Random(SEED + i);
				workers.add(start(() -> {
					for (int visit = 0; visit < VISITS / WORKERS; visit++) {
						visit(context, random.nextInt(100));
					}
				}));
			}
			workers.add(start(() -> {
				for (int i = 0; i < 20; i++) {
					comeTwice(context);
				}
			}));
			for (FutureTask<Void> worker : workers) {
				worker.get(500, TimeUnit.SECONDS);
			}
			broadcastToNobody(context);

			await().atMost(SOON)
				.until(() -> context.getBeansOfType(NamedPipe.class)
					.values()
					.stream()
					.allMatch((pipe) -> pipe.connections().isEmpty()));

			Map<String, Map<String, Long>> expected = expected();
			assertThat(expected).as("seed %d", SEED).containsOnlyKeys("hasty", "locked", "single", "work");
			await().atMost(SOON).untilAsserted(() -> {
				assertThat(fromMeters()).as("meters, seed %d", SEED).isEqualTo(expected);
				assertThat(fromEndpoint(context)).as("endpoint, seed %d", SEED).isEqualTo(expected);
				assertThat(this.registry.get("namedpipe.dispatch").tag("pipe", "work").timer().count())
					.isEqualTo(expected.get("work").get("messages.in"));
			});
			CompositeHealthContributor health = context.getBean("namedPipeHealthContributor",
					CompositeHealthContributor.class);
			assertThat(health.stream())
				.allSatisfy((entry) -> assertThat(((HealthIndicator) entry.contributor()).health().getStatus())
					.isEqualTo(Status.UP));
		});
		assertThat(this.registry.getMeters().stream().map((meter) -> meter.getId().getName()))
			.noneMatch((name) -> name.startsWith("namedpipe."));
	}

	@Test
	void whenServerAndClientRunThenMetersHaveDocumentedNamesAndTags() {
		Map<String, Set<String>> common = new TreeMap<>();
		for (String name : List.of("connections.current", "connections.max", "connections.accepted",
				"connections.stuck", "bytes.in", "bytes.out", "messages.in", "messages.out", "queue.size",
				"dispatch")) {
			common.put("namedpipe." + name, Set.of("pipe", "role"));
		}
		common.put("namedpipe.connections.closed", Set.of("pipe", "role", "reason"));
		common.put("namedpipe.messages.dropped", Set.of("pipe", "role", "reason"));
		common.put("namedpipe.errors", Set.of("pipe", "role", "type"));
		Map<String, Set<String>> server = new TreeMap<>(common);
		server.put("namedpipe.connections.rejected", Set.of("pipe", "role", "reason"));
		Map<String, Set<String>> client = new TreeMap<>(common);
		client.put("namedpipe.exchange", Set.of("pipe", "role", "outcome"));
		client.put("namedpipe.connect", Set.of("pipe", "role", "outcome"));
		runner()
			.withPropertyValues("namedpipe.client.caller.pipe-name=work",
					"namedpipe.client.caller.gateway.channel=questions")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(metersOf("work", "server")).isEqualTo(server);
				assertThat(metersOf("caller", "client")).isEqualTo(client);
			});
	}

	private Map<String, Set<String>> metersOf(String pipe, String role) {
		Map<String, Set<String>> meters = new TreeMap<>();
		for (Meter meter : this.registry.getMeters()) {
			if (pipe.equals(meter.getId().getTag("pipe"))) {
				assertThat(meter.getId().getTag("role")).isEqualTo(role);
				meters.put(meter.getId().getName(),
						meter.getId().getTags().stream().map(Tag::getKey).collect(Collectors.toSet()));
			}
		}
		return meters;
	}

	private void visit(ApplicationContext context, int kind) throws Exception {
		if (kind < 10) {
			beDenied();
			return;
		}
		if (kind < 12) {
			saySoLittleThatTimeIsUp();
			return;
		}
		try (SocketChannel channel = connect("work")) {
			count("work", "accepted", 1);
			for (int i = 0; i < kind % 4; i++) {
				assertThat(exchange(channel, "echo " + "x".repeat(kind * i))).startsWith("echo");
			}
			if (kind < 30) {
				send(channel, "fail");
				count("work", "errors.flow", 1);
				awaitEnd(channel, "error");
			}
			else if (kind < 35) {
				send(channel, "silence");
				count("work", "errors.no-reply", 1);
				awaitEnd(channel, "error");
			}
			else if (kind < 45) {
				write(channel, ByteBuffer.allocate(HEADER).putInt(1 << 30).flip());
				count("work", "errors.too-large", 1);
				awaitEnd(channel, "protocol");
			}
			else if (kind < 55) {
				write(channel, ByteBuffer.allocate(2));
				count("work", "errors.truncated", 1);
				count("work", "closed.peer", 1);
			}
			else if (kind < 65) {
				String id = exchange(channel, "id");
				assertThat(context.getBean(NamedPipesEndpoint.class).disconnect("work", id)).isNotNull();
				awaitEnd(channel, "operator");
			}
			else if (kind < 80) {
				send(channel, "echo and go");
				channel.read(ByteBuffer.allocate(1));
				countReply("echo and go");
				count("work", "closed.peer", 1);
			}
			else {
				count("work", "closed.peer", 1);
			}
		}
	}

	private void beDenied() throws IOException {
		try (SocketChannel channel = connect("locked")) {
			awaitEnd(channel);
		}
		count("locked", "rejected.access", 1);
	}

	private void saySoLittleThatTimeIsUp() throws IOException {
		try (SocketChannel channel = connect("hasty")) {
			awaitEnd(channel);
		}
		count("hasty", "accepted", 1);
		count("hasty", "rejected.handshake", 1);
		count("hasty", "closed.protocol", 1);
	}

	private void comeTwice(ApplicationContext context) throws IOException {
		NamedPipe single = context.getBean("singleNamedPipeServer", NamedPipe.class);
		try (SocketChannel first = connect("single")) {
			await().atMost(SOON).until(() -> single.connections().size() == 1);
			try (SocketChannel second = connect("single")) {
				awaitEnd(second);
			}
		}
		await().atMost(SOON).until(() -> single.connections().isEmpty());
		count("single", "accepted", 1);
		count("single", "closed.peer", 1);
		count("single", "rejected.user-limit", 1);
	}

	private void broadcastToNobody(ApplicationContext context) {
		for (int i = 0; i < 7; i++) {
			context.getBean("news", MessageChannel.class).send(new GenericMessage<>("nobody hears"));
		}
		count("single", "dropped.no-connection", 7);
	}

	private SocketChannel connect(String name) throws IOException {
		SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
		channel.connect(UnixDomainSocketAddress.of(this.directory.resolve("CoreFxPipe_" + name)));
		return channel;
	}

	private String exchange(SocketChannel channel, String request) throws IOException {
		send(channel, request);
		ByteBuffer header = ByteBuffer.allocate(HEADER);
		readFully(channel, header);
		ByteBuffer reply = ByteBuffer.allocate(header.flip().getInt());
		readFully(channel, reply);
		String text = new String(reply.array(), StandardCharsets.UTF_8);
		countReply(text);
		return text;
	}

	private void countReply(String reply) {
		count("work", "messages.out", 1);
		count("work", "bytes.out", HEADER + reply.length());
	}

	private void send(SocketChannel channel, String text) throws IOException {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		write(channel, ByteBuffer.allocate(HEADER + bytes.length).putInt(bytes.length).put(bytes).flip());
		count("work", "messages.in", 1);
	}

	private void write(SocketChannel channel, ByteBuffer bytes) throws IOException {
		count("work", "bytes.in", bytes.remaining());
		while (bytes.hasRemaining()) {
			channel.write(bytes);
		}
	}

	private static void readFully(SocketChannel channel, ByteBuffer buffer) throws IOException {
		while (buffer.hasRemaining()) {
			assertThat(channel.read(buffer)).isNotNegative();
		}
	}

	private void awaitEnd(SocketChannel channel, String reason) {
		awaitEnd(channel);
		count("work", "closed." + reason, 1);
	}

	private static void awaitEnd(SocketChannel channel) {
		try {
			assertThat(channel.read(ByteBuffer.allocate(1))).isNegative();
		}
		catch (IOException ex) {
			assertThat(ex).hasMessageContaining("reset");
		}
	}

	private void count(String pipe, String what, long howMany) {
		this.counted.computeIfAbsent(pipe, (key) -> new ConcurrentHashMap<>())
			.computeIfAbsent(what, (key) -> new AtomicLong())
			.addAndGet(howMany);
	}

	private Map<String, Map<String, Long>> expected() {
		Map<String, Map<String, Long>> all = new TreeMap<>();
		this.counted.forEach((pipe, counts) -> counts
			.forEach((what, value) -> all.computeIfAbsent(pipe, (key) -> new TreeMap<>()).put(what, value.get())));
		return all;
	}

	private Map<String, Map<String, Long>> fromMeters() {
		Map<String, Map<String, Long>> all = new TreeMap<>();
		for (Meter meter : this.registry.getMeters()) {
			if (meter instanceof FunctionCounter counter && counter.getId().getName().startsWith("namedpipe.")) {
				String what = counter.getId().getName().replaceFirst("^namedpipe\\.(connections\\.)?", "");
				String detail = counter.getId()
					.getTags()
					.stream()
					.filter((tag) -> tag.getKey().equals("reason") || tag.getKey().equals("type"))
					.map((tag) -> "." + tag.getValue())
					.findFirst()
					.orElse("");
				put(all, counter.getId().getTag("pipe"), what.replace("messages.dropped", "dropped") + detail,
						(long) counter.count());
			}
		}
		return all;
	}

	private static Map<String, Map<String, Long>> fromEndpoint(ApplicationContext context) {
		Map<String, Map<String, Long>> all = new TreeMap<>();
		context.getBean(NamedPipesEndpoint.class).pipes().pipes().forEach((pipe, descriptor) -> {
			Totals totals = descriptor.totals();
			put(all, pipe, "accepted", totals.accepted());
			put(all, pipe, "bytes.in", totals.bytesIn());
			put(all, pipe, "bytes.out", totals.bytesOut());
			put(all, pipe, "messages.in", totals.messagesIn());
			put(all, pipe, "messages.out", totals.messagesOut());
			totals.rejected().forEach((reason, value) -> put(all, pipe, "rejected." + reason, value));
			totals.closed().forEach((reason, value) -> put(all, pipe, "closed." + reason, value));
			totals.dropped().forEach((reason, value) -> put(all, pipe, "dropped." + reason, value));
			totals.errors().forEach((type, value) -> put(all, pipe, "errors." + type, value));
			assertThat(totals.connections()).isZero();
			assertThat(totals.queue()).isZero();
		});
		return all;
	}

	private static void put(Map<String, Map<String, Long>> all, String pipe, String what, long value) {
		if (value != 0) {
			all.computeIfAbsent(pipe, (key) -> new TreeMap<>()).put(what, value);
		}
	}

	private static FutureTask<Void> start(CheckedTask task) {
		FutureTask<Void> future = new FutureTask<>(() -> {
			task.run();
			return null;
		});
		Thread thread = new Thread(future, "peer");
		thread.setDaemon(true);
		thread.start();
		return future;
	}

	private ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(IntegrationAutoConfiguration.class,
					NamedPipeAutoConfiguration.class, NamedPipeMetricsAutoConfiguration.class,
					NamedPipeHealthContributorAutoConfiguration.class, NamedPipesEndpointAutoConfiguration.class))
			.withBean(SimpleMeterRegistry.class, () -> this.registry)
			.withBean("answers", IntegrationFlow.class,
					() -> IntegrationFlow.from("requests").handle(String.class, (request, headers) -> switch (request) {
						case "fail" -> throw new IllegalArgumentException("told to");
						case "silence" -> null;
						case "id" -> headers.get(NamedPipeHeaders.CONNECTION_ID);
						default -> request;
					}).get())
			.withPropertyValues("namedpipe.directory=" + this.directory, "logging.level.io.namedpipe=off",
					"management.endpoints.web.exposure.include=namedpipes", "namedpipe.server.work.payload.type=text",
					"namedpipe.server.work.gateway.channel=requests",
					"namedpipe.server.work.gateway.reply-timeout=20ms",
					"namedpipe.server.locked.access.sddl=D:(D;;GA;;;WD)(A;;GA;;;BA)",
					"namedpipe.server.locked.inbound.channel=nullChannel",
					"namedpipe.server.hasty.handshake-timeout=100ms",
					"namedpipe.server.hasty.inbound.channel=nullChannel",
					"namedpipe.server.single.max-connections-per-user=1",
					"namedpipe.server.single.inbound.channel=nullChannel", "namedpipe.server.single.payload.type=text",
					"namedpipe.server.single.outbound.channel=news",
					"namedpipe.server.single.outbound.without-connection=broadcast");
	}

	/**
	 * What a peer does.
	 */
	@FunctionalInterface
	private interface CheckedTask {

		void run() throws Exception;

	}

}
