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
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Programs in other languages in message mode, and Python's
 * {@code multiprocessing.connection}, which has a length before each message.
 */
class MessageModePeerTests {

	@TempDir
	private static Path folder;

	private static ConfigurableApplicationContext application;

	@BeforeAll
	static void startApplication() {
		application = PeersApplication.run(folder, true);
	}

	@AfterAll
	static void closeApplication() {
		application.close();
	}

	@ParameterizedTest
	@MethodSource("messagePeers")
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
	void whenMultiprocessingConnectsThenItGetsItsAnswers() throws Exception {
		Peer.PYTHON.orSkip();
		try (PeerProgram program = PeerProgram.start(folder, Peer.PYTHON, "client", "echo", "connection")) {
			assertThat(program.output()).isEqualTo("ok 3");
		}
	}

}
