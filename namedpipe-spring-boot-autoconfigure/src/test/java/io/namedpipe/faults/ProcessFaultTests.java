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
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Level;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.namedpipe.CloseReason;
import io.namedpipe.PipeClient;
import io.namedpipe.PipeClosedException;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeException;
import io.namedpipe.PipeTimeoutException;
import io.namedpipe.TransmissionMode;
import io.namedpipe.faults.HealthyClients.Latencies;
import io.namedpipe.testsupport.JavaProcess;
import io.namedpipe.testsupport.NewThreadExecutor;
import io.namedpipe.testsupport.OtherUser;
import io.namedpipe.testsupport.PeerProcess;
import io.namedpipe.testsupport.RequiresCommand;
import io.namedpipe.testsupport.RequiresRoot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Something happens to the process of a server: it has no descriptors left, may not look
 * into its folder, transfers a few bytes at once, is frozen or killed.
 */
@EnabledOnOs(OS.LINUX)
@RequiresCommand({ "python3", "gcc" })
@Timeout(300)
class ProcessFaultTests {

	@TempDir
	private Path folder;

	@TempDir
	private Path classPath;

	private Path path = Path.of("/");

	@BeforeEach
	void setUp() throws IOException {
		Files.setPosixFilePermissions(this.folder, PosixFilePermissions.fromString("rwxr-xr-x"));
		this.path = this.folder.resolve("p");
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenDescriptorTableIsFullThenConnectedAreServedFirst(TransportUnderTest transport) throws Exception {
		try (RemoteServer server = RemoteServer.start(RemoteServer.process(transport, this.path)
			.launchedBy("sh", "-c", "ulimit -n 256; exec \"$@\"", "sh")
			.jvmArguments("-XX:-MaxFDLimit"));
				HealthyClients healthyClients = new HealthyClients(transport, this.path, 4)) {
			healthyClients.watch(FaultScenario.WATCH);
			Latencies before = healthyClients.watch(FaultScenario.WATCH);
			server.awaitClients(4);
			long descriptors = server.descriptors();
			Latencies during;
			try (FaultyPeer crowd = FaultyPeer.start(transport.mode(), this.path, "silent", 300)) {
				await().atMost(FaultScenario.SOON)
					.untilAsserted(() -> assertThat(server.fault()).contains("ulimit -n"));
				during = healthyClients.watch(FaultScenario.WATCH);
				assertThat(server.clients()).isBetween(100, 256);
				assertThat(server.log()).filteredOn((line) -> !line.contains("are accepted again"))
					.isNotEmpty()
					.allSatisfy((line) -> assertThat(line).contains("Accepting clients", "ulimit -n"));
			}
			server.awaitClients(4);
			await().atMost(FaultScenario.SOON).until(() -> server.fault().isEmpty());

			FaultScenario.assertNotSlower(before, during, healthyClients.watch(FaultScenario.WATCH));
			assertIsAsBefore(server, descriptors);
			assertThat(server.count("namedpipe.errors")).isPositive();
			await().atMost(FaultScenario.SOON)
				.untilAsserted(() -> assertThat(server.log()).last().asString().contains("are accepted again"));
			assertServes(transport);
		}
	}

	/**
	 * Asserts that there is no fault, nothing is left but four clients, and each of the
	 * others is counted.
	 */
	private static void assertIsAsBefore(RemoteServer server, long descriptors) {
		server.awaitClients(4);
		assertThat(server.fault()).isEmpty();
		await().atMost(FaultScenario.SOON)
			.untilAsserted(() -> assertThat(server.descriptors()).isLessThanOrEqualTo(descriptors + 4));
		assertThat(server.count("namedpipe.connections.accepted"))
			.isEqualTo(4 + server.count("namedpipe.connections.closed"));
	}

	private void assertServes(TransportUnderTest transport) throws Exception {
		try (HealthyClients newcomer = new HealthyClients(transport, this.path, 1)) {
			newcomer.watch(Duration.ofMillis(20));
		}
	}

	private RemoteServer serverOf(int user, TransportUnderTest transport) throws IOException {
		Files.setPosixFilePermissions(this.classPath, PosixFilePermissions.fromString("rwxr-xr-x"));
		JavaProcess.Builder copied = RemoteServer.process(transport, this.path)
			.readableByAll(this.classPath.resolve("all"));
		return RemoteServer.start(copied.launchedBy(OtherUser.of(user, user).launcher()));
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	@RequiresRoot
	void whenTheServerMayNotEnterItsFolderThenThatIsAFaultUntilItMay(TransportUnderTest transport) throws Exception {
		Files.setAttribute(this.folder, "unix:uid", 54321);
		try (RemoteServer server = serverOf(54321, transport);
				HealthyClients healthyClients = new HealthyClients(transport, this.path, 4)) {
			healthyClients.watch(FaultScenario.WATCH);
			Latencies before = healthyClients.watch(FaultScenario.WATCH);
			long descriptors = server.descriptors();

			Files.setPosixFilePermissions(this.folder, PosixFilePermissions.fromString("---------"));
			await().atMost(FaultScenario.SOON).until(() -> server.fault().contains(this.path.toString()));
			Latencies during = healthyClients.watch(FaultScenario.WATCH);
			assertThat(server.log()).singleElement().asString().contains(this.path.toString(), "AccessDenied");
			Files.setPosixFilePermissions(this.folder, PosixFilePermissions.fromString("rwxr-xr-x"));

			await().atMost(FaultScenario.SOON).until(() -> server.fault().isEmpty());
			FaultScenario.assertNotSlower(before, during, healthyClients.watch(FaultScenario.WATCH));
			assertIsAsBefore(server, descriptors);
			assertThat(server.count("namedpipe.errors")).isPositive();
			await().atMost(FaultScenario.SOON)
				.untilAsserted(() -> assertThat(server.log()).last().asString().contains("is served again"));
			assertServes(transport);
		}
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	@RequiresRoot
	void whenSocketFileModeChangesThenWarnsAndRulesStillDecide(TransportUnderTest transport) throws Exception {
		Files.setAttribute(this.folder, "unix:uid", 54321);
		try (RemoteServer server = serverOf(54321, transport);
				HealthyClients healthyClients = new HealthyClients(transport, this.path, 4)) {
			healthyClients.watch(FaultScenario.WATCH);
			Latencies before = healthyClients.watch(FaultScenario.WATCH);
			long descriptors = server.descriptors();
			Files.setPosixFilePermissions(this.path, PosixFilePermissions.fromString("rw-rw-rw-"));
			await().atMost(FaultScenario.SOON)
				.untilAsserted(() -> assertThat(server.log()).singleElement()
					.asString()
					.contains(this.path.toString(), "rw-------", "rw-rw-rw-"));

			// the file lets them in, the rules do not
			assertThat(connectAs(54322, transport)).isEqualTo("turned away");
			assertThat(connectAs(54321, transport)).isEqualTo("admitted");

			Files.setPosixFilePermissions(this.path, PosixFilePermissions.fromString("---------"));
			assertThat(connectAs(54321, transport)).isEqualTo("refused");
			Latencies during = healthyClients.watch(FaultScenario.WATCH);
			Files.setPosixFilePermissions(this.path, PosixFilePermissions.fromString("rw-------"));
			assertThat(connectAs(54321, transport)).isEqualTo("admitted");
			FaultScenario.assertNotSlower(before, during, healthyClients.watch(FaultScenario.WATCH));
			assertIsAsBefore(server, descriptors);
			assertThat(server.count("namedpipe.connections.rejected")).isOne();
			assertThat(server.count("namedpipe.errors")).isZero();
		}
	}

	private String connectAs(int user, TransportUnderTest transport) throws IOException {
		try (PeerProcess client = OtherUser.of(user, user).client(transport.mode(), this.path.toString())) {
			String opened = client.ask("open");
			String message = (transport.mode() == TransmissionMode.BYTE) ? "\0\0\0\4ping" : "ping";
			return opened.equals("opened") ? client.ask("exchange " + message) : opened;
		}
	}

	@Test
	void whenOnlyFewBytesFitPerWriteThenEveryMessageIsWhole() throws Exception {
		Path library = this.folder.resolve("short_writes.so");
		try (PeerProcess gcc = PeerProcess.start("gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o",
				library.toString(), PeerProcess.file("short_writes.c").toString(), "-ldl")) {
			assertThat(gcc.output()).isEmpty();
		}
		try (RemoteServer server = RemoteServer.start(RemoteServer.process(TransportUnderTest.UNIX_BYTE, this.path)
			.environment(Map.of("LD_PRELOAD", library.toString())));
				PipeClient client = TransportUnderTest.UNIX_BYTE.client(this.path).build();
				PipeConnection connection = client.connect()) {
			server.awaitClients(1);
			long descriptors = server.descriptors();
			Random random = new Random(7);
			int[] sizes = { 0, 1, 5, 100, 4096, 70_000, 300_000 };
			for (int size : sizes) {
				byte[] message = new byte[4 + size];
				random.nextBytes(message);
				ByteBuffer.wrap(message).putInt(size);
				CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
					try {
						connection.write(ByteBuffer.wrap(message));
					}
					catch (IOException ex) {
						throw new IllegalStateException(ex);
					}
				}, new NewThreadExecutor());

				ByteBuffer reply = ByteBuffer.allocate(message.length);
				int largest = 0;
				while (reply.hasRemaining()) {
					int count = connection.read(reply);
					assertThat(count).isPositive();
					largest = Math.max(largest, count);
				}

				sending.get(10, TimeUnit.SECONDS);
				assertThat(Arrays.equals(reply.array(), message)).as("%d bytes", size).isTrue();
			}

			connection.close();
			server.awaitClients(0);
			assertThat(server.fault()).isEmpty();
			assertThat(server.descriptors()).isLessThan(descriptors);
			assertThat(server.count("namedpipe.messages.in")).isEqualTo(sizes.length);
			assertThat(server.count("namedpipe.messages.out")).isEqualTo(sizes.length);
			assertThat(server.count("namedpipe.errors")).isZero();
			assertThat(server.log()).containsExactly("");
		}
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenServerIsFrozenThenCallsEndInTimeAndResumeAfterwards(TransportUnderTest transport) throws Exception {
		ResourceSnapshot resources = ResourceSnapshot.now();
		try (RemoteServer server = RemoteServer.start(RemoteServer.process(transport, this.path));
				PipeClient client = transport.client(this.path).writeTimeout(Duration.ofMillis(500)).build();
				LogCapture log = new LogCapture(Level.INFO)) {
			assertServes(transport);
			server.awaitClients(0);
			long descriptors = server.descriptors();
			PipeConnection writing = client.connect();
			FaultyPeer.signal(server.process(), "STOP");
			List<PipeConnection> waiting = new ArrayList<>();
			try {
				assertThatExceptionOfType(PipeClosedException.class).isThrownBy(() -> writeForever(writing))
					.satisfies((ex) -> assertThat(ex.getCloseReason()).isEqualTo(CloseReason.WRITE_TIMEOUT));
				await().atMost(FaultScenario.SOON)
					.untilAsserted(
							() -> assertThat(log.lines()).filteredOn((line) -> !FaultScenario.isOfAStuckWrite(line))
								.singleElement()
								.asString()
								.contains("write-timeout"));
				assertThatExceptionOfType(PipeTimeoutException.class).isThrownBy(() -> {
					while (true) {
						waiting.add(client.connect(Duration.ofMillis(300)));
					}
				}).withMessageContaining("backlog");
			}
			finally {
				FaultyPeer.signal(server.process(), "CONT");
			}
			for (PipeConnection each : waiting) {
				each.close();
			}

			assertServes(transport);
			server.awaitClients(0);
			assertThat(server.fault()).isEmpty();
			assertThat(server.descriptors()).isLessThanOrEqualTo(descriptors + 4);
			assertThat(server.count("namedpipe.connections.closed"))
				.isEqualTo(server.count("namedpipe.connections.accepted"));
			assertThat(client.connections()).isEmpty();
		}
		resources.assertNothingIsAdded();
	}

	private static void writeForever(PipeConnection connection) throws IOException {
		while (true) {
			connection.write(ByteBuffer.allocate(1004).putInt(1000).clear());
		}
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenServerIsKilledThenCallsEndAndNextServerGetsName(TransportUnderTest transport) throws Exception {
		ResourceSnapshot resources = ResourceSnapshot.now();
		try (PipeClient client = transport.client(this.path).build(); LogCapture log = new LogCapture(Level.INFO)) {
			for (int round = 0; round < 3; round++) {
				PipeConnection reading;
				CompletableFuture<Integer> end;
				PipeConnection writing;
				CompletableFuture<Void> written;
				try (RemoteServer server = RemoteServer.start(RemoteServer.process(transport, this.path))) {
					reading = client.connect();
					writing = client.connect();
					end = CompletableFuture.supplyAsync(() -> read(reading), new NewThreadExecutor());
					written = CompletableFuture.runAsync(() -> {
						try {
							writeForever(writing);
						}
						catch (PipeException ex) {
							// as it should
						}
						catch (IOException ex) {
							throw new IllegalStateException(ex);
						}
					}, new NewThreadExecutor());
					server.awaitClients(2);
				}

				assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo(-1);
				written.get(10, TimeUnit.SECONDS);
				assertThat(writing.closeReason()).contains(CloseReason.PEER);
				reading.close();
				assertThat(client.connections()).isEmpty();
			}
			assertThat(log.lines()).isEmpty();
		}
		Files.delete(this.path);
		resources.assertNothingIsAdded();
	}

	private static int read(PipeConnection connection) {
		try {
			return connection.read(ByteBuffer.allocate(10));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
