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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.context.ApplicationContextException;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.dsl.MessageChannels;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessagingException;
import org.springframework.messaging.support.GenericMessage;

import io.namedpipe.CloseReason;
import io.namedpipe.PipeDirection;
import io.namedpipe.PipeErrorType;
import io.namedpipe.integration.dsl.NamedPipes;
import io.namedpipe.integration.event.NamedPipeConnectionClosedEvent;
import io.namedpipe.integration.event.NamedPipeErrorEvent;
import io.namedpipe.integration.inbound.NamedPipeInboundGateway;
import io.namedpipe.testsupport.RequiresRoot;
import io.namedpipe.testsupport.TestTransport;
import io.namedpipe.transport.Capability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Requests of peers and the replies to them.
 */
@Timeout(60)
class NamedPipeInboundGatewayTests {

	@ParameterizedTest
	@EnumSource
	void repliesComeOnTheSameConnectionInTheOrderOfTheRequests(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server();
			flows
				.flow("in",
						IntegrationFlow.from(NamedPipes.inboundGateway(server))
							.<String, String>transform((text) -> "reply to " + text)
							.get())
				.start();
			TestPeer one = flows.connect();
			TestPeer two = flows.connect();
			for (int i = 0; i < 50; i++) {
				one.send("one " + i);
				two.send("two " + i);
			}
			for (int i = 0; i < 50; i++) {
				assertThat(one.receive()).isEqualTo("reply to one " + i);
				assertThat(two.receive()).isEqualTo("reply to two " + i);
			}
			assertThat(one.exchange("")).isEqualTo("reply to ");
			assertThat(server.statistics().messagesIn()).isEqualTo(101);
			await().untilAsserted(() -> assertThat(server.statistics().messagesOut()).isEqualTo(101));
		}
	}

	@ParameterizedTest
	@EnumSource
	void bothSidesMoveLargeMessagesWhileReading(TestTransport transport) throws Exception {
		String large = "x".repeat(1_000_000);
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server();
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundGateway(server)).bridge().get()).start();
			TestPeer peer = flows.connect();
			Future<?> sending = async(() -> {
				for (int i = 0; i < 5; i++) {
					peer.send(large);
				}
			});
			for (int i = 0; i < 5; i++) {
				assertThat(peer.receive()).isEqualTo(large);
			}
			sending.get(TestFlows.SECONDS, TimeUnit.SECONDS);
		}
	}

	private static Future<?> async(IoTask task) {
		FutureTask<Object> future = new FutureTask<>(() -> {
			task.run();
			return "";
		});
		Thread thread = new Thread(future, "peer");
		thread.setDaemon(true);
		thread.start();
		return future;
	}

	@ParameterizedTest
	@EnumSource
	void whenTheFlowThrowsThenItsConnectionIsClosedAndOthersAreNot(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server();
			flows
				.flow("in",
						IntegrationFlow.from(NamedPipes.inboundGateway(server))
							.<String, String>transform(NamedPipeInboundGatewayTests::failIfBad)
							.get())
				.start();
			TestPeer other = flows.connect();
			TestPeer peer = flows.connect();
			assertThat(other.exchange("good")).isEqualTo("GOOD");
			peer.send("bad");
			assertThat(peer.receive()).isNull();
			NamedPipeErrorEvent error = flows.awaitEvent(NamedPipeErrorEvent.class);
			assertThat(error.getType()).isEqualTo(PipeErrorType.FLOW);
			assertThat(error.getCause()).hasRootCauseMessage("bad on purpose");
			assertThat(flows.awaitEvent(NamedPipeConnectionClosedEvent.class).getReason()).isEqualTo(CloseReason.ERROR);
			assertThat(other.exchange("better")).isEqualTo("BETTER");
			assertThat(server.statistics().errors(PipeErrorType.FLOW)).isEqualTo(1);
			assertThat(server.statistics().closed(CloseReason.ERROR)).isEqualTo(1);
		}
	}

	private static String failIfBad(String text) {
		if (text.equals("bad")) {
			throw new IllegalStateException("bad on purpose");
		}
		return text.toUpperCase();
	}

	@Test
	void whenThereIsAnErrorChannelThenItsFlowCanReply() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundGateway(server).errorChannel("failures.input"))
						.<String, String>transform(NamedPipeInboundGatewayTests::failIfBad)
						.get());
			flows.flow("failures", (flow) -> flow.<MessagingException, String>transform(
					(error) -> "sorry: " + error.getMostSpecificCause().getMessage()));
			flows.start();
			TestPeer peer = flows.connect();
			assertThat(peer.exchange("bad")).isEqualTo("sorry: bad on purpose");
			assertThat(peer.exchange("good")).isEqualTo("GOOD");
			assertThat(server.statistics().errors(PipeErrorType.FLOW)).isEqualTo(1);
			assertThat(flows.awaitEvent(NamedPipeErrorEvent.class).getCause()).hasRootCauseMessage("bad on purpose");
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenTheFlowGivesNoReplyInTimeThenItsConnectionIsClosed(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server();
			flows
				.flow("in",
						IntegrationFlow.from(NamedPipes.inboundGateway(server).replyTimeout(Duration.ofMillis(100)))
							.<String>handle((payload, headers) -> payload.equals("silence") ? null : payload)
							.get())
				.start();
			TestPeer peer = flows.connect();
			assertThat(peer.exchange("talk")).isEqualTo("talk");
			peer.send("silence");
			assertThat(peer.receive()).isNull();
			assertThat(flows.awaitEvent(NamedPipeErrorEvent.class).getType()).isEqualTo(PipeErrorType.NO_REPLY);
			assertThat(flows.awaitEvent(NamedPipeConnectionClosedEvent.class).getReason()).isEqualTo(CloseReason.ERROR);
			assertThat(server.statistics().errors(PipeErrorType.NO_REPLY)).isEqualTo(1);
			assertThat(server.statistics().current()).isZero();
		}
	}

	@Test
	void whenTheReplyCannotBeSentThenItsConnectionIsClosed() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server((builder) -> builder, (pipe) -> pipe.maxMessageSize(1000));
			flows
				.flow("in",
						IntegrationFlow.from(NamedPipes.inboundGateway(server))
							.<String, Object>transform(
									(text) -> text.equals("large") ? "x".repeat(1001) : (Object) List.of(text))
							.get())
				.start();
			for (String request : List.of("large", "no string")) {
				TestPeer peer = flows.connect();
				peer.send(request);
				assertThat(peer.receive()).isNull();
				assertThat(flows.awaitEvent(NamedPipeErrorEvent.class).getType()).isEqualTo(PipeErrorType.WRITE);
			}
			assertThat(server.statistics().errors(PipeErrorType.WRITE)).isEqualTo(2);
			await().untilAsserted(() -> assertThat(server.statistics().closed(CloseReason.ERROR)).isEqualTo(2));
			assertThat(server.statistics().bytesOut()).isZero();
		}
	}

	@Test
	void whenTheFlowChangesThreadsThenTheReplyComesAllTheSame() throws Exception {
		ExecutorService threads = Executors.newCachedThreadPool();
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows
				.flow("in",
						IntegrationFlow.from(NamedPipes.inboundGateway(server))
							.channel(MessageChannels.executor(threads))
							.<String, String>transform(NamedPipeInboundGatewayTests::failIfBad)
							.get())
				.start();
			TestPeer peer = flows.connect();
			assertThat(peer.exchange("good")).isEqualTo("GOOD");
			peer.send("bad");
			assertThat(peer.receive()).isNull();
			assertThat(flows.awaitEvent(NamedPipeErrorEvent.class).getType()).isEqualTo(PipeErrorType.FLOW);
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void whenFlowRepliesTwiceThenSecondReplyIsNotForNextRequest() throws Exception {
		ExecutorService threads = Executors.newCachedThreadPool();
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			CountDownLatch asked = new CountDownLatch(2);
			CountDownLatch second = new CountDownLatch(1);
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundGateway(server)).handle((message) -> {
				MessageChannel replies = (MessageChannel) message.getHeaders().getReplyChannel();
				asked.countDown();
				if (asked.getCount() == 1) {
					threads.execute(() -> {
						TestFlows.awaitLatch(asked);
						replies.send(new GenericMessage<>("again " + message.getPayload()));
						second.countDown();
					});
				}
				else {
					TestFlows.awaitLatch(second);
				}
				replies.send(new GenericMessage<>(message.getPayload()));
				replies.send(new GenericMessage<>("twice " + message.getPayload()));
			}).get()).start();
			TestPeer peer = flows.connect();
			assertThat(peer.exchange("one")).isEqualTo("one");
			assertThat(peer.exchange("two")).isEqualTo("two");
		}
		finally {
			threads.shutdownNow();
		}
	}

	private static void startWithCapitalsOnce(CountDownLatch opened, TestFlows flows, NamedPipeServer server) {
		flows.flow("in", IntegrationFlow.from(NamedPipes.inboundGateway(server)).<String, String>transform((text) -> {
			TestFlows.awaitLatch(opened);
			return text.toUpperCase();
		}).get()).start();
	}

	@ParameterizedTest
	@EnumSource
	void aPeerThatEndsItsOutputStillGetsItsReplies(TestTransport transport) throws Exception {
		assumeTrue(transport.transport().supports(Capability.HALF_CLOSE), "has a half-close");
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server();
			CountDownLatch late = new CountDownLatch(1);
			startWithCapitalsOnce(late, flows, server);
			TestPeer peer = flows.connect();
			peer.send("one");
			peer.send("two");
			peer.connection().endOutput();
			late.countDown();
			assertThat(peer.receive()).isEqualTo("ONE");
			assertThat(peer.receive()).isEqualTo("TWO");
			assertThat(peer.receive()).isNull();
			assertThat(flows.awaitEvent(NamedPipeConnectionClosedEvent.class).getReason()).isEqualTo(CloseReason.PEER);
			assertThat(server.statistics().messagesOut()).isEqualTo(2);
		}
	}

	@Test
	void whenThePeerLeavesBeforeItsReplyThenThatIsAnOrdinaryClose() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			CountDownLatch late = new CountDownLatch(1);
			startWithCapitalsOnce(late, flows, server);
			TestPeer peer = flows.connect();
			peer.send("never mind");
			peer.close();
			late.countDown();
			assertThat(flows.awaitEvent(NamedPipeConnectionClosedEvent.class).getReason()).isEqualTo(CloseReason.PEER);
			assertThat(flows.events(NamedPipeErrorEvent.class)).isEmpty();
			assertThat(server.statistics().messagesOut()).isZero();
		}
	}

	@Test
	void whenTheServerStopsThenEveryRequestThatWasReadGetsItsReply() throws Exception {
		int peers = 8;
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundGateway(server)).bridge().get()).start();
			for (int round = 0; round < 10; round++) {
				long in = server.statistics().messagesIn();
				long out = server.statistics().messagesOut();
				List<Future<?>> conversations = new ArrayList<>();
				CountDownLatch busy = new CountDownLatch(peers);
				for (int i = 0; i < peers; i++) {
					TestPeer peer = flows.connect();
					conversations.add(async(() -> pipeline(peer)));
					conversations.add(async(() -> {
						assertThat(peer.receive()).isEqualTo("0");
						busy.countDown();
						int replies = 1;
						Object reply = peer.receive();
						while (reply != null) {
							assertThat(reply).isEqualTo("" + replies++);
							reply = peer.receive();
						}
						peer.close();
					}));
				}
				TestFlows.awaitLatch(busy);
				server.stop();
				for (Future<?> conversation : conversations) {
					conversation.get(TestFlows.SECONDS, TimeUnit.SECONDS);
				}
				assertThat(server.statistics().messagesIn() - in).isGreaterThanOrEqualTo(peers)
					.isEqualTo(server.statistics().messagesOut() - out);
				server.start();
			}
			assertThat(server.statistics().closed(CloseReason.STOP)).isEqualTo(10 * peers);
			assertThat(flows.events(NamedPipeErrorEvent.class)).isEmpty();
		}
	}

	/**
	 * Sends requests without waiting for replies until the server stops reading.
	 */
	private static void pipeline(TestPeer peer) {
		try {
			for (int i = 0; true; i++) {
				peer.send("" + i);
			}
		}
		catch (IOException ex) {
			// the server has stopped
		}
	}

	@Test
	void aFlowInProgressFinishesAndItsReplyIsWrittenWhenTheServerStops() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			CountDownLatch entered = new CountDownLatch(1);
			CountDownLatch late = new CountDownLatch(1);
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundGateway(server)).<String, String>transform((text) -> {
						entered.countDown();
						TestFlows.awaitLatch(late);
						return text.toUpperCase();
					}).get())
				.start();
			TestPeer peer = flows.connect();
			peer.send("in progress");
			TestFlows.awaitLatch(entered);
			Future<?> stopping = async(server::stop);
			await().until(() -> server.sessions()[0].connection().isStopping());
			late.countDown();
			assertThat(peer.receive()).isEqualTo("IN PROGRESS");
			assertThat(peer.receive()).isNull();
			stopping.get(TestFlows.SECONDS, TimeUnit.SECONDS);
		}
	}

	@Test
	void stoppingIsBoundedByTheDrainTimeout() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server((builder) -> builder,
					(pipe) -> pipe.drainTimeout(Duration.ofMillis(200)));
			CountDownLatch entered = new CountDownLatch(1);
			CountDownLatch late = new CountDownLatch(1);
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundGateway(server)).<String, String>transform((text) -> {
						entered.countDown();
						TestFlows.awaitLatch(late);
						return text;
					}).get())
				.start();
			TestPeer peer = flows.connect();
			peer.send("endless");
			TestFlows.awaitLatch(entered);
			server.stop();
			assertThat(server.isRunning()).isFalse();
			assertThat(server.statistics().current()).isZero();
			assertThat(peer.receive()).isNull();
			late.countDown();
		}
	}

	@Test
	void whenAPeerNeverReadsThenItIsDisconnectedAndOthersAreServed() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server((builder) -> builder,
					(pipe) -> pipe.writeTimeout(Duration.ofSeconds(3)));
			flows
				.flow("in",
						IntegrationFlow.from(NamedPipes.inboundGateway(server))
							.<String, String>transform((text) -> text.equals("much") ? "x".repeat(1_000_000) : text)
							.get())
				.start();
			TestPeer deaf = flows.connect();
			TestPeer good = flows.connect();
			deaf.send("much");
			assertThat(good.exchange("hello")).isEqualTo("hello");
			NamedPipeConnectionClosedEvent closed = flows.awaitEvent(NamedPipeConnectionClosedEvent.class);
			assertThat(closed.getReason()).isEqualTo(CloseReason.WRITE_TIMEOUT);
			assertThat(good.exchange("hello again")).isEqualTo("hello again");
			assertThat(server.statistics().closed(CloseReason.WRITE_TIMEOUT)).isEqualTo(1);
		}
	}

	@Test
	void aFlowThatTakesLongerThanTheIdleTimeoutStillGivesItsReply() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			CountDownLatch late = new CountDownLatch(1);
			NamedPipeServer server = flows.server((builder) -> builder,
					(pipe) -> pipe.idleTimeout(Duration.ofSeconds(3)));
			startWithCapitalsOnce(late, flows, server);
			TestPeer peer = flows.connect();
			peer.send("slow");
			assertThat(flows.connect().receive()).as("what a silent peer gets").isNull();

			late.countDown();

			assertThat(peer.receive()).isEqualTo("SLOW");
			assertThat(peer.receive()).isNull();
			await().untilAsserted(() -> assertThat(server.statistics().closed(CloseReason.IDLE)).isEqualTo(2));
		}
	}

	@Test
	void whenTheClientCannotBeImpersonatedThenTheStartFails() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.MEMORY)) {
			NamedPipeServer server = flows.server();
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundGateway(server).impersonateClient(true)).bridge().get());
			assertThatExceptionOfType(ApplicationContextException.class).isThrownBy(flows::start)
				.withStackTraceContaining("cannot run a flow as the client");
			assertThat(server.isRunning()).isFalse();
		}
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	@RequiresRoot
	void whenThreadsAreVirtualThenStartWithImpersonationFails() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			// where these come from is of no matter to the server
			NamedPipeServer server = flows.server((builder) -> builder.virtualThreads(Thread::new));
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundGateway(server).impersonateClient(true)).bridge().get());
			assertThatExceptionOfType(ApplicationContextException.class).isThrownBy(flows::start)
				.withStackTraceContaining("its connections have virtual threads");
		}
	}

	@Test
	void whenTheChannelDoesNotExistThenTheStartFails() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.MEMORY)) {
			NamedPipeInboundGateway gateway = new NamedPipeInboundGateway(flows.server());
			gateway.setRequestChannelName("mispelt");
			flows.bean("ordersGateway", gateway);
			assertThatExceptionOfType(ApplicationContextException.class).isThrownBy(flows::start)
				.withStackTraceContaining("mispelt");
		}
	}

	@Test
	void whenThePipeIsOneWayThenThereIsNoGateway() throws Exception {
		for (PipeDirection direction : List.of(PipeDirection.IN, PipeDirection.OUT)) {
			try (TestFlows flows = new TestFlows(TestTransport.MEMORY)) {
				NamedPipeServer server = flows.server((builder) -> builder, (pipe) -> pipe.direction(direction));
				flows.flow("in", IntegrationFlow.from(NamedPipes.inboundGateway(server)).bridge().get());
				assertThatExceptionOfType(BeanCreationException.class).isThrownBy(flows::start)
					.withStackTraceContaining("direction " + direction);
			}
		}
	}

	@Test
	void aRequestInPortionsIsAnsweredOnceItIsWhole() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundGateway(server)).bridge().get()).start();
			TestPeer peer = flows.connect();
			byte[] frame = { 0, 0, 0, 2, 'o', 'k' };
			for (byte part : frame) {
				peer.connection().write(ByteBuffer.wrap(new byte[] { part }));
			}
			assertThat(peer.receive()).isEqualTo("ok");
		}
	}

	private interface IoTask {

		void run() throws IOException;

	}

}
