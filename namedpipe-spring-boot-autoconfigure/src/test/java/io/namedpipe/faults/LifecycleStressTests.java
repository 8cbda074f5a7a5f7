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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.namedpipe.CloseReason;
import io.namedpipe.PipeClient;
import io.namedpipe.PipeClosedException;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeException;
import io.namedpipe.PipeListener;
import io.namedpipe.PipeServer;
import io.namedpipe.PipeStatistics;
import io.namedpipe.RejectReason;
import io.namedpipe.TransmissionMode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Races between starting, stopping, connecting, sending and closing. Whatever the order,
 * calls end, each connection is opened and closed once, the counters add up, and nothing
 * is left. {@code -Dnamedpipe.test.stress=PT10M} for longer runs of each.
 */
@DisabledOnOs(OS.WINDOWS)
class LifecycleStressTests {

	// one line for each stop that cuts something
	private static final String UNFINISHED = "(drain timeout)";

	private static final Duration LENGTH = Duration.parse(System.getProperty("namedpipe.test.stress", "PT0.5S"));

	private static final Duration SOON = Duration.ofSeconds(30);

	private final Bookkeeper listener = new Bookkeeper();

	private final ExecutorService threads = Executors.newCachedThreadPool((task) -> {
		Thread thread = new Thread(task, "stress");
		thread.setDaemon(true);
		return thread;
	});

	private final List<Future<Long>> repeated = new ArrayList<>();

	private final List<AtomicLong> successes = new ArrayList<>();

	private final LogCapture log = new LogCapture(Level.INFO);

	private final long startedAt = System.nanoTime();

	private volatile boolean over;

	@TempDir
	private Path folder;

	private Path path = Path.of("/");

	@BeforeEach
	void setUp() {
		this.path = this.folder.resolve("p");
	}

	@AfterEach
	void tearDown() throws Exception {
		this.over = true;
		this.threads.shutdownNow();
		this.log.close();
		assertThat(this.threads.awaitTermination(SOON.toSeconds(), TimeUnit.SECONDS)).as("every call has ended")
			.isTrue();
	}

	private static void echo(PipeConnection connection) throws IOException {
		byte[] message = receive(connection, 8);
		while (message != null) {
			send(connection, message);
			message = receive(connection, 8);
		}
	}

	private static void send(PipeConnection connection, byte[] message) throws IOException {
		connection.write(ByteBuffer.wrap(message));
	}

	/**
	 * Receives a message of a fixed size in either mode.
	 */
	private static byte @Nullable [] receive(PipeConnection connection, int size) throws IOException {
		if (connection.transmissionMode() == TransmissionMode.MESSAGE) {
			return connection.readMessage();
		}
		ByteBuffer buffer = ByteBuffer.allocate(size);
		while (buffer.hasRemaining()) {
			if (connection.read(buffer) < 0) {
				// a server that stops cuts the stream where it happens to be
				assertThat(buffer.position() == 0 || connection.isStopping()).as("not cut").isTrue();
				return null;
			}
		}
		return buffer.array();
	}

	private static byte[] number(long number) {
		return ByteBuffer.allocate(8).putLong(number).array();
	}

	/**
	 * Calls again and again until it is over or fails with something else than what a
	 * user has to expect.
	 */
	private Future<Long> repeat(Action action) {
		AtomicLong count = new AtomicLong();
		Future<Long> future = this.threads.submit(() -> {
			while (!this.over) {
				try {
					action.run();
					count.incrementAndGet();
				}
				catch (PipeException ex) {
					// what a race may end in; anything else is a failure
				}
			}
			return count.get();
		});
		this.successes.add(count);
		this.repeated.add(future);
		return future;
	}

	/**
	 * Lets all that is repeated go on until the time is up and each has succeeded: it may
	 * need the others for that. No longer if one has failed.
	 */
	private void endRepeats() {
		await().pollDelay(LENGTH)
			.atMost(LENGTH.plus(SOON))
			.until(() -> this.repeated.stream().anyMatch(Future::isDone)
					|| this.successes.stream().allMatch((count) -> count.get() > 0));
		this.over = true;
	}

	private static <T> T get(Future<T> future) throws Exception {
		return future.get(LENGTH.plus(SOON).toSeconds(), TimeUnit.SECONDS);
	}

	private void assertNothingIsLeft(PipeServer server, PipeClient client) throws IOException {
		await().atMost(SOON).until(() -> client.connections().isEmpty());
		assertThat(server.connections()).isEmpty();
		assertThat(server.instanceCount()).isZero();
		assertAddsUp(server.statistics());
		assertAddsUp(client.statistics());
		// the listener is told after it was counted
		await().atMost(SOON).untilAsserted(this.listener::assertEachClosedOnce);
		assertThat(server.statistics().accepted()).isEqualTo(this.listener.opened.size());
		try (Stream<Path> files = Files.list(this.folder)) {
			assertThat(files).isEmpty();
		}
		assertThat(this.log.lines()).filteredOn((line) -> !line.contains(UNFINISHED))
			.allMatch((line) -> line.contains("has reached the limit of 2 connections per user"))
			// at a stop it is said how many were not logged
			.hasSizeLessThan(3 + (int) TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - this.startedAt));
	}

	private static void assertAddsUp(PipeStatistics statistics) {
		long closed = Stream.of(CloseReason.values()).mapToLong(statistics::closed).sum();
		assertThat(statistics.current()).isZero();
		assertThat(closed).isEqualTo(statistics.accepted());
	}

	@ParameterizedTest
	@EnumSource
	@Timeout(900)
	void whenServerRestartsUnderClientsThenCallsEndAndCountsAddUp(TransportUnderTest transport) throws Exception {
		ResourceSnapshot before = ResourceSnapshot.now();
		PipeServer server = transport.server(this.path)
			.listener(this.listener)
			.drainTimeout(Duration.ofMillis(20))
			.build();
		PipeClient client = transport.client(this.path).connectTimeout(Duration.ofMillis(100)).build();
		AtomicLong numbers = new AtomicLong();
		List<Future<Long>> exchanges = new ArrayList<>();
		Future<Long> restarts = repeat(() -> {
			server.start();
			server.serve(LifecycleStressTests::echo);
			long sofar = server.statistics().accepted();
			await().pollInterval(Duration.ofMillis(2))
				.atMost(Duration.ofSeconds(10))
				.until(() -> server.statistics().accepted() > sofar + 4 || this.over);
			if (numbers.incrementAndGet() % 2 == 0) {
				server.stop();
			}
			else {
				server.close();
			}
		});
		for (int i = 0; i < 4; i++) {
			exchanges.add(repeat(() -> {
				try (PipeConnection connection = client.connect()) {
					for (int j = 0; j < 5; j++) {
						byte[] message = number(numbers.incrementAndGet());
						send(connection, message);
						byte[] reply = receive(connection, 8);
						if (reply == null) {
							return;
						}
						assertThat(reply).isEqualTo(message);
					}
				}
			}));
		}

		endRepeats();
		assertThat(get(restarts)).isPositive();
		for (Future<Long> exchange : exchanges) {
			assertThat(get(exchange)).isPositive();
		}
		server.close();
		client.close();

		assertNothingIsLeft(server, client);
		before.assertNothingIsAdded();
	}

	@ParameterizedTest
	@EnumSource
	@Timeout(900)
	void whenManyStartAndStopAtOnceThenServerIsRunningOrStopped(TransportUnderTest transport) throws Exception {
		ResourceSnapshot before = ResourceSnapshot.now();
		PipeServer server = transport.server(this.path)
			.listener(this.listener)
			.drainTimeout(Duration.ofMillis(20))
			.build();
		PipeClient client = transport.client(this.path).connectTimeout(Duration.ofMillis(50)).build();
		List<Future<Long>> calls = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			calls.add(repeat(server::start));
			calls.add(repeat(server::stop));
			calls.add(repeat(() -> {
				server.start();
				try {
					server.serve(LifecycleStressTests::echo);
				}
				catch (IllegalStateException ex) {
					// serves already, or has been stopped meanwhile
				}
			}));
			calls.add(repeat(() -> client.connect().close()));
		}

		endRepeats();
		for (Future<Long> call : calls) {
			get(call);
		}
		server.start();
		assertThat(server.isRunning()).isTrue();
		server.close();
		assertThat(server.isRunning()).isFalse();
		client.close();

		assertNothingIsLeft(server, client);
		before.assertNothingIsAdded();
	}

	@ParameterizedTest
	@EnumSource
	@Timeout(900)
	void whenManyCloseUsedConnectionThenItClosesOnceAndCallsEnd(TransportUnderTest transport) throws Exception {
		ResourceSnapshot before = ResourceSnapshot.now();
		PipeServer server = transport.server(this.path).listener(this.listener).build();
		PipeClient client = transport.client(this.path).connectTimeout(SOON).build();
		server.start();
		server.serve(LifecycleStressTests::echo);
		AtomicInteger rounds = new AtomicInteger();
		Future<Long> done = repeat(() -> {
			PipeConnection clientEnd = client.connect();
			await().atMost(SOON).pollInterval(Duration.ofMillis(1)).until(() -> !server.connections().isEmpty());
			PipeConnection serverEnd = server.connections().iterator().next();
			race(() -> {
				while (true) {
					send(clientEnd, number(1));
				}
			}, () -> {
				while (receive(clientEnd, 8) != null) {
					continue;
				}
				return null;
			}, () -> {
				clientEnd.close(CloseReason.OPERATOR);
				return null;
			}, () -> {
				serverEnd.close(CloseReason.IDLE);
				return null;
			}, () -> {
				((rounds.incrementAndGet() % 2 == 0) ? clientEnd : serverEnd).endInput();
				return null;
			}, () -> {
				clientEnd.endOutput();
				return null;
			});
			assertThat(clientEnd.isOpen()).isFalse();
			assertThat(serverEnd.isOpen()).isFalse();
			await().atMost(SOON).pollInterval(Duration.ofMillis(1)).until(() -> server.instanceCount() == 0);
		});

		endRepeats();
		assertThat(get(done)).isPositive();
		server.close();
		client.close();

		assertNothingIsLeft(server, client);
		before.assertNothingIsAdded();
	}

	private void race(Callable<?>... calls) throws Exception {
		CyclicBarrier barrier = new CyclicBarrier(calls.length);
		List<Future<?>> racing = new ArrayList<>();
		for (Callable<?> call : calls) {
			racing.add(this.threads.submit(() -> {
				barrier.await();
				try {
					call.call();
				}
				catch (PipeException ex) {
					// closed under its hands
				}
				return null;
			}));
		}
		for (Future<?> call : racing) {
			get(call);
		}
	}

	@ParameterizedTest
	@EnumSource
	@Timeout(900)
	void whenServerStopsUnderWritersThenMessagesAreWholeAndOrdered(TransportUnderTest transport) throws Exception {
		PipeServer server = transport.server(this.path)
			.listener(this.listener)
			.drainTimeout(Duration.ofMillis(50))
			.build();
		PipeClient client = transport.client(this.path).connectTimeout(SOON).build();
		AtomicLong written = new AtomicLong();
		Future<Long> done = repeat(() -> {
			Map<Integer, Integer> last = new ConcurrentHashMap<>();
			AtomicLong received = new AtomicLong();
			written.set(0);
			server.start();
			server.serve((connection) -> {
				byte[] message = receive(connection, 1000);
				while (message != null) {
					ByteBuffer content = ByteBuffer.wrap(message);
					int writer = content.getInt();
					assertThat(content.getInt()).isEqualTo(last.getOrDefault(writer, -1) + 1);
					assertThat(message[999]).isEqualTo((byte) writer);
					last.merge(writer, 0, (old, start) -> old + 1);
					received.incrementAndGet();
					message = receive(connection, 1000);
				}
			});
			PipeConnection connection = client.connect();
			List<Callable<?>> calls = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				int writer = i;
				calls.add(() -> {
					for (int j = 0; true; j++) {
						byte[] message = ByteBuffer.allocate(1000)
							.putInt(writer)
							.putInt(j)
							.put(999, (byte) writer)
							.array();
						send(connection, message);
						written.incrementAndGet();
					}
				});
			}
			calls.add(() -> {
				await().atMost(SOON).pollInterval(Duration.ofMillis(1)).until(() -> received.get() > 20);
				server.stop();
				return null;
			});
			race(calls.toArray(new Callable<?>[0]));
			connection.close();
			assertThat(received.get()).isBetween(20L, written.get() + 4);
		});

		endRepeats();
		assertThat(get(done)).isPositive();
		client.close();

		assertNothingIsLeft(server, client);
		this.listener.assertNoneFailed();
	}

	@ParameterizedTest
	@EnumSource
	@Timeout(900)
	void whenMoreClientsComeThanAllowedThenLimitsHoldAndAllAreServed(TransportUnderTest transport) throws Exception {
		ResourceSnapshot before = ResourceSnapshot.now();
		PipeServer server = transport.server(this.path).listener(this.listener).maxInstances(3).build();
		PipeClient client = transport.client(this.path).connectTimeout(SOON).build();
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		server.start();
		server.serve((connection) -> {
			most.accumulateAndGet(inside.incrementAndGet(), Math::max);
			try {
				echo(connection);
			}
			finally {
				inside.decrementAndGet();
			}
		});
		List<Future<Long>> clients = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			clients.add(repeat(() -> {
				try (PipeConnection connection = client.connect()) {
					send(connection, number(7));
					assertThat(receive(connection, 8)).isEqualTo(number(7));
				}
			}));
		}

		endRepeats();
		for (Future<Long> each : clients) {
			assertThat(get(each)).isPositive();
		}
		client.close();
		server.stop();

		assertThat(server.statistics().max()).isEqualTo(3);
		assertThat(most).hasValueLessThanOrEqualTo(3);
		assertNothingIsLeft(server, client);
		before.assertNothingIsAdded();
	}

	@ParameterizedTest
	@EnumSource
	@Timeout(900)
	void whenUserExceedsLimitThenRejectionsCountAndNoInstanceIsLost(TransportUnderTest transport) throws Exception {
		ResourceSnapshot before = ResourceSnapshot.now();
		PipeServer server = transport.server(this.path).listener(this.listener).maxConnectionsPerUser(2).build();
		PipeClient client = transport.client(this.path).connectTimeout(SOON).build();
		AtomicLong refused = new AtomicLong();
		server.start();
		server.serve(LifecycleStressTests::echo);
		List<Future<Long>> clients = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			clients.add(repeat(() -> {
				try (PipeConnection connection = client.connect()) {
					send(connection, number(7));
					byte[] reply = receive(connection, 8);
					if (reply == null) {
						refused.incrementAndGet();
					}
				}
				catch (PipeException ex) {
					assertThat(ex).isNotInstanceOf(PipeClosedException.class);
					refused.incrementAndGet();
				}
			}));
		}

		endRepeats();
		for (Future<Long> each : clients) {
			assertThat(get(each)).isPositive();
		}
		await().atMost(SOON).until(() -> server.instanceCount() == 0);

		assertThat(server.statistics().max()).isEqualTo(2);
		assertThat(server.statistics().rejected(RejectReason.USER_LIMIT)).isEqualTo(refused.get());
		try (PipeConnection first = client.connect(); PipeConnection second = client.connect()) {
			send(first, number(1));
			assertThat(receive(first, 8)).isEqualTo(number(1));
			send(second, number(2));
			assertThat(receive(second, 8)).isEqualTo(number(2));
		}
		client.close();
		server.close();
		assertNothingIsLeft(server, client);
		before.assertNothingIsAdded();
	}

	/**
	 * What may end with a {@link PipeException}.
	 */
	interface Action {

		void run() throws Exception;

	}

	/**
	 * Keeps account of each connection.
	 */
	private static final class Bookkeeper implements PipeListener {

		private final Map<String, AtomicInteger> opened = new ConcurrentHashMap<>();

		private final List<Throwable> failures = new ArrayList<>();

		private final AtomicInteger strangers = new AtomicInteger();

		@Override
		public void opened(PipeConnection connection) {
			assertThat(this.opened.put(connection.id(), new AtomicInteger())).isNull();
		}

		@Override
		public void closed(PipeConnection connection, CloseReason reason, @Nullable Throwable cause) {
			AtomicInteger closings = this.opened.get(connection.id());
			if (closings == null) {
				this.strangers.incrementAndGet();
				return;
			}
			closings.incrementAndGet();
			if (cause != null) {
				synchronized (this.failures) {
					this.failures.add(cause);
				}
			}
		}

		void assertEachClosedOnce() {
			assertThat(this.strangers).hasValue(0);
			assertThat(this.opened).isNotEmpty();
			assertThat(this.opened.values()).allSatisfy((closings) -> assertThat(closings).hasValue(1));
		}

		void assertNoneFailed() {
			synchronized (this.failures) {
				assertThat(this.failures).isEmpty();
			}
		}

	}

}
