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

package io.namedpipe.integration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.Lifecycle;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.support.GenericMessage;

import io.namedpipe.CloseReason;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeDirection;
import io.namedpipe.PipeProcess;
import io.namedpipe.PipeServer;
import io.namedpipe.RejectReason;
import io.namedpipe.framing.LineTerminator;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.integration.NamedPipeOperations.Status;
import io.namedpipe.integration.dsl.NamedPipes;
import io.namedpipe.testsupport.TestTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * A pipe whose reading the application pauses.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PauseTests {

	private static final Duration SHORT = Duration.ofMillis(200);

	private static final String LARGE = "x".repeat(900_000);

	private static NamedPipeServer keeping(TestFlows flows, NamedPipeServer server) {
		flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(server)).handle(flows::keep).get());
		return server;
	}

	/** Waits until nobody reads the connections of a pipe, whatever comes. */
	static void awaitHeldBack(String threadName) {
		await().until(() -> Thread.getAllStackTraces()
			.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().getName().startsWith(threadName))
			.anyMatch((entry) -> List.of(entry.getValue())
				.stream()
				.anyMatch((call) -> call.getClassName().equals(ReceiverGate.Passage.class.getName())
						&& call.getMethodName().equals("await"))));
	}

	private static CompletableFuture<Void> sendAll(TestPeer peer, String... messages) {
		return CompletableFuture.runAsync(() -> {
			try {
				for (String message : messages) {
					peer.send(message);
				}
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		});
	}

	@ParameterizedTest
	@EnumSource
	void whenPausedThenPeersWaitAndNothingIsLost(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = keeping(flows, flows.server());
			flows.start();
			TestPeer peer = flows.connect();
			peer.send("before");
			assertThat(flows.awaitPayloads(1)).containsExactly("before");

			server.pause();
			CompletableFuture<Void> sending = sendAll(peer, LARGE, LARGE, LARGE, "last");
			awaitHeldBack("namedpipe-orders-connection");

			assertThat(server.isPaused()).isTrue();
			assertThat(server.status()).isEqualTo(Status.RUNNING);
			assertThat(server.fault()).isEmpty();
			assertThat(server.statistics().bytesIn()).isLessThan(2L * LARGE.length());
			assertThat(sending).isNotDone();
			assertThat(flows.hasMessage()).isFalse();
			server.resume();
			assertThat(server.isPaused()).isFalse();
			assertThat(flows.awaitPayloads(4)).containsExactly(LARGE, LARGE, LARGE, "last");
			sending.join();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenPausedThenNewConnectionsAreAcceptedAndNotRead(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = keeping(flows, flows.server());
			flows.start();
			server.pause();

			TestPeer peer = flows.connect();
			peer.send("hello");
			awaitHeldBack("namedpipe-orders-connection");

			assertThat(server.connections()).hasSize(1);
			assertThat(server.statistics().bytesIn()).isZero();
			server.pause();
			server.resume();
			assertThat(flows.awaitPayloads(1)).containsExactly("hello");
			server.resume();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenPausedBeforeTheStartThenNothingIsRead(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = keeping(flows, flows.server());
			server.pause();
			flows.start();
			flows.connect().send("hello");
			awaitHeldBack("namedpipe-orders-connection");
			assertThat(server.statistics().bytesIn()).isZero();

			server.resume();

			assertThat(flows.awaitPayloads(1)).containsExactly("hello");
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenStoppedThenThePauseIsOver(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = keeping(flows,
					flows.server((builder) -> builder, (pipe) -> pipe.drainTimeout(Duration.ofMinutes(10))));
			flows.start();
			TestPeer waiting = flows.connect();
			server.pause();
			waiting.send("held");
			awaitHeldBack("namedpipe-orders-connection");
			TestPeer unread = flows.connect();
			unread.send("not read");
			await().until(() -> server.connections().size() == 2);

			server.stop();

			assertThat(server.isPaused()).isFalse();
			assertThat(server.connections()).isEmpty();
			server.start();
			flows.connect().send("afterwards");
			assertThat(flows.awaitPayloads(1)).containsExactly("afterwards");
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenPausedThenRepliesThatAreDueAreWritten(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server();
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundGateway(server).maxInFlight(3)).handle(flows::keep).get())
				.start();
			TestPeer peer = flows.connect();
			peer.send("request 0");
			peer.send("request 1");
			List<Message<?>> requests = List.of(flows.awaitMessage(), flows.awaitMessage());

			server.pause();
			reply(requests.get(0), "reply 0");
			assertThat(peer.receive()).isEqualTo("reply 0");
			CompletableFuture<Void> stopping = CompletableFuture.runAsync(server::stop);
			await().until(() -> server.connections().stream().allMatch(PipeConnection::isStopping));
			reply(requests.get(1), "reply 1");

			assertThat(peer.receive()).isEqualTo("reply 1");
			assertThat(peer.receive()).isNull();
			stopping.join();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenPausedThenWhatWaitsForRoomStays(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server();
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundGateway(server).maxInFlight(2)).handle(flows::keep).get())
				.start();
			TestPeer peer = flows.connect();
			for (int i = 0; i < 3; i++) {
				peer.send("request " + i);
			}
			List<Message<?>> requests = List.of(flows.awaitMessage(), flows.awaitMessage());
			await().until(() -> Objects.requireNonNull(server.sessions()[0].inFlight()).isAwaited());

			server.pause();
			reply(requests.get(0), "reply 0");
			assertThat(peer.receive()).isEqualTo("reply 0");
			awaitHeldBack("namedpipe-orders-connection");

			assertThat(flows.hasMessage()).isFalse();
			server.resume();
			Message<?> last = flows.awaitMessage();
			assertThat(last.getPayload()).isEqualTo("request 2");
			reply(requests.get(1), "reply 1");
			reply(last, "reply 2");
			assertThat(peer.receive()).isEqualTo("reply 1");
			assertThat(peer.receive()).isEqualTo("reply 2");
		}
	}

	private static void reply(Message<?> request, Object reply) {
		MessageChannel replies = (MessageChannel) Objects.requireNonNull(request.getHeaders().getReplyChannel());
		replies.send(new GenericMessage<>(reply));
	}

	@Test
	void whenPausedThenSilenceIsNoReasonToClose() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.PLATFORM);
				TestFlows other = new TestFlows(TestTransport.PLATFORM)) {
			NamedPipeServer server = keeping(flows,
					flows.server((builder) -> builder, (pipe) -> pipe.idleTimeout(SHORT)));
			NamedPipeServer unpaused = keeping(other,
					other.server((builder) -> builder, (pipe) -> pipe.idleTimeout(SHORT)));
			flows.start();
			server.pause();
			TestPeer peer = flows.connect();
			await().until(() -> server.connections().size() == 1);
			other.start();

			for (int i = 1; i <= 2; i++) {
				int closed = i;
				other.connect();
				await()
					.untilAsserted(() -> assertThat(unpaused.statistics().closed(CloseReason.IDLE)).isEqualTo(closed));
			}

			assertThat(peer.connection().isOpen()).isTrue();
			assertThat(server.connections()).hasSize(1);
			server.resume();
			await().untilAsserted(() -> assertThat(server.statistics().closed(CloseReason.IDLE)).isOne());
		}
	}

	@Test
	void whenPausedThenTheTimeForTheFirstFrameStandsStill() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.PLATFORM);
				TestFlows other = new TestFlows(TestTransport.PLATFORM)) {
			NamedPipeServer server = keeping(flows,
					flows.server((builder) -> builder, (pipe) -> pipe.handshakeTimeout(Duration.ofSeconds(1))));
			NamedPipeServer unpaused = keeping(other,
					other.server((builder) -> builder, (pipe) -> pipe.handshakeTimeout(Duration.ofSeconds(1))));
			flows.start();
			TestPeer early = flows.connect();
			await().until(() -> server.connections().size() == 1);
			server.pause();
			TestPeer late = flows.connect();
			await().until(() -> server.connections().size() == 2);
			other.start();

			for (int i = 1; i <= 2; i++) {
				int rejected = i;
				other.connect();
				await().untilAsserted(
						() -> assertThat(unpaused.statistics().rejected(RejectReason.HANDSHAKE)).isEqualTo(rejected));
			}

			assertThat(server.connections()).hasSize(2);
			server.resume();
			early.send("early");
			late.send("late");
			assertThat(flows.awaitPayloads(2)).containsExactlyInAnyOrder("early", "late");
		}
	}

	@Test
	void whenTheReceiverStartsDuringAPauseThenItWaits() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.PLATFORM)) {
			NamedPipeServer server = flows.server();
			flows
				.flow("in",
						IntegrationFlow.from(NamedPipes.inboundAdapter(server).id("adapter")).handle(flows::keep).get())
				.start();
			Lifecycle adapter = flows.context().getBean("adapter", Lifecycle.class);
			adapter.stop();
			server.pause();
			adapter.start();
			flows.connect().send("hello");
			awaitHeldBack("namedpipe-orders-connection");
			assertThat(flows.hasMessage()).isFalse();

			server.resume();

			assertThat(flows.awaitPayloads(1)).containsExactly("hello");
		}
	}

	@Test
	void whenAFlowPausesItsPipeThenItStillReplies() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.PLATFORM)) {
			NamedPipeServer server = flows.server();
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundGateway(server)).<String, String>transform((text) -> {
						server.pause();
						return "reply to " + text;
					}).get())
				.start();
			TestPeer peer = flows.connect();

			assertThat(peer.exchange("one")).isEqualTo("reply to one");
			peer.send("two");
			awaitHeldBack("namedpipe-orders-connection");
			server.resume();

			assertThat(peer.receive()).isEqualTo("reply to two");
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenAClientIsPausedThenItsServerWaits(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			PipeServer server = flows.plainServer();
			NamedPipeClient client = flows.client();
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(client)).handle(flows::keep).get()).start();
			TestPeer peer = flows.accept(server);
			client.pause();

			CompletableFuture<Void> sending = sendAll(peer, LARGE, LARGE, LARGE);
			awaitHeldBack("namedpipe-billing-connection");

			assertThat(flows.hasMessage()).isFalse();
			assertThat(sending).isNotDone();
			client.resume();
			assertThat(flows.awaitPayloads(3)).containsOnly(LARGE);
			sending.join();
		}
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenAProcessIsPausedThenItsEndComesAfterItsOutput() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.PLATFORM)) {
			PipeProcess.Builder pipe = PipeProcess.builder(List.of("sh", "-c", "echo one >&{out}; echo two >&{out}"))
				.direction(PipeDirection.IN);
			NamedPipeProcess process = flows.bean("child",
					NamedPipeProcess.builder("child", pipe).framing(MessageFraming.line(LineTerminator.LF)).build());
			process.pause();
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(process)).handle(flows::keep).get())
				.start();
			await().until(() -> !process.pipe().isAlive());
			assertThat(process.isRunning()).isTrue();
			assertThat(flows.hasMessage()).isFalse();

			process.resume();

			assertThat(flows.awaitMessage().getPayload()).isEqualTo("one".getBytes());
			assertThat(flows.awaitMessage().getPayload()).isEqualTo("two".getBytes());
			await().until(() -> !process.isRunning());
		}
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenCallersWaitForAProcessThenItIsNotPaused() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.PLATFORM)) {
			PipeProcess.Builder pipe = PipeProcess.builder(List.of("sh", "-c", "exec cat <&{in} >&{out}"));
			NamedPipeProcess process = flows.bean("child",
					NamedPipeProcess.builder("child", pipe).framing(MessageFraming.line(LineTerminator.LF)).build());
			ChildExchanges exchanges = process.openExchanges(false);

			assertThatIllegalStateException().isThrownBy(process::pause).withMessageContaining("'child' has a gateway");

			process.closeExchanges(exchanges);
			process.pause();
			assertThat(process.isPaused()).isTrue();
		}
	}

	@Test
	void whenNothingCanBeReadThenThereIsNothingToPause() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.MEMORY)) {
			NamedPipeServer server = flows.server((builder) -> builder, (pipe) -> pipe.direction(PipeDirection.OUT));

			assertThatIllegalStateException().isThrownBy(server::pause)
				.withMessageContaining("'orders' only writes (direction OUT)");
		}
	}

}
