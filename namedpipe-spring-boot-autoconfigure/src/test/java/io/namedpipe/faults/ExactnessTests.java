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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessagingException;
import org.springframework.messaging.support.GenericMessage;

import io.namedpipe.DropReason;
import io.namedpipe.PipeStatistics;
import io.namedpipe.integration.NamedPipe;
import io.namedpipe.integration.NamedPipeClient;
import io.namedpipe.integration.NamedPipeServer;
import io.namedpipe.integration.OverflowPolicy;
import io.namedpipe.integration.ReconnectBackoff;
import io.namedpipe.integration.inbound.NamedPipeInboundChannelAdapter;
import io.namedpipe.integration.outbound.NamedPipeOutboundChannelAdapter;
import io.namedpipe.testsupport.PeerProcess;
import io.namedpipe.testsupport.RequiresCommand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Numbered messages with checksums through every kind of adapter, while one side is
 * killed and started again. Nothing arrives twice, in parts or out of order, and
 * {@code sent = received + failed + dropped + written but unacknowledged}.
 * {@code -Dnamedpipe.test.kills=200} for more kills.
 */
@EnabledOnOs(OS.LINUX)
@RequiresCommand("python3")
@Timeout(600)
class ExactnessTests {

	private static final int KILLS = Integer.getInteger("namedpipe.test.kills", 4);

	private static final Duration SOON = Duration.ofSeconds(30);

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	@TempDir
	private Path folder;

	private Path path = Path.of("/");

	private Path account = Path.of("/");

	@BeforeEach
	void setUp() {
		this.path = this.folder.resolve("p");
		this.account = this.folder.resolve("account");
		this.context.register(Context.class);
	}

	@AfterEach
	void tearDown() {
		this.context.close();
	}

	private NamedPipeClient client(Wire wire) throws IOException {
		return register("client",
				NamedPipeClient.builder("out", wire.client(this.path).connectTimeout(Duration.ofMillis(200)))
					.reconnect(new ReconnectBackoff(Duration.ofMillis(5), 1.5, Duration.ofMillis(50), Duration.ZERO))
					.overflow(OverflowPolicy.DROP_NEWEST)
					.build());
	}

	private NamedPipeServer server(Wire wire) throws IOException {
		return register("server",
				NamedPipeServer.builder("in", wire.server(this.path).drainTimeout(Duration.ofMillis(500)))
					.overflow(OverflowPolicy.DROP_NEWEST)
					.build());
	}

	@SuppressWarnings("unchecked")
	private <T> T register(String name, T bean) {
		this.context.registerBean(name, (Class<T>) bean.getClass(), () -> bean);
		return bean;
	}

	private void flow(String name, IntegrationFlow flow) {
		this.context.registerBean(name, IntegrationFlow.class, () -> flow);
	}

	private PeerProcess peer(Wire wire, String side, String role, long first) throws IOException {
		PeerProcess peer = PeerProcess.python("exact_peer.py", wire.mode().name().toLowerCase(), side, role,
				this.path.toString(), this.account.toString(), String.valueOf(first));
		assertThat(peer.nextLine()).isEqualTo("ready");
		return peer;
	}

	private List<Long> account() throws IOException {
		return CheckedMessages.account(this.account);
	}

	/**
	 * Sends while a peer that receives is killed and started again.
	 */
	private void sendUnderKills(Wire wire, String side, NamedPipe pipe) throws Exception {
		flow("sending", IntegrationFlow.from("out").handle(new NamedPipeOutboundChannelAdapter(pipe)).get());
		AtomicLong sent = new AtomicLong();
		AtomicLong failed = new AtomicLong();
		AtomicBoolean over = new AtomicBoolean();
		PeerProcess peer = side.equals("serve") ? peer(wire, side, "receive", 0) : null;
		this.context.refresh();
		MessageChannel out = this.context.getBean("out", MessageChannel.class);
		CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
			while (!over.get()) {
				try {
					out.send(new GenericMessage<>(CheckedMessages.message(sent.getAndIncrement())));
				}
				catch (MessagingException ex) {
					failed.incrementAndGet();
				}
				LockSupport.parkNanos(20_000);
			}
		});
		for (int i = 0; i < KILLS; i++) {
			if (peer == null) {
				peer = peer(wire, side, "receive", 0);
			}
			int before = account().size();
			await().atMost(SOON).pollInterval(Duration.ofMillis(5)).until(() -> account().size() > before + 300);
			peer.close();
			peer = null;
			if (side.equals("serve")) {
				peer = peer(wire, side, "receive", 0);
			}
		}
		if (peer != null) {
			int before = account().size();
			await().atMost(SOON).until(() -> account().size() > before + 100);
		}
		over.set(true);
		sending.get(10, TimeUnit.SECONDS);
		PipeStatistics statistics = pipe.statistics();
		await().atMost(SOON).until(() -> pipe.queueSize() == 0);
		await().atMost(SOON).during(Duration.ofMillis(100)).until(this::accountStandsStill);
		if (peer != null) {
			peer.close();
		}

		List<Long> received = account();
		assertThat(received).doesNotHaveDuplicates().isSorted();
		long dropped = Stream.of(DropReason.values()).mapToLong(statistics::dropped).sum();
		long unacknowledged = sent.get() - received.size() - failed.get() - dropped;
		String balance = sent + " sent, " + received.size() + " received, " + failed + " failed, " + dropped
				+ " dropped, " + statistics.messagesOut() + " written";
		assertThat(unacknowledged).as(balance).isNotNegative();
		// counted as written, or in the hands of the writer when its connection broke
		long inHand = sent.get() - failed.get() - dropped - statistics.messagesOut();
		assertThat(inHand).as(balance).isBetween(0L, (long) KILLS * 1024);
		assertThat(statistics.messagesOut()).as(balance).isLessThanOrEqualTo(sent.get() - failed.get() - dropped);
		assertThat(failed.get() + dropped).as(balance).isPositive();
	}

	private int lastSize;

	private boolean accountStandsStill() throws IOException {
		int size = account().size();
		boolean still = size == this.lastSize;
		this.lastSize = size;
		return still;
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenTheServerOfAnOutboundAdapterIsKilledThenEveryMessageIsAccountedFor(Wire wire) throws Exception {
		sendUnderKills(wire, "serve", client(wire));
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenTheClientOfAnOutboundAdapterIsKilledThenEveryMessageIsAccountedFor(Wire wire) throws Exception {
		sendUnderKills(wire, "connect", server(wire));
	}

	/**
	 * Receives from a peer that is killed and started again.
	 */
	private void receiveUnderKills(Wire wire, String side, NamedPipe pipe) throws Exception {
		List<Long> received = new CopyOnWriteArrayList<>();
		List<Throwable> broken = new CopyOnWriteArrayList<>();
		flow("receiving", IntegrationFlow.from(new NamedPipeInboundChannelAdapter(pipe)).handle((message) -> {
			try {
				received.add(CheckedMessages.number((byte[]) message.getPayload()));
			}
			catch (AssertionError ex) {
				broken.add(ex);
			}
		}).get());
		PeerProcess peer = side.equals("serve") ? peer(wire, side, "send", 0) : null;
		this.context.refresh();
		for (int i = 0; i <= KILLS; i++) {
			if (peer == null) {
				List<Long> next = account();
				peer = peer(wire, side, "send", next.isEmpty() ? 0 : next.get(0));
			}
			int before = received.size();
			await().atMost(SOON).pollInterval(Duration.ofMillis(5)).until(() -> received.size() > before + 300);
			peer.close();
			peer = null;
		}
		await().atMost(SOON).until(() -> pipe.statistics().current() == 0);
		long sent = account().get(0);

		assertThat(broken).isEmpty();
		assertThat(new ArrayList<>(received)).doesNotHaveDuplicates().isSorted();
		assertThat(pipe.statistics().messagesIn()).isEqualTo(received.size());
		// each kill can cost one message: the one that was being written
		assertThat(sent - received.size()).isBetween(0L, KILLS + 1L);
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenTheServerOfAnInboundAdapterIsKilledThenWhatItHasWrittenArrivesOnceAndWhole(Wire wire) throws Exception {
		receiveUnderKills(wire, "serve", client(wire));
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenTheClientOfAnInboundAdapterIsKilledThenWhatItHasWrittenArrivesOnceAndWhole(Wire wire) throws Exception {
		receiveUnderKills(wire, "connect", server(wire));
	}

	/**
	 * Spring Integration and nothing else.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableIntegration
	static class Context {

	}

}
