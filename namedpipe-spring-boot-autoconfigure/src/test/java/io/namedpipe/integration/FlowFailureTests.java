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

import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.integration.context.IntegrationProperties;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageDeliveryException;
import org.springframework.messaging.support.GenericMessage;

import io.namedpipe.CloseReason;
import io.namedpipe.PipeErrorType;
import io.namedpipe.PipeServer;
import io.namedpipe.integration.dsl.NamedPipes;
import io.namedpipe.integration.event.NamedPipeConnectionClosedEvent;
import io.namedpipe.integration.event.NamedPipeConnectionOpenedEvent;
import io.namedpipe.integration.event.NamedPipeErrorEvent;
import io.namedpipe.integration.inbound.FlowErrorPolicy;
import io.namedpipe.testsupport.TestTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What is made of the failures of flows: logs, counts, replies and connections.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class FlowFailureTests {

	@Test
	void whenFlowsBehindGatewayFailThenEachIsLoggedAtError(CapturedOutput output) throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows
				.flow("in",
						IntegrationFlow.from(NamedPipes.inboundGateway(server))
							.<String, String>transform(FlowFailureTests::fail)
							.get())
				.start();

			for (int i = 0; i < 4; i++) {
				TestPeer peer = flows.connect();
				String connection = flows.awaitEvent(NamedPipeConnectionOpenedEvent.class).getConnection().id();
				peer.send("request " + i);
				assertThat(peer.receive()).isNull();
				String message = "on purpose: request " + i;
				await().untilAsserted(() -> assertThat(lines(output, message))
					.anySatisfy((line) -> assertThat(line).contains("ERROR", "'orders'", connection)));
			}

			assertThat(server.statistics().errors(PipeErrorType.FLOW)).isEqualTo(4);
			assertThat(output.getOut().lines()).noneMatch((line) -> line.contains("WARN") && line.contains("Closed"));
		}
	}

	@Test
	void whenFlowsBehindAdapterFailThenEachIsLoggedAtError(CapturedOutput output) throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows
				.flow("in",
						IntegrationFlow.from(NamedPipes.inboundAdapter(server))
							.<String, String>transform(FlowFailureTests::fail)
							.channel("nullChannel")
							.get())
				.start();
			TestPeer peer = flows.connect();
			String connection = flows.awaitEvent(NamedPipeConnectionOpenedEvent.class).getConnection().id();

			for (int i = 0; i < 4; i++) {
				peer.send("message " + i);
			}

			await().untilAsserted(() -> assertThat(lines(output, "The flow behind 'orders' failed")).hasSize(4)
				.allSatisfy((line) -> assertThat(line).contains("ERROR", "on purpose: message", connection)));
		}
	}

	@Test
	void whenReplyIsMissingThenThatIsLoggedWithAHint(CapturedOutput output) throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows
				.flow("in",
						IntegrationFlow.from(NamedPipes.inboundGateway(server).replyTimeout(1))
							.channel("nullChannel")
							.get())
				.start();

			for (int i = 0; i < 2; i++) {
				TestPeer peer = flows.connect();
				peer.send("hello?");
				assertThat(peer.receive()).isNull();
			}

			await().untilAsserted(() -> assertThat(lines(output, "No reply from the flow behind 'orders'")).hasSize(2)
				.allSatisfy((line) -> assertThat(line).contains("ERROR", "on another thread", "connection")));
		}
	}

	@Test
	void whenReplyCannotBeSentThenThatIsLoggedEachTime(CapturedOutput output) throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows
				.flow("in",
						IntegrationFlow.from(NamedPipes.inboundGateway(server)).transform((payload) -> Map.of()).get())
				.start();

			for (int i = 0; i < 2; i++) {
				TestPeer peer = flows.connect();
				peer.send("hello?");
				assertThat(peer.receive()).isNull();
			}

			await().untilAsserted(() -> assertThat(lines(output, "cannot be sent (")).hasSize(2)
				.allSatisfy((line) -> assertThat(line).contains("ERROR", "'orders'", "connection")));
		}
	}

	@Test
	void whenAnswerOfErrorChannelCannotBeSentThenTheFirstCauseIsKept(CapturedOutput output) throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundGateway(server).errorChannel("failures.input"))
						.<String, String>transform(FlowFailureTests::fail)
						.get());
			flows.flow("failures", (flow) -> flow.transform((failure) -> Map.of())).start();
			TestPeer peer = flows.connect();

			peer.send("hello");

			assertThat(peer.receive()).isNull();
			assertThat(flows.awaitEvent(NamedPipeConnectionClosedEvent.class).getCause())
				.hasRootCauseMessage("on purpose: hello");
			assertThat(server.statistics().errors(PipeErrorType.FLOW)).isEqualTo(1);
			await().untilAsserted(
					() -> assertThat(lines(output, "the reply of its error channel cannot be sent")).singleElement()
						.satisfies((line) -> assertThat(line).contains("ERROR", "on purpose: hello")));
		}
	}

	@Test
	void whenErrorChannelFailsOftenThenTheLinesAreLimitedAndCounted(CapturedOutput output) throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundAdapter(server).errorChannel("failures.input"))
						.<String, String>transform(FlowFailureTests::fail)
						.channel("nullChannel")
						.get());
			flows.flow("failures", (flow) -> flow.handle((message) -> {
				throw new IllegalStateException("no way to tell");
			})).start();
			TestPeer peer = flows.connect();

			for (int i = 0; i < 50; i++) {
				peer.send("message");
			}
			await().untilAsserted(() -> assertThat(server.statistics().errors(PipeErrorType.FLOW)).isEqualTo(50));
			peer.close();
			server.stop();

			List<String> lines = lines(output, "The error channel of 'orders' failed");
			assertThat(lines).hasSizeBetween(2, 20)
				.allSatisfy((line) -> assertThat(line).contains("ERROR", "no way to tell", "on purpose: message"));
			assertThat(lines.size() - counted(lines).size() + counted(lines).stream().mapToInt(Integer::intValue).sum())
				.isEqualTo(50);
		}
	}

	private static List<Integer> counted(List<String> lines) {
		return lines.stream()
			.filter((line) -> line.contains(" more like this"))
			.map((line) -> Integer.valueOf(line.replaceAll(".* (\\d+) more like this.*", "$1")))
			.toList();
	}

	@Test
	void whenErrorChannelRepliesThenFailureIsStillCounted() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows.flow("in",
					IntegrationFlow
						.from(NamedPipes.inboundGateway(server).shouldTrack(true).errorChannel("failures.input"))
						.<String, String>transform(FlowFailureTests::fail)
						.get());
			flows.flow("failures", (flow) -> flow.transform((failure) -> "sorry")).start();

			assertThat(flows.connect().exchange("hello")).isEqualTo("sorry");

			assertThat(server.statistics().errors(PipeErrorType.FLOW)).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenFlowThrowsErrorThenItIsCountedAndThePolicyHolds(FlowErrorPolicy policy) throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			CountDownLatch observed = new CountDownLatch(1);
			server.setObserver(new NamedPipeObserver() {

				@Override
				public Work receiving(Message<?> message, NamedPipeSession session, boolean replying) {
					return new Work() {

						@Override
						public void failed(Throwable failure) {
							observed.countDown();
						}

					};
				}

			});
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundAdapter(server).onError(policy).errorChannel("errors"))
						.handle((message) -> {
							if (message.getPayload().equals("bad")) {
								throw new LinkageError("on purpose");
							}
							flows.keep(message);
						})
						.get());
			flows.flow("failures", IntegrationFlow.from("errors").handle((message) -> {
			}).get()).start();
			TestPeer peer = flows.connect();

			peer.send("bad");

			TestFlows.awaitLatch(observed);
			assertThat(flows.awaitEvent(NamedPipeErrorEvent.class).getType()).isEqualTo(PipeErrorType.FLOW);
			if (policy == FlowErrorPolicy.CLOSE) {
				assertThat(peer.receive()).isNull();
				assertThat(flows.awaitEvent(NamedPipeConnectionClosedEvent.class).getReason())
					.isEqualTo(CloseReason.ERROR);
			}
			else {
				peer.send("good");
				assertThat(flows.awaitPayloads(1)).containsExactly("good");
			}
			assertThat(server.statistics().errors(PipeErrorType.FLOW)).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenFlowBehindGatewayThrowsErrorThenItIsCounted(boolean tracked) throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundGateway(server).shouldTrack(tracked)).handle((message) -> {
						throw new LinkageError("on purpose");
					}).get())
				.start();
			TestPeer peer = flows.connect();

			peer.send("hello");

			assertThat(peer.receive()).isNull();
			assertThat(flows.awaitEvent(NamedPipeErrorEvent.class).getType()).isEqualTo(PipeErrorType.FLOW);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenFlowLeavesInterruptBehindThenItsReplyIsWritten(boolean tracked) throws Exception {
		ExecutorService threads = Executors.newCachedThreadPool();
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundGateway(server).shouldTrack(tracked))
				.<String, String>transform((text) -> {
					Thread.currentThread().interrupt();
					return text;
				})
				.get()).start();
			TestPeer peer = flows.connect();

			for (int i = 0; i < 3; i++) {
				assertThat(peer.exchange("request " + i)).isEqualTo("request " + i);
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenInterruptIsLeftBehindAndReplyIsLateThenItIsWritten(boolean tracked) throws Exception {
		ExecutorService threads = Executors.newCachedThreadPool();
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundGateway(server).shouldTrack(tracked)).handle((message) -> {
						Thread flow = Thread.currentThread();
						MessageChannel replies = (MessageChannel) message.getHeaders().getReplyChannel();
						threads.execute(() -> {
							await().until(() -> flow.getState() == Thread.State.TIMED_WAITING
									|| server.statistics().current() == 0);
							replies.send(new GenericMessage<>("late"));
						});
						flow.interrupt();
					}).get())
				.start();

			assertThat(flows.connect().exchange("hello")).isEqualTo("late");
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void whenListenersLeaveInterruptsBehindThenClientGoesOnConnecting() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			flows.context().addApplicationListener((event) -> {
				if (event instanceof NamedPipeConnectionClosedEvent || event instanceof NamedPipeErrorEvent) {
					Thread.currentThread().interrupt();
				}
			});
			NamedPipeClient client = flows.client();
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(client)).handle(flows::keep).get());
			PipeServer server = flows.plainServer();
			flows.start();

			for (int i = 0; i < 3; i++) {
				TestPeer peer = flows.accept(server);
				peer.send("round " + i);
				assertThat(flows.awaitPayloads(1)).containsExactly("round " + i);
				peer.close();
			}
		}
	}

	@Test
	void whenLateRepliesAreToFailThenTheyDoBehindGateway() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			flows.bean("integrationGlobalProperties", properties());
			NamedPipeServer server = flows.server();
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundGateway(server)).handle((message) -> {
				MessageChannel replies = (MessageChannel) message.getHeaders().getReplyChannel();
				replies.send(new GenericMessage<>("first"));
				try {
					replies.send(new GenericMessage<>("second"));
				}
				catch (MessageDeliveryException ex) {
					flows.keep(message);
				}
			}).get()).start();

			assertThat(flows.connect().exchange("hello")).isEqualTo("first");

			assertThat(flows.awaitPayloads(1)).containsExactly("hello");
		}
	}

	private static IntegrationProperties properties() {
		IntegrationProperties properties = new IntegrationProperties();
		properties.setMessagingTemplateThrowExceptionOnLateReply(true);
		return properties;
	}

	private static String fail(String text) {
		throw new IllegalStateException("on purpose: " + text);
	}

	private static List<String> lines(CapturedOutput output, String text) {
		return output.toString().lines().filter((line) -> line.contains(text) && line.contains("'orders'")).toList();
	}

}
