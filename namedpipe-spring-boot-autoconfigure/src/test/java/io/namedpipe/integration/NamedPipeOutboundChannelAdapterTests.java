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

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.context.ApplicationListener;
import org.springframework.context.Lifecycle;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.messaging.MessageHandlingException;

import io.namedpipe.CloseReason;
import io.namedpipe.DropReason;
import io.namedpipe.PipeClient;
import io.namedpipe.PipeClosedException;
import io.namedpipe.PipeDirection;
import io.namedpipe.PipeErrorType;
import io.namedpipe.framing.FramingException;
import io.namedpipe.integration.dsl.NamedPipes;
import io.namedpipe.integration.event.NamedPipeConnectionClosedEvent;
import io.namedpipe.integration.event.NamedPipeConnectionOpenedEvent;
import io.namedpipe.integration.event.NamedPipeErrorEvent;
import io.namedpipe.testsupport.TestTransport;
import io.namedpipe.transport.Capability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Messages of flows to peers.
 */
@Timeout(60)
class NamedPipeOutboundChannelAdapterTests {

	// More than the kernel keeps for a peer that does not read
	private static final String LARGE = "x".repeat(900_000);

	private static TestFlows withOutbound(TestFlows flows, NamedPipe pipe) {
		return flows.flow("out", (flow) -> flow.handle(NamedPipes.outboundAdapter(pipe)));
	}

	private static void awaitSessions(NamedPipe pipe, int count) {
		await().untilAsserted(() -> assertThat(pipe.sessions()).hasSize(count));
	}

	@ParameterizedTest
	@EnumSource
	void messagesWithoutAConnectionIdGoToAllInOrder(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server();
			withOutbound(flows, server).start();
			List<TestPeer> peers = List.of(flows.connect(), flows.connect(), flows.connect());
			awaitSessions(server, 3);
			for (int i = 0; i < 500; i++) {
				flows.send("out", "tick " + i);
			}
			for (TestPeer peer : peers) {
				for (int i = 0; i < 500; i++) {
					assertThat(peer.receive()).isEqualTo("tick " + i);
				}
			}
			await().untilAsserted(() -> assertThat(server.statistics().messagesOut()).isEqualTo(1500));
			assertThat(server.queueSize()).isZero();
		}
	}

	@ParameterizedTest
	@EnumSource
	void messagesWithAConnectionIdGoToThatConnectionOnly(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server();
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(server)).handle(flows::keep).get());
			withOutbound(flows, server).start();
			TestPeer one = flows.connect();
			TestPeer two = flows.connect();
			two.send("hello from two");
			Object id = flows.awaitMessage().getHeaders().get(NamedPipeHeaders.CONNECTION_ID);
			flows.send("out", "to two", NamedPipeHeaders.CONNECTION_ID, id);
			awaitSessions(server, 2);
			flows.send("out", "to all");
			assertThat(one.receive()).isEqualTo("to all");
			assertThat(two.receive()).isEqualTo("to two");
			assertThat(two.receive()).isEqualTo("to all");
		}
	}

	@Test
	void anAdapterCanAnswerWithWhatTheInboundAdapterReceived() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows
				.flow("echo",
						IntegrationFlow.from(NamedPipes.inboundAdapter(server))
							.<String, String>transform(String::toUpperCase)
							.handle(NamedPipes.outboundAdapter(server))
							.get())
				.start();
			TestPeer one = flows.connect();
			TestPeer two = flows.connect();
			assertThat(one.exchange("one")).isEqualTo("ONE");
			assertThat(two.exchange("two")).isEqualTo("TWO");
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenTheConnectionIsUnknownThenTheSenderGetsAnError(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server();
			withOutbound(flows, server).start();
			TestPeer peer = flows.connect();
			awaitSessions(server, 1);
			String id = server.sessions()[0].connection().id();
			flows.send("out", "hello", NamedPipeHeaders.CONNECTION_ID, id);
			assertThat(peer.receive()).isEqualTo("hello");
			peer.close();
			awaitSessions(server, 0);
			for (String unknown : List.of(id, "nobody")) {
				assertThatExceptionOfType(MessageHandlingException.class)
					.isThrownBy(() -> flows.send("out", "hello", NamedPipeHeaders.CONNECTION_ID, unknown))
					.withCauseInstanceOf(PipeClosedException.class)
					.withMessageContaining(unknown)
					.withMessageContaining("orders");
			}
			assertThat(server.statistics().dropped(DropReason.NO_CONNECTION)).isZero();
		}
	}

	@Test
	void whenPeersLeaveThenAtMostOneMessageOfEachIsUncounted() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.MEMORY_MESSAGE)) {
			NamedPipeServer server = flows.server((builder) -> builder.overflow(OverflowPolicy.DROP_NEWEST));
			flows.start();
			for (int round = 0; round < 1000; round++) {
				long before = accountedFor(server);
				TestPeer peer = flows.connect();
				while (server.sessions().length == 0) {
					Thread.onSpinWait();
				}
				Future<?> leaving = CompletableFuture.runAsync(peer::close);
				int sent = 0;
				while (server.sessions().length > 0) {
					server.broadcast("tick");
					sent++;
				}
				leaving.get(10, TimeUnit.SECONDS);
				assertThat(sent - (accountedFor(server) - before)).isBetween(0L, 1L);
			}
		}
	}

	private static long accountedFor(NamedPipe pipe) {
		return pipe.statistics().messagesOut()
				+ Stream.of(DropReason.values()).mapToLong(pipe.statistics()::dropped).sum();
	}

	@ParameterizedTest
	@EnumSource
	void whenNobodyIsConnectedThenServerCountsDropAndSendSucceeds(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server();
			withOutbound(flows, server).start();
			flows.send("out", "into the void");
			flows.send("out", "again");
			assertThat(server.statistics().dropped(DropReason.NO_CONNECTION)).isEqualTo(2);
			assertThat(server.statistics().messagesOut()).isZero();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenAClientIsNotConnectedThenTheSenderGetsAnError(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeClient client = flows.client();
			withOutbound(flows, client).start();
			assertThatExceptionOfType(MessageHandlingException.class).isThrownBy(() -> flows.send("out", "hello"))
				.withCauseInstanceOf(PipeClosedException.class)
				.withMessageContaining("not connected");
			assertThat(client.statistics().dropped(DropReason.NO_CONNECTION)).isZero();
		}
	}

	@Test
	void whenPayloadCannotBeSentThenSenderFailsAndNothingIsSent() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server((builder) -> builder, (pipe) -> pipe.maxMessageSize(100));
			withOutbound(flows, server).start();
			TestPeer peer = flows.connect();
			awaitSessions(server, 1);
			assertThatExceptionOfType(MessageHandlingException.class)
				.isThrownBy(() -> flows.send("out", "x".repeat(101)))
				.withCauseInstanceOf(FramingException.class);
			assertThatExceptionOfType(MessageHandlingException.class).isThrownBy(() -> flows.send("out", List.of()))
				.withCauseInstanceOf(IllegalArgumentException.class);
			flows.send("out", "x".repeat(100));
			assertThat(peer.receive()).isEqualTo("x".repeat(100));
			await().untilAsserted(() -> assertThat(server.statistics().messagesOut()).isEqualTo(1));
		}
	}

	@Test
	void bytesAndBuffersAreSentAsTheyAre() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			withOutbound(flows, server).start();
			TestPeer peer = flows.connect();
			awaitSessions(server, 1);
			flows.send("out", "bytes".getBytes());
			flows.send("out", ByteBuffer.wrap("buffer".getBytes()));
			assertThat(peer.receive()).isEqualTo("bytes");
			assertThat(peer.receive()).isEqualTo("buffer");
		}
	}

	@Test
	void aSlowPeerDelaysNobodyAtABroadcastAndIsDisconnectedWhenItsQueueIsFull() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server((builder) -> builder.queueCapacity(3));
			withOutbound(flows, server).start();
			TestPeer slow = flows.connect();
			TestPeer fast = flows.connect();
			awaitSessions(server, 2);
			for (int i = 0; i < 20; i++) {
				flows.send("out", LARGE);
				assertThat(fast.receive()).isEqualTo(LARGE);
			}
			NamedPipeConnectionClosedEvent closed = flows.awaitEvent(NamedPipeConnectionClosedEvent.class);
			assertThat(closed.getReason()).isEqualTo(CloseReason.OVERFLOW);
			assertThat(server.statistics().closed(CloseReason.OVERFLOW)).isEqualTo(1);
			// one was being written; three waited, and the next did not fit
			assertThat(server.statistics().dropped(DropReason.CLOSED)).isEqualTo(4);
			await().untilAsserted(() -> assertThat(server.statistics().messagesOut()).isEqualTo(20));
			assertThat(slow.connection().isOpen()).isTrue();
		}
	}

	@Test
	void whoHearsOfASlowPeerBeingDisconnectedHoldsUpNobodyWhoSends() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server((builder) -> builder.queueCapacity(1));
			withOutbound(flows, server);
			CompletableFuture<NamedPipeSession> slow = new CompletableFuture<>();
			CompletableFuture<Boolean> heard = new CompletableFuture<>();
			flows.context()
				.addApplicationListener((ApplicationListener<NamedPipeConnectionClosedEvent>) (event) -> heard
					.complete(isDone(async(() -> offer(slow.join())))));
			flows.start();
			flows.connect();
			awaitSessions(server, 1);
			slow.complete(server.sessions()[0]);

			while (!heard.isDone()) {
				offer(slow.join());
			}

			assertThat(heard).isCompletedWithValue(true);
		}
	}

	private static void offer(NamedPipeSession session) {
		try {
			session.offer(LARGE.getBytes());
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static boolean isDone(Future<?> sending) {
		try {
			sending.get(TestFlows.SECONDS, TimeUnit.SECONDS);
			return true;
		}
		catch (Exception ex) {
			return false;
		}
	}

	@Test
	void whenTheQueueIsFullThenTheNewestMessagesAreDroppedAndCounted() throws Exception {
		assertThat(overflow(OverflowPolicy.DROP_NEWEST, DropReason.DROP_NEWEST)).containsExactly("0", "1", "2", "3");
	}

	@Test
	void whenTheQueueIsFullThenTheOldestMessagesAreDroppedAndCounted() throws Exception {
		assertThat(overflow(OverflowPolicy.DROP_OLDEST, DropReason.DROP_OLDEST)).containsExactly("0", "7", "8", "9");
	}

	/**
	 * Sends ten messages to a peer that does not read: one is being written, three wait
	 * and six are dropped. Then the peer reads.
	 */
	private static List<String> overflow(OverflowPolicy policy, DropReason reason) throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server((builder) -> builder.queueCapacity(3).overflow(policy));
			withOutbound(flows, server).start();
			TestPeer peer = flows.connect();
			awaitSessions(server, 1);
			for (int i = 0; i < 10; i++) {
				flows.send("out", i + LARGE);
				if (i == 0) {
					await().until(() -> server.queueSize() == 0);
				}
			}
			assertThat(server.queueSize()).isEqualTo(3);
			assertThat(server.statistics().dropped(reason)).isEqualTo(6);
			List<String> received = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				received.add(((String) peer.receive()).substring(0, 1));
			}
			await().untilAsserted(() -> assertThat(server.statistics().messagesOut()).isEqualTo(4));
			flows.send("out", "all is well again");
			assertThat(peer.receive()).isEqualTo("all is well again");
			assertThat(server.statistics().dropped(reason)).isEqualTo(6);
			return received;
		}
	}

	@Test
	void whenTheQueueIsFullThenTheSenderWaitsForRoom() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server((builder) -> builder.queueCapacity(2).overflow(OverflowPolicy.BLOCK));
			withOutbound(flows, server).start();
			TestPeer peer = flows.connect();
			awaitSessions(server, 1);
			Future<?> sending = async(() -> {
				for (int i = 0; i < 10; i++) {
					flows.send("out", i + LARGE);
				}
			});
			await().until(() -> server.queueSize() == 2);
			assertThat(sending.isDone()).isFalse();
			for (int i = 0; i < 10; i++) {
				assertThat((String) peer.receive()).startsWith(i + "x");
			}
			sending.get(TestFlows.SECONDS, TimeUnit.SECONDS);
			for (DropReason reason : DropReason.values()) {
				assertThat(server.statistics().dropped(reason)).isZero();
			}
		}
	}

	@Test
	void whenThePeerLeavesThenASenderThatWaitsForRoomGoesOn() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server((builder) -> builder.queueCapacity(1).overflow(OverflowPolicy.BLOCK));
			withOutbound(flows, server).start();
			TestPeer peer = flows.connect();
			awaitSessions(server, 1);
			flows.send("out", LARGE);
			await().until(() -> server.queueSize() == 0);
			Future<?> sending = async(() -> {
				flows.send("out", LARGE);
				flows.send("out", LARGE);
			});
			await().until(() -> server.queueSize() == 1);
			peer.close();
			sending.get(TestFlows.SECONDS, TimeUnit.SECONDS);
			await().untilAsserted(() -> assertThat(server.statistics().dropped(DropReason.CLOSED)).isEqualTo(1));
			assertThat(server.statistics().dropped(DropReason.NO_CONNECTION)).isEqualTo(1);
		}
	}

	private static Future<?> async(Runnable task) {
		FutureTask<String> future = new FutureTask<>(task, "");
		Thread thread = new Thread(future, "sender");
		thread.setDaemon(true);
		thread.start();
		return future;
	}

	@ParameterizedTest
	@EnumSource
	void whenAPeerLeavesThenWhatWaitedForItIsCountedAsDropped(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server();
			withOutbound(flows, server).start();
			TestPeer peer = flows.connect();
			awaitSessions(server, 1);
			flows.send("out", LARGE);
			flows.send("out", LARGE);
			await().until(() -> server.queueSize() <= 1);
			for (int i = 0; i < 5; i++) {
				flows.send("out", "waits");
			}
			long sent = 7;
			peer.close();
			NamedPipeConnectionClosedEvent closed = flows.awaitEvent(NamedPipeConnectionClosedEvent.class);
			assertThat(closed.getReason()).isEqualTo(CloseReason.PEER);
			awaitSessions(server, 0);
			long dropped = server.statistics().dropped(DropReason.CLOSED);
			long written = server.statistics().messagesOut();
			// what the peer left in the middle of is in neither number
			assertThat(dropped + written).isBetween(sent - 1, sent);
			assertThat(flows.events(NamedPipeErrorEvent.class)).isEmpty();
			assertThat(server.queueSize()).isZero();
		}
	}

	@Test
	void whenAPeerNeverReadsThenItIsDisconnectedAtTheWriteTimeout() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server((builder) -> builder,
					(pipe) -> pipe.writeTimeout(Duration.ofSeconds(3)));
			withOutbound(flows, server).start();
			TestPeer deaf = flows.connect();
			awaitSessions(server, 1);
			flows.send("out", LARGE);
			flows.send("out", "waits");
			NamedPipeConnectionClosedEvent closed = flows.awaitEvent(NamedPipeConnectionClosedEvent.class);
			assertThat(closed.getReason()).isEqualTo(CloseReason.WRITE_TIMEOUT);
			awaitSessions(server, 0);
			assertThat(server.statistics().dropped(DropReason.CLOSED)).isEqualTo(1);
			TestPeer good = flows.connect();
			awaitSessions(server, 1);
			flows.send("out", "hello");
			assertThat(good.receive()).isEqualTo("hello");
			assertThat(deaf.connection().isOpen()).isTrue();
		}
	}

	@ParameterizedTest
	@EnumSource
	void aPeerThatEndsItsOutputStillGetsWhatIsQueued(TestTransport transport) throws Exception {
		assumeTrue(transport.transport().supports(Capability.HALF_CLOSE), "has a half-close");
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server();
			withOutbound(flows, server).start();
			TestPeer peer = flows.connect();
			awaitSessions(server, 1);
			for (int i = 0; i < 5; i++) {
				flows.send("out", i + LARGE);
			}
			peer.connection().endOutput();
			for (int i = 0; i < 5; i++) {
				assertThat((String) peer.receive()).startsWith(i + "x");
			}
			assertThat(peer.receive()).isNull();
			assertThat(flows.awaitEvent(NamedPipeConnectionClosedEvent.class).getReason()).isEqualTo(CloseReason.PEER);
			assertThat(server.statistics().messagesOut()).isEqualTo(5);
		}
	}

	@Test
	void queuesAreWrittenWhenTheServerStops() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			withOutbound(flows, server).start();
			TestPeer peer = flows.connect();
			awaitSessions(server, 1);
			for (int i = 0; i < 10; i++) {
				flows.send("out", i + LARGE);
			}
			Future<?> stopping = async(server::stop);
			for (int i = 0; i < 10; i++) {
				assertThat((String) peer.receive()).startsWith(i + "x");
			}
			assertThat(peer.receive()).isNull();
			stopping.get(TestFlows.SECONDS, TimeUnit.SECONDS);
			assertThat(server.statistics().dropped(DropReason.CLOSED)).isZero();
			assertThat(server.statistics().messagesOut()).isEqualTo(10);
			assertThat(server.statistics().closed(CloseReason.STOP)).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@EnumSource
	void aServerThatOnlyWritesServesPeersThatOnlyRead(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server((builder) -> builder, (pipe) -> pipe.direction(PipeDirection.OUT));
			withOutbound(flows, server).start();
			TestPeer peer = flows.connect();
			awaitSessions(server, 1);
			for (int i = 0; i < 100; i++) {
				flows.send("out", "tick " + i);
			}
			for (int i = 0; i < 100; i++) {
				assertThat(peer.receive()).isEqualTo("tick " + i);
			}
			peer.close();
			await().until(() -> {
				flows.send("out", "anybody there?");
				return server.statistics().closed(CloseReason.PEER) == 1;
			});
			server.stop();
			assertThat(server.statistics().current()).isZero();
		}
	}

	@Test
	void whatPeersSendThoughNobodyReceivesIsDiscarded() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			withOutbound(flows, server).start();
			TestPeer peer = flows.connect();
			for (int i = 0; i < 3; i++) {
				peer.send(LARGE);
			}
			awaitSessions(server, 1);
			flows.send("out", "hello");
			assertThat(peer.receive()).isEqualTo("hello");
			peer.close();
			assertThat(flows.awaitEvent(NamedPipeConnectionClosedEvent.class).getReason()).isEqualTo(CloseReason.PEER);
			assertThat(server.statistics().errors(PipeErrorType.FRAMING)).isZero();
		}
	}

	@Test
	void whenThePipeOnlyReadsThenNothingCanBeSent() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.MEMORY)) {
			NamedPipeServer server = flows.server((builder) -> builder, (pipe) -> pipe.direction(PipeDirection.IN));
			withOutbound(flows, server);
			assertThatExceptionOfType(BeanCreationException.class).isThrownBy(flows::start)
				.withStackTraceContaining("only reads");
		}
	}

	@Test
	void idleConnectionsHaveNoThreadThatWrites() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			withOutbound(flows, server).start();
			List<TestPeer> peers = new ArrayList<>();
			for (int i = 0; i < 10; i++) {
				peers.add(flows.connect());
			}
			awaitSessions(server, 10);
			flows.send("out", "hello");
			for (TestPeer peer : peers) {
				assertThat(peer.receive()).isEqualTo("hello");
			}
			await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
				.noneMatch((thread) -> thread.getName().startsWith("namedpipe-orders-writer")));
		}
	}

	@Test
	void everyMessageIsReceivedOrCountedWhilePeersComeAndGo() throws Exception {
		int rounds = 10;
		int each = 200;
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows
				.server((builder) -> builder.queueCapacity(50).overflow(OverflowPolicy.DROP_NEWEST));
			withOutbound(flows, server).start();
			long received = 0;
			for (int round = 0; round < rounds; round++) {
				TestPeer peer = flows.connect();
				awaitSessions(server, 1);
				for (int i = 0; i < each; i++) {
					flows.send("out", "message " + i);
				}
				long already = server.statistics().messagesOut() + server.statistics().dropped(DropReason.DROP_NEWEST);
				assertThat(already).isLessThanOrEqualTo((round + 1L) * each);
				long taken = (round + 1L) * each - server.statistics().dropped(DropReason.DROP_NEWEST);
				while (received < taken) {
					assertThat(peer.receive()).isNotNull();
					received++;
				}
				peer.close();
				awaitSessions(server, 0);
			}
			assertThat(received + server.statistics().dropped(DropReason.DROP_NEWEST)).isEqualTo(rounds * each);
			assertThat(server.statistics().messagesOut()).isEqualTo(received);
			assertThat(server.statistics().dropped(DropReason.CLOSED)).isZero();
		}
	}

	@Test
	void whatAServerSentBeforeItLeftIsReceivedThoughWritingToItFails() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX); var plain = flows.plainServer()) {
			NamedPipeClient client = flows.client();
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundAdapter(client).autoStartup(false).id("billingIn"))
						.handle(flows::keep)
						.get());
			withOutbound(flows, client).start();
			TestPeer server = flows.accept(plain);
			awaitSessions(client, 1);
			for (int i = 0; i < 5; i++) {
				server.send("farewell " + i);
			}
			server.close();
			await().until(() -> isRefused(() -> flows.send("out", "too late")));
			flows.context().getBean("billingIn", Lifecycle.class).start();
			assertThat(flows.awaitPayloads(5)).startsWith("farewell 0").endsWith("farewell 4");
		}
	}

	private static boolean isRefused(Runnable sending) {
		try {
			sending.run();
			return false;
		}
		catch (MessageHandlingException ex) {
			return true;
		}
	}

	@ParameterizedTest
	@EnumSource
	void connectionsThatAreClosedBeforeTheirConversationBeginsLeaveNothing(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server((builder) -> builder, (pipe) -> pipe.direction(PipeDirection.OUT));
			flows.context()
				.addApplicationListener(
						(ApplicationListener<NamedPipeConnectionOpenedEvent>) (event) -> event.getConnection().close());
			flows.flow("out", (flow) -> flow.handle(NamedPipes.outboundAdapter(server))).start();
			try (PipeClient client = transport.client(flows.pipeName()).direction(PipeDirection.IN).build()) {
				for (int i = 0; i < 20; i++) {
					client.connect().close();
				}
				await().until(() -> server.statistics().closed(CloseReason.OPERATOR) == 20);
				await().until(() -> server.sessions().length == 0);
			}
		}
	}

}
