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

package io.namedpipe.peers;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

import io.namedpipe.integration.NamedPipeClient;
import io.namedpipe.integration.NamedPipeServer;
import io.namedpipe.peers.PeersApplication.Sender;
import io.namedpipe.testsupport.JavaProcess;
import io.namedpipe.testsupport.OtherUser;
import io.namedpipe.testsupport.Requirement;
import io.namedpipe.testsupport.Wine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

/**
 * What {@code System.IO.Pipes} has beyond other languages: directions, servers of one
 * instance, the current user only, cancelled reads, running as the client.
 */
@ExtendWith(ShownByPeers.class)
class DotnetPeerTests {

	private static final boolean WINDOWS = File.separatorChar == '\\';

	private static final OtherUser CLIENT = OtherUser.of(12345, 12345);

	@TempDir
	private static Path folder;

	private static ConfigurableApplicationContext application;

	private final Sender sender = application.getBean(Sender.class);

	private final PeersApplication received = application.getBean(PeersApplication.class);

	@BeforeAll
	static void startApplication() throws IOException {
		Files.createDirectory(folder.resolve("open"));
		if (!WINDOWS) {
			Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
			Files.setPosixFilePermissions(folder.resolve("open"), PosixFilePermissions.fromString("rwxrwxrwx"));
		}
		application = PeersApplication.run(folder, true);
	}

	@AfterAll
	static void closeApplication() {
		application.close();
	}

	@BeforeEach
	void dotnetIsThere() {
		Peer.DOTNET.orSkip();
	}

	@AfterEach
	void stopClients() {
		application.getBeansOfType(NamedPipeClient.class).values().forEach(NamedPipeClient::stop);
		this.received.received().clear();
	}

	@Test
	@Shows("A read that is cancelled")
	void whenAReadIsCancelledThenTheServerGoesOn() throws Exception {
		assertThat(run("client", "echo", "cancel")).isEqualTo("cancelled\nok 10");
	}

	@Test
	@Shows("PipeOptions.CurrentUserOnly of a client")
	void whenAClientWantsTheCurrentUserOnlyThenItTakesUs() throws Exception {
		assumeFalse(Wine.isHere(), () -> "Not shown by " + Wine.version().orElseThrow()
				+ ": its user is an elevated administrator, for whom .NET expects the group as the owner");
		assertThat(run("client", "echo", "current-user")).isEqualTo("ok 1");
	}

	@Test
	@Shows("PipeDirection.In of a client")
	void whenAClientOnlyReadsThenItGetsWhatIsSent() throws Exception {
		NamedPipeServer feed = application.getBean("feedNamedPipeServer", NamedPipeServer.class);
		try (PeerProgram reader = PeerProgram.start(folder, Peer.DOTNET, "client", "feed", "read")) {
			assertThat(reader.nextLine()).isEqualTo("connected");
			Awaitility.await().until(() -> feed.sessions().length == 1);

			for (int i = 0; i < 1000; i++) {
				this.sender.feed(("message " + i).getBytes(StandardCharsets.UTF_8));
			}

			for (int i = 0; i < 1000; i++) {
				assertThat(reader.nextLine()).isEqualTo("message " + i);
			}
			feed.stop();
			assertThat(reader.nextLine()).isEqualTo("ended");
			feed.start();
		}
	}

	@Test
	@Shows("PipeDirection.Out of a client")
	void whenAClientOnlyWritesThenAllIsReceived() throws Exception {
		assertThat(run("client", "sink", "write", "1000")).isEqualTo("ok 1000");

		assertReceived(1000);
	}

	@Test
	@Shows("PipeDirection.In of a client of a duplex pipe")
	void whenAClientOnlyReadsADuplexPipeThenItIsSentTo() throws Exception {
		NamedPipeServer duplex = application.getBean("duplexNamedPipeServer", NamedPipeServer.class);
		try (PeerProgram reader = PeerProgram.start(folder, Peer.DOTNET, "client", "duplex", "read")) {
			assertThat(reader.nextLine()).isEqualTo("connected");
			Awaitility.await().until(() -> duplex.sessions().length == 1);
			assertThat(run("client", "duplex", "write", "3")).isEqualTo("ok 3");
			assertReceived(3);

			this.sender.sendDuplex("for readers".getBytes(StandardCharsets.UTF_8));

			assertThat(reader.nextLine()).isEqualTo("for readers");
		}
		Awaitility.await().untilAsserted(() -> {
			this.sender.sendDuplex("for nobody".getBytes(StandardCharsets.UTF_8));
			assertThat(duplex.connections()).isEmpty();
		});
	}

	@Test
	@Shows("A server of one instance")
	void whenAServerHasOneInstanceThenExchangesWaitForIt() throws Exception {
		try (PeerProgram server = PeerProgram.serving(folder, Peer.DOTNET, "server", "peer", "one-instance")) {
			start("single");

			IntStream.range(0, 200).parallel().forEach((n) -> {
				byte[] request = ("request " + n).getBytes(StandardCharsets.UTF_8);
				assertThat(this.sender.askSingle(request)).isEqualTo(request);
			});
		}
	}

	@Test
	@Shows("PipeOptions.CurrentUserOnly of a server")
	void whenAServerTakesTheCurrentUserOnlyThenItTakesUs() throws Exception {
		try (PeerProgram server = PeerProgram.serving(folder, Peer.DOTNET, "server", "peer", "current-user")) {
			start("single");

			assertThat(this.sender.askSingle(new byte[] { 1, 2, 3 })).containsExactly(1, 2, 3);
		}
	}

	@Test
	@Shows("PipeDirection.Out of a server")
	void whenAServerOnlyWritesThenAllIsReceived() throws Exception {
		try (PeerProgram server = PeerProgram.serving(folder, Peer.DOTNET, "server", "peer", "write", "1000")) {
			start("reader");

			assertThat(server.nextLine()).isEqualTo("written");
			assertReceived(1000);
		}
	}

	@Test
	@Shows("PipeDirection.In of a server")
	void whenAServerOnlyReadsThenItGetsWhatIsSent() throws Exception {
		try (PeerProgram server = PeerProgram.serving(folder, Peer.DOTNET, "server", "peer", "read")) {
			NamedPipeClient writer = start("writer");
			Awaitility.await().until(() -> writer.sessions().length == 1);

			for (int i = 0; i < 1000; i++) {
				this.sender.write(("message " + i).getBytes(StandardCharsets.UTF_8));
			}

			for (int i = 0; i < 1000; i++) {
				assertThat(server.nextLine()).isEqualTo("message " + i);
			}
			writer.stop();
			assertThat(server.nextLine()).isEqualTo("ended");
		}
	}

	@Test
	@Shows("Run as client, ours as the server (Wine: as itself)")
	void whenAFlowRunsAsItsClientThenItsFilesAreTheClients() throws Exception {
		canBeAnotherUser();
		Path file = folder.resolve("open").resolve("by-the-flow");

		try (PeerProgram client = PeerProgram.start(folder, List.of(asClient()), Peer.DOTNET, "client", "personal",
				"run-as", file.toString())) {
			assertThat(client.output()).isEqualTo("created");
		}

		assertThat(owner(file)).isEqualTo(ownerOfTheClientsFiles());
	}

	@Test
	@Shows("RunAsClient of a server (Wine: as itself)")
	void whenAServerRunsAsUsThenItsFilesAreOurs() throws Exception {
		canBeAnotherUser();
		Path file = folder.resolve("open").resolve("by-dotnet");
		List<String> openToAll = WINDOWS ? List.of() : List.of("sh", "-c", "umask 0; exec \"$@\"", "sh");

		try (PeerProgram server = PeerProgram.start(folder, openToAll, Peer.DOTNET, "server", "peer", "run-as")) {
			assertThat(server.nextLine()).isEqualTo("serving");
			JavaProcess.Builder question = JavaProcess
				.of(OneQuestion.class, "--namedpipe.directory=" + folder, "--question=" + file)
				.launchedBy(asClient());
			if (!WINDOWS) {
				question.readableByAll(folder.resolve("class-path"));
			}
			try (JavaProcess client = question.start()) {
				assertThat(client.output()).contains("answer: created");
			}
		}

		assertThat(owner(file)).isEqualTo(ownerOfTheClientsFiles());
	}

	private static void canBeAnotherUser() {
		if (!WINDOWS) {
			Requirement.ROOT.orSkip();
		}
	}

	private static String[] asClient() {
		return WINDOWS ? new String[0] : CLIENT.launcher();
	}

	private static Object ownerOfTheClientsFiles() throws IOException {
		return WINDOWS ? owner(Files.createTempFile(folder, "ours", "")) : CLIENT.userId();
	}

	private static Object owner(Path file) throws IOException {
		return WINDOWS ? Files.getOwner(file) : Files.getAttribute(file, "unix:uid");
	}

	private NamedPipeClient start(String name) {
		NamedPipeClient client = application.getBean(name + "NamedPipeClient", NamedPipeClient.class);
		client.start();
		return client;
	}

	private void assertReceived(int count) throws InterruptedException {
		for (int i = 0; i < count; i++) {
			assertThat(this.received.received().poll(20, TimeUnit.SECONDS)).isEqualTo("message " + i);
		}
	}

	private static String run(String... arguments) throws IOException {
		try (PeerProgram program = PeerProgram.start(folder, Peer.DOTNET, arguments)) {
			return program.output();
		}
	}

}
