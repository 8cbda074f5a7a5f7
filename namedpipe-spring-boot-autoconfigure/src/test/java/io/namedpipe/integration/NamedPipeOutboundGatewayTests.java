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
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.integration.MessageTimeoutException;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.messaging.MessageHandlingException;
import org.springframework.messaging.MessagingException;

import io.namedpipe.CloseReason;
import io.namedpipe.PipeClosedException;
import io.namedpipe.PipeDirection;
import io.namedpipe.PipeErrorType;
import io.namedpipe.PipeNotFoundException;
import io.namedpipe.PipeServer;
import io.namedpipe.PipeTimeoutException;
import io.namedpipe.framing.FrameCodec;
import io.namedpipe.framing.FramingException;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.integration.dsl.NamedPipes;
import io.namedpipe.integration.event.NamedPipeErrorEvent;
import io.namedpipe.integration.outbound.NamedPipeOutboundGateway;
import io.namedpipe.testsupport.DecodeOnlyCodec;
import io.namedpipe.testsupport.TestTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Requests of flows and the replies of a server.
 */
@Timeout(60)
class NamedPipeOutboundGatewayTests {

	private static TestFlows withGateway(TestFlows flows, NamedPipeClient client, Duration timeout, int connections) {
		return flows.flow("out", (flow) -> flow
			.handle(NamedPipes.outboundGateway(client).replyTimeout(timeout).maxConnections(connections)));
	}

	private static TestFlows withGateway(TestFlows flows, NamedPipeClient client) {
		return withGateway(flows, client, Duration.ofSeconds(TestFlows.SECONDS), 4);
	}

	private static Future<Object> async(CheckedTask task) {
		FutureTask<Object> future = new FutureTask<>(task::run);
		Thread thread = new Thread(future, "caller");
		thread.setDaemon(true);
		thread.start();
		return future;
	}

	/**
	 * Echoes what each client sends, in capitals, until it leaves.
	 */
	private static void serveCapitals(PipeServer server) {
		server.serve((connection) -> {
			TestPeer peer = new TestPeer(null, connection);
			Object request = peer.receive();
			while (request != null) {
				peer.send(((String) request).toUpperCase());
				request = peer.receive();
			}
		});
	}

	@ParameterizedTest
	@EnumSource
	void eachRequestGetsItsReply(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			serveCapitals(flows.plainServer());
			NamedPipeClient client = flows.client();
			withGateway(flows, client).start();
			List<Future<Object>> callers = new ArrayList<>();
			for (int c = 0; c < 8; c++) {
				String name = "caller " + c + " ";
				callers.add(async(() -> {
					for (int i = 0; i < 200; i++) {
						assertThat(flows.exchange("out", name + i)).isEqualTo((name + i).toUpperCase());
					}
					return "";
				}));
			}
			for (Future<Object> caller : callers) {
				caller.get(TestFlows.SECONDS, TimeUnit.SECONDS);
			}
			assertThat(client.statistics().messagesOut()).isEqualTo(1600);
			assertThat(client.statistics().messagesIn()).isEqualTo(1600);
			assertThat(client.statistics().max()).isBetween(1, 4);
			assertThat(flows.exchange("out", "")).isEqualTo("");
		}
	}

	@Test
	void requestAndReplyGoOnTheThreadOfTheCaller() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			serveCapitals(flows.plainServer());
			NamedPipeClient client = flows.client();
			List<Thread> threads = new ArrayList<>();
			flows.flow("out", (flow) -> flow.handle(NamedPipes.outboundGateway(client)).handle((payload, headers) -> {
				threads.add(Thread.currentThread());
				return payload;
			})).start();
			assertThat(flows.exchange("out", "hello")).isEqualTo("HELLO");
			assertThat(threads).containsExactly(Thread.currentThread());
		}
	}

	@Test
	void exchangesWakeNoOtherThreadOfTheClient() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			serveCapitals(flows.plainServer());
			NamedPipeClient client = flows.client();
			withGateway(flows, client).start();
			flows.exchange("out", "hello");
			long before = waits("namedpipe-" + client.getName() + "-");
			for (int i = 0; i < 2000; i++) {
				flows.exchange("out", "hello");
			}
			// they look at the clock now and then
			assertThat(waits("namedpipe-" + client.getName() + "-") - before).isLessThan(1000);
		}
	}

	private static long waits(String threadNamePrefix) {
		long waits = 0;
		int threads = 0;
		for (ThreadInfo thread : ManagementFactory.getThreadMXBean().dumpAllThreads(false, false)) {
			if (thread.getThreadName().startsWith(threadNamePrefix)) {
				waits += thread.getWaitedCount();
				threads++;
			}
		}
		assertThat(threads).isPositive();
		return waits;
	}

	@ParameterizedTest
	@EnumSource
	void aLateReplyIsNeverHandedToTheNextCaller(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport); PipeServer server = flows.plainServer()) {
			NamedPipeClient client = flows.client();
			withGateway(flows, client, Duration.ofSeconds(3), 1).start();
			NamedPipeOutboundGateway gateway = flows.context().getBean(NamedPipeOutboundGateway.class);
			TestPeer first = flows.accept(server);
			Future<Object> caller = async(() -> flows.exchange("out", "first"));
			assertThat(first.receive()).isEqualTo("first");
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> caller.get(TestFlows.SECONDS, TimeUnit.SECONDS))
				.withCauseInstanceOf(MessageTimeoutException.class)
				.havingCause()
				.withCauseInstanceOf(PipeTimeoutException.class)
				.withStackTraceContaining("3000 ms");
			gateway.setReplyTimeout(Duration.ofSeconds(TestFlows.SECONDS));
			Future<Object> next = async(() -> flows.exchange("out", "second"));
			TestPeer second = flows.accept(server);
			try {
				first.send("late reply");
			}
			catch (IOException ex) {
				// the connection is closed
			}
			assertThat(second.receive()).isEqualTo("second");
			second.send("reply to second");
			assertThat(next.get(TestFlows.SECONDS, TimeUnit.SECONDS)).isEqualTo("reply to second");
			assertThat(first.receive()).isNull();
			assertThat(client.statistics().errors(PipeErrorType.NO_REPLY)).isEqualTo(1);
			assertThat(flows.awaitEvent(NamedPipeErrorEvent.class).getType()).isEqualTo(PipeErrorType.NO_REPLY);
			assertThat(client.statistics().accepted()).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@EnumSource
	void aCallerThatIsInterruptedClosesItsOwnConnectionOnly(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport); PipeServer server = flows.plainServer()) {
			// has its first connection when it has started
			NamedPipeClient client = flows.client((builder) -> builder.startupFailure(StartupFailurePolicy.STOP),
					(pipe) -> pipe);
			withGateway(flows, client).start();
			TestPeer first = flows.accept(server);
			FutureTask<Object> call = new FutureTask<>(() -> flows.exchange("out", "first"));
			Thread caller = new Thread(call, "caller");
			caller.start();
			assertThat(first.receive()).isEqualTo("first");
			Future<Object> other = async(() -> flows.exchange("out", "other"));
			TestPeer second = flows.accept(server);
			assertThat(second.receive()).isEqualTo("other");
			caller.interrupt();
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> call.get(TestFlows.SECONDS, TimeUnit.SECONDS))
				.withCauseInstanceOf(MessageHandlingException.class)
				.withStackTraceContaining("Interrupted");
			assertThat(first.receive()).isNull();
			second.send("reply to other");
			assertThat(other.get(TestFlows.SECONDS, TimeUnit.SECONDS)).isEqualTo("reply to other");
			await().untilAsserted(() -> assertThat(client.statistics().current()).isEqualTo(1));
		}
	}

	@Test
	void whenFlowLeavesInterruptThenCallerGetsReplyAndKeepsIt() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			serveCapitals(flows.plainServer());
			NamedPipeClient client = flows.client();
			withGateway(flows, client, Duration.ofSeconds(TestFlows.SECONDS), 1).start();
			assertThat(flows.exchange("out", "hello")).isEqualTo("HELLO");
			List<Object> replies = new ArrayList<>();
			boolean interrupted;

			Thread.currentThread().interrupt();
			try {
				replies.add(flows.exchange("out", "hello"));
			}
			finally {
				interrupted = Thread.interrupted();
			}

			assertThat(replies).containsExactly("HELLO");
			assertThat(interrupted).isTrue();
			assertThat(flows.exchange("out", "hello")).isEqualTo("HELLO");
			assertThat(client.statistics().accepted()).isEqualTo(1);
		}
	}

	@Test
	void noMoreExchangesThanConnectionsGoOnAtOnceAndFurtherOnesWait() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX); PipeServer server = flows.plainServer()) {
			AtomicInteger inProgress = new AtomicInteger();
			AtomicInteger most = new AtomicInteger();
			CountDownLatch two = new CountDownLatch(2);
			server.serve((connection) -> {
				TestPeer peer = new TestPeer(null, connection);
				Object request = peer.receive();
				while (request != null) {
					most.accumulateAndGet(inProgress.incrementAndGet(), Math::max);
					two.countDown();
					TestFlows.awaitLatch(two);
					inProgress.decrementAndGet();
					peer.send(request);
					request = peer.receive();
				}
			});
			NamedPipeClient client = flows.client();
			withGateway(flows, client, Duration.ofSeconds(TestFlows.SECONDS), 2).start();
			List<Future<Object>> callers = new ArrayList<>();
			for (int i = 0; i < 10; i++) {
				callers.add(async(() -> flows.exchange("out", "hello")));
			}
			for (Future<Object> caller : callers) {
				assertThat(caller.get(TestFlows.SECONDS, TimeUnit.SECONDS)).isEqualTo("hello");
			}
			assertThat(most).hasValue(2);
			assertThat(client.statistics().max()).isEqualTo(2);
		}
	}

	@Test
	void whenAllConnectionsAreInUseThenTheTimeoutTellsSo() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX); PipeServer server = flows.plainServer()) {
			NamedPipeClient client = flows.client();
			RequestExecutor pool = client.openExchangePool(1);
			flows.start();
			TestPeer peer = flows.accept(server);
			Future<Object> first = async(() -> pool.exchange("first", Duration.ofSeconds(TestFlows.SECONDS)));
			assertThat(peer.receive()).isEqualTo("first");
			assertThatExceptionOfType(RequestNotProcessedException.class)
				.isThrownBy(() -> pool.exchange("second", Duration.ofMillis(100)))
				.withCauseInstanceOf(PipeTimeoutException.class)
				.withMessageContaining("1 connections")
				.withMessageContaining("100 ms");
			peer.send("reply");
			assertThat(first.get(TestFlows.SECONDS, TimeUnit.SECONDS)).isEqualTo("reply");
			assertThat(client.statistics().errors(PipeErrorType.NO_REPLY)).isZero();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenServerLeavesDuringExchangeThenItFailsAndNextSucceeds(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport); PipeServer server = flows.plainServer()) {
			NamedPipeClient client = flows.client();
			withGateway(flows, client, Duration.ofSeconds(TestFlows.SECONDS), 1).start();
			TestPeer first = flows.accept(server);
			Future<Object> call = async(() -> flows.exchange("out", "hello"));
			assertThat(first.receive()).isEqualTo("hello");
			first.close();
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> call.get(TestFlows.SECONDS, TimeUnit.SECONDS))
				.withCauseInstanceOf(MessageHandlingException.class)
				.withStackTraceContaining("has left without a reply");
			TestPeer second = flows.accept(server);
			Future<Object> next = async(() -> flows.exchange("out", "hello again"));
			assertThat(second.receive()).isEqualTo("hello again");
			second.send("welcome");
			assertThat(next.get(TestFlows.SECONDS, TimeUnit.SECONDS)).isEqualTo("welcome");
			assertThat(client.statistics().closed(CloseReason.PEER)).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@EnumSource
	void anIdleConnectionThatTheServerClosedIsNoticedAndReplaced(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport); PipeServer server = flows.plainServer()) {
			NamedPipeClient client = flows.client();
			withGateway(flows, client, Duration.ofSeconds(TestFlows.SECONDS), 1).start();
			TestPeer first = flows.accept(server);
			await().until(client::isConnected);
			first.close();
			TestPeer second = flows.accept(server);
			await().untilAsserted(() -> assertThat(client.statistics().closed(CloseReason.PEER)).isEqualTo(1));
			Future<Object> call = async(() -> flows.exchange("out", "hello"));
			assertThat(second.receive()).isEqualTo("hello");
			second.send("reply");
			assertThat(call.get(TestFlows.SECONDS, TimeUnit.SECONDS)).isEqualTo("reply");
			assertThat(flows.events(NamedPipeErrorEvent.class)).isEmpty();
		}
	}

	@Test
	void whenServerRestartsThenCallOnIdleConnectionSucceeds() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX); PipeServer server = flows.plainServer()) {
			serveCapitals(server);
			NamedPipeClient client = flows.client();
			withGateway(flows, client).start();
			for (int i = 0; i < 5; i++) {
				assertThat(flows.exchange("out", "hello")).isEqualTo("HELLO");
				server.stop();
				server.start();
				serveCapitals(server);
				// longer than a connection is trusted without a look at it
				await().pollDelay(Duration.ofMillis(150)).until(() -> true);
			}
			assertThat(client.statistics().errors(PipeErrorType.READ)).isZero();
		}
	}

	@Test
	void whenServerSendsMoreThanReplyThenConnectionIsNotReused() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX); PipeServer server = flows.plainServer()) {
			NamedPipeClient client = flows.client();
			withGateway(flows, client, Duration.ofSeconds(TestFlows.SECONDS), 1).start();
			TestPeer first = flows.accept(server);
			Future<Object> call = async(() -> flows.exchange("out", "first"));
			assertThat(first.receive()).isEqualTo("first");
			first.connection()
				.write(ByteBuffer
					.wrap(new byte[] { 0, 0, 0, 2, 'o', 'k', 0, 0, 0, 7, 's', 'u', 'r', 'p', 'l', 'u', 's' }));
			assertThat(call.get(TestFlows.SECONDS, TimeUnit.SECONDS)).isEqualTo("ok");
			TestPeer second = flows.accept(server);
			Future<Object> next = async(() -> flows.exchange("out", "second"));
			assertThat(second.receive()).isEqualTo("second");
			second.send("reply to second");
			assertThat(next.get(TestFlows.SECONDS, TimeUnit.SECONDS)).isEqualTo("reply to second");
			assertThat(client.statistics().closed(CloseReason.PROTOCOL)).isEqualTo(1);
			assertThat(client.statistics().errors(PipeErrorType.FRAMING)).isEqualTo(1);
		}
	}

	@Test
	void whenAReplyIsTooLargeThenTheCallerGetsLengthAndLimit() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX); PipeServer server = flows.plainServer()) {
			NamedPipeClient client = flows.client((builder) -> builder, (pipe) -> pipe.maxMessageSize(100));
			RequestExecutor pool = client.openExchangePool(1);
			flows.start();
			TestPeer peer = flows.accept(server);
			Future<Object> call = async(() -> pool.exchange("hello", Duration.ofSeconds(TestFlows.SECONDS)));
			assertThat(peer.receive()).isEqualTo("hello");
			peer.send("x".repeat(101));
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> call.get(TestFlows.SECONDS, TimeUnit.SECONDS))
				.havingCause()
				.isInstanceOfSatisfying(FramingException.class,
						(ex) -> assertThat(ex.getLength().getAsLong() + ex.getLimit().getAsLong()).isEqualTo(201));
			assertThat(client.statistics().closed(CloseReason.PROTOCOL)).isEqualTo(1);
			assertThat(client.statistics().errors(PipeErrorType.TOO_LARGE)).isEqualTo(1);
		}
	}

	@Test
	void whenARequestCannotBeSentThenItsConnectionIsStillOfUse() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			serveCapitals(flows.plainServer());
			NamedPipeClient client = flows.client((builder) -> builder, (pipe) -> pipe.maxMessageSize(100));
			withGateway(flows, client, Duration.ofSeconds(TestFlows.SECONDS), 1).start();
			assertThatExceptionOfType(MessageHandlingException.class)
				.isThrownBy(() -> flows.exchange("out", "x".repeat(101)))
				.withCauseInstanceOf(FramingException.class);
			assertThatExceptionOfType(MessageHandlingException.class).isThrownBy(() -> flows.exchange("out", List.of()))
				.withCauseInstanceOf(IllegalArgumentException.class);
			assertThat(flows.exchange("out", "hello")).isEqualTo("HELLO");
			assertThat(client.statistics().accepted()).isEqualTo(1);
		}
	}

	@Test
	void whenServerIsMissingThenCallerWaitsForTimeoutOnly() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeClient client = flows.client();
			withGateway(flows, client, Duration.ofMillis(300), 4).start();
			long started = System.nanoTime();
			assertThatExceptionOfType(MessagingException.class).isThrownBy(() -> flows.exchange("out", "hello"))
				.withRootCauseInstanceOf(IOException.class);
			assertThat(Duration.ofNanos(System.nanoTime() - started)).isBetween(Duration.ofMillis(290),
					Duration.ofSeconds(TestFlows.SECONDS));
			assertThat(client.fault()).isPresent();
			assertThat(client.isConnected()).isFalse();
			serveCapitals(flows.plainServer());
			await().until(() -> client.isConnected() && client.fault().isEmpty());
			flows.context()
				.getBean(NamedPipeOutboundGateway.class)
				.setReplyTimeout(Duration.ofSeconds(TestFlows.SECONDS));
			assertThat(flows.exchange("out", "hello")).isEqualTo("HELLO");
		}
	}

	@Test
	void whenClientStopsThenOpenExchangesEndAndNewOnesAreRefused() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX); PipeServer server = flows.plainServer()) {
			NamedPipeClient client = flows.client();
			RequestExecutor pool = client.openExchangePool(1);
			flows.start();
			Duration timeout = Duration.ofSeconds(TestFlows.SECONDS);
			TestPeer peer = flows.accept(server);
			Future<Object> call = async(() -> pool.exchange("in progress", timeout));
			assertThat(peer.receive()).isEqualTo("in progress");
			Future<Object> stopping = async(() -> {
				client.stop();
				return "";
			});
			await().untilAsserted(() -> assertThatExceptionOfType(RequestNotProcessedException.class)
				.isThrownBy(() -> pool.exchange("too late", timeout))
				.withCauseInstanceOf(PipeClosedException.class));
			peer.send("reply");
			assertThat(call.get(TestFlows.SECONDS, TimeUnit.SECONDS)).isEqualTo("reply");
			stopping.get(TestFlows.SECONDS, TimeUnit.SECONDS);
			assertThat(client.statistics().current()).isZero();
			assertThat(client.statistics().closed(CloseReason.STOP)).isEqualTo(client.statistics().accepted());
			client.start();
			TestPeer again = flows.accept(server);
			Future<Object> next = async(() -> pool.exchange("again", timeout));
			assertThat(again.receive()).isEqualTo("again");
			again.send("welcome back");
			assertThat(next.get(TestFlows.SECONDS, TimeUnit.SECONDS)).isEqualTo("welcome back");
		}
	}

	@Test
	void gatewaysCanBeStoppedAndStartedManyTimesWithoutLeavingThreadsOrConnections() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			PipeServer server = flows.plainServer();
			serveCapitals(server);
			NamedPipeClient client = flows.client();
			withGateway(flows, client).start();
			for (int i = 0; i < 50; i++) {
				assertThat(flows.exchange("out", "hello")).isEqualTo("HELLO");
				client.stop();
				assertThat(client.statistics().current()).isZero();
				client.start();
			}
			client.stop();
			await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
				.noneMatch((thread) -> thread.getName().startsWith("namedpipe-billing-")));
			await().untilAsserted(() -> assertThat(server.instanceCount()).isZero());
		}
	}

	@Test
	void whenThePipeIsOneWayThenThereIsNoGateway() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.MEMORY)) {
			NamedPipeClient client = flows.client((builder) -> builder, (pipe) -> pipe.direction(PipeDirection.OUT));
			withGateway(flows, client);
			assertThatExceptionOfType(BeanCreationException.class).isThrownBy(flows::start)
				.withStackTraceContaining("one way");
		}
	}

	@Test
	void aGatewayBetweenTwoPipesKeepsTheHeadersOfTheRequest() throws Exception {
		try (TestFlows back = new TestFlows(TestTransport.UNIX); TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			serveCapitals(back.plainServer());
			NamedPipeServer front = flows.server();
			NamedPipeClient client = NamedPipeClient.builder("billing", TestTransport.UNIX.client(back.pipeName()))
				.build();
			flows.bean("billingNamedPipeClient", client);
			flows
				.flow("proxy", IntegrationFlow.from(NamedPipes.inboundGateway(front))
					.handle(NamedPipes.outboundGateway(client))
					.<byte[]>handle(
							(payload, headers) -> new String(payload) + " for " + headers.get(NamedPipeHeaders.NAME))
					.get())
				.start();
			assertThat(flows.connect().exchange("hello")).isEqualTo("HELLO for orders");
		}
	}

	@Test
	void theTimesOfExchangesAndConnectsAreTaken() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX); PipeServer server = flows.plainServer()) {
			NamedPipeClient client = flows.client((builder) -> builder,
					(pipe) -> pipe.connectTimeout(Duration.ofMillis(200)));
			List<String> taken = new CopyOnWriteArrayList<>();
			client.setTimings(new NamedPipeTimings() {

				@Override
				public void exchanged(Outcome outcome, long nanos) {
					taken.add("exchange " + outcome.tag() + " " + (nanos > 0));
				}

				@Override
				public void connected(Outcome outcome, long nanos) {
					taken.add("connect " + outcome.tag() + " " + (nanos > 0));
				}

			});
			RequestExecutor pool = client.openExchangePool(1);
			flows.start();
			TestPeer peer = flows.accept(server);
			Future<Object> call = async(() -> pool.exchange("hello", Duration.ofSeconds(TestFlows.SECONDS)));
			peer.send(peer.receive());
			call.get(TestFlows.SECONDS, TimeUnit.SECONDS);
			assertThatExceptionOfType(PipeTimeoutException.class)
				.isThrownBy(() -> pool.exchange("hello", Duration.ofMillis(50)));
			assertThat(taken).containsSubsequence("connect success true", "exchange success true",
					"exchange timeout true");
			server.stop();
			await().untilAsserted(() -> assertThat(taken).contains("connect timeout true"));
		}
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the name is taken from a server that runs")
	void whenAFurtherConnectionCannotBeMadeThenTheClientIsNotAtFault() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX);
				ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			Path path = Path.of(flows.pipeName());
			server.bind(UnixDomainSocketAddress.of(path));
			NamedPipeClient client = flows.client((builder) -> builder.startupFailure(StartupFailurePolicy.STOP),
					(pipe) -> pipe.waitForServer(false));
			withGateway(flows, client).start();
			try (SocketChannel only = server.accept()) {
				Future<Object> caller = async(() -> flows.exchange("out", "first"));
				ByteBuffer frame = ByteBuffer.allocate(4 + "first".length());
				while (frame.hasRemaining()) {
					only.read(frame);
				}
				Files.delete(path);

				assertThatExceptionOfType(MessagingException.class).isThrownBy(() -> flows.exchange("out", "second"))
					.withCauseInstanceOf(PipeNotFoundException.class);

				assertThat(client.statistics().errors(PipeErrorType.CONNECT)).isEqualTo(1);
				assertThat(client.fault()).isEmpty();
				only.write(frame.flip());
				assertThat(caller.get(TestFlows.SECONDS, TimeUnit.SECONDS)).isEqualTo("first");
			}
			await().untilAsserted(() -> assertThat(client.fault()).isPresent());
		}
	}

	@Test
	void aReplyThatTakesLongerThanTheIdleTimeoutIsWaitedFor() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX); PipeServer server = flows.plainServer()) {
			NamedPipeClient client = flows.client((builder) -> builder.startupFailure(StartupFailurePolicy.STOP),
					(pipe) -> pipe.idleTimeout(Duration.ofSeconds(3)));
			withGateway(flows, client).start();
			TestPeer slow = flows.accept(server);
			Future<Object> caller = async(() -> flows.exchange("out", "slow"));
			assertThat(slow.receive()).isEqualTo("slow");
			Future<Object> quick = async(() -> flows.exchange("out", "quick"));
			TestPeer peer = flows.accept(server);
			assertThat(peer.receive()).isEqualTo("quick");
			peer.send("done");
			assertThat(quick.get(TestFlows.SECONDS, TimeUnit.SECONDS)).isEqualTo("done");
			assertThat(peer.receive()).as("what is idle is closed").isNull();

			slow.send("at last");

			assertThat(caller.get(TestFlows.SECONDS, TimeUnit.SECONDS)).isEqualTo("at last");
		}
	}

	@Test
	void whenTheClientStopsThenACallerThatConnectsIsNotWaitedFor() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			Duration forever = Duration.ofMinutes(10);
			NamedPipeClient client = flows.client((builder) -> builder,
					(pipe) -> pipe.connectTimeout(forever).drainTimeout(forever));
			withGateway(flows, client, forever, 2).start();
			FutureTask<Object> call = new FutureTask<>(() -> flows.exchange("out", "request"));
			Thread caller = new Thread(call, "caller");
			caller.start();
			await().until(() -> caller.getState() == Thread.State.TIMED_WAITING);

			FutureTask<String> stopping = new FutureTask<>(client::stop, "stopped");
			new Thread(stopping, "stopper").start();

			assertThat(stopping.get(TestFlows.SECONDS, TimeUnit.SECONDS)).isEqualTo("stopped");
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> call.get(TestFlows.SECONDS, TimeUnit.SECONDS))
				.withStackTraceContaining(PipeClosedException.class.getName());
		}
	}

	@Test
	void whenTheFramingFailsOnceThenTheClientConnectsAgain() throws Exception {
		AtomicInteger decoders = new AtomicInteger();
		FrameCodec codec = new DecodeOnlyCodec(() -> {
			if (decoders.incrementAndGet() == 1) {
				throw new IllegalStateException("not yet");
			}
			return (input) -> null;
		});
		try (TestFlows flows = new TestFlows(TestTransport.UNIX); PipeServer server = flows.plainServer()) {
			serveCapitals(server);
			NamedPipeClient client = flows.client((builder) -> builder.framing(MessageFraming.codec(codec)),
					(pipe) -> pipe);
			withGateway(flows, client).start();

			await().until(() -> client.statistics().accepted() == 2);

			assertThat(client.statistics().closed(CloseReason.ERROR)).isEqualTo(1);
			assertThat(client.connections()).hasSize(1);
			assertThat(flows.awaitEvent(NamedPipeErrorEvent.class).getType()).isEqualTo(PipeErrorType.FRAMING);
		}
	}

	private interface CheckedTask {

		Object run() throws Exception;

	}

}
