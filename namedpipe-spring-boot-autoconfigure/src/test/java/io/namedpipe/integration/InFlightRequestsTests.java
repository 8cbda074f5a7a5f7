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
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.Lifecycle;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.dsl.context.IntegrationFlowContext;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.support.ErrorMessage;
import org.springframework.messaging.support.GenericMessage;

import io.namedpipe.CloseReason;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeErrorType;
import io.namedpipe.framing.MalformedPayloadException;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.framing.PayloadConverter;
import io.namedpipe.framing.PayloadFormat;
import io.namedpipe.integration.dsl.NamedPipeInboundGatewaySpec;
import io.namedpipe.integration.dsl.NamedPipes;
import io.namedpipe.integration.event.NamedPipeErrorEvent;
import io.namedpipe.testsupport.TestTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * An inbound gateway that reads on while the replies to earlier requests are due.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InFlightRequestsTests {

	private static final Duration SHORT = Duration.ofMillis(300);

	/** A gateway whose flow keeps the requests, for replies of this test. */
	private static NamedPipeServer keeping(TestFlows flows, UnaryOperator<NamedPipeInboundGatewaySpec> gateway)
			throws Exception {
		NamedPipeServer server = flows.server();
		flows
			.flow("in",
					IntegrationFlow.from(gateway.apply(NamedPipes.inboundGateway(server).maxInFlight(3)))
						.handle(flows::keep)
						.get())
			.start();
		return server;
	}

	private static void reply(Message<?> request, Object reply) {
		MessageChannel replies = (MessageChannel) Objects.requireNonNull(request.getHeaders().getReplyChannel());
		replies.send(new GenericMessage<>(reply));
	}

	private static void awaitCall(String method) {
		await().until(() -> Thread.getAllStackTraces()
			.values()
			.stream()
			.flatMap(Stream::of)
			.anyMatch((call) -> call.getClassName().equals(InFlightRequests.class.getName())
					&& call.getMethodName().equals(method)));
	}

	private static List<Message<?>> requests(TestFlows flows, int count) throws InterruptedException {
		List<Message<?>> requests = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			requests.add(flows.awaitMessage());
		}
		return requests;
	}

	@ParameterizedTest
	@EnumSource
	void whenRepliesComeInAnyOrderThenTheyGoOutInThatOfRequests(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = keeping(flows, (gateway) -> gateway);
			TestPeer peer = flows.connect();
			for (int i = 0; i < 3; i++) {
				peer.send("request " + i);
			}
			List<Message<?>> requests = requests(flows, 3);

			for (int i = 2; i >= 0; i--) {
				reply(requests.get(i), "reply " + i);
			}

			for (int i = 0; i < 3; i++) {
				assertThat(peer.receive()).isEqualTo("reply " + i);
			}
			await().untilAsserted(() -> assertThat(server.statistics().messagesOut()).isEqualTo(3));
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenOrderDoesNotMatterThenRepliesGoOutAsTheyCome(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			keeping(flows, (gateway) -> gateway.ordered(false));
			TestPeer peer = flows.connect();
			for (int i = 0; i < 3; i++) {
				peer.send("request " + i);
			}
			List<Message<?>> requests = requests(flows, 3);

			for (int i = 2; i >= 0; i--) {
				reply(requests.get(i), "reply " + i);
				assertThat(peer.receive()).isEqualTo("reply " + i);
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenSoManyAreInFlightThenNoMoreIsRead(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = keeping(flows, (gateway) -> gateway);
			TestPeer peer = flows.connect();
			for (int i = 0; i < 7; i++) {
				peer.send("request " + i);
			}
			List<Message<?>> requests = requests(flows, 3);
			NamedPipeSession session = server.sessions()[0];
			await().until(() -> Objects.requireNonNull(session.inFlight()).isAwaited());
			assertThat(flows.hasMessage()).isFalse();

			for (int i = 0; i < 7; i++) {
				reply(requests.get(i), "reply " + i);
				assertThat(peer.receive()).isEqualTo("reply " + i);
				if (i < 4) {
					requests.add(flows.awaitMessage());
				}
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenThePeerReadsNoRepliesThenItIsReadFromNoMore(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server((builder) -> builder, (pipe) -> pipe.drainTimeout(SHORT));
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundGateway(server).maxInFlight(3)).handle(flows::keep).get())
				.start();
			String large = "x".repeat(900_000);
			TestPeer peer = flows.connect();
			for (int i = 0; i < 12; i++) {
				peer.send("request " + i);
			}
			requests(flows, 3).forEach((request) -> reply(request, large));
			NamedPipeSession session = server.sessions()[0];
			List<Message<?>> more = new ArrayList<>();
			await().until(() -> {
				while (flows.hasMessage()) {
					Message<?> request = flows.awaitMessage();
					more.add(request);
					reply(request, large);
				}
				return Objects.requireNonNull(session.inFlight()).isAwaited() && session.queueSize() > 0;
			});
			// what is not written, and what the platform has room for
			assertThat(more.size()).isLessThan(6);

			for (int i = 0; i < 3; i++) {
				assertThat(peer.receive()).isEqualTo(large);
			}
			assertThat(flows.awaitMessage().getPayload()).asString().startsWith("request ");
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenOneIsInFlightThenAllIsOnOneThread(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server();
			Queue<Thread> threads = new ConcurrentLinkedQueue<>();
			Set<Thread> before = Thread.getAllStackTraces().keySet();
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundGateway(server).maxInFlight(1))
				.<String, String>transform((text) -> {
					threads.add(Thread.currentThread());
					return text;
				})
				.get()).start();
			TestPeer peer = flows.connect();

			for (int i = 0; i < 10; i++) {
				assertThat(peer.exchange("request")).isEqualTo("request");
			}

			assertThat(Set.copyOf(threads)).singleElement()
				.satisfies((thread) -> assertThat(thread.getName()).contains("connection"));
			assertThat(server.sessions()[0].inFlight()).isNull();
			assertThat(writersSince(before)).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenManyThreadsReplyThenOneWritesInOrder(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server();
			ExecutorService pool = flows.bean("pool", Executors.newFixedThreadPool(8));
			Set<Thread> before = Thread.getAllStackTraces().keySet();
			flows
				.flow("in",
						IntegrationFlow.from(NamedPipes.inboundGateway(server).maxInFlight(1000))
							.channel((channels) -> channels.executor(pool))
							.<String, String>transform((text) -> "reply to " + text)
							.get())
				.start();
			TestPeer peer = flows.connect();
			Thread sending = new Thread(() -> {
				try {
					for (int i = 0; i < 5000; i++) {
						peer.send("request " + i);
					}
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
			}, "sending");
			sending.start();

			for (int i = 0; i < 5000; i++) {
				assertThat(peer.receive()).isEqualTo("reply to request " + i);
			}

			sending.join();
			// one at a time, but for one that has just ended
			assertThat(writersSince(before)).hasSizeLessThan(8);
			await().untilAsserted(() -> assertThat(server.sessions()[0].inFlight()).matches(InFlightRequests::isEmpty));
		}
	}

	private static List<Thread> writersSince(Set<Thread> before) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> !before.contains(thread) && thread.getName().contains("-writer-"))
			.toList();
	}

	@ParameterizedTest
	@EnumSource
	void whenFlowRepliesAtOnceThenAllIsAsWithOne(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server();
			flows
				.flow("in",
						IntegrationFlow.from(NamedPipes.inboundGateway(server).maxInFlight(100))
							.<String, String>transform((text) -> "reply to " + text)
							.get())
				.start();
			TestPeer peer = flows.connect();

			for (int i = 0; i < 1000; i++) {
				peer.send("request " + i);
			}

			for (int i = 0; i < 1000; i++) {
				assertThat(peer.receive()).isEqualTo("reply to request " + i);
			}
		}
	}

	@Test
	void whenAReplyIsMissingThenOrderedConnectionIsClosed() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.MEMORY)) {
			NamedPipeServer server = keeping(flows, (gateway) -> gateway.replyTimeout(SHORT));
			TestPeer peer = flows.connect();
			peer.send("request 0");
			peer.send("request 1");
			List<Message<?>> requests = requests(flows, 2);

			reply(requests.get(1), "reply 1");

			assertThat(peer.receive()).isNull();
			assertThat(server.statistics().errors(PipeErrorType.NO_REPLY)).isOne();
			await().untilAsserted(() -> assertThat(server.statistics().closed(CloseReason.ERROR)).isOne());
			reply(requests.get(0), "too late");
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenARequestFailsThenThoseBeforeItAreAnswered(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = keeping(flows, (gateway) -> gateway);
			TestPeer peer = flows.connect();
			for (int i = 0; i < 4; i++) {
				peer.send("request " + i);
			}
			List<Message<?>> requests = requests(flows, 3);

			fail(requests.get(1), new IllegalStateException("bad on purpose"));
			reply(requests.get(2), "reply 2");
			reply(requests.get(0), "reply 0");

			assertThat(peer.receive()).isEqualTo("reply 0");
			assertThat(peer.receive()).isNull();
			assertThat(flows.hasMessage()).as("another request").isFalse();
			await().untilAsserted(() -> assertThat(server.statistics().closed(CloseReason.ERROR)).isOne());
			assertThat(flows.awaitEvent(NamedPipeErrorEvent.class).getType()).isEqualTo(PipeErrorType.FLOW);
		}
	}

	@Test
	void whenARequestFailsBehindOneWithoutReplyThenTheConnectionIsClosed() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.MEMORY)) {
			NamedPipeServer server = keeping(flows, (gateway) -> gateway.replyTimeout(SHORT));
			TestPeer peer = flows.connect();
			peer.send("request 0");
			peer.send("request 1");
			List<Message<?>> requests = requests(flows, 2);

			fail(requests.get(1), new IllegalStateException("bad on purpose"));

			assertThat(peer.receive()).isNull();
			await().untilAsserted(() -> assertThat(server.statistics().closed(CloseReason.ERROR)).isOne());
			assertThat(server.statistics().errors(PipeErrorType.NO_REPLY)).isOne();
		}
	}

	@Test
	void whenThePeerLeavesARequestThatFailedBehindOneWithoutReplyThenItIsForgotten() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.MEMORY)) {
			NamedPipeServer server = keeping(flows, (gateway) -> gateway.replyTimeout(SHORT));
			TestPeer peer = flows.connect();
			peer.send("request 0");
			peer.send("request 1");
			List<Message<?>> requests = requests(flows, 2);
			peer.close();

			fail(requests.get(1), new IllegalStateException("bad on purpose"));

			await().untilAsserted(() -> assertThat(server.sessions()).isEmpty());
		}
	}

	@Test
	void whenAReplyChannelIsKeptThenLaterRequestsAreNot() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.MEMORY)) {
			keeping(flows, (gateway) -> gateway.ordered(false));
			TestPeer peer = flows.connect();
			peer.send("request 0");
			Message<?> request = flows.awaitMessage();
			Object kept = Objects.requireNonNull(request.getHeaders().getReplyChannel());
			List<WeakReference<Object>> later = new ArrayList<>();
			for (int i = 1; i <= 10; i++) {
				peer.send("request " + i);
				Message<?> next = flows.awaitMessage();
				later.add(new WeakReference<>(next.getPayload()));
				reply(request, "reply");
				assertThat(peer.receive()).isEqualTo("reply");
				request = next;
			}

			// the last one is in flight still, and its neighbour was when it came
			List<WeakReference<Object>> answered = later.subList(0, 8);
			await().untilAsserted(() -> {
				System.gc();
				assertThat(answered).allMatch((reference) -> reference.refersTo(null));
			});
			assertThat(kept).isNotNull();
		}
	}

	@Test
	void whenThePeerHasLeftThenRepliesAreNoWarning(CapturedOutput output) throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.MEMORY)) {
			NamedPipeServer server = keeping(flows, (gateway) -> gateway);
			TestPeer peer = flows.connect();
			peer.send("request 0");
			peer.send("request 1");
			List<Message<?>> requests = requests(flows, 2);
			server.connections().forEach(PipeConnection::close);
			await().untilAsserted(() -> assertThat(server.sessions()).isEmpty());

			reply(requests.get(0), "reply 0");
			fail(requests.get(1), new IllegalStateException("bad on purpose"));

			assertThat(output).doesNotContain("Dropped a reply").contains("failed after its peer had left");
		}
	}

	private static void fail(Message<?> request, Throwable failure) {
		MessageChannel errors = (MessageChannel) Objects.requireNonNull(request.getHeaders().getErrorChannel());
		errors.send(new ErrorMessage(failure));
	}

	@Test
	void whenARequestOfUnorderedFailsThenItsPlaceIsFree() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.MEMORY)) {
			NamedPipeServer server = flows.server((builder) -> builder, (pipe) -> pipe.maxMessageSize(1000));
			flows
				.flow("in",
						IntegrationFlow.from(NamedPipes.inboundGateway(server).maxInFlight(2).ordered(false))
							.handle(flows::keep)
							.get())
				.start();
			TestPeer peer = flows.connect();
			for (int i = 0; i < 4; i++) {
				peer.send("request " + i);
			}

			fail(flows.awaitMessage(), new IllegalStateException("bad on purpose"));
			reply(flows.awaitMessage(), "x".repeat(1001));
			reply(flows.awaitMessage(), "reply 2");
			reply(flows.awaitMessage(), "reply 3");

			assertThat(peer.receive()).isEqualTo("reply 2");
			assertThat(peer.receive()).isEqualTo("reply 3");
			assertThat(server.statistics().errors(PipeErrorType.FLOW)).isOne();
			assertThat(server.statistics().errors(PipeErrorType.WRITE)).isOne();
		}
	}

	@Test
	void whenAFlowRepliesTwiceThenTheOtherReplyGoesNowhere() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.MEMORY)) {
			keeping(flows, (gateway) -> gateway);
			TestPeer peer = flows.connect();
			peer.send("request 0");
			peer.send("request 1");
			List<Message<?>> requests = requests(flows, 2);

			reply(requests.get(1), "reply 1");
			reply(requests.get(1), "once more");
			reply(requests.get(0), "reply 0");
			reply(requests.get(0), "once more");

			assertThat(peer.receive()).isEqualTo("reply 0");
			assertThat(peer.receive()).isEqualTo("reply 1");
		}
	}

	@Test
	void whenTheGatewayIsStoppedThenRequestsInFlightStillExpire() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.MEMORY)) {
			NamedPipeServer server = keeping(flows,
					(gateway) -> gateway.ordered(false).replyTimeout(SHORT).id("gateway"));
			TestPeer peer = flows.connect();
			peer.send("request 0");
			requests(flows, 1);

			flows.context().getBean("gateway", Lifecycle.class).stop();

			await().untilAsserted(() -> assertThat(server.statistics().errors(PipeErrorType.NO_REPLY)).isOne());
			assertThat(server.sessions()[0].inFlight()).matches(InFlightRequests::isEmpty);
		}
	}

	@Test
	void whenTimeIsUnlimitedThenNothingExpires() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.MEMORY)) {
			NamedPipeServer server = keeping(flows, (gateway) -> gateway.replyTimeout(-1));
			TestPeer peer = flows.connect();
			TestPeer other = flows.connect();
			peer.send("request 0");
			Message<?> request = flows.awaitMessage();
			for (int i = 0; i < 50; i++) {
				other.send("meanwhile");
				reply(flows.awaitMessage(), "reply");
				assertThat(other.receive()).isEqualTo("reply");
			}

			reply(request, "reply 0");

			assertThat(peer.receive()).isEqualTo("reply 0");
			assertThat(server.statistics().errors(PipeErrorType.NO_REPLY)).isZero();
		}
	}

	@Test
	void whenTheNextReceiverHasOtherRulesThenItWaitsForReplies() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.MEMORY)) {
			NamedPipeServer server = flows.server();
			flows.start();
			IntegrationFlowContext registry = flows.context().getBean(IntegrationFlowContext.class);
			registry.registration(
					IntegrationFlow.from(NamedPipes.inboundGateway(server).maxInFlight(3)).handle(flows::keep).get())
				.id("several")
				.register();
			TestPeer peer = flows.connect();
			peer.send("request 0");
			Message<?> first = flows.awaitMessage();
			registry.remove("several");
			registry
				.registration(IntegrationFlow.from(NamedPipes.inboundGateway(server))
					.<String, String>transform((text) -> "reply to " + text)
					.get())
				.id("one")
				.register();
			peer.send("request 1");
			awaitCall("awaitEmpty");

			reply(first, "reply to request 0");

			assertThat(peer.receive()).isEqualTo("reply to request 0");
			assertThat(peer.receive()).isEqualTo("reply to request 1");
		}
	}

	@Test
	void whenAReplyIsMissingThenOthersOfUnorderedConnectionCome() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.MEMORY)) {
			NamedPipeServer server = keeping(flows, (gateway) -> gateway.ordered(false).replyTimeout(SHORT));
			TestPeer peer = flows.connect();
			for (int i = 0; i < 4; i++) {
				peer.send("request " + i);
			}
			List<Message<?>> requests = requests(flows, 3);
			await().untilAsserted(() -> assertThat(server.statistics().errors(PipeErrorType.NO_REPLY)).isEqualTo(3));

			reply(flows.awaitMessage(), "reply 3");

			assertThat(peer.receive()).isEqualTo("reply 3");
			reply(requests.get(0), "too late");
			assertThat(server.sessions()).hasSize(1);
		}
	}

	@Test
	void whenAFlowFailsOnAnotherThreadThenItsErrorChannelAnswersInItsPlace() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.MEMORY)) {
			flows.flow("failures", (flow) -> flow.transform("'failed: ' + payload.message"));
			NamedPipeServer server = keeping(flows, (gateway) -> gateway.errorChannel("failures.input"));
			TestPeer peer = flows.connect();
			peer.send("request 0");
			peer.send("request 1");
			List<Message<?>> requests = requests(flows, 2);
			MessageChannel errors = (MessageChannel) Objects
				.requireNonNull(requests.get(1).getHeaders().getErrorChannel());

			errors.send(new ErrorMessage(new IllegalStateException("no stock")));
			reply(requests.get(0), "reply 0");

			assertThat(peer.receive()).isEqualTo("reply 0");
			assertThat(peer.receive()).asString().contains("failed: ");
			assertThat(server.statistics().errors(PipeErrorType.FLOW)).isOne();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenStoppedThenRepliesThatAreDueAreWritten(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = keeping(flows, (gateway) -> gateway);
			TestPeer peer = flows.connect();
			peer.send("request 0");
			peer.send("request 1");
			List<Message<?>> requests = requests(flows, 2);
			Thread stopping = new Thread(server::stop, "stop");
			stopping.start();
			await().until(() -> server.connections().stream().allMatch(PipeConnection::isStopping));

			reply(requests.get(1), "reply 1");
			reply(requests.get(0), "reply 0");

			assertThat(peer.receive()).isEqualTo("reply 0");
			assertThat(peer.receive()).isEqualTo("reply 1");
			assertThat(peer.receive()).isNull();
			stopping.join();
		}
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "its pipes have no half-close")
	void whenThePeerEndsItsOutputThenFlowsStillAnswer() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.PLATFORM)) {
			NamedPipeServer server = flows.server((builder) -> builder,
					(pipe) -> pipe.drainTimeout(Duration.ofMillis(1)));
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundGateway(server).maxInFlight(3)).handle(flows::keep).get())
				.start();
			TestPeer peer = flows.connect();
			peer.send("request 0");
			peer.send("request 1");
			List<Message<?>> requests = requests(flows, 2);

			peer.connection().endOutput();
			awaitCall("awaitEmpty");
			reply(requests.get(1), "reply 1");
			reply(requests.get(0), "reply 0");

			assertThat(peer.receive()).isEqualTo("reply 0");
			assertThat(peer.receive()).isEqualTo("reply 1");
			assertThat(peer.receive()).isNull();
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "MEMORY", "PLATFORM" })
	void whenNonsenseFollowsThenWhatCameBeforeIsAnswered(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = keeping(flows, (gateway) -> gateway);
			TestPeer peer = flows.connect();
			peer.send("request 0");
			peer.send("request 1");
			List<Message<?>> requests = requests(flows, 2);
			peer.connection().write(ByteBuffer.wrap(new byte[] { 127, 0, 0, 0 }));
			await().untilAsserted(() -> assertThat(server.statistics().errors(PipeErrorType.TOO_LARGE)).isOne());

			reply(requests.get(1), "reply 1");
			reply(requests.get(0), "reply 0");

			assertThat(peer.receive()).isEqualTo("reply 0");
			assertThat(peer.receive()).isEqualTo("reply 1");
			assertThat(peer.receive()).isNull();
			await().untilAsserted(() -> assertThat(server.statistics().closed(CloseReason.PROTOCOL)).isOne());
		}
	}

	@Test
	void whenARequestIsMalformedThenItsAnswerHasItsTurn() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.MEMORY)) {
			NamedPipeServer server = flows
				.server((builder) -> builder.payload(PayloadFormat.objects(new NumberConverter())));
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundGateway(server).maxInFlight(3)).handle(flows::keep).get())
				.start();
			TestPeer peer = flows.connect();
			peer.send("1");
			peer.send("one");
			peer.send("2");
			List<Message<?>> requests = requests(flows, 2);

			reply(requests.get(1), 20);
			reply(requests.get(0), 10);

			assertThat(peer.receive()).isEqualTo("10");
			assertThat(peer.receive()).isEqualTo("no number");
			assertThat(peer.receive()).isEqualTo("20");
			assertThat(server.statistics().errors(PipeErrorType.PAYLOAD)).isOne();
		}
	}

	@Test
	void whenNobodySaysWhatIsMalformedThenItIsAnsweredInTurn() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.MEMORY)) {
			flows.flow("failures", (flow) -> flow.handle((message) -> {
			}));
			NamedPipeServer server = flows
				.server((builder) -> builder.payload(PayloadFormat.objects(new NumberConverter())));
			flows.flow("in", IntegrationFlow.from(
					NamedPipes.inboundGateway(server).maxInFlight(3).replyTimeout(SHORT).errorChannel("failures.input"))
				.<Integer, Integer>transform((number) -> 10 * number)
				.get()).start();
			TestPeer peer = flows.connect();

			peer.send("one");
			peer.send("2");

			assertThat(peer.receive()).isEqualTo("no number");
			assertThat(peer.receive()).isEqualTo("20");
			assertThat(server.statistics().errors(PipeErrorType.NO_REPLY)).isZero();
		}
	}

	@Test
	void whenRequestsAreInFlightThenConnectionIsNotIdle() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.PLATFORM)) {
			NamedPipeServer server = flows.server((builder) -> builder, (pipe) -> pipe.idleTimeout(SHORT));
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundGateway(server).maxInFlight(3)).handle(flows::keep).get())
				.start();
			TestPeer peer = flows.connect();
			peer.send("request");
			Message<?> request = flows.awaitMessage();
			for (int i = 1; i <= 2; i++) {
				int closed = i;
				flows.connect();
				await().untilAsserted(() -> assertThat(server.statistics().closed(CloseReason.IDLE)).isEqualTo(closed));
			}

			reply(request, "reply");

			assertThat(peer.receive()).isEqualTo("reply");
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenThePeerWritesAndLeavesThenAllIsProcessed(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server();
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundGateway(server).maxInFlight(3))
				.<String, String>transform((text) -> {
					flows.keep(new GenericMessage<>(text));
					return text;
				})
				.get()).start();
			TestPeer peer = flows.connect();
			for (int i = 0; i < 50; i++) {
				peer.send("request " + i);
			}
			peer.connection().drain(Duration.ofSeconds(20));

			peer.close();

			assertThat(flows.awaitPayloads(50)).hasSize(50);
			await().until(() -> server.sessions().length == 0);
		}
	}

	@Test
	void whenTheErrorChannelAnswersOnTheFailingThreadThenItNeedNotWait() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.MEMORY)) {
			ExecutorService one = flows.bean("one", Executors.newSingleThreadExecutor());
			NamedPipeServer server = flows.server();
			flows.flow("failures", (flow) -> flow.channel((channels) -> channels.executor(one)).transform("'failed'"))
				.flow("in",
						IntegrationFlow
							.from(NamedPipes.inboundGateway(server)
								.maxInFlight(3)
								.replyTimeout(Duration.ofMinutes(10))
								.errorChannel("failures.input"))
							.channel((channels) -> channels.executor(one))
							.handle((payload, headers) -> {
								throw new IllegalStateException("bad on purpose");
							})
							.get())
				.start();
			TestPeer peer = flows.connect();

			assertThat(peer.exchange("request")).isEqualTo("failed");
			assertThat(peer.exchange("request")).isEqualTo("failed");
		}
	}

	@Test
	void whenTheErrorChannelGivesNoAnswerThenItIsGivenUp() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.MEMORY)) {
			flows.flow("failures", (flow) -> flow.handle((message) -> {
			}));
			NamedPipeServer server = keeping(flows,
					(gateway) -> gateway.replyTimeout(SHORT).errorChannel("failures.input"));
			TestPeer peer = flows.connect();
			peer.send("request");

			fail(flows.awaitMessage(), new IllegalStateException("bad on purpose"));

			assertThat(peer.receive()).isNull();
			assertThat(server.statistics().errors(PipeErrorType.FLOW)).isOne();
			assertThat(server.statistics().errors(PipeErrorType.NO_REPLY)).isZero();
		}
	}

	@Test
	void whenTheGatewayStopsThenWhatWaitsForRoomStays() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.MEMORY)) {
			NamedPipeServer server = flows.server((builder) -> builder,
					(pipe) -> pipe.drainTimeout(Duration.ofMinutes(10)));
			flows
				.flow("in",
						IntegrationFlow.from(NamedPipes.inboundGateway(server).maxInFlight(2).id("gateway"))
							.handle(flows::keep)
							.get())
				.start();
			TestPeer peer = flows.connect();
			for (int i = 0; i < 3; i++) {
				peer.send("request " + i);
			}
			List<Message<?>> requests = requests(flows, 2);
			await().until(() -> Objects.requireNonNull(server.sessions()[0].inFlight()).isAwaited());
			Lifecycle gateway = flows.context().getBean("gateway", Lifecycle.class);

			gateway.stop();
			reply(requests.get(0), "reply 0");
			assertThat(peer.receive()).isEqualTo("reply 0");
			PauseTests.awaitHeldBack("namedpipe-orders-connection");

			assertThat(flows.hasMessage()).isFalse();
			gateway.start();
			reply(requests.get(1), "reply 1");
			reply(flows.awaitMessage(), "reply 2");
			assertThat(peer.receive()).isEqualTo("reply 1");
			assertThat(peer.receive()).isEqualTo("reply 2");
		}
	}

	@Test
	void whenAFlowNeverAnswersThenStopKeepsToItsTime() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.PLATFORM)) {
			NamedPipeServer server = flows.server((builder) -> builder, (pipe) -> pipe.drainTimeout(SHORT));
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundGateway(server).maxInFlight(2)).handle(flows::keep).get())
				.start();
			TestPeer peer = flows.connect();
			for (int i = 0; i < 3; i++) {
				peer.send("request " + i);
			}
			List<Message<?>> requests = requests(flows, 2);
			await().until(() -> Objects.requireNonNull(server.sessions()[0].inFlight()).isAwaited());

			server.stop();

			assertThat(peer.receive()).isNull();
			await().until(() -> server.sessions().length == 0);
			reply(requests.get(0), "too late");
			assertThat(flows.hasMessage()).isFalse();
		}
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "its pipes have no half-close")
	void whenRequestsEndWithTheirStreamThenEachIsAnswered() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.PLATFORM)) {
			NamedPipeServer server = flows.server((builder) -> builder.framing(MessageFraming.untilClose()));
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundGateway(server).maxInFlight(3)).handle(flows::keep).get())
				.start();
			TestPeer peer = flows.connect();
			peer.connection().write(ByteBuffer.wrap("request".getBytes(StandardCharsets.UTF_8)));
			peer.connection().endOutput();
			Message<?> request = flows.awaitMessage();

			reply(request, "reply");

			assertThat(peer.connection().inputStream().readAllBytes()).asString(StandardCharsets.UTF_8)
				.isEqualTo("reply");
		}
	}

	@Test
	void whenTheReplyChannelBecomesTextThenTheReplyComes() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.MEMORY)) {
			NamedPipeServer server = flows.server();
			flows
				.flow("in",
						IntegrationFlow.from(NamedPipes.inboundGateway(server).maxInFlight(3))
							.enrichHeaders((headers) -> headers.headerChannelsToString())
							.handle(flows::keep)
							.get())
				.flow("back", (flow) -> flow.bridge())
				.start();
			TestPeer peer = flows.connect();
			peer.send("request");
			Message<?> request = flows.awaitMessage();
			Object replyChannel = Objects.requireNonNull(request.getHeaders().getReplyChannel());
			assertThat(replyChannel).isInstanceOf(String.class);

			flows.send("back", "reply", MessageHeaders.REPLY_CHANNEL, replyChannel);

			assertThat(peer.receive()).isEqualTo("reply");
		}
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void whenConnectionsHaveVirtualThreadsThenRepliesCome() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.PLATFORM)) {
			ThreadFactory virtual = new VirtualThreadTaskExecutor("virtual-").getVirtualThreadFactory();
			NamedPipeServer server = flows.server((builder) -> builder.virtualThreads(virtual));
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundGateway(server).maxInFlight(3)).handle(flows::keep).get())
				.start();
			TestPeer peer = flows.connect();
			for (int round = 0; round < 100; round++) {
				peer.send("request 0");
				peer.send("request 1");
				List<Message<?>> requests = requests(flows, 2);
				reply(requests.get(1), "reply 1");
				reply(requests.get(0), "reply 0");
				assertThat(peer.receive()).isEqualTo("reply 0");
				assertThat(peer.receive()).isEqualTo("reply 1");
			}
		}
	}

	@Test
	void whenThePeerLeavesThenItsRequestsAreForgotten() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.PLATFORM)) {
			NamedPipeServer server = keeping(flows, (gateway) -> gateway);
			TestPeer peer = flows.connect();
			for (int i = 0; i < 5; i++) {
				peer.send("request " + i);
			}
			List<Message<?>> requests = requests(flows, 3);

			peer.close();
			reply(requests.get(0), "reply 0");
			reply(requests.get(1), "reply 1");
			reply(requests.get(2), "reply 2");

			await().untilAsserted(() -> assertThat(server.sessions()).isEmpty());
			assertThat(flows.connect().connection().isOpen()).isTrue();
		}
	}

	@Test
	void whenTheFlowRunsAsTheClientThenOneIsInFlight() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.MEMORY)) {
			assertThatExceptionOfType(RuntimeException.class)
				.isThrownBy(() -> keeping(flows, (gateway) -> gateway.impersonateClient(true)))
				.withStackTraceContaining("(impersonate-client) and have several requests in flight");
		}
	}

	/**
	 * Payloads that are numbers, as text.
	 */
	private static final class NumberConverter implements PayloadConverter {

		@Override
		public Object toObject(byte[] message) throws MalformedPayloadException {
			try {
				return Integer.valueOf(new String(message, StandardCharsets.UTF_8));
			}
			catch (NumberFormatException ex) {
				throw new MalformedPayloadException("No number", message.clone(),
						"no number".getBytes(StandardCharsets.UTF_8), ex);
			}
		}

		@Override
		public byte[] toBytes(Object payload) {
			return payload.toString().getBytes(StandardCharsets.UTF_8);
		}

	}

}
