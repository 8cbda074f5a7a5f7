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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessagingException;
import org.springframework.messaging.support.GenericMessage;

import io.namedpipe.CloseReason;
import io.namedpipe.DropReason;
import io.namedpipe.PipeClient;
import io.namedpipe.PipeErrorType;
import io.namedpipe.PipeProcess;
import io.namedpipe.PipeServer;
import io.namedpipe.PipeStatistics;
import io.namedpipe.TransmissionMode;
import io.namedpipe.integration.NamedPipe;
import io.namedpipe.integration.NamedPipeClient;
import io.namedpipe.integration.NamedPipeHeaders;
import io.namedpipe.integration.NamedPipeProcess;
import io.namedpipe.integration.NamedPipeServer;
import io.namedpipe.integration.OverflowPolicy;
import io.namedpipe.integration.ReconnectBackoff;
import io.namedpipe.integration.inbound.NamedPipeInboundChannelAdapter;
import io.namedpipe.integration.outbound.NamedPipeOutboundChannelAdapter;
import io.namedpipe.testsupport.NewThreadExecutor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An adapter on a pipe whose {@link KillablePeer} is killed and started again, and what
 * has to come out of it: nothing arrives twice, in parts or out of order, and
 * {@code sent = received + failed + dropped + written but unacknowledged}.
 */
final class KilledPeerScenario implements AutoCloseable {

	private static final Duration SOON = Duration.ofSeconds(30);

	private static final Duration OFTEN = Duration.ofMillis(5);

	private static final long PAUSE = TimeUnit.MICROSECONDS.toNanos(20);

	/** What a queue takes unless it is configured. */
	private static final int QUEUE_CAPACITY = 1024;

	/** Messages of the mean length that fit into one write, and half as many again. */
	private static final int BATCH = 64 * 1024 / 465 * 3 / 2;

	/** Much less than one write, so that the counterpart reads what is being written. */
	private static final int BUFFER = 4096;

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	private final NamedPipe pipe;

	private final KillablePeer counterpart;

	private final Path account;

	private final int kills;

	private boolean sharingOneStream;

	private boolean sending;

	private volatile boolean hurrying;

	private int ended;

	private int lastSize;

	/**
	 * Prepares an adapter.
	 * @param pipe what the adapter is on, started by this
	 * @param counterpart who is at the other end
	 * @param account the file of the counterpart
	 * @param kills how often it is killed
	 */
	KilledPeerScenario(NamedPipe pipe, KillablePeer counterpart, Path account, int kills) {
		this.pipe = pipe;
		this.counterpart = counterpart;
		this.account = account;
		this.kills = kills;
		this.context.register(Application.class);
		register("pipe", pipe);
	}

	static NamedPipeClient client(PipeClient.Builder pipe) throws IOException {
		return NamedPipeClient.builder("client", pipe.outBufferSize(BUFFER).connectTimeout(Duration.ofMillis(200)))
			.reconnect(new ReconnectBackoff(Duration.ofMillis(5), 1.5, Duration.ofMillis(50), Duration.ZERO))
			.overflow(OverflowPolicy.DROP_NEWEST)
			.build();
	}

	static NamedPipeServer server(PipeServer.Builder pipe) throws IOException {
		return NamedPipeServer.builder("server", pipe.outBufferSize(BUFFER).drainTimeout(Duration.ofMillis(500)))
			.overflow(OverflowPolicy.DROP_NEWEST)
			.build();
	}

	static NamedPipeProcess process(PipeProcess.Builder pipe) throws IOException {
		return NamedPipeProcess.builder("child", pipe.outBufferSize(BUFFER).drainTimeout(Duration.ofSeconds(2)))
			.overflow(OverflowPolicy.DROP_NEWEST)
			.build();
	}

	/**
	 * Whoever is there at the same time is part of one stream, so that the next
	 * counterpart is started when the pipe has noticed the end of the last one.
	 */
	KilledPeerScenario sharingOneStream() {
		this.sharingOneStream = true;
		return this;
	}

	@SuppressWarnings("unchecked")
	private <T> void register(String name, T bean) {
		this.context.registerBean(name, (Class<T>) bean.getClass(), () -> bean);
	}

	private void flow(IntegrationFlow flow) {
		this.context.registerBean("flow", IntegrationFlow.class, () -> flow);
	}

	private List<Long> account() throws IOException {
		return CheckedMessages.account(this.account);
	}

	private PipeStatistics statistics() {
		return this.pipe.statistics();
	}

	private void kill() throws Exception {
		long before = closed();
		this.counterpart.kill();
		hasEnded(before);
	}

	private Path disturb() throws IOException {
		return Files.createFile(this.account.resolveSibling(this.account.getFileName() + ".disturbed"));
	}

	private void endInTheMiddleOfAMessage() throws Exception {
		long before = closed();
		Path file = disturb();
		this.counterpart.awaitEnd();
		Files.delete(file);
		hasEnded(before);
	}

	private void killWhileTheQueueIsFull() throws Exception {
		Path file = disturb();
		this.hurrying = true;
		await().atMost(SOON).pollInterval(OFTEN).until(() -> this.pipe.queueSize() == QUEUE_CAPACITY);
		this.hurrying = false;
		kill();
		Files.delete(file);
	}

	private void hasEnded(long before) {
		this.ended++;
		// one message to the last and the next one would count twice
		if (this.sharingOneStream || this.sending) {
			await().atMost(SOON).pollInterval(OFTEN).until(() -> closed() > before);
		}
	}

	private long closed() {
		return Stream.of(CloseReason.values()).mapToLong(statistics()::closed).sum();
	}

	/**
	 * Sends while the counterpart, which receives, is killed and started again, every
	 * other time when it reads too slowly.
	 */
	void assertSendsExactly() throws Exception {
		this.sending = true;
		flow(IntegrationFlow.from("out").handle(new NamedPipeOutboundChannelAdapter(this.pipe)).get());
		this.context.refresh();
		AtomicLong sent = new AtomicLong();
		Set<Long> failed = ConcurrentHashMap.newKeySet();
		AtomicBoolean over = new AtomicBoolean();
		CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> send(sent, failed, over),
				new NewThreadExecutor());
		for (int i = 0; i < this.kills; i++) {
			this.counterpart.start();
			awaitReceived(300);
			if (i % 2 == 0) {
				killWhileTheQueueIsFull();
			}
			else {
				kill();
			}
		}
		long overflowed = statistics().dropped(DropReason.DROP_NEWEST);
		this.counterpart.start();
		awaitReceived(100);
		int undisturbed = account().size();
		awaitReceived(100);
		over.set(true);
		sending.get(10, TimeUnit.SECONDS);
		await().atMost(SOON).until(() -> this.pipe.queueSize() == 0);
		await().atMost(SOON).until(() -> isComplete(sent.get(), undisturbed, overflowed));
		await().atMost(SOON).during(Duration.ofMillis(100)).until(this::accountStandsStill);

		List<Long> received = account();
		assertThat(received).doesNotHaveDuplicates().isSorted();
		assertThat(failed).doesNotContainAnyElementsOf(received);
		await().atMost(SOON).untilAsserted(() -> assertBalance(sent.get(), failed.size(), received.size()));
	}

	/**
	 * Whether all has come that was sent since nobody is killed any more.
	 */
	private boolean isComplete(long sent, int undisturbed, long overflowedBefore) throws IOException {
		List<Long> received = account();
		long overflowed = statistics().dropped(DropReason.DROP_NEWEST) - overflowedBefore;
		return sent - received.get(undisturbed) <= received.size() - undisturbed + overflowed;
	}

	private void assertBalance(long sent, long failed, long received) {
		long dropped = Stream.of(DropReason.values()).mapToLong(statistics()::dropped).sum();
		long written = statistics().messagesOut();
		String balance = sent + " sent, " + received + " received, " + failed + " failed, " + dropped + " dropped, "
				+ written + " written";
		assertThat(sent - failed - dropped).as(balance).isGreaterThanOrEqualTo(received);
		// counted as written, or in the hands of the writer when its connection broke
		long mostInHand = (mode() == TransmissionMode.MESSAGE) ? 1 : BATCH;
		assertThat(sent - failed - dropped - written).as(balance).isBetween(0L, this.kills * mostInHand);
		assertThat(statistics().dropped(DropReason.CLOSED)).as(balance).isGreaterThan(QUEUE_CAPACITY / 2);
	}

	private TransmissionMode mode() {
		return this.pipe.pipe().transmissionMode();
	}

	private void send(AtomicLong sent, Set<Long> failed, AtomicBoolean over) {
		MessageChannel out = this.context.getBean("out", MessageChannel.class);
		while (!over.get()) {
			long number = sent.getAndIncrement();
			try {
				out.send(new GenericMessage<>(CheckedMessages.message(number)));
			}
			catch (MessagingException ex) {
				failed.add(number);
			}
			// on a busy machine a pause takes much longer than it should
			if (!this.hurrying) {
				LockSupport.parkNanos(PAUSE);
			}
		}
	}

	private void awaitReceived(int more) throws IOException {
		int before = account().size();
		await().atMost(SOON).pollInterval(OFTEN).until(() -> account().size() > before + more);
	}

	private boolean accountStandsStill() throws IOException {
		int size = account().size();
		boolean still = size == this.lastSize;
		this.lastSize = size;
		return still;
	}

	/**
	 * Receives while the counterpart, which sends, is killed and started again, every
	 * other time in the middle of a message.
	 */
	void assertReceivesExactly() throws Exception {
		List<Received> received = Collections.synchronizedList(new ArrayList<>());
		LongAccumulator newest = new LongAccumulator(Math::max, -1);
		List<Throwable> broken = new CopyOnWriteArrayList<>();
		flow(IntegrationFlow.from(new NamedPipeInboundChannelAdapter(this.pipe)).handle((message) -> {
			try {
				Received next = Received.of(message);
				received.add(next);
				newest.accumulate(next.number());
			}
			catch (AssertionError ex) {
				broken.add(ex);
			}
		}).get());
		this.context.refresh();
		int halves = 0;
		for (int i = 0; i <= this.kills; i++) {
			long first = next();
			this.counterpart.start();
			await().atMost(SOON).pollInterval(OFTEN).until(() -> newest.get() > first + 300);
			if (i % 2 == 0) {
				endInTheMiddleOfAMessage();
				halves++;
			}
			else {
				kill();
			}
		}
		// a reader of a FIFO that was there before it stays connected
		await().atMost(SOON).until(() -> this.sharingOneStream || statistics().current() == 0);
		long sent = next();

		assertThat(broken).isEmpty();
		assertThat(inOrder(new ArrayList<>(received))).doesNotHaveDuplicates().isSorted();
		assertThat(statistics().messagesIn()).isEqualTo(received.size());
		// each end costs the message that was being written, and no other
		assertThat(sent - received.size()).isBetween((long) halves, (long) this.ended);
		if (mode() == TransmissionMode.BYTE) {
			assertThat(statistics().errors(PipeErrorType.TRUNCATED)).isBetween((long) halves, (long) this.ended);
		}
	}

	/**
	 * The number that the next counterpart that sends begins with.
	 */
	private long next() throws IOException {
		List<Long> account = account();
		return account.isEmpty() ? 0 : account.get(0);
	}

	/**
	 * The numbers in the order that they have come in, or that of the connections of a
	 * server: these are read side by side, so that the last messages of one may come
	 * after the first ones of the next.
	 */
	private List<Long> inOrder(List<Received> received) {
		if (!(this.pipe instanceof NamedPipeServer)) {
			return received.stream().map(Received::number).toList();
		}
		Map<String, List<Long>> connections = received.stream()
			.collect(Collectors.groupingBy(Received::connection,
					Collectors.mapping(Received::number, Collectors.toList())));
		return connections.values()
			.stream()
			.sorted(Comparator.comparing(Collections::min))
			.flatMap(List::stream)
			.toList();
	}

	@Override
	public void close() throws Exception {
		this.counterpart.kill();
		this.context.close();
	}

	/**
	 * What an inbound adapter has sent.
	 */
	private record Received(String connection, long number) {

		static Received of(Message<?> message) {
			String connection = message.getHeaders().get(NamedPipeHeaders.CONNECTION_ID, String.class);
			assertThat(connection).isNotNull();
			return new Received(connection, CheckedMessages.number((byte[]) message.getPayload()));
		}

	}

	/**
	 * Spring Integration and nothing else.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableIntegration
	static class Application {

	}

}
