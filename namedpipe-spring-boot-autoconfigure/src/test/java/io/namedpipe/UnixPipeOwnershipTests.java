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
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.namedpipe.testsupport.JavaProcess;
import io.namedpipe.testsupport.PipeConditions;
import io.namedpipe.testsupport.RequiresRoot;
import io.namedpipe.transport.TransportException.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Who gets a name and keeps it on POSIX systems: BEHAVIOUR 7 to 9, 13, 20 and 24.
 */
@DisabledOnOs(OS.WINDOWS)
@Timeout(60)
class UnixPipeOwnershipTests {

	private static final Duration SOON = Duration.ofSeconds(10);

	@TempDir
	private Path folder;

	private Path path = Path.of("/");

	@SuppressWarnings("NullAway.Init")
	private PipeServer server;

	@BeforeEach
	void setUp() throws IOException {
		this.path = this.folder.resolve("pipe");
		this.server = PipeServer.builder(this.path.toString()).build();
	}

	@AfterEach
	void stopServer() {
		this.server.close();
	}

	private static void echo(PipeConnection connection) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocate(1000);
		while (connection.read(buffer) >= 0) {
			connection.write(buffer.flip());
			buffer.clear();
		}
	}

	private void assertServes() throws IOException {
		try (PipeConnection connection = PipeClient.builder(this.path.toString()).build().connect()) {
			connection.write(ByteBuffer.wrap(new byte[] { 42 }));
			ByteBuffer reply = ByteBuffer.allocate(1);
			assertThat(connection.read(reply)).isEqualTo(1);
			assertThat(reply.get(0)).isEqualTo((byte) 42);
		}
	}

	@Test
	void nameServedByAnotherProcessIsRefusedWithinASecondAndSaysByWhom() throws Exception {
		try (JavaProcess other = JavaProcess.of(EchoServer.class, this.path.toString()).start()) {
			assertThat(other.nextLine()).isEqualTo("started");
			await().atMost(SOON).untilAsserted(() -> {
				long start = System.nanoTime();

				assertThatExceptionOfType(PipeNameInUseException.class).isThrownBy(this.server::start)
					.withMessageContaining(this.path.toString())
					.withMessageContaining("user " + System.getProperty("user.name"));

				assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
			});
			assertServes();
		}
	}

	@Test
	void serverKilledInTheMiddleLeavesAnEndOfStreamAndANameToReclaim() throws Exception {
		PipeConnection connection;
		try (JavaProcess other = JavaProcess.of(EchoServer.class, this.path.toString()).start()) {
			assertThat(other.nextLine()).isEqualTo("started");
			assertServes();
			connection = PipeClient.builder(this.path.toString()).build().connect();
		}

		assertThat(connection.read(ByteBuffer.allocate(1))).isEqualTo(-1);

		assertThat(this.path).exists();
		this.server.start();
		this.server.serve(UnixPipeOwnershipTests::echo);
		assertServes();
	}

	@Test
	void staleSocketIsReclaimed() throws Exception {
		try (ServerSocketChannel stale = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			stale.bind(UnixDomainSocketAddress.of(this.path));
		}

		this.server.start();

		this.server.serve(UnixPipeOwnershipTests::echo);
		assertServes();
	}

	@Test
	void whenServerOfThisProcessHasNameThenSaysSo() throws Exception {
		this.server.start();
		try (PipeServer second = PipeServer.builder(this.path.toString()).build()) {
			assertThatExceptionOfType(PipeNameInUseException.class).isThrownBy(second::start)
				.withMessageContaining("this very process");

			this.server.stop();
			second.start();

			assertThatExceptionOfType(PipeNameInUseException.class).isThrownBy(this.server::start)
				.withMessageContaining("this very process");
		}
	}

	@Test
	void regularFileIsNeverDeleted() throws Exception {
		Files.writeString(this.path, "precious");

		assertThatExceptionOfType(PipeNameInUseException.class).isThrownBy(this.server::start)
			.withMessageContaining("not a socket");

		assertThat(this.path).hasContent("precious");
	}

	@Test
	void folderFifoAndLinkAreNeverDeleted() throws Exception {
		Path subfolder = Files.createDirectory(this.folder.resolve("folder"));
		Path fifo = this.folder.resolve("fifo");
		assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
		Path link = Files.createSymbolicLink(this.folder.resolve("link"), this.folder.resolve("nowhere"));
		for (Path file : List.of(subfolder, fifo, link)) {
			PipeServer onFile = PipeServer.builder(file.toString()).build();

			assertThatExceptionOfType(PipeNameInUseException.class).isThrownBy(onFile::start);

			assertThat(Files.exists(file, LinkOption.NOFOLLOW_LINKS)).isTrue();
		}
	}

	@Test
	@RequiresRoot
	void socketOfAnotherUserIsNeverRemoved() throws Exception {
		try (ServerSocketChannel stale = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			stale.bind(UnixDomainSocketAddress.of(this.path));
		}
		Files.setAttribute(this.path, "unix:uid", 54321);

		assertThatExceptionOfType(PipeNameInUseException.class).isThrownBy(this.server::start)
			.withMessageContaining("54321");

		assertThat(this.path).exists();
	}

	@Test
	void socketFileIsThereWhileServingAndGoneAfterStop() throws Exception {
		this.server.start();
		assertThat(Files.getPosixFilePermissions(this.path)).isEqualTo(PosixFilePermissions.fromString("rw-------"));

		this.server.stop();

		try (Stream<Path> left = Files.list(this.folder)) {
			assertThat(left).isEmpty();
		}
	}

	@Test
	void fileThatIsNotOursAnyMoreIsNotUnlinked() throws Exception {
		this.server.start();
		replace("somebody else's");

		this.server.stop();

		assertThat(this.path).hasContent("somebody else's");
	}

	// at once, as a name without a file is soon bound again
	private void replace(String content) throws IOException {
		Path other = Files.writeString(this.folder.resolve("other"), content);
		Files.move(other, this.path, StandardCopyOption.ATOMIC_MOVE);
	}

	@Test
	void deletedSocketFileIsBoundAgainSoonAndCounted() throws Exception {
		this.server.start();
		this.server.serve(UnixPipeOwnershipTests::echo);
		PipeConnection before = PipeClient.builder(this.path.toString()).build().connect();
		Files.delete(this.path);

		await().atMost(SOON).until(() -> Files.exists(this.path));

		await().atMost(SOON).until(() -> this.server.statistics().errors(PipeErrorType.NAME_LOST) == 1);
		assertThat(this.server.fault()).isEmpty();
		assertServes();
		before.write(ByteBuffer.wrap(new byte[] { 1 }));
		assertThat(before.read(ByteBuffer.allocate(1))).isEqualTo(1);
	}

	@Test
	void replacedSocketFileIsAFaultUntilItIsRemoved() throws Exception {
		this.server.start();
		this.server.serve(UnixPipeOwnershipTests::echo);
		replace("in the way");

		await().atMost(SOON).until(() -> this.server.fault().isPresent());
		assertThat(this.server.fault().orElseThrow()).hasMessageContaining("replaced");
		assertThat(this.path).hasContent("in the way");

		Files.delete(this.path);
		await().atMost(SOON).until(() -> this.server.fault().isEmpty());
		assertServes();
	}

	@Test
	void ofManyServersThatStartAtOnceExactlyOneGetsTheName() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(8);
		try {
			for (int round = 0; round < 20; round++) {
				CountDownLatch go = new CountDownLatch(1);
				List<PipeServer> servers = new ArrayList<>();
				List<Future<Boolean>> starts = new ArrayList<>();
				for (int i = 0; i < 8; i++) {
					PipeServer contender = PipeServer.builder(this.path.toString()).build();
					servers.add(contender);
					starts.add(threads.submit(() -> {
						go.await();
						return startsUnlessInUse(contender);
					}));
				}
				go.countDown();
				int winners = 0;
				for (Future<Boolean> start : starts) {
					winners += (start.get(30, TimeUnit.SECONDS)) ? 1 : 0;
				}
				servers.forEach(PipeServer::close);
				assertThat(winners).isEqualTo(1);
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	private static boolean startsUnlessInUse(PipeServer server) throws PipeException {
		try {
			server.start();
			return true;
		}
		catch (PipeNameInUseException ex) {
			return false;
		}
	}

	@Test
	void missingFolderIsNamed() throws Exception {
		PipeServer homeless = PipeServer.builder(this.folder.resolve("no/such/pipe").toString()).build();

		assertThatExceptionOfType(PipeException.class).isThrownBy(homeless::start)
			.has(PipeConditions.reason(Reason.UNUSABLE_FOLDER))
			.withMessageContaining(this.folder.resolve("no/such").toString());
	}

	@Test
	void worldWritableFolderWithoutStickyBitIsRefused() throws Exception {
		Path open = Files.createDirectory(this.folder.resolve("open"));
		Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
		PipeServer exposed = PipeServer.builder(open.resolve("pipe").toString()).build();

		assertThatExceptionOfType(PipeException.class).isThrownBy(exposed::start)
			.has(PipeConditions.reason(Reason.UNUSABLE_FOLDER))
			.withMessageContaining("chmod +t");
	}

	@Test
	void fullBacklogDoesNotDefeatTheConnectTimeout() throws Exception {
		PipeServer narrow = PipeServer.builder(this.path.toString()).backlog(1).build();
		narrow.start();
		List<SocketChannel> queue = new ArrayList<>();
		try {
			fillBacklog(queue);
			PipeClient client = PipeClient.builder(this.path.toString()).connectTimeout(Duration.ofMillis(300)).build();
			long start = System.nanoTime();

			assertThatExceptionOfType(PipeTimeoutException.class).isThrownBy(client::connect)
				.withMessageContaining("backlog");

			assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(295), SOON);
		}
		finally {
			for (SocketChannel channel : queue) {
				channel.close();
			}
			narrow.close();
		}
	}

	private void fillBacklog(List<SocketChannel> queue) throws IOException {
		for (int i = 0; i < 10; i++) {
			SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
			queue.add(channel);
			channel.configureBlocking(false);
			try {
				if (!channel.connect(UnixDomainSocketAddress.of(this.path))) {
					return;
				}
			}
			catch (IOException ex) {
				return;
			}
		}
	}

	// 21
	@ParameterizedTest
	@EnumSource
	void whenTheServerOnlyWritesThenTheFirstWriteToItSaysSo(TransmissionMode mode) throws Exception {
		try (PipeServer server = PipeServer.builder(this.path + "-out")
			.direction(PipeDirection.OUT)
			.transmissionMode(mode)
			.maxMessageSize(1024)
			.build();
				PipeClient client = PipeClient.builder(this.path + "-out")
					.transmissionMode(mode)
					.maxMessageSize(1024)
					.build()) {
			server.start();
			PipeConnection connection = client.connect();
			connection.readToEnd();
			server.accept();

			assertThatExceptionOfType(PeerGoneException.class)
				.isThrownBy(() -> connection.write(ByteBuffer.wrap(new byte[1])))
				.withMessageContaining("does not read");

			assertThat(connection.isOpen()).isTrue();
		}
	}

	@Test
	void serverUserIsVerified() throws Exception {
		this.server.start();
		this.server.serve(UnixPipeOwnershipTests::echo);
		for (String user : List.of("current-user", "Current-User")) {
			PipeClient own = PipeClient.builder(this.path.toString()).verifyServerUser(user).build();
			own.connect().close();
		}

		PipeClient other = PipeClient.builder(this.path.toString()).verifyServerUser("54321").build();

		assertThatExceptionOfType(PipeException.class).isThrownBy(other::connect)
			.has(PipeConditions.reason(Reason.UNTRUSTED_SERVER))
			.withMessageContaining("not by user 54321 as required");
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void nothingIsLeftOpenAfterConnectsAndFailures() throws Exception {
		this.server.start();
		this.server.serve(UnixPipeOwnershipTests::echo);
		assertServes();
		await().atMost(SOON).until(() -> this.server.instanceCount() == 0);
		long before = descriptors();
		for (int i = 0; i < 200; i++) {
			assertServes();
			assertThatExceptionOfType(PipeException.class)
				.isThrownBy(PipeServer.builder(this.path.toString()).build()::start);
			assertThatExceptionOfType(PipeException.class)
				.isThrownBy(PipeClient.builder(this.path + "x").connectTimeout(Duration.ZERO).build()::connect);
		}

		await().atMost(SOON).untilAsserted(() -> assertThat(descriptors()).isLessThanOrEqualTo(before));
	}

	private static long descriptors() throws IOException {
		try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
			return open.count();
		}
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void fullDescriptorTableIsAFaultThatGoesAwayByItself() throws Exception {
		try (JavaProcess limited = JavaProcess.of(EchoServer.class, this.path.toString())
			.launchedBy("sh", "-c", "ulimit -n 256; exec \"$@\"", "sh")
			.jvmArguments("-XX:-MaxFDLimit")
			.start()) {
			assertThat(limited.nextLine()).isEqualTo("started");
			List<SocketChannel> crowd = new ArrayList<>();
			for (int i = 0; i < 260; i++) {
				crowd.add(SocketChannel.open(UnixDomainSocketAddress.of(this.path)));
			}
			awaitAnswer(limited, "fault", (answer) -> answer.contains("ulimit"));

			for (SocketChannel channel : crowd) {
				channel.close();
			}

			assertServes();
			awaitAnswer(limited, "fault", "none"::equals);
		}
	}

	private static void awaitAnswer(JavaProcess process, String question, Predicate<String> answer) {
		await().atMost(SOON).until(() -> {
			process.send(question);
			return answer.test(process.nextLine());
		});
	}

	/**
	 * Serves a name until it is killed, and tells its fault when asked.
	 */
	static final class EchoServer {

		private EchoServer() {
		}

		public static void main(String[] args) throws Exception {
			PipeServer server = PipeServer.builder(args[0]).backlog(300).build();
			server.start();
			server.serve(UnixPipeOwnershipTests::echo);
			System.out.println("started");
			while (System.in.read() >= 0) {
				if (System.in.available() == 0) {
					System.out.println(server.fault().map(Throwable::getMessage).orElse("none"));
				}
			}
		}

	}

}
