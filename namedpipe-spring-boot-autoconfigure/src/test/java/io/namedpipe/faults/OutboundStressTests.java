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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.namedpipe.DropReason;
import io.namedpipe.PipeClient;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeException;
import io.namedpipe.PipeStatistics;
import io.namedpipe.TransmissionMode;
import io.namedpipe.framing.FramingException;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.framing.MessageReader;
import io.namedpipe.framing.PayloadFormat;
import io.namedpipe.integration.NamedPipeServer;
import io.namedpipe.integration.OverflowPolicy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Races between sending, queueing, stopping, starting, connecting and leaving. Every call
 * ends, every message that was taken is written, dropped and counted, or was in the hands
 * of the writer of a connection that broke; what arrives is whole, once and in the order
 * of its sender. {@code -Dnamedpipe.test.stress=PT10M} for longer runs of each.
 */
@DisabledOnOs(OS.WINDOWS)
@Timeout(900)
class OutboundStressTests {

	private static final Duration LENGTH = Duration.parse(System.getProperty("namedpipe.test.stress", "PT0.5S"));

	private static final Duration SOON = Duration.ofSeconds(30);

	private static final int SENDERS = 3;

	private static final int CLIENTS = 4;

	private static final int CAPACITY = 64;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final AtomicBoolean over = new AtomicBoolean();

	private final AtomicInteger senders = new AtomicInteger();

	@TempDir
	private Path folder;

	private Path path = Path.of("/");

	@BeforeEach
	void setUp() {
		this.path = this.folder.resolve("p");
	}

	@AfterEach
	void tearDown() throws Exception {
		this.over.set(true);
		this.threads.shutdownNow();
		assertThat(this.threads.awaitTermination(SOON.toSeconds(), TimeUnit.SECONDS)).as("every call has ended")
			.isTrue();
	}

	private NamedPipeServer server(TransportUnderTest transport, OverflowPolicy policy) throws PipeException {
		return NamedPipeServer.builder("p", transport.server(this.path).drainTimeout(Duration.ofSeconds(20)))
			.framing(framing(transport))
			.queueCapacity(CAPACITY)
			.overflow(policy)
			.build();
	}

	private static MessageFraming framing(TransportUnderTest transport) {
		return (transport.mode() == TransmissionMode.MESSAGE) ? MessageFraming.messageMode()
				: MessageFraming.lengthHeader(2, ByteOrder.BIG_ENDIAN);
	}

	/**
	 * Broadcasts until it is over.
	 * @return how many connections have taken a message, all in all
	 */
	private Future<Long> send(NamedPipeServer server) {
		int sender = this.senders.getAndIncrement();
		return this.threads.submit(() -> {
			long taken = 0;
			for (long i = 0; !this.over.get(); i++) {
				taken += server.broadcast(Numbered.encode(sender, i));
			}
			return taken;
		});
	}

	/**
	 * Receives until the connection ends or it has enough.
	 */
	private static long receive(PipeConnection connection, TransportUnderTest transport, long enough)
			throws IOException {
		Map<Integer, Long> last = new HashMap<>();
		long count = 0;
		try (MessageReader reader = framing(transport).reader(connection, PayloadFormat.bytes())) {
			Object payload = reader.read();
			while (payload != null) {
				count++;
				Numbered message = Numbered.decode((byte[]) payload);
				Long previous = last.put(message.sender(), message.number());
				assertThat(message.number()).as("after the one before")
					.isGreaterThan((previous != null) ? previous : -1);
				payload = (count < enough) ? reader.read() : null;
			}
		}
		return count;
	}

	private static <T> List<Future<T>> times(int count, Callable<Future<T>> task) throws Exception {
		List<Future<T>> futures = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			futures.add(task.call());
		}
		return futures;
	}

	private static long sum(List<Future<Long>> futures) throws Exception {
		long sum = 0;
		for (Future<Long> future : futures) {
			sum += get(future);
		}
		return sum;
	}

	private static <T> T get(Future<T> future) throws Exception {
		return future.get(LENGTH.plus(SOON).toSeconds(), TimeUnit.SECONDS);
	}

	private static long dropped(PipeStatistics statistics) {
		return Stream.of(DropReason.DROP_NEWEST, DropReason.DROP_OLDEST, DropReason.CLOSED)
			.mapToLong(statistics::dropped)
			.sum();
	}

	private void chaos(TransportUnderTest transport, OverflowPolicy policy) throws Exception {
		ResourceSnapshot before = ResourceSnapshot.now();
		NamedPipeServer server = server(transport, policy);
		PipeClient client = transport.client(this.path).connectTimeout(Duration.ofMillis(100)).build();
		server.start();
		List<Future<Long>> sending = times(SENDERS, () -> send(server));
		AtomicInteger broken = new AtomicInteger();
		AtomicLong received = new AtomicLong();
		List<Future<Void>> receiving = times(CLIENTS, () -> this.threads.submit(() -> {
			Random random = ThreadLocalRandom.current();
			while (!this.over.get()) {
				try (PipeConnection connection = client.connect()) {
					broken.incrementAndGet();
					received.addAndGet(receive(connection, transport, random.nextInt(2000)));
				}
				catch (FramingException ex) {
					throw ex;
				}
				catch (PipeException ex) {
					// no server at the moment, or one that has left
				}
			}
			return null;
		}));
		AtomicInteger restarts = new AtomicInteger();
		Future<Void> restarting = this.threads.submit(() -> {
			while (!this.over.get()) {
				long accepted = server.statistics().accepted();
				await().pollInterval(Duration.ofMillis(2))
					.atMost(SOON)
					.until(() -> this.over.get() || server.statistics().accepted() > accepted + CLIENTS);
				server.stop();
				server.start();
				restarts.incrementAndGet();
			}
			return null;
		});
		await().pollDelay(LENGTH)
			.atMost(LENGTH.plus(SOON))
			.until(() -> restarting.isDone() || (restarts.get() > 0 && received.get() > 0));
		this.over.set(true);

		long taken = sum(sending);
		get(restarting);
		server.stop();
		client.close();
		for (Future<Void> each : receiving) {
			get(each);
		}

		PipeStatistics statistics = server.statistics();
		long written = statistics.messagesOut();
		long dropped = dropped(statistics);
		String balance = taken + " taken, " + written + " written, " + dropped + " dropped, " + received + " received, "
				+ broken + " connections";
		assertThat(taken - dropped).as(balance)
			.isGreaterThanOrEqualTo(received.get())
			.isBetween(written, written + (long) broken.get() * CAPACITY);
		// a stop waits for connections, whose threads are on their way out then
		await().atMost(SOON).until(() -> server.sessions().length == 0);
		assertThat(server.queueSize()).isZero();
		assertThat(statistics.current()).isZero();
		before.assertNothingIsAdded();
	}

	@ParameterizedTest
	@EnumSource(OverflowPolicy.class)
	void whenServersRestartThenMessageModeMessagesAreAccountedFor(OverflowPolicy policy) throws Exception {
		chaos(TransportUnderTest.MEMORY_MESSAGE, policy);
	}

	@ParameterizedTest
	@EnumSource(OverflowPolicy.class)
	void whenServersRestartThenByteModeMessagesAreAccountedFor(OverflowPolicy policy) throws Exception {
		chaos(TransportUnderTest.UNIX_BYTE, policy);
	}

	@ParameterizedTest
	@EnumSource
	void whenTheServerStopsWhileManySendThenWhatItHasTakenArrives(TransportUnderTest transport) throws Exception {
		for (int round = 0; round < 5; round++) {
			this.over.set(false);
			NamedPipeServer server = server(transport, OverflowPolicy.BLOCK);
			PipeClient client = transport.client(this.path).build();
			server.start();
			List<Future<Long>> receiving = times(CLIENTS, () -> {
				PipeConnection connection = client.connect();
				return this.threads.submit(() -> receive(connection, transport, Long.MAX_VALUE));
			});
			await().atMost(SOON).until(() -> server.sessions().length == CLIENTS);
			List<Future<Long>> sending = times(SENDERS, () -> send(server));
			await().atMost(SOON).until(() -> server.statistics().messagesOut() > 1000);

			server.stop();

			long received = sum(receiving);
			this.over.set(true);
			long taken = sum(sending);
			client.close();
			assertThat(received).isEqualTo(taken);
			assertThat(server.statistics().messagesOut()).isEqualTo(taken);
			assertThat(dropped(server.statistics())).isZero();
		}
	}

	/**
	 * A message that can be recognised.
	 *
	 * @param sender who has sent it
	 * @param number counted by the sender
	 */
	private record Numbered(int sender, long number) {

		static byte[] encode(int sender, long number) {
			return ByteBuffer.allocate(20).putInt(sender).putLong(number).putLong(sender ^ ~number).array();
		}

		static Numbered decode(byte[] message) {
			ByteBuffer buffer = ByteBuffer.wrap(message);
			Numbered numbered = new Numbered(buffer.getInt(), buffer.getLong());
			assertThat(buffer.getLong()).as("whole").isEqualTo(numbered.sender ^ ~numbered.number);
			return numbered;
		}

	}

}
