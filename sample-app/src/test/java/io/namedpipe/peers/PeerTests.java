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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.ConfigurableApplicationContext;

import io.namedpipe.integration.NamedPipeClient;
import io.namedpipe.integration.NamedPipeServer;
import io.namedpipe.peers.PeersApplication.Sender;
import io.namedpipe.peers.Shows.Role;
import io.namedpipe.testsupport.OtherUser;
import io.namedpipe.testsupport.Requirement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Programs in other languages at the other end of servers and clients that come from
 * YAML. What is shown for each is in the documentation's table of peers.
 */
@ExtendWith(ShownByPeers.class)
class PeerTests {

	@TempDir
	private static Path folder;

	private static ConfigurableApplicationContext application;

	private final NamedPipeServer server = application.getBean("echoNamedPipeServer", NamedPipeServer.class);

	private final NamedPipeClient client = application.getBean("peerNamedPipeClient", NamedPipeClient.class);

	private final Sender sender = application.getBean(Sender.class);

	@BeforeAll
	static void startApplication() throws IOException {
		if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
			// so that another user finds the pipe, and is refused there
			Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
		}
		application = PeersApplication.run(folder, true);
	}

	@AfterAll
	static void closeApplication() {
		application.close();
	}

	@AfterEach
	void stopClient() {
		this.client.stop();
	}

	@ParameterizedTest
	@MethodSource("io.namedpipe.peers.Peer#clients")
	@Shows(value = "messages of 64 bytes", as = Role.CLIENT)
	void whenAClientAsksThenItGetsItsAnswers(Peer peer) throws Exception {
		assertThat(client(peer, "exchange", "100", "64", "1")).isEqualTo("ok 100");
	}

	@ParameterizedTest
	@MethodSource("io.namedpipe.peers.Peer#clients")
	@Shows(value = "a megabyte", as = Role.CLIENT)
	void whenAClientSendsAMegabyteThenItComesBack(Peer peer) throws Exception {
		assertThat(client(peer, "exchange", "3", "1048576", "1")).isEqualTo("ok 3");
	}

	@ParameterizedTest
	@MethodSource("io.namedpipe.peers.Peer#clients")
	@Shows(value = "10,000 messages", as = Role.CLIENT)
	void whenAClientSendsTenThousandMessagesThenNoneIsLost(Peer peer) throws Exception {
		assertThat(client(peer, "exchange", "10000", "64", "1")).isEqualTo("ok 10000");
	}

	@ParameterizedTest
	@MethodSource("io.namedpipe.peers.Peer#clients")
	@Shows(value = "50 at once", as = Role.CLIENT)
	void whenFiftyClientsConnectAtOnceThenAllAreServed(Peer peer) throws Exception {
		assertThat(client(peer, "exchange", "20", "64", "50")).isEqualTo("ok 1000");
	}

	@ParameterizedTest
	@MethodSource("io.namedpipe.peers.Peer#clients")
	@Shows(value = "leaving in the middle", as = Role.CLIENT)
	void whenAClientLeavesInTheMiddleThenOthersAreServed(Peer peer) throws Exception {
		assertThat(client(peer, "cut")).isEqualTo("cut");

		assertThat(client(peer, "exchange", "10", "64", "1")).isEqualTo("ok 10");
		Awaitility.await().until(() -> this.server.connections().isEmpty());
	}

	@ParameterizedTest
	@MethodSource("io.namedpipe.peers.Peer#clients")
	@DisabledOnOs(OS.WINDOWS)
	@Shows(value = "another user", as = Role.CLIENT)
	void whenTheClientIsAnotherUserThenItIsRefused(Peer peer) throws Exception {
		Requirement.ROOT.orSkip();
		peer.orSkip();

		try (PeerProgram stranger = PeerProgram.start(folder, List.of(OtherUser.of(12345, 12345).launcher()), peer,
				"client", "echo", "exchange", "1", "64", "1")) {
			assertThat(stranger.output()).contains("error: ");
		}

		assertThat(client(peer, "exchange", "10", "64", "1")).isEqualTo("ok 10");
	}

	@ParameterizedTest
	@MethodSource("io.namedpipe.peers.Peer#clients")
	@Shows(value = "a server that stops and starts", as = Role.CLIENT)
	void whenTheServerStopsAndStartsThenClientsSeeItAndReturn(Peer peer) throws Exception {
		peer.orSkip();
		try (PeerProgram client = PeerProgram.start(folder, peer, "client", "echo", "hold")) {
			assertThat(client.nextLine()).isEqualTo("connected");

			this.server.stop();
			assertThat(client.nextLine()).isEqualTo("ended");
			this.server.start();

			assertThat(client(peer, "exchange", "10", "64", "1")).isEqualTo("ok 10");
		}
	}

	@ParameterizedTest
	@MethodSource("io.namedpipe.peers.Peer#servers")
	@Shows(value = "10,000 messages, a megabyte, 50 at once", as = Role.SERVER)
	void whenAServerIsAskedThenItsAnswersArrive(Peer peer) throws Exception {
		peer.orSkip();
		try (PeerProgram server = PeerProgram.serving(folder, peer, "server", "peer", "echo")) {
			this.client.start();

			for (int i = 0; i < 10_000; i++) {
				assertEchoed(64, i);
			}
			assertEchoed(1024 * 1024, 1);
			assertThat(inParallel(50, (n) -> {
				for (int i = 0; i < 20; i++) {
					assertEchoed(64, n * 31 + i);
				}
			})).isEqualTo(50);
		}
	}

	@ParameterizedTest
	@MethodSource("io.namedpipe.peers.Peer#servers")
	@Shows(value = "a server that dies and returns", as = Role.SERVER)
	void whenAServerDiesAndReturnsThenItIsAskedAgain(Peer peer) throws Exception {
		peer.orSkip();
		try (PeerProgram server = PeerProgram.serving(folder, peer, "server", "peer", "echo")) {
			this.client.start();
			assertEchoed(64, 1);
			server.close();

			assertThatException().isThrownBy(() -> this.sender.ask(payload(64, 2)))
				.withStackTraceContaining(this.client.address());
		}

		try (PeerProgram next = PeerProgram.serving(folder, peer, "server", "peer", "echo")) {
			assertEchoed(64, 3);
		}
	}

	private static String client(Peer peer, String... arguments) throws IOException {
		peer.orSkip();
		String[] all = new String[arguments.length + 2];
		all[0] = "client";
		all[1] = "echo";
		System.arraycopy(arguments, 0, all, 2, arguments.length);
		try (PeerProgram program = PeerProgram.start(folder, peer, all)) {
			return program.output();
		}
	}

	private void assertEchoed(int size, int seed) {
		byte[] request = payload(size, seed);
		assertThat(this.sender.ask(request)).isEqualTo(request);
	}

	private static byte[] payload(int size, int seed) {
		byte[] payload = new byte[size];
		for (int i = 0; i < size; i++) {
			payload[i] = (byte) (seed + i * 7);
		}
		return payload;
	}

	private static int inParallel(int count, IntConsumer task) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(count);
		try {
			List<Callable<Object>> tasks = IntStream.range(0, count)
				.mapToObj((n) -> Executors.callable(() -> task.accept(n)))
				.toList();
			for (Future<Object> result : threads.invokeAll(tasks)) {
				result.get();
			}
			return count;
		}
		finally {
			threads.shutdownNow();
		}
	}

}
