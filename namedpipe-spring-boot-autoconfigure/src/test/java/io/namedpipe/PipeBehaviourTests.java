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

package io.namedpipe;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

import io.namedpipe.framing.LengthHeader;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.framing.MessageReader;
import io.namedpipe.framing.MessageWriter;
import io.namedpipe.framing.PayloadFormat;
import io.namedpipe.testsupport.PipeFixture;
import io.namedpipe.transport.Capability;
import io.namedpipe.transport.PendingInput;
import io.namedpipe.transport.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * What users of pipes rely on, whatever the transport. A subclass names the transport and
 * its mode; what a transport cannot do is asked of its {@link Capability capabilities},
 * or listed by the subclass in {@link #exclusions()} with the reason.
 */
@Timeout(60)
abstract class PipeBehaviourTests extends PipeFixture {

	private String pipeName = "";

	abstract Transport transport();

	abstract String newPipeName();

	TransmissionMode mode() {
		return TransmissionMode.BYTE;
	}

	/**
	 * Names of test methods that this transport cannot show, for reasons that the
	 * subclass states.
	 */
	Set<String> exclusions() {
		return Set.of();
	}

	@BeforeEach
	void chooseName(TestInfo test) {
		String method = test.getTestMethod().orElseThrow().getName();
		assumeTrue(!exclusions().contains(method), () -> method + " is excluded for this transport");
		this.pipeName = newPipeName();
	}

	PipeServer.Builder server() {
		return PipeServer.builder(this.pipeName).transport(transport()).transmissionMode(mode());
	}

	PipeClient.Builder client() {
		return PipeClient.builder(this.pipeName).transport(transport()).transmissionMode(mode());
	}

	private PipeServer started(PipeServer.Builder builder) throws PipeException {
		PipeServer server = closing(builder.build());
		server.start();
		return server;
	}

	private PipeServer echoing(PipeServer.Builder builder) throws PipeException {
		PipeServer server = started(builder);
		server.serve(PipeBehaviourTests::echo);
		return server;
	}

	private static void echo(PipeConnection connection) throws IOException {
		if (connection.transmissionMode() == TransmissionMode.MESSAGE) {
			byte[] message = connection.readMessage();
			while (message != null) {
				connection.writeMessage(ByteBuffer.wrap(message));
				message = connection.readMessage();
			}
			return;
		}
		ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
		while (connection.read(buffer) >= 0) {
			connection.write(buffer.flip());
			buffer.clear();
		}
	}

	private PipeConnection connected(PipeClient.Builder builder) throws PipeException {
		PipeClient client = closing(builder.build());
		return client.connect();
	}

	private static @Nullable String readText(PipeConnection connection) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocate(256);
		int count = connection.read(buffer);
		return (count < 0) ? null : new String(buffer.array(), 0, count, StandardCharsets.UTF_8);
	}

	private static byte[] readFully(PipeConnection connection, int size) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocate(size);
		while (buffer.hasRemaining() && connection.read(buffer) >= 0) {
			continue;
		}
		return Arrays.copyOf(buffer.array(), buffer.position());
	}

	private static byte[] random(int size) {
		byte[] bytes = new byte[size];
		new Random(size).nextBytes(bytes);
		return bytes;
	}

	// 1
	@Test
	void blankNameIsRejected() {
		assertThatIllegalArgumentException().isThrownBy(() -> PipeServer.builder("  "));
		assertThatIllegalArgumentException().isThrownBy(() -> PipeClient.builder(""));
	}

	// 1
	@Test
	void nameAnonymousIsReservedInAnyCase() {
		assertThatIllegalArgumentException().isThrownBy(() -> PipeServer.builder("AnonyMous"))
			.withMessageContaining("reserved");
		assertThatIllegalArgumentException().isThrownBy(() -> PipeClient.builder("anonymous"));
	}

	// 5
	@Test
	void maxInstancesOfZeroAndBelowMinusOneAreRejected() {
		assertThatIllegalArgumentException().isThrownBy(() -> server().maxInstances(0)).withMessageContaining("0");
		assertThatIllegalArgumentException().isThrownBy(() -> server().maxInstances(-2)).withMessageContaining("-2");
		server().maxInstances(-1).maxInstances(1).maxInstances(10_000);
	}

	// 5
	@Test
	void negativeBufferSizesAreRejected() {
		assertThatIllegalArgumentException().isThrownBy(() -> server().inBufferSize(-1));
		assertThatIllegalArgumentException().isThrownBy(() -> client().outBufferSize(-1));
	}

	// 7
	@Test
	void nameOfLiveServerIsNotTaken() throws Exception {
		echoing(server());
		PipeConnection before = connected(client());
		PipeServer second = server().build();

		assertThatExceptionOfType(PipeNameInUseException.class).isThrownBy(second::start);

		assertThat(second.isRunning()).isFalse();
		assertEchoes(before, "still here");
		assertEchoes(connected(client()), "and for others");
	}

	private static void assertEchoes(PipeConnection connection, String text) throws IOException {
		connection.write(bytes(text));
		assertThat(readText(connection)).isEqualTo(text);
	}

	// 10
	@Test
	void serverStopsAndStartsOnItsNameAHundredTimes() throws Exception {
		PipeServer server = closing(server().build());
		for (int i = 0; i < 100; i++) {
			server.start();
			server.serve(PipeBehaviourTests::echo);
			PipeConnection connection = client().build().connect();
			assertEchoes(connection, "round " + i);
			connection.close();
			server.stop();
		}
		assertThat(server.statistics().accepted()).isEqualTo(100);
		assertThat(server.statistics().current()).isZero();
	}

	// 11
	@Test
	void fourInstancesServeFourClientsAndAFifthWaits() throws Exception {
		PipeServer server = echoing(server().maxInstances(4));
		List<PipeConnection> clients = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			clients.add(connected(client()));
			assertEchoes(clients.get(i), "client " + i);
		}
		Future<PipeConnection> fifth = async(() -> {
			PipeConnection connection = connected(client().connectTimeout(SOON));
			assertEchoes(connection, "fifth");
			return connection;
		});
		assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> fifth.get(200, TimeUnit.MILLISECONDS));
		assertThat(server.instanceCount()).isEqualTo(4);

		clients.get(2).close();

		assertThat(get(fifth).isOpen()).isTrue();
		assertThat(server.statistics().max()).isEqualTo(4);
	}

	// 14
	@Test
	void missingServerIsWaitedForUntilTheTimeout() throws Exception {
		PipeClient client = client().connectTimeout(Duration.ofMillis(300)).build();
		long start = System.nanoTime();

		assertThatExceptionOfType(PipeTimeoutException.class).isThrownBy(client::connect)
			.withMessageContaining("300 ms");

		assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(295), SOON);
	}

	// 14
	@Test
	void missingServerFailsAtOnceWithoutWaitForServer() throws Exception {
		PipeClient client = client().waitForServer(false).connectTimeout(Duration.ofMinutes(1)).build();
		long start = System.nanoTime();

		assertThatExceptionOfType(PipeNotFoundException.class).isThrownBy(client::connect);

		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
	}

	// 15
	@Test
	void waitingClientConnectsSoonAfterTheServerAppears() {
		await().atMost(SOON).untilAsserted(() -> {
			Future<Long> connectedAt = async(() -> {
				connected(client().connectTimeout(SOON));
				return System.nanoTime();
			});
			assertThatExceptionOfType(TimeoutException.class)
				.isThrownBy(() -> connectedAt.get(100, TimeUnit.MILLISECONDS));

			long startedAt = System.nanoTime();
			try (PipeServer server = started(server())) {
				assertThat(Duration.ofNanos(get(connectedAt) - startedAt)).isLessThan(Duration.ofMillis(1000));
			}
		});
	}

	// 16
	@Test
	void stopEndsAConnectWait() throws Exception {
		PipeClient client = client().connectTimeout(Duration.ofMinutes(5)).build();
		Future<PipeConnection> connecting = async(client::connect);
		assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> connecting.get(100, TimeUnit.MILLISECONDS));

		client.stop();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(connecting))
			.withCauseInstanceOf(PipeClosedException.class);
	}

	// 19
	@Test
	void clientsThatLeaveAtOnceDoNotEndTheAcceptLoop() throws Exception {
		PipeServer server = echoing(server());
		PipeClient client = client().build();
		for (int i = 0; i < 1000; i++) {
			client.connect().close();
		}

		assertEchoes(connected(client()), "still accepting");

		await().atMost(SOON)
			.untilAsserted(() -> assertThat(server.statistics().closed(CloseReason.PEER)).isEqualTo(1000));
		assertThat(server.statistics().accepted()).isEqualTo(1001);
		await().atMost(SOON).until(() -> server.instanceCount() == 1);
	}

	// 21
	@Test
	void writeOnReadOnlyEndIsRefused() throws Exception {
		PipeServer server = started(server().direction(PipeDirection.IN));
		PipeConnection clientEnd = connected(client().direction(PipeDirection.OUT));
		PipeConnection serverEnd = server.accept();

		assertThatExceptionOfType(PipeAccessDeniedException.class).isThrownBy(() -> serverEnd.write(bytes("no")));
		assertThatExceptionOfType(PipeAccessDeniedException.class).isThrownBy(() -> readText(clientEnd));

		clientEnd.write(bytes("yes"));
		assertThat(readText(serverEnd)).isEqualTo("yes");
	}

	// 34
	@Test
	void readOnWriteOnlyEndIsRefused() throws Exception {
		PipeServer server = started(server().direction(PipeDirection.OUT));
		PipeConnection clientEnd = connected(client().direction(PipeDirection.IN));
		PipeConnection serverEnd = server.accept();

		assertThatExceptionOfType(PipeAccessDeniedException.class).isThrownBy(() -> readText(serverEnd));
		assertThatExceptionOfType(PipeAccessDeniedException.class).isThrownBy(() -> clientEnd.write(bytes("no")));

		serverEnd.write(bytes("yes"));
		assertThat(readText(clientEnd)).isEqualTo("yes");
	}

	// 22
	@Test
	void hundredClientsAtOnceAreAllServed() throws Exception {
		PipeServer server = echoing(server());
		CountDownLatch go = new CountDownLatch(1);
		List<Future<Boolean>> clients = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			String text = "client " + i;
			clients.add(async(() -> {
				go.await();
				try (PipeConnection connection = client().connectTimeout(SOON).build().connect()) {
					assertEchoes(connection, text);
				}
				return true;
			}));
		}

		go.countDown();

		for (Future<Boolean> client : clients) {
			assertThat(get(client)).isTrue();
		}
		assertThat(server.statistics().accepted()).isEqualTo(100);
	}

	// 23
	@Test
	void stopEndsAPendingAccept() throws Exception {
		PipeServer server = started(server());
		Future<PipeConnection> accepting = async(server::accept);
		assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> accepting.get(100, TimeUnit.MILLISECONDS));

		server.stop();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(accepting))
			.withCauseInstanceOf(PipeClosedException.class);
	}

	// 23
	@Test
	void clientsInTheQueueSeeACloseWhenTheServerStops() throws Exception {
		assumeTrue(transport().capabilities().contains(Capability.HALF_CLOSE), "has a backlog");
		PipeServer server = started(server());
		PipeConnection queued = connected(client());

		server.stop();

		assertThat(get(async(() -> queued.read(ByteBuffer.allocate(1))))).isEqualTo(-1);
	}

	// 26
	@Test
	void everythingAfterStopSaysClosed() throws Exception {
		PipeServer server = started(server());
		PipeConnection clientEnd = connected(client());
		PipeConnection serverEnd = server.accept();
		List<Future<?>> stops = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			stops.add(async(() -> {
				server.stop();
				return null;
			}));
		}
		serverEnd.close();
		for (Future<?> stop : stops) {
			get(stop);
		}

		assertThatExceptionOfType(PipeClosedException.class).isThrownBy(server::accept);
		assertThatExceptionOfType(PipeClosedException.class).isThrownBy(() -> readText(serverEnd));
		assertThatExceptionOfType(PipeClosedException.class).isThrownBy(() -> serverEnd.write(bytes("x")));
		assertThat(server.isRunning()).isFalse();
		assertThat(server.connections()).isEmpty();
		assertThat(readText(clientEnd)).isNull();
	}

	// 27
	@Test
	void pendingReadOfServerSeesEndOfStreamWhenClientLeaves() throws Exception {
		PipeServer server = started(server());
		PipeConnection clientEnd = connected(client());
		PipeConnection serverEnd = server.accept();
		Future<@Nullable String> reading = async(() -> readText(serverEnd));

		clientEnd.close();

		assertThat(get(reading)).isNull();
	}

	// 27
	@Test
	void pendingReadOfClientSeesEndOfStreamWhenServerLeaves() throws Exception {
		PipeServer server = started(server());
		PipeConnection clientEnd = connected(client());
		PipeConnection serverEnd = server.accept();
		Future<@Nullable String> reading = async(() -> readText(clientEnd));

		serverEnd.close();

		assertThat(get(reading)).isNull();
	}

	@Test
	void pendingReadEndsWhenItsOwnEndIsClosed() throws Exception {
		PipeServer server = started(server());
		connected(client());
		PipeConnection serverEnd = server.accept();
		CountDownLatch begun = new CountDownLatch(1);
		Future<@Nullable String> reading = async(() -> {
			begun.countDown();
			return readText(serverEnd);
		});
		begun.await();

		serverEnd.close(CloseReason.OPERATOR);

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(reading))
			.withCauseInstanceOf(PipeClosedException.class)
			.withMessageContaining("operator");
	}

	@Test
	void pendingReadSeesEndOfStreamWhenItsInputIsEnded() throws Exception {
		PipeServer server = started(server());
		PipeConnection clientEnd = connected(client());
		PipeConnection serverEnd = server.accept();
		Future<@Nullable String> reading = async(() -> readText(serverEnd));

		serverEnd.endInput();

		assertThat(get(reading)).isNull();
		serverEnd.write(bytes("output goes on"));
		assertThat(readText(clientEnd)).isEqualTo("output goes on");
	}

	// 28
	@Test
	void dataWrittenBeforeACloseArrivesInFull() throws Exception {
		PipeServer server = started(server());
		PipeConnection clientEnd = connected(client());
		PipeConnection serverEnd = server.accept();
		byte[] data = random(40_000);
		serverEnd.write(ByteBuffer.wrap(data));
		assertThat(serverEnd.drain(Duration.ofMillis(50))).isIn(true, false);

		serverEnd.close();
		await().pollDelay(Duration.ofMillis(500)).until(() -> true);

		assertThat(readFully(clientEnd, data.length)).isEqualTo(data);
		assertThat(readText(clientEnd)).isNull();
	}

	// 29
	@Test
	void serverThatClosesWithUnreadBytesIsReadAndThenEnds() throws Exception {
		PipeServer server = started(server());
		PipeConnection clientEnd = connected(client());
		PipeConnection serverEnd = server.accept();
		clientEnd.write(bytes("never read"));
		serverEnd.write(bytes("last words"));

		serverEnd.close();

		assertThat(readText(clientEnd)).isEqualTo("last words");
		assertThat(readText(clientEnd)).isNull();
	}

	// 30
	@Test
	void writeAfterThePeersCloseFailsClearlyAndRemovesTheConnection() throws Exception {
		PipeServer server = started(server());
		PipeConnection clientEnd = connected(client());
		PipeConnection serverEnd = server.accept();
		clientEnd.close();

		assertThatExceptionOfType(PipeException.class).isThrownBy(() -> {
			for (int i = 0; i < 1000; i++) {
				serverEnd.write(ByteBuffer.wrap(random(1000)));
			}
		}).withMessageMatching("(?s).*(left|closed).*");

		assertThat(server.connections()).isEmpty();
		assertThat(server.statistics().closed(CloseReason.PEER)).isEqualTo(1);
		assertThat(server.statistics().current()).isZero();
	}

	// 31
	@Test
	void pendingWriteFailsWhenThePeerLeaves() throws Exception {
		PipeServer server = started(server());
		PipeConnection clientEnd = connected(client());
		PipeConnection serverEnd = server.accept();
		Future<@Nullable Void> writing = async(() -> {
			while (true) {
				serverEnd.write(ByteBuffer.wrap(new byte[10_000]));
			}
		});
		awaitStandstill(serverEnd);

		clientEnd.close();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(writing))
			.withCauseInstanceOf(PipeException.class);
		assertThat(server.connections()).isEmpty();
	}

	@Test
	void whenALargeWriteFailsThenTheBufferHasItsLimitAsBefore() throws Exception {
		assumeTrue(mode() == TransmissionMode.BYTE, "a stream");
		PipeServer server = started(server());
		PipeConnection clientEnd = connected(client());
		PipeConnection serverEnd = server.accept();
		ByteBuffer large = ByteBuffer.allocate(4 * 1024 * 1024);
		Future<@Nullable Void> writing = async(() -> {
			serverEnd.write(ByteBuffer.allocate(1), large);
			return null;
		});
		readFully(clientEnd, 1024 * 1024);

		clientEnd.close();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(writing))
			.withCauseInstanceOf(PipeException.class);
		assertThat(large.limit()).isEqualTo(large.capacity());
		assertThat(large.position()).isBetween(512 * 1024, large.capacity() - 1);
	}

	private static void awaitStandstill(PipeConnection connection) {
		AtomicInteger same = new AtomicInteger();
		long[] last = { -1 };
		await().atMost(SOON).pollInterval(Duration.ofMillis(20)).until(() -> {
			long now = connection.statistics().bytesOut();
			same.set((now == last[0] && now > 0) ? same.get() + 1 : 0);
			last[0] = now;
			return same.get() > 5;
		});
	}

	// 32
	@Test
	void tenMebibytesArriveIntact() throws Exception {
		assumeTrue(mode() == TransmissionMode.BYTE, "a stream");
		PipeServer server = started(server());
		PipeConnection clientEnd = connected(client());
		PipeConnection serverEnd = server.accept();
		byte[] data = random(10 * 1024 * 1024);
		Future<byte[]> reading = async(() -> readFully(serverEnd, data.length));

		clientEnd.write(ByteBuffer.wrap(data));

		assertThat(Arrays.equals(get(reading), data)).isTrue();
		assertThat(serverEnd.statistics().bytesIn()).isEqualTo(data.length);
		assertThat(clientEnd.statistics().bytesOut()).isEqualTo(data.length);
	}

	// 32
	@Test
	void singleByteWritesArriveIntact() throws Exception {
		PipeServer server = started(server());
		PipeConnection clientEnd = connected(client());
		PipeConnection serverEnd = server.accept();
		byte[] data = random(5_000);
		Future<byte[]> reading = async(() -> readFully(serverEnd, data.length));

		try (OutputStream output = clientEnd.outputStream()) {
			for (byte value : data) {
				output.write(value);
			}
		}

		assertThat(get(reading)).isEqualTo(data);
	}

	@Test
	void severalBuffersAreWrittenInOrder() throws Exception {
		PipeServer server = started(server());
		PipeConnection clientEnd = connected(client());
		PipeConnection serverEnd = server.accept();
		byte[] large = random(100_000);
		Future<byte[]> reading = async(() -> readFully(serverEnd, large.length + 8));

		clientEnd.write(bytes("head"), ByteBuffer.allocate(0), ByteBuffer.wrap(large), bytes("tail"));

		byte[] all = get(reading);
		assertThat(new String(all, 0, 4, StandardCharsets.UTF_8)).isEqualTo("head");
		assertThat(Arrays.copyOfRange(all, 4, 4 + large.length)).isEqualTo(large);
		assertThat(new String(all, 4 + large.length, 4, StandardCharsets.UTF_8)).isEqualTo("tail");
	}

	@Test
	void writesOfSeveralThreadsAreNotInterleaved() throws Exception {
		PipeServer server = started(server());
		PipeConnection clientEnd = connected(client());
		PipeConnection serverEnd = server.accept();
		int size = 3_000;
		int each = 50;
		List<Future<?>> writers = new ArrayList<>();
		for (int thread = 0; thread < 4; thread++) {
			byte[] data = new byte[size];
			Arrays.fill(data, (byte) thread);
			writers.add(async(() -> {
				for (int i = 0; i < each; i++) {
					clientEnd.write(ByteBuffer.wrap(data, 0, 10), ByteBuffer.wrap(data, 10, size - 10));
				}
				return null;
			}));
		}

		byte[] all = readFully(serverEnd, 4 * each * size);

		for (int start = 0; start < all.length; start += size) {
			Set<Byte> values = new HashSet<>();
			for (int i = start; i < start + size; i++) {
				values.add(all[i]);
			}
			assertThat(values).hasSize(1);
		}
		for (Future<?> writer : writers) {
			get(writer);
		}
	}

	// 33
	@Test
	void bothSidesWriteAMebibyteWhileReading() throws Exception {
		PipeServer server = started(server());
		PipeConnection clientEnd = connected(client());
		PipeConnection serverEnd = server.accept();
		int chunk = 32 * 1024;
		List<Future<?>> calls = new ArrayList<>();
		for (PipeConnection end : List.of(clientEnd, serverEnd)) {
			calls.add(async(() -> {
				for (int i = 0; i < 32; i++) {
					end.write(ByteBuffer.wrap(new byte[chunk]));
				}
				return null;
			}));
			calls.add(async(() -> {
				assertThat(readFully(end, 32 * chunk)).hasSize(32 * chunk);
				return null;
			}));
		}
		for (Future<?> call : calls) {
			get(call);
		}
	}

	@Test
	void whenFramedThenMessagesArriveWhole() throws Exception {
		PipeServer server = started(server());
		PipeConnection clientEnd = connected(client());
		PipeConnection serverEnd = server.accept();
		assumeTrue(clientEnd.transmissionMode() == TransmissionMode.BYTE, "a stream");
		PayloadFormat text = PayloadFormat.text(StandardCharsets.UTF_8);
		String payload = "\"" + "hé".repeat(5000) + "\"";

		for (MessageFraming framing : List.of(MessageFraming.contentLength(), MessageFraming.varint(),
				MessageFraming.netstring(), MessageFraming.stxEtx(), MessageFraming.json(),
				MessageFraming.lengthHeader(LengthHeader.of(3, ByteOrder.nativeOrder()).adjustment(-3)))) {
			try (MessageWriter writer = framing.writer(clientEnd, text);
					MessageReader reader = framing.reader(serverEnd, text)) {
				writer.write(payload);
				writer.write("\"\"");

				assertThat(reader.read()).as("%s", framing).isEqualTo(payload);
				assertThat(reader.read()).isEqualTo("\"\"");
			}
		}
	}

	private PipeConnection timed(PipeConnection connection) throws IOException {
		connection.enableTimedReads();
		return connection;
	}

	private void assumeTimedReads() {
		assumeTrue(mode() == TransmissionMode.BYTE, "a stream");
		assumeTrue(transport().supports(Capability.TIMED_READS), "has timed reads");
	}

	@Test
	void whenTimeOfReadIsUpThenConnectionIsAsBefore() throws Exception {
		assumeTimedReads();
		PipeServer server = started(server());
		PipeConnection clientEnd = timed(connected(client()));
		PipeConnection serverEnd = server.accept();
		ByteBuffer buffer = ByteBuffer.allocate(16);

		for (Duration timeout : List.of(Duration.ZERO, Duration.ofNanos(1), Duration.ofMillis(20))) {
			assertThatExceptionOfType(PipeTimeoutException.class).isThrownBy(() -> clientEnd.read(buffer, timeout));
		}

		assertThat(buffer.position()).isZero();
		assertThat(clientEnd.available()).isZero();
		clientEnd.write(bytes("ping"));
		assertThat(readText(serverEnd)).isEqualTo("ping");
		serverEnd.write(bytes("pong"));
		assertThat(clientEnd.read(buffer, SOON)).isEqualTo(4);
		serverEnd.write(bytes("more"));
		assertThat(readText(clientEnd)).isEqualTo("more");
	}

	@Test
	void whenReadsTimeOutAllTheWhileThenNoByteIsLost() throws Exception {
		assumeTimedReads();
		PipeServer server = started(server());
		PipeConnection clientEnd = timed(connected(client()));
		PipeConnection serverEnd = server.accept();
		byte[] sent = random(200_000);

		Future<?> writing = async(() -> {
			Random sizes = new Random(1);
			for (int next = 0; next < sent.length;) {
				int size = Math.min(1 + sizes.nextInt(400), sent.length - next);
				serverEnd.write(ByteBuffer.wrap(sent, next, size));
				next += size;
				Thread.yield();
			}
			return null;
		});
		ByteBuffer received = ByteBuffer.allocate(sent.length);
		int timeouts = 0;
		while (received.hasRemaining()) {
			try {
				clientEnd.read(received, Duration.ofNanos((timeouts % 3) * 50_000L));
			}
			catch (PipeTimeoutException ex) {
				timeouts++;
			}
		}

		get(writing);
		assertThat(timeouts).isPositive();
		assertThat(received.array()).isEqualTo(sent);
	}

	@Test
	void whenWriteIsBlockedThenTimedReadIsNot() throws Exception {
		assumeTimedReads();
		PipeServer server = started(server());
		PipeConnection clientEnd = timed(connected(client()));
		PipeConnection serverEnd = server.accept();
		byte[] sent = random(4 * 1024 * 1024);
		Future<?> writing = async(() -> {
			clientEnd.write(ByteBuffer.wrap(sent));
			return null;
		});
		assertThat(readFully(serverEnd, 1)).hasSize(1);

		assertThatExceptionOfType(PipeTimeoutException.class)
			.isThrownBy(() -> clientEnd.read(ByteBuffer.allocate(1), Duration.ofMillis(20)));
		serverEnd.write(bytes("x"));
		assertThat(clientEnd.read(ByteBuffer.allocate(1), SOON)).isOne();

		assertThat(writing.isDone()).isFalse();
		assertThat(readFully(serverEnd, sent.length - 1)).isEqualTo(Arrays.copyOfRange(sent, 1, sent.length));
		get(writing);
	}

	@Test
	void whenBytesAreThereThenTheyAreAvailable() throws Exception {
		assumeTimedReads();
		PipeServer server = started(server());
		PipeConnection clientEnd = timed(connected(client()));
		PipeConnection serverEnd = server.accept();

		serverEnd.write(bytes("abcdef"));
		await().atMost(SOON).until(() -> clientEnd.available() == 6);
		ByteBuffer some = ByteBuffer.allocate(2);
		clientEnd.read(some, Duration.ZERO);

		assertThat(clientEnd.available()).isEqualTo(4);
		assertThat(readFully(clientEnd, 4)).isEqualTo("cdef".getBytes(StandardCharsets.UTF_8));
		serverEnd.close();
		assertThat(clientEnd.read(some.clear(), SOON)).isEqualTo(-1);
		assertThat(clientEnd.available()).isZero();
		assertThat(clientEnd.read(some.clear(), SOON)).isEqualTo(-1);
	}

	@Test
	void whenConnectionIsClosedThenTimedReadAndWriteEnd() throws Exception {
		assumeTimedReads();
		PipeServer server = started(server());
		PipeConnection clientEnd = timed(connected(client()));
		PipeConnection serverEnd = timed(server.accept());
		Future<?> reading = async(() -> clientEnd.read(ByteBuffer.allocate(1), SOON));
		Future<?> writing = async(() -> {
			clientEnd.write(ByteBuffer.allocate(8 * 1024 * 1024));
			return null;
		});
		assertThat(readFully(serverEnd, 1)).hasSize(1);
		await().atMost(SOON).until(clientEnd::isBeingRead);

		clientEnd.close();

		for (Future<?> blocked : List.of(reading, writing)) {
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(blocked))
				.withCauseInstanceOf(PipeClosedException.class);
		}
		assertThatExceptionOfType(PipeClosedException.class).isThrownBy(clientEnd::available);
	}

	@Test
	void whenInputIsEndedThenTimedReadGivesEndOfStream() throws Exception {
		assumeTimedReads();
		PipeServer server = started(server());
		PipeConnection clientEnd = timed(connected(client()));
		PipeConnection serverEnd = server.accept();
		Future<Integer> reading = async(() -> clientEnd.read(ByteBuffer.allocate(1), SOON));
		await().atMost(SOON).until(clientEnd::isBeingRead);

		clientEnd.endInput();

		assertThat(get(reading)).isEqualTo(-1);
		clientEnd.write(bytes("still"));
		assertThat(readText(serverEnd)).isEqualTo("still");
	}

	@Test
	void whenInputIsIgnoredThenReadEndsAndPeerMayStillWrite() throws Exception {
		assumeTimedReads();
		PipeServer server = started(server());
		PipeConnection clientEnd = timed(connected(client()));
		PipeConnection serverEnd = server.accept();
		Future<Integer> reading = async(() -> clientEnd.read(ByteBuffer.allocate(1), SOON));
		await().atMost(SOON).until(clientEnd::isBeingRead);

		clientEnd.ignoreInput();

		assertThat(get(reading)).isEqualTo(-1);
		serverEnd.write(bytes("unread"));
		serverEnd.write(bytes("unread"));
		clientEnd.write(bytes("still"));
		assertThat(readText(serverEnd)).isEqualTo("still");
		assertThat(clientEnd.isOpen()).isTrue();
	}

	@Test
	void whenInputIsIgnoredThenWhatComesIsNotRead() throws Exception {
		assumeTimedReads();
		PipeServer server = started(server());
		PipeConnection clientEnd = timed(connected(client()));
		PipeConnection serverEnd = server.accept();
		ByteBuffer buffer = ByteBuffer.allocate(16);
		serverEnd.write(bytes("ahead"));
		await().atMost(SOON).until(() -> clientEnd.available() == 5);

		clientEnd.ignoreInput();

		serverEnd.write(bytes("unread"));
		assertThat(clientEnd.read(buffer)).isEqualTo(-1);
		assertThat(clientEnd.read(buffer, SOON)).isEqualTo(-1);
		assertThat(clientEnd.available()).isZero();
		assertThat(clientEnd.hasPending()).isFalse();
		assertThat(clientEnd.pendingInput()).isEqualTo(PendingInput.END);
	}

	@Test
	void whenInputIsEndedThenWhatIsLeftIsNotRead() throws Exception {
		PipeServer server = started(server());
		PipeConnection clientEnd = connected(client());
		PipeConnection serverEnd = server.accept();
		ByteBuffer first = ByteBuffer.allocate(1);
		serverEnd.write(bytes("ahead"));
		assertThat(clientEnd.read(first)).isOne();
		if (mode() == TransmissionMode.BYTE) {
			clientEnd.unread(first.flip());
		}

		clientEnd.endInput();

		assertThat(clientEnd.read(first.clear())).isEqualTo(-1);
		assertThat(clientEnd.hasPending()).isFalse();
		assertThat(clientEnd.isOpen()).isTrue();
	}

	@Test
	void whenInputIsIgnoredThenIdleTimeoutHolds() throws Exception {
		assumeTimedReads();
		PipeServer server = started(server());
		PipeConnection clientEnd = timed(connected(client().idleTimeout(Duration.ofMillis(200))));
		PipeConnection serverEnd = server.accept();
		serverEnd.write(bytes("unread"));

		clientEnd.ignoreInput();

		await().atMost(SOON).until(() -> !clientEnd.isOpen());
		assertThat(clientEnd.closeReason()).contains(CloseReason.IDLE);
	}

	@Test
	void whenTimedReadsAreEnabledThenSupervisorMayLookForInput() throws Exception {
		assumeTimedReads();
		PipeServer server = started(server());
		PipeClient client = closing(client().build());
		CyclicBarrier together = new CyclicBarrier(2);

		for (int i = 0; i < 100; i++) {
			try (PipeConnection clientEnd = client.connect(); PipeConnection serverEnd = server.accept()) {
				Future<Boolean> looking = async(() -> {
					together.await();
					boolean found = false;
					for (int look = 0; look < 20; look++) {
						found |= serverEnd.hasPending();
					}
					return found;
				});
				together.await();
				serverEnd.enableTimedReads();

				assertThat(get(looking)).isFalse();
				clientEnd.write(bytes("x"));
				assertThat(serverEnd.read(ByteBuffer.allocate(1), SOON)).isOne();
			}
		}
	}

	@Test
	void whenOutputIsAbortedThenBlockedWriteFails() throws Exception {
		assumeTimedReads();
		assumeTrue(transport().supports(Capability.HALF_CLOSE), "has a half-close");
		PipeServer server = started(server());
		PipeConnection clientEnd = timed(connected(client()));
		PipeConnection serverEnd = server.accept();
		int size = 8 * 1024 * 1024;
		Future<?> writing = async(() -> {
			clientEnd.write(ByteBuffer.allocate(size));
			return null;
		});
		assertThat(readFully(serverEnd, 1)).hasSize(1);

		clientEnd.abortOutput();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(writing))
			.withCauseInstanceOf(PipeClosedException.class)
			.withMessageContaining("output");
		assertThat(serverEnd.inputStream().readAllBytes()).hasSizeLessThan(size - 1);
		serverEnd.write(bytes("still"));
		assertThat(readText(clientEnd)).isEqualTo("still");
	}

	@Test
	void whenThreadIsInterruptedThenTimedReadClosesConnection() throws Exception {
		assumeTimedReads();
		PipeServer server = started(server());
		PipeConnection clientEnd = timed(connected(client()));
		PipeConnection serverEnd = server.accept();
		AtomicReference<Thread> thread = new AtomicReference<>();
		Future<Boolean> reading = async(() -> {
			thread.set(Thread.currentThread());
			assertThatExceptionOfType(PipeException.class)
				.isThrownBy(() -> clientEnd.read(ByteBuffer.allocate(1), SOON))
				.isNotInstanceOf(PipeTimeoutException.class);
			return Thread.interrupted();
		});
		await().atMost(SOON).until(clientEnd::isBeingRead);

		thread.get().interrupt();

		assertThat(get(reading)).isTrue();
		assertThat(clientEnd.isOpen()).isFalse();
		assertThat(readText(serverEnd)).isNull();
	}

	@Test
	void whenTimedReadsAreNotEnabledThenThereAreNone() throws Exception {
		PipeServer server = started(server());
		PipeConnection clientEnd = connected(client());
		server.accept();

		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> clientEnd.read(ByteBuffer.allocate(1), SOON))
			.withMessageContaining("enableTimedReads");
		if (mode() == TransmissionMode.MESSAGE) {
			assertThatExceptionOfType(PipeUnsupportedException.class).isThrownBy(clientEnd::enableTimedReads);
		}
		assertThat(clientEnd.isOpen()).isTrue();
	}

	@Test
	void whenStreamIsTheMessageThenHalfCloseEndsIt() throws Exception {
		assumeTrue(transport().capabilities().contains(Capability.HALF_CLOSE), "has a half-close");
		PipeServer server = started(server());
		PipeConnection clientEnd = connected(client());
		PipeConnection serverEnd = server.accept();
		assumeTrue(clientEnd.transmissionMode() == TransmissionMode.BYTE, "a stream");
		MessageFraming framing = MessageFraming.untilClose();
		PayloadFormat text = PayloadFormat.text(StandardCharsets.UTF_8);

		framing.writer(clientEnd, text).write("question");
		assertThat(framing.reader(serverEnd, text).read()).isEqualTo("question");
		framing.writer(serverEnd, text).write("answer");

		assertThat(framing.reader(clientEnd, text).read()).isEqualTo("answer");
	}

	// 35
	@Test
	void halfClosedPeerStillGetsItsReply() throws Exception {
		assumeTrue(transport().capabilities().contains(Capability.HALF_CLOSE), "has a half-close");
		PipeServer server = started(server());
		PipeConnection clientEnd = connected(client());
		PipeConnection serverEnd = server.accept();
		clientEnd.write(bytes("question"));
		clientEnd.endOutput();

		assertThat(readText(serverEnd)).isEqualTo("question");
		assertThat(readText(serverEnd)).isNull();
		serverEnd.write(bytes("answer"));
		serverEnd.close();

		assertThat(readText(clientEnd)).isEqualTo("answer");
		assertThat(readText(clientEnd)).isNull();
	}

	@Test
	void writeAfterTheEndOfTheOutputFailsAndLeavesTheConnectionOpen() throws Exception {
		assumeTrue(transport().capabilities().contains(Capability.HALF_CLOSE), "half close");
		PipeServer server = started(server());
		PipeConnection clientEnd = connected(client());
		PipeConnection serverEnd = server.accept();
		clientEnd.endOutput();

		assertThatExceptionOfType(PipeClosedException.class).isThrownBy(() -> clientEnd.write(bytes("late")));

		serverEnd.write(bytes("reply"));
		assertThat(readText(clientEnd)).isEqualTo("reply");
	}

	@Test
	void streamsReadAndWrite() throws Exception {
		PipeServer server = started(server());
		PipeConnection clientEnd = connected(client());
		PipeConnection serverEnd = server.accept();
		try (OutputStream output = clientEnd.outputStream()) {
			output.write("through streams".getBytes(StandardCharsets.UTF_8));
		}

		try (InputStream input = serverEnd.inputStream()) {
			assertThat(new String(input.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("through streams");
		}
	}

	// 37
	@Test
	void messagesKeepTheirBoundaries() throws Exception {
		assumeTrue(mode() == TransmissionMode.MESSAGE, "has messages");
		PipeServer server = echoing(server());
		PipeConnection clientEnd = connected(client());

		for (int size : new int[] { 4, 2, 4, 1, 100, 4096, 65_536, 65_537, 200_000 }) {
			byte[] message = random(size);
			clientEnd.writeMessage(ByteBuffer.wrap(message));
			assertThat(clientEnd.readMessage()).isEqualTo(message);
		}
		assertThat(server.statistics().messagesIn()).isEqualTo(9);
	}

	// 37
	@Test
	void thousandMessagesBackToBackAreAThousandMessages() throws Exception {
		assumeTrue(mode() == TransmissionMode.MESSAGE, "has messages");
		PipeServer server = started(server());
		PipeConnection clientEnd = connected(client());
		PipeConnection serverEnd = server.accept();
		Future<List<Integer>> sizes = async(() -> {
			List<Integer> read = new ArrayList<>();
			byte[] message = serverEnd.readMessage();
			while (message != null) {
				assertThat(message).isEqualTo(random(message.length));
				read.add(message.length);
				message = serverEnd.readMessage();
			}
			return read;
		});

		for (int i = 1; i <= 1000; i++) {
			clientEnd.writeMessage(ByteBuffer.wrap(random(i)));
		}
		clientEnd.close();

		assertThat(get(sizes)).hasSize(1000).isSorted().startsWith(1).endsWith(1000);
	}

	// 38
	@Test
	void messageLargerThanTheReadComesInPartsAndEndsWhereItEnds() throws Exception {
		assumeTrue(mode() == TransmissionMode.MESSAGE, "has messages");
		PipeServer server = started(server());
		PipeConnection clientEnd = connected(client());
		PipeConnection serverEnd = server.accept();
		clientEnd.writeMessage(bytes("abcde"));
		clientEnd.writeMessage(bytes("f"));
		ByteBuffer buffer = ByteBuffer.allocate(3);

		assertThat(serverEnd.read(buffer)).isEqualTo(3);
		assertThat(serverEnd.isMessageComplete()).isFalse();
		assertThat(serverEnd.read(buffer.clear())).isEqualTo(2);
		assertThat(serverEnd.isMessageComplete()).isTrue();
		assertThat(serverEnd.readMessage()).isEqualTo(new byte[] { 'f' });
	}

	// 39
	@Test
	void emptyMessageIsAMessageAndNotTheEndOfTheStream() throws Exception {
		assumeTrue(mode() == TransmissionMode.MESSAGE, "has messages");
		PipeServer server = started(server());
		PipeConnection clientEnd = connected(client());
		PipeConnection serverEnd = server.accept();
		clientEnd.writeMessage(ByteBuffer.allocate(0));
		clientEnd.writeMessage(bytes("x"));
		clientEnd.writeMessage(ByteBuffer.allocate(0));
		clientEnd.close();

		assertThat(serverEnd.readMessage()).isEmpty();
		assertThat(serverEnd.readMessage()).isEqualTo(new byte[] { 'x' });
		assertThat(serverEnd.readMessage()).isEmpty();
		assertThat(serverEnd.readMessage()).isNull();
		assertThat(serverEnd.statistics().messagesIn()).isEqualTo(3);
	}

	// 40
	@Test
	void messageBeyondTheMaximumIsRefusedBeforeAnythingIsSent() throws Exception {
		assumeTrue(mode() == TransmissionMode.MESSAGE, "has messages");
		echoing(server().maxMessageSize(1000));
		PipeConnection clientEnd = connected(client().maxMessageSize(1000));

		assertThatExceptionOfType(MessageTooLargeException.class)
			.isThrownBy(() -> clientEnd.writeMessage(ByteBuffer.allocate(1001)))
			.withMessageContaining("1001")
			.withMessageContaining("1000");

		clientEnd.writeMessage(ByteBuffer.wrap(random(1000)));
		assertThat(clientEnd.readMessage()).isEqualTo(random(1000));
	}

	// 38
	@Test
	void messageBeyondTheMaximumOfTheReaderClosesThatConnectionAndIsNeverCut() throws Exception {
		assumeTrue(mode() == TransmissionMode.MESSAGE, "has messages");
		PipeServer server = started(server().maxMessageSize(1000));
		PipeConnection clientEnd = connected(client());
		PipeConnection serverEnd = server.accept();
		clientEnd.writeMessage(ByteBuffer.allocate(1001));

		assertThatExceptionOfType(MessageTooLargeException.class).isThrownBy(serverEnd::readMessage)
			.withMessageContaining("1001")
			.withMessageContaining("1000");

		assertThat(serverEnd.closeReason()).contains(CloseReason.PROTOCOL);
		assertEchoes(echoedBy(server), "others go on");
	}

	private PipeConnection echoedBy(PipeServer server) throws IOException {
		server.serve(PipeBehaviourTests::echo);
		return connected(client());
	}

	// 42
	@Test
	void peerThatNeverReadsIsDisconnectedAtTheWriteTimeout() throws Exception {
		PipeServer server = echoing(server().writeTimeout(Duration.ofSeconds(3)));
		PipeConnection deaf = connected(client());
		PipeConnection other = connected(client());
		assertEchoes(other, "before");
		Future<@Nullable Void> flood = async(() -> {
			while (true) {
				deaf.write(ByteBuffer.wrap(new byte[10_000]));
			}
		});

		await().atMost(SOON).until(() -> server.statistics().closed(CloseReason.WRITE_TIMEOUT) == 1);

		assertEchoes(other, "after");
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(flood))
			.withCauseInstanceOf(PipeException.class);
		assertThat(server.instanceCount()).isEqualTo(1);
	}

	// 44
	@Test
	void idleConnectionIsClosedAndABusyOneIsNot() throws Exception {
		PipeServer server = echoing(server().idleTimeout(Duration.ofSeconds(3)));
		PipeConnection silent = connected(client());
		PipeConnection busy = connected(client());
		assertEchoes(silent, "once");

		await().atMost(SOON).pollInterval(Duration.ofMillis(50)).until(() -> {
			assertEchoes(busy, "again");
			return server.statistics().closed(CloseReason.IDLE) > 0;
		});

		assertThat(readText(silent)).isNull();
		assertEchoes(busy, "still open");
	}

	@Test
	void handlerThatIsBusyWhenTheServerStopsCanFinish() throws Exception {
		CountDownLatch inHand = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		BlockingQueue<PipeConnection> serverEnd = new LinkedBlockingQueue<>();
		PipeServer server = started(server());
		server.serve((connection) -> {
			String request = readText(connection);
			serverEnd.add(connection);
			inHand.countDown();
			goOn.await();
			connection.write(bytes("reply to " + request));
		});
		PipeConnection clientEnd = connected(client());
		clientEnd.write(bytes("request"));
		inHand.await();

		Future<?> stopping = async(() -> {
			server.stop();
			return null;
		});
		await().atMost(SOON).until(serverEnd.element()::isStopping);
		goOn.countDown();

		assertThat(readText(clientEnd)).isEqualTo("reply to request");
		assertThat(readText(clientEnd)).isNull();
		get(stopping);
		assertThat(server.statistics().closed(CloseReason.STOP)).isEqualTo(1);
	}

	@Test
	void stopIsBoundedByTheDrainTimeout() throws Exception {
		PipeServer server = started(server().drainTimeout(Duration.ofMillis(200)));
		CountDownLatch inHand = new CountDownLatch(1);
		server.serve((connection) -> {
			inHand.countDown();
			new CountDownLatch(1).await(1, TimeUnit.MINUTES);
		});
		connected(client());
		inHand.await();
		long start = System.nanoTime();

		server.stop();

		assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(190), SOON);
		assertThat(server.connections()).isEmpty();
	}

	@Test
	void userBeyondItsLimitIsTurnedAwayAndOthersAreNot() throws Exception {
		assumeTrue(transport().capabilities().contains(Capability.PEER_USER_ID), "knows the user");
		List<String> rejected = new CopyOnWriteArrayList<>();
		PipeServer server = echoing(server().maxConnectionsPerUser(2).listener(new PipeListener() {

			@Override
			public void rejected(PipePeer peer, RejectReason reason, String message) {
				rejected.add(reason.tag());
			}

		}));
		PipeConnection first = connected(client());
		assertEchoes(first, "one");
		assertEchoes(connected(client()), "two");

		PipeConnection third = connected(client());

		assertThat(exchangeOrNull(third)).isNull();
		await().atMost(SOON).untilAsserted(() -> assertThat(rejected).containsExactly("user-limit"));
		assertThat(server.statistics().rejected(RejectReason.USER_LIMIT)).isEqualTo(1);
		first.close();
		await().atMost(SOON).until(() -> server.instanceCount() == 1);
		assertEchoes(connected(client()), "free again");
	}

	private static @Nullable String exchangeOrNull(PipeConnection connection) {
		try {
			connection.write(bytes("?"));
			return readText(connection);
		}
		catch (IOException ex) {
			return null;
		}
	}

	@Test
	void handshakeThatDoesNotComeInTimeIsRejected() throws Exception {
		PipeServer server = started(server().handshakeTimeout(Duration.ofSeconds(5)));
		server.serve((connection) -> {
			connection.expectHandshake(server.handshakeTimeout().orElseThrow());
			readText(connection);
			connection.handshakeDone();
			connection.write(bytes("welcome"));
			echo(connection);
		});
		PipeConnection talking = connected(client());
		talking.write(bytes("hello"));
		assertThat(readText(talking)).isEqualTo("welcome");
		PipeConnection mute = connected(client());

		assertThat(readText(mute)).isNull();

		assertThat(server.statistics().rejected(RejectReason.HANDSHAKE)).isEqualTo(1);
		assertEchoes(talking, "not affected");
	}

	@Test
	void handshakeIsLimitedWithoutAnyOtherTimeLimit() throws Exception {
		PipeServer server = started(server().writeTimeout(null));
		server.serve((connection) -> {
			connection.expectHandshake(Duration.ofMillis(50));
			echo(connection);
		});

		assertThat(readText(connected(client()))).isNull();

		assertThat(server.statistics().rejected(RejectReason.HANDSHAKE)).isEqualTo(1);
	}

	@Test
	void listenerThatFailsWithAnErrorDoesNoHarm() throws Exception {
		PipeServer server = started(server().writeTimeout(null).listener(new PipeListener() {

			@Override
			public void opened(PipeConnection connection) {
				throw new AssertionError("opened");
			}

			@Override
			public void rejected(PipePeer peer, RejectReason reason, String message) {
				throw new AssertionError("rejected");
			}

		}));
		server.serve((connection) -> {
			String first = readText(connection);
			connection.write(bytes(String.valueOf(first)));
			connection.expectHandshake(Duration.ofMillis(50));
			echo(connection);
		});

		for (int i = 0; i < 2; i++) {
			PipeConnection connection = connected(client());
			assertEchoes(connection, "served");
			assertThat(readText(connection)).as("supervised").isNull();
		}
		assertThat(server.statistics().rejected(RejectReason.HANDSHAKE)).isEqualTo(2);
	}

	@Test
	void connectionIsQuietUntilSomethingComesOrThePeerLeaves() throws Exception {
		PipeServer server = started(server());
		PipeConnection asked = connected(client());
		PipeConnection answering = server.accept();
		PipeConnection left = connected(client());
		PipeConnection leaving = server.accept();
		assertThat(List.of(asked, answering, left, leaving)).allMatch(PipeConnection::isIdle);

		answering.write(bytes("unasked"));
		leaving.close();

		await().atMost(SOON).until(() -> asked.pendingInput() == PendingInput.DATA);
		await().atMost(SOON).until(() -> left.pendingInput() == PendingInput.END);
		assertThat(answering.isIdle()).isTrue();
		assertThat(leaving.isIdle()).isFalse();
	}

	@Test
	void whenThePeerLeavesWhatWasWrittenUnreadThenThatIsKnown() throws Exception {
		assumeTrue(transport().supports(Capability.HALF_CLOSE), "Windows tells nobody");
		PipeServer server = started(server());
		PipeConnection read = connected(client());
		PipeConnection reading = server.accept();
		PipeConnection unread = connected(client());
		PipeConnection leaving = server.accept();
		read.write(bytes("request"));
		unread.write(bytes("request"));
		assertThat(readText(reading)).isEqualTo("request");

		reading.close();
		leaving.close();

		assertThat(readText(read)).isNull();
		assertThat(readText(unread)).isNull();
		assertThat(read.peerLeftUnread()).isFalse();
		assertThat(unread.peerLeftUnread()).isTrue();
	}

	@Test
	void whenSomethingWaitsToBeReadThenAConnectionIsNotIdle() throws Exception {
		PipeServer server = started(server().idleTimeout(Duration.ofMillis(100)));
		PipeConnection sender = connected(client());
		sender.write(bytes("1"));
		PipeConnection accepted = server.accept();
		PipeConnection silent = connected(client());
		server.accept();

		assertThat(readText(silent)).isNull();

		await().during(Duration.ofMillis(500)).until(accepted::isOpen);
		assertThat(readText(accepted)).isEqualTo("1");
		assertThat(readText(sender)).isNull();
		assertThat(accepted.closeReason()).contains(CloseReason.IDLE);
	}

	@Test
	void emptyMessagesKeepAConnectionFromBeingIdle() throws Exception {
		assumeTrue(mode() == TransmissionMode.MESSAGE, "has messages");
		PipeServer server = echoing(server().idleTimeout(Duration.ofSeconds(4)));
		PipeConnection busy = connected(client());
		PipeConnection silent = connected(client());

		await().atMost(SOON).pollInterval(Duration.ofMillis(20)).until(() -> {
			busy.writeMessage(ByteBuffer.allocate(0));
			assertThat(busy.readMessage()).isEmpty();
			return server.statistics().closed(CloseReason.IDLE) > 0;
		});

		assertThat(readText(silent)).isNull();
		assertEchoes(busy, "busy");
	}

	@Test
	void listenerIsToldOfEachConnectionOnce() throws Exception {
		List<String> events = new CopyOnWriteArrayList<>();
		PipeServer server = echoing(server().listener(new PipeListener() {

			@Override
			public void opened(PipeConnection connection) {
				events.add("opened " + connection.id());
			}

			@Override
			public void closed(PipeConnection connection, CloseReason reason, @Nullable Throwable cause) {
				events.add("closed " + connection.id() + " " + reason.tag());
			}

		}));
		PipeConnection clientEnd = connected(client());
		assertEchoes(clientEnd, "hello");
		String id = server.connections().iterator().next().id();
		clientEnd.close();

		await().atMost(SOON).until(() -> server.instanceCount() == 0);
		await().atMost(SOON)
			.untilAsserted(() -> assertThat(events).containsExactly("opened " + id, "closed " + id + " peer"));
	}

	@Test
	void countersOfBothEndsAgree() throws Exception {
		PipeServer server = echoing(server());
		PipeClient client = closing(client().build());
		for (int i = 1; i <= 20; i++) {
			try (PipeConnection connection = client.connect()) {
				assertEchoes(connection, "x".repeat(i));
			}
		}

		await().atMost(SOON).until(() -> server.statistics().current() == 0);
		assertThat(server.statistics().bytesIn()).isEqualTo(210);
		assertThat(server.statistics().bytesOut()).isEqualTo(210);
		assertThat(client.statistics().bytesIn()).isEqualTo(210);
		assertThat(client.statistics().bytesOut()).isEqualTo(210);
		assertThat(client.statistics().closed(CloseReason.OPERATOR)).isEqualTo(20);
	}

	@Test
	void interruptedAcceptDoesNotEndTheServer() throws Exception {
		PipeServer server = started(server());
		AtomicReference<Thread> acceptor = new AtomicReference<>();
		Future<PipeConnection> accepting = async(() -> {
			acceptor.set(Thread.currentThread());
			return server.accept();
		});
		assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> accepting.get(100, TimeUnit.MILLISECONDS));

		await().atMost(SOON).until(() -> acceptor.get() != null);
		acceptor.get().interrupt();
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(accepting))
			.withCauseInstanceOf(PipeException.class);

		Future<PipeConnection> next = async(server::accept);
		connected(client());
		assertThat(get(next).isOpen()).isTrue();
	}

	@Test
	void whenAThreadThatReadsIsInterruptedThenItsConnectionIsClosed() throws Exception {
		PipeServer server = started(server());
		PipeConnection clientEnd = connected(client());
		PipeConnection serverEnd = server.accept();
		AtomicReference<Thread> reader = new AtomicReference<>();
		Future<String> reading = async(() -> {
			reader.set(Thread.currentThread());
			return readText(serverEnd);
		});
		await().atMost(SOON).until(serverEnd::isBeingRead);

		reader.get().interrupt();

		assertEndedByInterrupt(reading, serverEnd);
		assertThat(readText(clientEnd)).isNull();
	}

	@Test
	void whenAThreadThatWritesIsInterruptedThenItsConnectionIsClosed() throws Exception {
		PipeServer server = started(server());
		connected(client());
		PipeConnection serverEnd = server.accept();
		AtomicReference<Thread> writer = new AtomicReference<>();
		Future<?> writing = async(() -> {
			writer.set(Thread.currentThread());
			while (true) {
				serverEnd.write(ByteBuffer.allocate(10_000));
			}
		});
		awaitStandstill(serverEnd);

		writer.get().interrupt();

		assertEndedByInterrupt(writing, serverEnd);
	}

	private static void assertEndedByInterrupt(Future<?> call, PipeConnection connection) {
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(call))
			.withCauseInstanceOf(PipeException.class);
		assertThat(connection.isOpen()).isFalse();
	}

}
