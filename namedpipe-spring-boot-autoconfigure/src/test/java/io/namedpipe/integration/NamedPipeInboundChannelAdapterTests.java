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

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.context.ApplicationContextException;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.MessagingException;
import org.springframework.messaging.support.GenericMessage;

import io.namedpipe.CloseReason;
import io.namedpipe.PipeDirection;
import io.namedpipe.PipeErrorType;
import io.namedpipe.RejectReason;
import io.namedpipe.framing.FramingException;
import io.namedpipe.framing.LineTerminator;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.framing.PayloadFormat;
import io.namedpipe.integration.dsl.NamedPipes;
import io.namedpipe.integration.event.NamedPipeConnectionClosedEvent;
import io.namedpipe.integration.event.NamedPipeConnectionOpenedEvent;
import io.namedpipe.integration.event.NamedPipeConnectionRejectedEvent;
import io.namedpipe.integration.event.NamedPipeErrorEvent;
import io.namedpipe.integration.inbound.FlowErrorPolicy;
import io.namedpipe.integration.inbound.NamedPipeInboundChannelAdapter;
import io.namedpipe.testsupport.TestTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Messages from peers to flows.
 */
@Timeout(60)
class NamedPipeInboundChannelAdapterTests {

	@ParameterizedTest
	@EnumSource
	void messagesComeInOrderWithTheHeadersOfTheirConnection(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server();
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(server)).handle(flows::keep).get()).start();
			TestPeer peer = flows.connect();
			for (String text : List.of("one", "", "three")) {
				peer.send(text);
			}
			Message<?> message = flows.awaitMessage();
			assertThat(message.getPayload()).isEqualTo("one");
			assertThat(flows.awaitPayloads(2)).containsExactly("", "three");
			NamedPipeSession session = server.sessions()[0];
			assertThat(message.getHeaders()).containsEntry(NamedPipeHeaders.CONNECTION_ID, session.connection().id())
				.containsEntry(NamedPipeHeaders.NAME, "orders");
			assertThat(message.getHeaders().get(NamedPipeHeaders.REMOTE_USER))
				.isEqualTo(session.connection().peer().user().orElse(null));
			assertThat(message.getHeaders().get(NamedPipeHeaders.REMOTE_USER_ID))
				.isEqualTo(session.connection().peer().userId().orElse(null));
			if (session.connection().peer().processId().isPresent()) {
				assertThat(message.getHeaders()).containsEntry(NamedPipeHeaders.REMOTE_PROCESS_ID,
						ProcessHandle.current().pid());
			}
			else {
				assertThat(message.getHeaders()).doesNotContainKey(NamedPipeHeaders.REMOTE_PROCESS_ID);
			}
			assertThat(message.getHeaders().getId()).isNotNull().isNotEqualTo(MessageHeaders.ID_VALUE_NONE);
			assertThat(message.getHeaders().getTimestamp()).isPositive();
			assertThat(server.statistics().messagesIn()).isEqualTo(3);
		}
	}

	@ParameterizedTest
	@EnumSource
	void bytesAreDeliveredAsBytes(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server((builder) -> builder.payload(PayloadFormat.bytes()));
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(server)).handle(flows::keep).get()).start();
			flows.connect().send(new byte[] { 0, -1, 42 });
			assertThat((byte[]) flows.awaitMessage().getPayload()).containsExactly(0, -1, 42);
		}
	}

	@Test
	void aMessageTakesNoMoreMemoryThanItsPayloadItsHeadersAndItself() throws Exception {
		int count = 20_000;
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		AtomicInteger received = new AtomicInteger();
		AtomicReference<Message<?>> last = new AtomicReference<>();
		long[] allocated = new long[2];
		CountDownLatch done = new CountDownLatch(1);
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server((builder) -> builder.payload(PayloadFormat.bytes()));
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(server)).handle((message) -> {
				last.set(message);
				// the first half is for the compiler
				int number = received.incrementAndGet();
				if (number % count == 0) {
					allocated[number / count - 1] = threads.getCurrentThreadAllocatedBytes();
				}
				if (number == 2 * count) {
					done.countDown();
				}
			}).get()).start();
			TestPeer peer = flows.connect();
			byte[] payload = new byte[64];
			for (int i = 0; i < 2 * count; i++) {
				peer.send(payload);
			}
			TestFlows.awaitLatch(done);
		}
		Map<String, Object> headers = new HashMap<>(last.get().getHeaders());
		long before = 0;
		for (int i = 0; i < 2 * count; i++) {
			before = (i == count) ? threads.getCurrentThreadAllocatedBytes() : before;
			last.set(new GenericMessage<>(new byte[64], new MessageHeaders(headers)));
		}
		long least = (threads.getCurrentThreadAllocatedBytes() - before) / count;
		assertThat((allocated[1] - allocated[0]) / count).isBetween(least / 2, least + 24);
	}

	@ParameterizedTest
	@EnumSource
	void whenTheFlowThrowsThenTheConnectionGoesOn(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server();
			flows
				.flow("in",
						IntegrationFlow.from(NamedPipes.inboundAdapter(server))
							.<String>handle((payload, headers) -> keepUnlessBad(flows, payload, headers))
							.get())
				.start();
			TestPeer peer = flows.connect();
			for (String text : List.of("good", "bad", "better", "bad", "best")) {
				peer.send(text);
			}
			assertThat(flows.awaitPayloads(3)).containsExactly("good", "better", "best");
			NamedPipeErrorEvent event = flows.awaitEvent(NamedPipeErrorEvent.class);
			assertThat(event.getType()).isEqualTo(PipeErrorType.FLOW);
			assertThat(event.getPipe()).isEqualTo("orders");
			assertThat(event.getConnection()).containsSame(server.sessions()[0].connection());
			assertThat(event.getCause()).hasRootCauseMessage("bad on purpose");
			assertThat(server.statistics().errors(PipeErrorType.FLOW)).isEqualTo(2);
			assertThat(server.statistics().current()).isEqualTo(1);
		}
	}

	private static Object keepUnlessBad(TestFlows flows, String payload, MessageHeaders headers) {
		if (payload.equals("bad")) {
			throw new IllegalStateException("bad on purpose");
		}
		flows.keep(new GenericMessage<>(payload, headers));
		return null;
	}

	@Test
	void whenThereIsAnErrorChannelThenItGetsTheMessageThatFailed() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			List<MessagingException> errors = new ArrayList<>();
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundAdapter(server).errorChannel("failures.input"))
						.<String>handle((payload, headers) -> keepUnlessBad(flows, payload, headers))
						.get());
			flows.flow("failures",
					(flow) -> flow.handle((message) -> errors.add((MessagingException) message.getPayload())));
			flows.start();
			TestPeer peer = flows.connect();
			peer.send("bad");
			peer.send("good");
			assertThat(flows.awaitPayloads(1)).containsExactly("good");
			assertThat(errors).singleElement().satisfies((error) -> {
				assertThat(error).hasRootCauseMessage("bad on purpose");
				assertThat(error.getFailedMessage().getHeaders()).containsKey(NamedPipeHeaders.CONNECTION_ID);
			});
			assertThat(server.statistics().errors(PipeErrorType.FLOW)).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenErrorsAreToCloseThenTheConnectionIsClosedAndOthersAreNot(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server();
			flows.flow("in", IntegrationFlow
				.from(NamedPipes.inboundAdapter(server).onError(FlowErrorPolicy.CLOSE).errorChannel("failures.input"))
				.<String>handle((payload, headers) -> keepUnlessBad(flows, payload, headers))
				.get());
			flows.flow("failures", (flow) -> flow.handle((message) -> {
			}));
			flows.start();
			TestPeer other = flows.connect();
			other.send("first");
			TestPeer peer = flows.connect();
			peer.send("bad");
			assertThat(peer.receive()).isNull();
			NamedPipeConnectionClosedEvent event = flows.awaitEvent(NamedPipeConnectionClosedEvent.class);
			assertThat(event.getReason()).isEqualTo(CloseReason.ERROR);
			assertThat(event.getCause()).hasRootCauseMessage("bad on purpose");
			other.send("second");
			assertThat(flows.awaitPayloads(2)).containsExactly("first", "second");
			assertThat(server.statistics().closed(CloseReason.ERROR)).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenAPeerLeavesThenThatIsAnOrdinaryClose(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server();
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(server)).handle(flows::keep).get()).start();
			TestPeer peer = flows.connect();
			NamedPipeConnectionOpenedEvent opened = flows.awaitEvent(NamedPipeConnectionOpenedEvent.class);
			peer.send("last words");
			peer.close();
			NamedPipeConnectionClosedEvent closed = flows.awaitEvent(NamedPipeConnectionClosedEvent.class);
			assertThat(closed.getReason()).isEqualTo(CloseReason.PEER);
			assertThat(closed.getCause()).isNull();
			assertThat(closed.getConnection()).isSameAs(opened.getConnection());
			assertThat(closed.getSource()).isSameAs(server);
			assertThat(flows.awaitPayloads(1)).containsExactly("last words");
			await().untilAsserted(() -> assertThat(server.sessions()).isEmpty());
			assertThat(flows.events(NamedPipeErrorEvent.class)).isEmpty();
		}
	}

	@Test
	void whenPeersComeAndLeaveAtOnceThenTheServerGoesOnAndCountsThem() throws Exception {
		int peers = 1000;
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(server)).handle(flows::keep).get()).start();
			for (int i = 0; i < peers; i++) {
				flows.connect().close();
			}
			flows.connect().send("still there");
			assertThat(flows.awaitPayloads(1)).containsExactly("still there");
			await().untilAsserted(() -> assertThat(server.statistics().closed(CloseReason.PEER)).isEqualTo(peers));
			assertThat(server.statistics().accepted()).isEqualTo(peers + 1);
			await().untilAsserted(() -> assertThat(server.sessions()).hasSize(1));
			assertThat(flows.events(NamedPipeErrorEvent.class)).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource
	void dataSentBeforeACloseArrivesInFullThoughTheFlowIsLate(TestTransport transport) throws Exception {
		int count = 100;
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server();
			CountDownLatch late = new CountDownLatch(1);
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(server)).handle((message) -> {
				TestFlows.awaitLatch(late);
				flows.keep(message);
			}).get()).start();
			TestPeer peer = flows.connect();
			for (int i = 0; i < count; i++) {
				peer.send("message " + i);
			}
			peer.close();
			late.countDown();
			List<String> payloads = flows.awaitPayloads(count);
			assertThat(payloads).doesNotHaveDuplicates().startsWith("message 0").endsWith("message 99");
			assertThat(flows.awaitEvent(NamedPipeConnectionClosedEvent.class).getReason()).isEqualTo(CloseReason.PEER);
		}
	}

	@ParameterizedTest
	@EnumSource
	void aSlowFlowHoldsNobodyElseUp(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server();
			CountDownLatch late = new CountDownLatch(1);
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(server)).handle((message) -> {
				if (message.getPayload().equals("slow")) {
					TestFlows.awaitLatch(late);
				}
				flows.keep(message);
			}).get()).start();
			flows.connect().send("slow");
			TestPeer fast = flows.connect();
			fast.send("fast");
			fast.send("fast, too");
			assertThat(flows.awaitPayloads(2)).containsExactly("fast", "fast, too");
			late.countDown();
			assertThat(flows.awaitPayloads(1)).containsExactly("slow");
		}
	}

	@Test
	void flowsRunOnTheThreadOfTheConnectionWithoutAHop() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			List<String> threads = new ArrayList<>();
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(server)).handle((message) -> {
				threads.add(Thread.currentThread().getName());
				flows.keep(message);
			}).get()).start();
			TestPeer peer = flows.connect();
			peer.send("one");
			peer.send("two");
			flows.awaitPayloads(2);
			assertThat(threads).hasSize(2)
				.allSatisfy((name) -> assertThat(name).startsWith("namedpipe-orders-connection"));
			assertThat(threads.get(0)).isEqualTo(threads.get(1));
		}
	}

	@Test
	void whenAFlowLeavesAnInterruptBehindThenTheConnectionGoesOn() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(server)).handle((message) -> {
				flows.keep(message);
				Thread.currentThread().interrupt();
			}).get()).start();
			TestPeer peer = flows.connect();
			peer.send("one");
			assertThat(flows.awaitPayloads(1)).containsExactly("one");
			peer.send("two");
			assertThat(flows.awaitPayloads(1)).containsExactly("two");
		}
	}

	@Test
	void whenFrameIsTooLargeThenClosesWithLengthAndLimit() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server((builder) -> builder, (pipe) -> pipe.maxMessageSize(100));
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(server)).handle(flows::keep).get()).start();
			TestPeer peer = flows.connect();
			peer.connection().write(ByteBuffer.wrap(new byte[] { 0, 0, 0, 101 }));
			assertThat(peer.receive()).isNull();
			NamedPipeErrorEvent error = flows.awaitEvent(NamedPipeErrorEvent.class);
			assertThat(error.getType()).isEqualTo(PipeErrorType.TOO_LARGE);
			assertThat(error.getCause()).isInstanceOfSatisfying(FramingException.class, (cause) -> {
				assertThat(cause.getLength()).hasValue(101);
				assertThat(cause.getLimit()).hasValue(100);
			});
			NamedPipeConnectionClosedEvent closed = flows.awaitEvent(NamedPipeConnectionClosedEvent.class);
			assertThat(closed.getReason()).isEqualTo(CloseReason.PROTOCOL);
			assertThat(closed.getCause()).isSameAs(error.getCause());
			assertThat(server.statistics().errors(PipeErrorType.TOO_LARGE)).isEqualTo(1);
			assertThat(flows.hasMessage()).isFalse();
		}
	}

	@Test
	void whenAMessageIsTooLargeInMessageModeThenItsConnectionIsClosed() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.MEMORY_MESSAGE)) {
			NamedPipeServer server = flows.server((builder) -> builder, (pipe) -> pipe.maxMessageSize(100));
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(server)).handle(flows::keep).get()).start();
			TestPeer peer = flows.connect();
			peer.send(new byte[101]);
			assertThat(peer.receive()).isNull();
			assertThat(flows.awaitEvent(NamedPipeConnectionClosedEvent.class).getReason())
				.isEqualTo(CloseReason.PROTOCOL);
			await().untilAsserted(() -> assertThat(server.statistics().errors(PipeErrorType.TOO_LARGE)).isEqualTo(1));
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "MEMORY", "PLATFORM" })
	void whenPeerLeavesInsideFrameThenReportsErrorAndNoMessage(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server();
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(server)).handle(flows::keep).get()).start();
			TestPeer peer = flows.connect();
			peer.connection().write(ByteBuffer.wrap(new byte[] { 0, 0, 0, 5, 'h', 'a' }));
			peer.close();
			NamedPipeErrorEvent error = flows.awaitEvent(NamedPipeErrorEvent.class);
			assertThat(error.getType()).isEqualTo(PipeErrorType.TRUNCATED);
			assertThat(error.getCause()).hasMessageContaining("6 bytes");
			assertThat(flows.awaitEvent(NamedPipeConnectionClosedEvent.class).getReason()).isEqualTo(CloseReason.PEER);
			assertThat(server.statistics().errors(PipeErrorType.TRUNCATED)).isEqualTo(1);
			assertThat(server.statistics().messagesIn()).isZero();
			assertThat(flows.hasMessage()).isFalse();
		}
	}

	@Test
	void whenTheLastLineHasNoEndThenItIsDeliveredAllTheSame() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server((builder) -> builder.framing(MessageFraming.line(LineTerminator.LF)));
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(server)).handle(flows::keep).get()).start();
			TestPeer peer = flows.connect();
			peer.connection().write(ByteBuffer.wrap("one\r\ntwo\nthree".getBytes()));
			peer.close();
			assertThat(flows.awaitPayloads(3)).containsExactly("one", "two", "three");
		}
	}

	@Test
	void whenNoFirstFrameComesInTimeThenOnlyThatPeerIsRejected() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server((builder) -> builder,
					(pipe) -> pipe.handshakeTimeout(Duration.ofSeconds(5)));
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(server)).handle(flows::keep).get()).start();
			TestPeer talker = flows.connect();
			talker.send("hello");
			assertThat(flows.awaitPayloads(1)).containsExactly("hello");
			TestPeer mumbler = flows.connect();
			mumbler.connection().write(ByteBuffer.wrap(new byte[] { 0, 0 }));
			assertThat(mumbler.receive()).isNull();
			assertThat(flows.awaitEvent(NamedPipeConnectionRejectedEvent.class).getReason())
				.isEqualTo(RejectReason.HANDSHAKE);
			talker.send("still here");
			assertThat(flows.awaitPayloads(1)).containsExactly("still here");
			assertThat(server.statistics().rejected(RejectReason.HANDSHAKE)).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenTheAdapterIsStoppedThenPeersWaitUntilItIsStartedAgain(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server();
			flows
				.flow("in",
						IntegrationFlow.from(NamedPipes.inboundAdapter(server).id("ordersInbound"))
							.handle(flows::keep)
							.get())
				.start();
			NamedPipeInboundChannelAdapter adapter = flows.context()
				.getBean("ordersInbound", NamedPipeInboundChannelAdapter.class);
			TestPeer peer = flows.connect();
			for (int round = 0; round < 20; round++) {
				peer.send("before " + round);
				assertThat(flows.awaitPayloads(1)).containsExactly("before " + round);
				adapter.stop();
				peer.send("meanwhile " + round);
				TestPeer newcomer = flows.connect();
				newcomer.send("newcomer " + round);
				assertThat(flows.hasMessage()).isFalse();
				adapter.start();
				assertThat(flows.awaitPayloads(2)).containsExactlyInAnyOrder("meanwhile " + round, "newcomer " + round);
				newcomer.close();
			}
			assertThat(server.isRunning()).isTrue();
		}
	}

	@Test
	void whenTheAdapterHasStoppedThenNoFlowIsInProgress() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			AtomicInteger inProgress = new AtomicInteger();
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundAdapter(server).id("ordersInbound")).handle((message) -> {
						inProgress.incrementAndGet();
						Thread.yield();
						inProgress.decrementAndGet();
					}).get())
				.start();
			NamedPipeInboundChannelAdapter adapter = flows.context()
				.getBean("ordersInbound", NamedPipeInboundChannelAdapter.class);
			CyclicBarrier go = new CyclicBarrier(4);
			List<Thread> threads = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				TestPeer peer = flows.connect();
				Thread thread = new Thread(() -> sendUntilClosed(peer, go), "sender");
				thread.setDaemon(true);
				thread.start();
				threads.add(thread);
			}
			go.await(TestFlows.SECONDS, TimeUnit.SECONDS);
			for (int round = 0; round < 200; round++) {
				adapter.stop();
				assertThat(inProgress).hasValue(0);
				long read = server.statistics().messagesIn();
				adapter.start();
				await().pollDelay(Duration.ZERO)
					.pollInterval(Duration.ofMillis(1))
					.until(() -> server.statistics().messagesIn() > read);
			}
			flows.close();
			for (Thread thread : threads) {
				thread.join(TimeUnit.SECONDS.toMillis(TestFlows.SECONDS));
				assertThat(thread.isAlive()).isFalse();
			}
		}
	}

	private static void sendUntilClosed(TestPeer peer, CyclicBarrier go) {
		try {
			go.await(TestFlows.SECONDS, TimeUnit.SECONDS);
			while (true) {
				peer.send("x");
			}
		}
		catch (Exception ex) {
			// the end of the test
		}
	}

	@Test
	void whenAFlowStopsItsOwnAdapterThenItDoesNotWaitForItself() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundAdapter(server).id("ordersInbound")).handle((message) -> {
						flows.context().getBean("ordersInbound", NamedPipeInboundChannelAdapter.class).stop();
						flows.keep(message);
					}).get())
				.start();
			flows.connect().send("stop yourself");
			assertThat(flows.awaitPayloads(1)).containsExactly("stop yourself");
			assertThat(flows.context().getBean("ordersInbound", NamedPipeInboundChannelAdapter.class).isRunning())
				.isFalse();
		}
	}

	@Test
	void whenTheServerStopsWhileTheAdapterIsStoppedThenItDoesNotWait() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows
				.flow("in",
						IntegrationFlow.from(NamedPipes.inboundAdapter(server).autoStartup(false))
							.handle(flows::keep)
							.get())
				.start();
			flows.connect().send("nobody listens");
			await().untilAsserted(() -> assertThat(server.statistics().messagesIn()).isEqualTo(1));
			long started = System.nanoTime();
			server.stop();
			assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(8));
			assertThat(server.statistics().current()).isZero();
			assertThat(flows.hasMessage()).isFalse();
		}
	}

	@Test
	void whenTheChannelDoesNotExistThenTheStartFails() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.MEMORY)) {
			NamedPipeServer server = flows.server();
			NamedPipeInboundChannelAdapter adapter = new NamedPipeInboundChannelAdapter(server);
			adapter.setOutputChannelName("mispelt");
			flows.bean("ordersInbound", adapter);
			assertThatExceptionOfType(ApplicationContextException.class).isThrownBy(flows::start)
				.withStackTraceContaining("mispelt");
			assertThat(server.isRunning()).isFalse();
		}
	}

	@Test
	void whenThereIsASecondReceiverThenTheStartFails() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.MEMORY)) {
			NamedPipeServer server = flows.server();
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(server)).handle(flows::keep).get());
			flows.flow("again", IntegrationFlow.from(NamedPipes.inboundGateway(server)).bridge().get());
			assertThatExceptionOfType(BeanCreationException.class).isThrownBy(flows::start)
				.withStackTraceContaining("has a receiver already");
		}
	}

	@Test
	void whenThePipeOnlyWritesThenNothingCanReceive() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.MEMORY)) {
			NamedPipeServer server = flows.server((builder) -> builder, (pipe) -> pipe.direction(PipeDirection.OUT));
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(server)).handle(flows::keep).get());
			assertThatExceptionOfType(BeanCreationException.class).isThrownBy(flows::start)
				.withStackTraceContaining("only writes");
		}
	}

}
