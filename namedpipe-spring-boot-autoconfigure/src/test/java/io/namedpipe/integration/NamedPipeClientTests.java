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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.ApplicationContextException;
import org.springframework.context.ApplicationListener;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.support.MessageBuilder;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHandlingException;

import io.namedpipe.CloseReason;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeDirection;
import io.namedpipe.PipeErrorType;
import io.namedpipe.PipeException;
import io.namedpipe.PipeNotFoundException;
import io.namedpipe.PipeServer;
import io.namedpipe.PipeTimeoutException;
import io.namedpipe.TransmissionMode;
import io.namedpipe.framing.LineTerminator;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.framing.PayloadFormat;
import io.namedpipe.integration.dsl.NamedPipes;
import io.namedpipe.integration.event.NamedPipeConnectionClosedEvent;
import io.namedpipe.integration.event.NamedPipeConnectionOpenedEvent;
import io.namedpipe.integration.event.NamedPipeErrorEvent;
import io.namedpipe.testsupport.NotUnderWine;
import io.namedpipe.testsupport.TestTransport;
import io.namedpipe.testsupport.WineLimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * The connection of a client that its adapters share.
 */
@Timeout(60)
class NamedPipeClientTests {

	private static NamedPipeClient withAdapters(TestFlows flows, NamedPipeClient client) {
		flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(client)).handle(flows::keep).get());
		flows.flow("out", (flow) -> flow.handle(NamedPipes.outboundAdapter(client)));
		return client;
	}

	@ParameterizedTest
	@EnumSource
	void inboundAndOutboundShareOneConnection(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport); PipeServer server = flows.plainServer()) {
			NamedPipeClient client = withAdapters(flows, flows.client());
			flows.start();
			TestPeer peer = flows.accept(server);
			await().until(() -> client.sessions().length == 1);
			flows.send("out", "hello server");
			assertThat(peer.receive()).isEqualTo("hello server");
			peer.send("hello client");
			Message<?> message = flows.awaitMessage();
			assertThat(message.getPayload()).isEqualTo("hello client");
			assertThat(message.getHeaders()).containsEntry(NamedPipeHeaders.NAME, "billing")
				.containsEntry(NamedPipeHeaders.CONNECTION_ID, client.sessions()[0].connection().id());
			assertThat(client.statistics().accepted()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenTheConnectionIsLostThenItIsMadeAgain(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport); PipeServer server = flows.plainServer()) {
			ReconnectBackoff quick = new ReconnectBackoff(Duration.ofMillis(5), 2, Duration.ofMillis(20),
					Duration.ofMillis(5));
			NamedPipeClient client = withAdapters(flows,
					flows.client((builder) -> builder.reconnect(quick), (pipe) -> pipe));
			flows.start();
			for (int i = 0; i < 5; i++) {
				TestPeer peer = flows.accept(server);
				peer.send("round " + i);
				assertThat(flows.awaitPayloads(1)).containsExactly("round " + i);
				assertThat(client.fault()).isEmpty();
				peer.close();
				assertThat(flows.awaitEvent(NamedPipeConnectionClosedEvent.class).getReason())
					.isEqualTo(CloseReason.PEER);
			}
			flows.accept(server);
			await().untilAsserted(() -> assertThat(client.statistics().accepted()).isEqualTo(6));
			assertThat(client.statistics().errors(PipeErrorType.CONNECT)).isZero();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whoHearsThatTheClientIsConnectedCanSend(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport); PipeServer server = flows.plainServer()) {
			CompletableFuture<Boolean> sent = new CompletableFuture<>();
			flows.context().addApplicationListener((ApplicationListener<NamedPipeConnectionOpenedEvent>) (event) -> {
				flows.send("out", "hello server");
				sent.complete(true);
			});
			withAdapters(flows,
					flows.client((builder) -> builder.startupFailure(StartupFailurePolicy.STOP), (pipe) -> pipe));

			flows.start();

			assertThat(sent).isCompleted();
			assertThat(flows.accept(server).receive()).isEqualTo("hello server");
		}
	}

	@Test
	void whenServerComesLaterThenClientStartsAndConnectsThen() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeClient client = withAdapters(flows, flows.client(
					(builder) -> builder.reconnect(
							new ReconnectBackoff(Duration.ofMillis(10), 2, Duration.ofMillis(50), Duration.ZERO)),
					(pipe) -> pipe.connectTimeout(Duration.ofMillis(100))));
			flows.start();
			assertThat(client.isRunning()).isTrue();
			assertThat(client.isConnected()).isFalse();
			await().untilAsserted(() -> assertThat(client.statistics().errors(PipeErrorType.CONNECT)).isGreaterThan(1));
			assertThat(client.fault()).get().isInstanceOf(PipeTimeoutException.class);
			PipeServer server = flows.plainServer();
			TestPeer peer = flows.accept(server);
			flows.awaitEvent(NamedPipeConnectionOpenedEvent.class);
			await().until(() -> client.sessions().length == 1 && client.fault().isEmpty());
			flows.send("out", "finally");
			assertThat(peer.receive()).isEqualTo("finally");
		}
	}

	@Test
	void whenMissingServerStopsStartThenItFailsAfterTimeout() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeClient client = withAdapters(flows,
					flows.client((builder) -> builder.startupFailure(StartupFailurePolicy.STOP),
							(pipe) -> pipe.connectTimeout(Duration.ofMillis(300))));
			long started = System.nanoTime();
			assertThatExceptionOfType(ApplicationContextException.class).isThrownBy(flows::start)
				.withRootCauseInstanceOf(IOException.class)
				.withStackTraceContaining("The client 'billing' cannot start");
			assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThan(Duration.ofMillis(290));
			assertThat(client.isRunning()).isFalse();
			assertThat(client.statistics().errors(PipeErrorType.CONNECT)).isEqualTo(1);
		}
	}

	@Test
	void whenTheServerIsThereThenAStrictStartIsConnectedWhenItReturns() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX); PipeServer server = flows.plainServer()) {
			NamedPipeClient client = withAdapters(flows,
					flows.client((builder) -> builder.startupFailure(StartupFailurePolicy.STOP), (pipe) -> pipe));
			client.openExchangePool(4);
			flows.start();
			assertThat(client.statistics().current()).isEqualTo(2);
			assertThat(server.accept().isOpen()).isTrue();
			assertThat(server.accept().isOpen()).isTrue();
		}
	}

	@Test
	void stoppingEndsAStartThatWaitsForAServer() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeClient client = NamedPipeClient
				.builder("billing", TestTransport.UNIX.client(flows.pipeName()).connectTimeout(Duration.ofMinutes(5)))
				.startupFailure(StartupFailurePolicy.STOP)
				.build();
			FutureTask<String> starting = new FutureTask<>(client::start, "");
			Thread thread = new Thread(starting, "starter");
			thread.start();
			await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
			client.stop();
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> starting.get(TestFlows.SECONDS, TimeUnit.SECONDS))
				.withStackTraceContaining("is stopped");
			assertThat(client.isRunning()).isFalse();
		}
	}

	@Test
	void aStrangersConnectionIdDoesNotMatterToAClient() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX); PipeServer server = flows.plainServer()) {
			NamedPipeClient client = withAdapters(flows, flows.client());
			flows.start();
			TestPeer peer = flows.accept(server);
			await().until(() -> client.sessions().length == 1);
			Message<String> foreign = MessageBuilder.withPayload("from afar")
				.setHeader(NamedPipeHeaders.CONNECTION_ID, "of another pipe")
				.setHeader(NamedPipeHeaders.NAME, "orders")
				.build();
			flows.sendMessage("out", foreign);
			assertThat(peer.receive()).isEqualTo("from afar");
			assertThatExceptionOfType(MessageHandlingException.class).isThrownBy(
					() -> flows.send("out", "gone", NamedPipeHeaders.CONNECTION_ID, "of an earlier connection"));
		}
	}

	@Test
	void whatIsQueuedIsWrittenAndWhatComesMeanwhileIsReceivedWhenTheClientStops() throws Exception {
		String large = "x".repeat(900_000);
		try (TestFlows flows = new TestFlows(TestTransport.UNIX); PipeServer server = flows.plainServer()) {
			NamedPipeClient client = withAdapters(flows, flows.client());
			flows.start();
			TestPeer peer = flows.accept(server);
			await().until(() -> client.sessions().length == 1);
			for (int i = 0; i < 5; i++) {
				flows.send("out", i + large);
			}
			FutureTask<String> stopping = new FutureTask<>(client::stop, "");
			new Thread(stopping, "stopper").start();
			for (int i = 0; i < 5; i++) {
				assertThat((String) peer.receive()).startsWith(i + "x");
			}
			assertThat(peer.receive()).isNull();
			stopping.get(TestFlows.SECONDS, TimeUnit.SECONDS);
			assertThat(client.statistics().closed(CloseReason.STOP)).isEqualTo(1);
			assertThat(client.statistics().messagesOut()).isEqualTo(5);
		}
	}

	@Test
	void clientsCanBeStoppedAndStartedManyTimesWithoutLeavingAnything() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX); PipeServer server = flows.plainServer()) {
			NamedPipeClient client = withAdapters(flows, flows.client());
			flows.start();
			for (int i = 0; i < 50; i++) {
				TestPeer peer = flows.accept(server);
				peer.send("hello " + i);
				assertThat(flows.awaitPayloads(1)).containsExactly("hello " + i);
				client.stop();
				await().until(() -> client.sessions().length == 0);
				assertThat(peer.receive()).isNull();
				peer.close();
				client.start();
			}
			client.stop();
			await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
				.noneMatch((thread) -> thread.getName().startsWith("namedpipe-billing-")));
			assertThat(client.statistics().current()).isZero();
			assertThat(client.statistics().accepted()).isBetween(50L, 51L);
		}
	}

	@Test
	void aFlowInProgressFinishesWhenTheClientStops() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX); PipeServer server = flows.plainServer()) {
			NamedPipeClient client = flows.client();
			CountDownLatch entered = new CountDownLatch(1);
			CountDownLatch late = new CountDownLatch(1);
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundGateway(client)).<String, String>transform((text) -> {
						entered.countDown();
						TestFlows.awaitLatch(late);
						return text.toUpperCase();
					}).get())
				.start();
			TestPeer peer = flows.accept(server);
			peer.send("a server asks");
			TestFlows.awaitLatch(entered);
			FutureTask<String> stopping = new FutureTask<>(client::stop, "");
			new Thread(stopping, "stopper").start();
			await().until(() -> client.sessions()[0].connection().isStopping());
			late.countDown();
			assertThat(peer.receive()).isEqualTo("A SERVER ASKS");
			assertThat(peer.receive()).isNull();
			stopping.get(TestFlows.SECONDS, TimeUnit.SECONDS);
		}
	}

	@Test
	void aClientThatIsStoppedWhenItCannotConnectIsNotAtFault() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeClient client = flows.client((builder) -> builder, (pipe) -> pipe.waitForServer(false));
			CountDownLatch stopped = new CountDownLatch(1);
			List<Optional<PipeException>> faults = new CopyOnWriteArrayList<>();
			flows.context().addApplicationListener((ApplicationListener<NamedPipeErrorEvent>) (event) -> {
				faults.add(client.fault());
				client.stop();
				stopped.countDown();
			});
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(client)).handle(flows::keep).get()).start();
			TestFlows.awaitLatch(stopped);
			await().until(() -> Thread.getAllStackTraces()
				.keySet()
				.stream()
				.noneMatch((thread) -> thread.getName().startsWith("namedpipe-billing-connection")));

			assertThat(faults).first()
				.satisfies((fault) -> assertThat(fault).containsInstanceOf(PipeNotFoundException.class));
			assertThat(client.fault()).isEmpty();
		}
	}

	@Test
	@NotUnderWine(WineLimit.DIRECTION_OF_GENERIC_RIGHTS_ONLY)
	void whenTheServerDoesNotReadThenASenderIsToldSo() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX);
				PipeServer server = TestTransport.UNIX.server(flows.pipeName()).direction(PipeDirection.OUT).build()) {
			server.start();
			NamedPipeClient client = flows.client();
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(client)).handle(flows::keep).get())
				.flow("out", (flow) -> flow.handle(NamedPipes.outboundAdapter(client)))
				.start();
			PipeConnection connection = server.accept();
			await().until(() -> client.sessions().length == 1);

			await().untilAsserted(() -> assertThatExceptionOfType(MessageHandlingException.class)
				.isThrownBy(() -> flows.send("out", "hello"))
				.withMessageContaining("does not read"));

			assertThat(connection.isOpen()).isTrue();
			assertThat(client.isConnected()).isTrue();
		}
	}

	@Test
	void waitsBetweenAttemptsGrowUpToTheirMaximum() {
		ReconnectBackoff.Attempts attempts = new ReconnectBackoff(Duration.ofMillis(100), 2, Duration.ofMillis(500),
				Duration.ofMillis(20))
			.start();
		List<Duration> waits = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			waits.add(attempts.next());
		}
		long[] least = { 100, 200, 400, 500, 500 };
		for (int i = 0; i < 5; i++) {
			assertThat(waits.get(i)).isBetween(Duration.ofMillis(least[i]), Duration.ofMillis(least[i] + 20));
		}
		attempts.reset();
		assertThat(attempts.next()).isLessThanOrEqualTo(Duration.ofMillis(120));
	}

	@Test
	void wrongBackoffsAreRejected() {
		Duration one = Duration.ofSeconds(1);
		assertThatIllegalArgumentException().isThrownBy(() -> new ReconnectBackoff(Duration.ZERO, 2, one, one));
		assertThatIllegalArgumentException().isThrownBy(() -> new ReconnectBackoff(one, 0.5, one, one));
		assertThatIllegalArgumentException().isThrownBy(() -> new ReconnectBackoff(one, 2, Duration.ofMillis(10), one));
		assertThatIllegalArgumentException().isThrownBy(() -> new ReconnectBackoff(one, 2, one, one.negated()));
	}

	@Test
	void framingThatDoesNotGoWithTheModeOrCharsetIsRejected() throws PipeException {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> NamedPipeServer.builder("orders", TestTransport.MEMORY_MESSAGE.server("orders"))
				.framing(MessageFraming.line(LineTerminator.LF))
				.build())
			.withMessageContaining("'orders'")
			.withMessageContaining(TransmissionMode.MESSAGE.toString());
		assertThatIllegalArgumentException()
			.isThrownBy(() -> NamedPipeServer.builder("orders", TestTransport.MEMORY.server("orders"))
				.framing(MessageFraming.line(LineTerminator.LF))
				.payload(PayloadFormat.text(StandardCharsets.UTF_16))
				.build());
		NamedPipeServer server = NamedPipeServer.builder("orders", TestTransport.MEMORY_MESSAGE.server("orders"))
			.payload(PayloadFormat.text(StandardCharsets.UTF_8))
			.build();
		assertThat(server.framing().transmissionMode()).isEqualTo(TransmissionMode.MESSAGE);
	}

	@Test
	void aFlowThatOutlastsTheStopDoesNoHarmToTheNextRun() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX); PipeServer server = flows.plainServer()) {
			NamedPipeClient client = flows.client((builder) -> builder,
					(pipe) -> pipe.drainTimeout(Duration.ofMillis(100)));
			BlockingQueue<Thread> inFlow = new LinkedBlockingQueue<>();
			CountDownLatch late = new CountDownLatch(1);
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(client)).handle((message) -> {
				inFlow.add(Thread.currentThread());
				TestFlows.awaitLatch(late);
			}).get()).start();
			flows.accept(server).send("first");
			Thread first = inFlow.take();
			client.stop();
			client.start();
			flows.accept(server).send("second");
			inFlow.take();

			late.countDown();
			first.join();

			assertThat(client.isConnected()).isTrue();
			assertThat(client.fault()).isEmpty();
		}
	}

}
