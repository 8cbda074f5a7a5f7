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
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.ConfigurableApplicationContext;

import io.namedpipe.integration.NamedPipeClient;
import io.namedpipe.peers.PeersApplication.Sender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Programs in other languages in message mode, and the key of Python's
 * {@code multiprocessing.connection}.
 */
@ExtendWith(ShownByPeers.class)
class SpecialPeerTests {

	@TempDir
	private static Path folder;

	private static ConfigurableApplicationContext application;

	private final Sender sender = application.getBean(Sender.class);

	@BeforeAll
	static void startApplication() {
		application = PeersApplication.run(folder, true);
	}

	@AfterAll
	static void closeApplication() {
		application.close();
	}

	@AfterEach
	void stopClients() {
		application.getBeansOfType(NamedPipeClient.class).values().forEach(NamedPipeClient::stop);
	}

	@ParameterizedTest
	@MethodSource("messagePeers")
	@Shows("Message mode of a client")
	void whenAClientSendsMessagesThenTheirBoundariesHold(Peer peer) throws Exception {
		peer.orSkip();
		try (PeerProgram program = PeerProgram.start(folder, peer, "client", "messages", "message")) {
			assertThat(program.output()).isEqualTo("ok 4");
		}
	}

	// .NET has message mode on Windows only, Go has go-winio there
	static Stream<Peer> messagePeers() {
		Set<Peer> peers = (File.separatorChar == '/') ? Set.of(Peer.GO, Peer.PYTHON, Peer.C)
				: Set.of(Peer.DOTNET, Peer.GO, Peer.C, Peer.C_SYNCHRONOUS);
		return peers.stream();
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	@Shows(value = "Key (authkey) of a client", by = Peer.PYTHON_CONNECTION)
	void whenAClientKnowsTheKeyThenItGetsItsAnswers() throws Exception {
		assertThat(keyed("exchange", "1000", "64", "1", "key=secret")).isEqualTo("ok 1000");
		assertThat(keyed("exchange", "3", "1048576", "1", "key=secret")).isEqualTo("ok 3");
		assertThat(keyed("exchange", "20", "64", "50", "key=secret")).isEqualTo("ok 1000");
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	@Shows(value = "Key (authkey) of a client", by = Peer.PYTHON_CONNECTION)
	void whenAClientHasAnotherKeyThenItIsRefusedAndOthersAreServed() throws Exception {
		assertThat(keyed("exchange", "1", "64", "1", "key=other")).contains("digest sent was rejected");

		assertThat(keyed("exchange", "1", "64", "1", "key=secret")).isEqualTo("ok 1");
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	@Shows(value = "Key (authkey) of a server", by = Peer.PYTHON_CONNECTION)
	void whenAServerKnowsTheKeyThenItsAnswersArrive() throws Exception {
		Peer.PYTHON_CONNECTION.orSkip();
		try (PeerProgram server = keyedServer("key=secret")) {
			startKeyedPeer();

			IntStream.range(0, 500).parallel().forEach((n) -> {
				byte[] request = ("request " + n).getBytes(StandardCharsets.UTF_8);
				assertThat(this.sender.askKeyed(request)).isEqualTo(request);
			});
		}
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	@Shows(value = "Key (authkey) of a server", by = Peer.PYTHON_CONNECTION)
	void whenAServerHasAnotherKeyThenNothingIsSentToIt() throws Exception {
		Peer.PYTHON_CONNECTION.orSkip();
		try (PeerProgram server = keyedServer("key=other")) {
			startKeyedPeer();

			assertThatException().isThrownBy(() -> this.sender.askKeyed(new byte[] { 1 }))
				.withStackTraceContaining("the peer has another key");

			assertThat(server.nextLine()).startsWith("refused: ");
		}
	}

	private static PeerProgram keyedServer(String key) throws IOException {
		return PeerProgram.serving(folder, Peer.PYTHON_CONNECTION, "server", "peer", "echo", key);
	}

	private void startKeyedPeer() {
		application.getBean("keyed-peerNamedPipeClient", NamedPipeClient.class).start();
	}

	private static String keyed(String... arguments) throws IOException {
		Peer.PYTHON_CONNECTION.orSkip();
		String[] all = Stream.concat(Stream.of("client", "keyed"), Stream.of(arguments)).toArray(String[]::new);
		try (PeerProgram program = PeerProgram.start(folder, Peer.PYTHON_CONNECTION, all)) {
			return program.output();
		}
	}

}
