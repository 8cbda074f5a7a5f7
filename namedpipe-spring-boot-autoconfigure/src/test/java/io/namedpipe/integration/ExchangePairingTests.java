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
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.integration.dsl.context.IntegrationFlowContext;
import org.springframework.integration.dsl.context.IntegrationFlowContext.IntegrationFlowRegistration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.IntNode;

import io.namedpipe.CloseReason;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeErrorType;
import io.namedpipe.PipeServer;
import io.namedpipe.framing.CodecException;
import io.namedpipe.framing.FrameCodec;
import io.namedpipe.framing.FramingException;
import io.namedpipe.framing.JsonPayloads;
import io.namedpipe.framing.MalformedPayloadException;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.integration.dsl.NamedPipes;
import io.namedpipe.testsupport.BufferingLineCodec;
import io.namedpipe.testsupport.DecodeOnlyCodec;
import io.namedpipe.testsupport.TestTransport;
import io.namedpipe.transport.Capability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Which reply belongs to which request, whatever else the server says, and which requests
 * are sent again.
 */
@Timeout(90)
class ExchangePairingTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(TestFlows.SECONDS);

	private static Future<Object> async(RequestExecutor pool, String request) {
		FutureTask<Object> future = new FutureTask<>(() -> pool.exchange(request, TIMEOUT));
		Thread thread = new Thread(future, "caller");
		thread.setDaemon(true);
		thread.start();
		return future;
	}

	private static Object get(Future<Object> future) throws Exception {
		return future.get(TestFlows.SECONDS, TimeUnit.SECONDS);
	}

	@ParameterizedTest
	@EnumSource
	void whenAFrameComesUnaskedThenItIsNoReply(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport); PipeServer server = flows.plainServer()) {
			NamedPipeClient client = flows.client();
			RequestExecutor pool = client.openExchangePool(1);
			flows.start();
			TestPeer first = flows.accept(server);
			Future<Object> call = async(pool, "first");
			first.send("re " + first.receive());
			assertThat(get(call)).isEqualTo("re first");

			first.send("event");
			Future<Object> next = async(pool, "second");
			TestPeer second = flows.accept(server);
			second.send("re " + second.receive());

			assertThat(get(next)).isEqualTo("re second");
			assertThat(client.statistics().errors(PipeErrorType.FRAMING)).isEqualTo(1);
			assertThat(client.statistics().closed(CloseReason.PROTOCOL)).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenTwoRepliesComeAtOnceThenTheSecondIsNoReply(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport); PipeServer server = flows.plainServer()) {
			NamedPipeClient client = flows.client();
			RequestExecutor pool = client.openExchangePool(1);
			flows.start();
			TestPeer first = flows.accept(server);
			Future<Object> call = async(pool, "first");
			assertThat(first.receive()).isEqualTo("first");

			first.send("re first");
			first.send("surplus");
			assertThat(get(call)).isEqualTo("re first");
			Future<Object> next = async(pool, "second");
			TestPeer second = flows.accept(server);
			second.send("re " + second.receive());

			assertThat(get(next)).isEqualTo("re second");
			assertThat(client.statistics().errors(PipeErrorType.FRAMING)).isEqualTo(1);
		}
	}

	@Test
	void whenAReplyWithoutEndCannotBeReadThenItsRestIsNoReply() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.PLATFORM); PipeServer server = flows.plainServer()) {
			NamedPipeClient client = flows.client((builder) -> builder.framing(MessageFraming.raw())
				.payload(JsonPayloads.format(JsonMapper.shared(), JsonNode.class)), (pipe) -> pipe);
			RequestExecutor pool = client.openExchangePool(1);
			flows.start();
			PipeConnection first = flows.accept(server).connection();
			Future<Object> call = async(pool, "1");
			first.read(ByteBuffer.allocate(10));
			first.write(ByteBuffer.wrap("{\"a\":".getBytes(StandardCharsets.UTF_8)));
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(call))
				.withCauseInstanceOf(MalformedPayloadException.class);

			Future<Object> next = async(pool, "2");
			PipeConnection second = flows.accept(server).connection();
			second.read(ByteBuffer.allocate(10));
			second.write(ByteBuffer.wrap("7".getBytes(StandardCharsets.UTF_8)));

			assertThat(get(next)).isEqualTo(IntNode.valueOf(7));
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenTheServerGreetsThenTheRequestIsRefused(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport); PipeServer server = flows.plainServer()) {
			AtomicInteger requests = new AtomicInteger();
			server.serve((connection) -> {
				TestPeer peer = new TestPeer(null, connection);
				peer.send("welcome");
				Object request = peer.receive();
				while (request != null) {
					requests.incrementAndGet();
					peer.send("re " + request);
					request = peer.receive();
				}
			});
			NamedPipeClient client = flows.client();
			// however late a busy machine is with the greeting
			RequestExecutor pool = client.openExchangePool(2, ExchangeConnections.POOLED, TIMEOUT.toNanos());
			flows.start();

			for (int i = 0; i < 10; i++) {
				assertThatExceptionOfType(RequestNotProcessedException.class)
					.isThrownBy(() -> pool.exchange("hello", TIMEOUT))
					.withMessageContaining("greeting");
			}

			assertThat(requests).hasValue(0);
			assertThat(client.fault())
				.hasValueSatisfying((fault) -> assertThat(fault).hasMessageContaining("greeting"));
		}
	}

	@ParameterizedTest
	@EnumSource
	void repliesArePairedRightWhateverComesUnasked(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport); PipeServer server = flows.plainServer()) {
			long seed = System.nanoTime();
			Random random = new Random(seed);
			AtomicBoolean unasked = new AtomicBoolean();
			server.serve((connection) -> {
				TestPeer peer = new TestPeer(null, connection);
				Object request = peer.receive();
				while (request != null) {
					boolean before = unasked.get();
					peer.send("re " + request);
					if (before) {
						peer.send("unasked after " + request);
					}
					request = peer.receive();
				}
			});
			NamedPipeClient client = flows.client();
			RequestExecutor pool = client.openExchangePool(2);
			flows.start();
			int surplus = 0;

			for (int i = 0; i < 300; i++) {
				unasked.set(random.nextInt(4) == 0);
				surplus += unasked.get() ? 1 : 0;
				String request = "request " + i;
				assertThat(pool.exchange(request, TIMEOUT)).as("seed " + seed).isEqualTo("re " + request);
				if (unasked.get()) {
					// has been written, or is about to be
					int expected = surplus;
					await().pollDelay(Duration.ZERO)
						.pollInterval(Duration.ofMillis(1))
						.until(() -> server.statistics().messagesOut() == client.statistics().messagesOut() + expected);
				}
			}

			assertThat(client.statistics().errors(PipeErrorType.FRAMING)).isBetween(surplus - 2L, (long) surplus);
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenTheServerClosesAfterEachAnswerThenEachRequestGetsOne(TestTransport transport) throws Exception {
		assumeTrue(transport.transport().supports(Capability.HALF_CLOSE), "knows whether a request was read");
		try (TestFlows flows = new TestFlows(transport); PipeServer server = flows.plainServer()) {
			server.serve((connection) -> {
				TestPeer peer = new TestPeer(null, connection);
				Object request = peer.receive();
				if (request != null) {
					peer.send("re " + request);
				}
			});
			RequestExecutor pool = flows.client().openExchangePool(1);
			flows.start();

			for (int i = 0; i < 300; i++) {
				assertThat(pool.exchange("request " + i, TIMEOUT)).isEqualTo("re request " + i);
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenTheServerLeavesARequestUnreadThenItIsSentAgain(TestTransport transport) throws Exception {
		assumeTrue(transport.transport().supports(Capability.HALF_CLOSE), "knows whether a request was read");
		try (TestFlows flows = new TestFlows(transport); PipeServer server = flows.plainServer()) {
			NamedPipeClient client = flows.client();
			RequestExecutor pool = client.openExchangePool(1);
			flows.start();
			TestPeer first = flows.accept(server);
			Future<Object> call = async(pool, "first");
			first.send("re " + first.receive());
			assertThat(get(call)).isEqualTo("re first");

			Future<Object> next = async(pool, "second");
			await().until(() -> client.statistics().messagesOut() == 2);
			first.close();
			TestPeer second = flows.accept(server);
			second.send("re " + second.receive());

			assertThat(get(next)).isEqualTo("re second");
			assertThat(client.statistics().errors(PipeErrorType.READ)).isZero();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenTheServerHasReadTheRequestThenItIsNotSentAgain(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport); PipeServer server = flows.plainServer()) {
			NamedPipeClient client = flows.client();
			RequestExecutor pool = client.openExchangePool(1);
			flows.start();
			TestPeer first = flows.accept(server);
			Future<Object> call = async(pool, "first");
			first.send("re " + first.receive());
			assertThat(get(call)).isEqualTo("re first");

			Future<Object> next = async(pool, "second");
			assertThat(first.receive()).isEqualTo("second");
			first.close();

			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(next))
				.havingCause()
				.isInstanceOf(IOException.class)
				.isNotInstanceOf(RequestNotProcessedException.class)
				.withMessageContaining("may have been processed");
			assertThat(client.statistics().messagesOut()).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenConnectionsAreForSingleUseThenEachExchangeHasANewOne(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport); PipeServer server = flows.plainServer()) {
			server.serve((connection) -> {
				TestPeer peer = new TestPeer(null, connection);
				Object request = peer.receive();
				while (request != null) {
					peer.send(request);
					request = peer.receive();
				}
			});
			NamedPipeClient client = flows.client();
			RequestExecutor pool = client.openExchangePool(2, ExchangeConnections.SINGLE_USE);
			flows.start();

			assertThat(client.statistics().accepted()).as("none is kept").isZero();
			for (int i = 0; i < 20; i++) {
				assertThat(pool.exchange("hello " + i, TIMEOUT)).isEqualTo("hello " + i);
			}

			assertThat(client.statistics().accepted()).isEqualTo(20);
			assertThat(client.statistics().current()).isZero();
			assertThat(client.fault()).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenThereIsNoConnectionThenTheRequestIsKnownNotToBeProcessed(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			RequestExecutor pool = flows.client().openExchangePool(1);
			flows.start();

			assertThatExceptionOfType(RequestNotProcessedException.class)
				.isThrownBy(() -> pool.exchange("hello", Duration.ofMillis(100)))
				.withMessageStartingWith("Nothing was sent");
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenTheServerHasOneInstanceThenCallersTakeTurns(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport);
				PipeServer server = transport.server(flows.pipeName()).maxInstances(1).build()) {
			server.start();
			serveEcho(server);
			RequestExecutor pool = flows.client().openExchangePool(4);
			flows.start();

			List<Future<Object>> calls = new ArrayList<>();
			for (int i = 0; i < 12; i++) {
				calls.add(async(pool, "request " + i));
			}

			for (int i = 0; i < 12; i++) {
				assertThat(get(calls.get(i))).isEqualTo("request " + i);
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenTheOneInstanceIsSlowThenCallersTakeTurns(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport);
				PipeServer server = transport.server(flows.pipeName()).maxInstances(1).build()) {
			server.start();
			serveSlowly(server);
			RequestExecutor pool = flows.client().openExchangePool(4);
			flows.start();

			List<Future<Object>> calls = new ArrayList<>();
			for (int i = 0; i < 12; i++) {
				calls.add(async(pool, "request " + i));
			}

			for (int i = 0; i < 12; i++) {
				assertThat(get(calls.get(i))).isEqualTo("request " + i);
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenTheServerIsSlowThenConnectionsAreKept(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport); PipeServer server = flows.plainServer()) {
			serveSlowly(server);
			NamedPipeClient client = flows.client();
			RequestExecutor pool = client.openExchangePool(8);
			flows.start();

			List<Future<Object>> callers = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				FutureTask<Object> caller = new FutureTask<>(() -> {
					for (int n = 0; n < 20; n++) {
						assertThat(pool.exchange("request " + n, TIMEOUT)).isEqualTo("request " + n);
					}
					return "done";
				});
				new Thread(caller, "caller").start();
				callers.add(caller);
			}

			for (Future<Object> caller : callers) {
				assertThat(get(caller)).isEqualTo("done");
			}
			assertThat(client.statistics().accepted()).isLessThanOrEqualTo(8);
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenTimeIsUpWhileListeningThenNothingIsSent(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport); PipeServer server = flows.plainServer()) {
			serveEcho(server);
			NamedPipeClient client = flows.client();
			RequestExecutor pool = client.openExchangePool(2, ExchangeConnections.SINGLE_USE);
			flows.start();

			assertThatExceptionOfType(RequestNotProcessedException.class)
				.isThrownBy(() -> pool.exchange("too soon", Duration.ofMillis(80)))
				.withMessageStartingWith("Nothing was sent");
			assertThat(client.statistics().messagesOut()).isZero();

			await().pollDelay(Duration.ofMillis(150)).until(() -> true);
			assertThat(pool.exchange("hello", TIMEOUT)).isEqualTo("hello");
			assertThat(client.statistics().accepted()).as("the one that was kept").isEqualTo(1);
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenTheBacklogIsFullThenCallersWaitForAFreeConnection(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport);
				PipeServer server = transport.server(flows.pipeName()).maxInstances(1).backlog(1).build()) {
			server.start();
			serveEcho(server);
			RequestExecutor pool = flows.client().openExchangePool(8);
			flows.start();

			List<Future<Object>> calls = new ArrayList<>();
			for (int i = 0; i < 12; i++) {
				calls.add(async(pool, "request " + i));
			}

			for (int i = 0; i < 12; i++) {
				assertThat(get(calls.get(i))).isEqualTo("request " + i);
			}
		}
	}

	@Test
	void whenFlowsComeAndGoThenTheirGatewaysShareTheClient() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX); PipeServer server = flows.plainServer()) {
			serveEcho(server);
			NamedPipeClient client = flows.client();
			flows.start();
			IntegrationFlowContext registry = flows.context().getBean(IntegrationFlowContext.class);

			for (int i = 0; i < 100; i++) {
				IntegrationFlowRegistration flow = registry
					.registration((definition) -> definition.handle(NamedPipes.outboundGateway(client)))
					.register();
				assertThat(flow.getMessagingTemplate().convertSendAndReceive("hello " + i, Object.class))
					.isEqualTo("hello " + i);
				flow.destroy();
			}

			await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
				.noneMatch((thread) -> thread.getName().startsWith("namedpipe-billing-watchdog")));
			assertThat(client.connections()).as("the shared one").hasSizeLessThan(2);
		}
	}

	@Test
	void whenAnOutboundAdapterComesLaterThenItsClientConnects() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX); PipeServer server = flows.plainServer()) {
			NamedPipeClient client = flows.client();
			client.openExchangePool(1);
			flows.start();
			flows.accept(server);
			IntegrationFlowContext registry = flows.context().getBean(IntegrationFlowContext.class);

			IntegrationFlowRegistration flow = registry
				.registration((definition) -> definition.handle(NamedPipes.outboundAdapter(client)))
				.register();
			flow.getMessagingTemplate().convertAndSend("hello");

			assertThat(flows.accept(server).receive()).isEqualTo("hello");
		}
	}

	@Test
	void whenAnIdleConnectionIsClosedByUsThenTheClientIsNotAtFault() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX); PipeServer server = flows.plainServer()) {
			serveEcho(server);
			NamedPipeClient client = flows.client((builder) -> builder,
					(pipe) -> pipe.idleTimeout(Duration.ofMillis(300)));
			client.openExchangePool(1);
			flows.start();
			await().until(client::isConnected);

			AtomicInteger faults = new AtomicInteger();
			await().pollInterval(Duration.ofMillis(1)).until(() -> {
				faults.addAndGet(client.fault().isPresent() ? 1 : 0);
				return client.statistics().closed(CloseReason.IDLE) >= 3;
			});

			assertThat(faults).hasValue(0);
		}
	}

	@Test
	void whenACodecHasKeptAnotherReplyThenItIsNoReply() throws Exception {
		FrameCodec codec = new DecodeOnlyCodec(BufferingLineCodec::new);
		try (TestFlows flows = new TestFlows(TestTransport.UNIX); PipeServer server = flows.plainServer()) {
			server.serve((connection) -> {
				ByteBuffer request = ByteBuffer.allocate(100);
				while (connection.read(request.clear()) >= 0) {
					String reply = "re " + StandardCharsets.UTF_8.decode(request.flip()) + "\nsurplus\n";
					connection.write(StandardCharsets.UTF_8.encode(reply));
				}
			});
			NamedPipeClient client = flows.client((builder) -> builder.framing(MessageFraming.codec(codec)),
					(pipe) -> pipe);
			RequestExecutor pool = client.openExchangePool(1);
			flows.start();

			for (String request : List.of("first", "second", "third")) {
				assertThat(pool.exchange(request, TIMEOUT)).isEqualTo("re " + request);
			}

			assertThat(client.statistics().errors(PipeErrorType.FRAMING)).isEqualTo(3);
		}
	}

	@Test
	void whenExchangesFailThenTheKeeperBacksOff() throws Exception {
		FrameCodec codec = new DecodeOnlyCodec(() -> (input) -> {
			throw new NumberFormatException("not a number");
		});
		try (TestFlows flows = new TestFlows(TestTransport.UNIX); PipeServer server = flows.plainServer()) {
			server.serve((connection) -> {
				connection.read(ByteBuffer.allocate(100));
				connection.write(ByteBuffer.wrap("answer".getBytes()));
			});
			NamedPipeClient client = flows.client((builder) -> builder.framing(MessageFraming.codec(codec))
				.reconnect(new ReconnectBackoff(Duration.ofMinutes(1), 1, Duration.ofMinutes(1), Duration.ZERO)),
					(pipe) -> pipe);
			RequestExecutor pool = client.openExchangePool(1);
			flows.start();
			await().until(client::isConnected);

			for (int i = 0; i < 3; i++) {
				assertThatExceptionOfType(FramingException.class).isThrownBy(() -> pool.exchange("hello", TIMEOUT))
					.withMessageContaining("not a number")
					.withMessageContaining("connection ")
					.havingCause()
					.isInstanceOf(CodecException.class)
					.withMessageContaining("connection ");
			}

			await().pollDelay(Duration.ofMillis(500)).until(() -> true);
			assertThat(client.statistics().accepted()).as("one for each exchange").isEqualTo(3);
		}
	}

	private static void serveSlowly(PipeServer server) {
		CountDownLatch never = new CountDownLatch(1);
		server.serve((connection) -> {
			TestPeer peer = new TestPeer(null, connection);
			Object request = peer.receive();
			while (request != null) {
				never.await(200, TimeUnit.MILLISECONDS);
				peer.send(request);
				request = peer.receive();
			}
		});
	}

	private static void serveEcho(PipeServer server) {
		server.serve((connection) -> {
			TestPeer peer = new TestPeer(null, connection);
			Object request = peer.receive();
			while (request != null) {
				peer.send(request);
				request = peer.receive();
			}
		});
	}

}
