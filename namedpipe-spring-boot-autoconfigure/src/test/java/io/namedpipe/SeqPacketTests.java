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
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import io.namedpipe.access.AccessRules;
import io.namedpipe.testsupport.Descriptors;
import io.namedpipe.testsupport.NewThreadExecutor;
import io.namedpipe.testsupport.PeerProcess;
import io.namedpipe.testsupport.PipeConditions;
import io.namedpipe.testsupport.PipeFixture;
import io.namedpipe.testsupport.RequiresCommand;
import io.namedpipe.testsupport.RequiresRoot;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.TransportProvider;
import io.namedpipe.transport.unix.seqpacket.SeqPacketTransportProvider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What is special about message mode on Linux: clients in other languages, the limits of
 * socket buffers, credentials, and the difference to byte mode. BEHAVIOUR 8, 9, 13, 29,
 * 37, 39 and 40.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class SeqPacketTests extends PipeFixture {

	private static final String REQUEST = "Default request from client\0";

	private static final String RESPONSE = "Default response from server\0";

	@TempDir
	private Path folder;

	private String name() {
		return this.folder.resolve("pipe").toString();
	}

	private PipeServer.Builder server() {
		return PipeServer.builder(name())
			.transmissionMode(TransmissionMode.MESSAGE)
			.drainTimeout(Duration.ofMillis(100));
	}

	private PipeClient.Builder client() {
		return PipeClient.builder(name()).transmissionMode(TransmissionMode.MESSAGE).drainTimeout(Duration.ZERO);
	}

	private PipeServer started(PipeServer.Builder builder) throws PipeException {
		PipeServer server = closing(builder.build());
		server.start();
		return server;
	}

	private PeerProcess python() throws IOException {
		PeerProcess peer = closing(PeerProcess.python("seqpacket_peer.py", name()));
		assertThat(peer.nextLine()).isEqualTo("connected " + peer.process().pid());
		return peer;
	}

	private static void echo(PipeConnection connection) throws IOException {
		byte[] message = connection.readMessage();
		while (message != null) {
			connection.writeMessage(ByteBuffer.wrap(message));
			message = connection.readMessage();
		}
	}

	private static String text(PipeConnection connection) throws IOException {
		byte[] message = connection.readMessage();
		return (message != null) ? new String(message, StandardCharsets.UTF_8) : "<end>";
	}

	@Test
	@RequiresCommand("python3")
	void whenPythonSendsMessagesThenBoundariesHoldBothWays() throws Exception {
		started(server()).serve(SeqPacketTests::echo);
		PeerProcess peer = python();
		assertThat(peer.ask("send four")).isEqualTo("sent 4");
		assertThat(peer.ask("send 42")).isEqualTo("sent 2");
		assertThat(peer.ask("send ")).isEqualTo("sent 0");

		assertThat(peer.ask("recv")).isEqualTo("got four");
		assertThat(peer.ask("recv")).isEqualTo("got 42");
		assertThat(peer.ask("recv")).isEqualTo("got ");
		assertThat(peer.ask("sendsize 1000000")).isEqualTo("sent 1000000");
		assertThat(peer.ask("recvsize")).isEqualTo("got 1000000");
	}

	// 41
	@Test
	@RequiresCommand("python3")
	void whenPythonClientOfSampleAsksThenItGetsResponse() throws Exception {
		started(server()).serve((connection) -> {
			byte[] request = connection.readMessage();
			assertThat(request).hasSize(56).asString(StandardCharsets.UTF_16LE).isEqualTo(REQUEST);
			connection.writeMessage(ByteBuffer.wrap(RESPONSE.getBytes(StandardCharsets.UTF_16LE)));
		});
		PeerProcess peer = python();

		assertThat(peer.ask("send16 Default request from client")).isEqualTo("sent 56");
		assertThat(peer.ask("recv16")).isEqualTo("got 58 Default response from server");
		assertThat(peer.ask("recvsize")).isEqualTo("got 0");
	}

	@Test
	@RequiresCommand("python3")
	void whenNothingHasComeThenAConnectionIsQuiet() throws Exception {
		PipeServer server = started(server());
		PeerProcess peer = python();
		PipeConnection connection = server.accept();
		assertThat(connection.isIdle()).isTrue();
		peer.ask("send ");
		assertThat(connection.isIdle()).isFalse();
		assertThat(text(connection)).isEmpty();
		assertThat(connection.isIdle()).isTrue();

		peer.ask("close");

		assertThat(connection.isIdle()).isFalse();
		assertThat(text(connection)).isEqualTo("<end>");
	}

	@Test
	@RequiresCommand("gcc")
	void whenACProgramSendsEverySizeThenEachComesBack() throws Exception {
		started(server()).serve(SeqPacketTests::echo);

		try (PeerProcess peer = PeerProcess.c("seqpacket_echo_client.c", this.folder, name(), "3000")) {
			assertThat(peer.output()).isEqualTo("3000 messages, then 0");
		}
	}

	@Test
	@RequiresCommand("python3")
	void whenPeerLeavesWithoutReadingThenItsOutputIsReadToTheEnd() throws Exception {
		PipeServer server = started(server());
		PeerProcess peer = python();
		PipeConnection connection = server.accept();
		connection.writeMessage(bytes("never read"));
		peer.ask("send one");
		peer.ask("send two");
		peer.ask("close");

		assertThat(text(connection)).isEqualTo("one");
		assertThat(text(connection)).isEqualTo("two");
		assertThat(text(connection)).isEqualTo("<end>");
		assertThatExceptionOfType(PeerGoneException.class).isThrownBy(() -> connection.writeMessage(bytes("late")))
			.withMessageContaining("has left");
	}

	@Test
	@RequiresCommand("python3")
	void whenThePeerPassesDescriptorsThenNoneIsKept() throws Exception {
		PipeServer server = started(server());
		PeerProcess peer = python();
		PipeConnection connection = server.accept();
		peer.ask("send warm up");
		assertThat(text(connection)).isEqualTo("warm up");
		long before = filesOpen();

		for (int i = 0; i < 10; i++) {
			assertThat(peer.ask("sendfile with eight files")).isEqualTo("sent 16");
			assertThat(text(connection)).isEqualTo("with eight files");
		}

		assertThat(filesOpen()).isLessThan(before + 8);
	}

	private static long filesOpen() throws IOException {
		try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
			return descriptors.count();
		}
	}

	@Test
	@RequiresCommand("python3")
	void whenThePeerIsAskedForThenItsProcessIdAndUserAreKnown() throws Exception {
		PipeServer server = started(server());
		PeerProcess peer = python();

		PipePeer seen = server.accept().peer();

		assertThat(seen.processId()).hasValue(peer.process().pid());
		assertThat(seen.userId()).hasValue(String.valueOf(Files.getAttribute(this.folder, "unix:uid")));
		assertThat(seen.user()).hasValue(Files.getOwner(this.folder).getName());
		assertThat(seen.groupId()).isPresent();
	}

	@Test
	@RequiresRoot
	@RequiresCommand({ "python3", "setpriv" })
	void whenAnotherUserConnectsThenItsGroupsDecideAndTheLoopGoesOn() throws Exception {
		Files.setPosixFilePermissions(this.folder, PosixFilePermissions.fromString("rwxr-xr-x"));
		PipeServer server = started(
				server().access(AccessRules.sddl("D:(A;;GRGW;;;S-1-22-2-7777)(A;;GRGW;;;S-1-22-1-9999)")));
		server.serve(SeqPacketTests::echo);

		for (int i = 0; i < 5; i++) {
			PeerProcess stranger = closing(as("1234", "4321", "4322"));
			assertThat(stranger.nextLine()).startsWith("connected");
			assertThat(stranger.ask("recv")).isIn("got ", "error Connection reset by peer");
		}
		PeerProcess member = closing(as("1234", "4321", "4322,7777"));
		assertThat(member.nextLine()).startsWith("connected");

		assertThat(member.ask("send hello")).isEqualTo("sent 5");
		assertThat(member.ask("recv")).isEqualTo("got hello");
		assertThat(server.statistics().rejected(RejectReason.ACCESS)).isEqualTo(5);
		assertThat(server.connections().iterator().next().peer().groupIds()).containsExactlyInAnyOrder("4322", "7777");
		assertThat(server.connections().iterator().next().peer().user()).hasValue("1234");
	}

	private PeerProcess as(String user, String group, String groups) throws IOException {
		Path script = this.folder.resolve("peer.py");
		Files.writeString(script, Files.readString(PeerProcess.file("seqpacket_peer.py")));
		Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rw-r--r--"));
		return PeerProcess.start("setpriv", "--reuid", user, "--regid", group, "--groups", groups, "/usr/bin/env",
				"PATH=/usr/bin:/bin", "python3", script.toString(), name());
	}

	@Test
	void whenAByteClientDialsAMessageServerThenItIsToldOfMessageMode() throws Exception {
		started(server());
		PipeClient byteClient = closing(PipeClient.builder(name()).build());

		assertThatExceptionOfType(PipeException.class).isThrownBy(byteClient::connect)
			.has(PipeConditions.reason(Reason.MODE_MISMATCH))
			.withMessageContaining("is in message mode");
	}

	@Test
	void whenAMessageClientDialsAByteServerThenItIsToldOfByteMode() throws Exception {
		started(PipeServer.builder(name()).drainTimeout(Duration.ZERO));
		PipeClient messageClient = closing(client().build());

		assertThatExceptionOfType(PipeException.class).isThrownBy(messageClient::connect)
			.has(PipeConditions.reason(Reason.MODE_MISMATCH))
			.withMessageContaining("is in byte mode");
	}

	@Test
	void whenTheOtherModeServesTheNameThenItIsNotTaken() throws Exception {
		PipeServer messages = started(server());
		PipeServer bytes = PipeServer.builder(name()).build();
		assertThatExceptionOfType(PipeNameInUseException.class).isThrownBy(bytes::start);
		messages.stop();

		started(PipeServer.builder(name()).drainTimeout(Duration.ZERO));

		assertThatExceptionOfType(PipeNameInUseException.class).isThrownBy(messages::start);
	}

	@Test
	@RequiresCommand("python3")
	void whenAServerDiedThenItsSocketIsTakenOverAndARegularFileIsNot() throws Exception {
		PeerProcess.start("python3", "-c", """
				import socket, sys
				s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
				s.bind(sys.argv[1])
				""", name()).output();
		assertThat(Path.of(name())).exists();
		PipeServer server = started(server());
		assertThat(closing(client().build()).connect().isOpen()).isTrue();
		server.stop();
		assertThat(Path.of(name())).doesNotExist();
		Files.writeString(Path.of(name()), "precious");

		assertThatExceptionOfType(PipeNameInUseException.class).isThrownBy(server::start);

		assertThat(Path.of(name())).hasContent("precious");
	}

	@Test
	void whenFileVanishesThenNameIsServedAgainAndConnectionsStay() throws Exception {
		PipeServer server = started(server());
		server.serve(SeqPacketTests::echo);
		PipeConnection before = closing(client().build()).connect();
		Files.delete(Path.of(name()));

		await().atMost(SOON).until(() -> Files.exists(Path.of(name())));

		PipeConnection after = closing(client().build()).connect();
		after.writeMessage(bytes("after"));
		assertThat(text(after)).isEqualTo("after");
		before.writeMessage(bytes("before"));
		assertThat(text(before)).isEqualTo("before");
		await().atMost(SOON).until(() -> server.statistics().errors(PipeErrorType.NAME_LOST) == 1);
	}

	@Test
	void whenAccessIsForTheCurrentUserThenTheFileSaysSo() throws Exception {
		started(server());

		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(name()))))
			.isEqualTo("rw-------");
	}

	@Test
	void whenAMessageOfFourMegabytesIsAllowedThenItArrives() throws Exception {
		int size = 4_000_000;
		started(server().maxMessageSize(size)).serve(SeqPacketTests::echo);
		PipeConnection connection = closing(client().maxMessageSize(size).build()).connect();
		byte[] message = new byte[size];
		message[0] = 1;
		message[size - 1] = 2;

		connection.writeMessage(ByteBuffer.wrap(message));

		assertThat(connection.readMessage()).isEqualTo(message);
	}

	@Test
	void whenSystemCannotCarryMaximumThenStartFailsWithRemedy() throws Exception {
		PipeServer server = closing(server().maxMessageSize(64 * 1024 * 1024).build());

		assertThatExceptionOfType(PipeException.class).isThrownBy(server::start)
			.has(PipeConditions.reason(Reason.RESOURCE_LIMIT))
			.withMessageContaining("67108864")
			.withMessageContaining("max-message-size")
			.withMessageMatching("(?s).*(net.core.wmem_max=33554448|4MB).*");
		assertThat(Path.of(name())).doesNotExist();
	}

	@Test
	void whenTheServerOnlyReadsThenLargeMessagesNeedNoBufferOfItsOwn() throws Exception {
		PipeServer server = closing(server().direction(PipeDirection.IN).maxMessageSize(64 * 1024 * 1024).build());

		server.start();

		assertThat(server.isRunning()).isTrue();
	}

	@Test
	void whenAThousandClientsHaveComeAndGoneThenNoDescriptorIsLeft() throws Exception {
		PipeServer server = started(server());
		server.serve(SeqPacketTests::echo);
		PipeClient client = closing(client().build());
		PipeClient wrong = closing(PipeClient.builder(name()).build());
		client.connect().close();
		await().atMost(SOON).until(() -> server.instanceCount() == 0);
		long before = Descriptors.open();

		for (int i = 0; i < 1000; i++) {
			try (PipeConnection connection = client.connect()) {
				connection.writeMessage(bytes("x"));
				assertThat(text(connection)).isEqualTo("x");
			}
			if (i % 10 == 0) {
				assertThatExceptionOfType(PipeException.class).isThrownBy(wrong::connect)
					.has(PipeConditions.reason(Reason.MODE_MISMATCH));
			}
		}

		await().atMost(SOON).untilAsserted(() -> assertThat(Descriptors.open()).isLessThanOrEqualTo(before));
		server.stop();
		assertThat(Descriptors.open()).isLessThan(before);
	}

	@Test
	void whenTheReadingThreadIsInterruptedThenItsConnectionIsClosed() throws Exception {
		PipeServer server = started(server());
		PipeConnection clientEnd = closing(client().build()).connect();
		PipeConnection connection = server.accept();
		AtomicReference<Throwable> failure = new AtomicReference<>();
		Thread reader = new Thread(() -> {
			try {
				connection.readMessage();
			}
			catch (IOException ex) {
				failure.set(ex);
			}
		});
		reader.start();
		await().atMost(SOON).until(() -> reader.getState() == Thread.State.RUNNABLE);

		reader.interrupt();
		reader.join(SOON.toMillis());

		assertThat(failure.get()).isInstanceOf(PipeException.class);
		assertThat(connection.isOpen()).isFalse();
		assertThat(text(clientEnd)).isEqualTo("<end>");
	}

	@Test
	void whenTheBacklogIsFullThenAClientIsToldSoWithinItsTimeout() throws Exception {
		started(server().backlog(1));
		PipeClient client = closing(client().connectTimeout(Duration.ofMillis(200)).build());
		List<CompletableFuture<PipeConnection>> queued = new ArrayList<>();

		assertThatExceptionOfType(PipeTimeoutException.class).isThrownBy(() -> {
			for (int i = 0; i < 10; i++) {
				queued.add(CompletableFuture.completedFuture(client.connect()));
			}
		}).withMessageContaining("backlog");

		assertThat(queued).hasSizeBetween(1, 3);
	}

	@Test
	void whenJnaIsMissingThenTheProviderSaysWhatToAdd() throws Exception {
		URL classes = SeqPacketTransportProvider.class.getProtectionDomain().getCodeSource().getLocation();
		try (URLClassLoader withoutJna = new URLClassLoader(new URL[] { classes },
				ClassLoader.getPlatformClassLoader())) {
			Class<?> type = withoutJna.loadClass(SeqPacketTransportProvider.class.getName());
			Object provider = type.getDeclaredConstructor().newInstance();

			Object obstacle = type.getMethod("obstacle").invoke(provider);

			assertThat((Optional<?>) obstacle).get()
				.asString()
				.contains("Message mode")
				.contains("net.java.dev.jna:jna");
		}
		TransportProvider complete = new SeqPacketTransportProvider();
		assertThat(complete.obstacle()).isEmpty();
	}

	@Test
	void whenAWriterIsBlockedThenClosingItsConnectionEndsTheWrite() throws Exception {
		PipeServer server = started(server());
		PipeConnection deaf = closing(client().build()).connect();
		PipeConnection connection = server.accept();
		CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
			try {
				while (true) {
					connection.writeMessage(ByteBuffer.allocate(10_000));
				}
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}, new NewThreadExecutor());
		await().until(() -> connection.statistics().messagesOut() > 0);
		assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> writing.get(300, TimeUnit.MILLISECONDS));

		connection.close();

		assertThat(writing.handle((result, ex) -> ex).get(10, TimeUnit.SECONDS))
			.hasRootCauseInstanceOf(IOException.class);
		assertThat(deaf.readMessage()).hasSize(10_000);
	}

}
