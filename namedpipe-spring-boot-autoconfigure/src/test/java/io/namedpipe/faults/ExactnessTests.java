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
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.namedpipe.PipeClient;
import io.namedpipe.PipeDirection;
import io.namedpipe.PipeProcess;
import io.namedpipe.PipeServer;
import io.namedpipe.PipeType;
import io.namedpipe.integration.NamedPipe;
import io.namedpipe.integration.NamedPipeProcess;
import io.namedpipe.testsupport.PeerProcess;
import io.namedpipe.testsupport.RequiresCommand;

/**
 * Numbered messages with checksums through every kind of adapter over everything that
 * carries them on Linux, while the other side is killed and started again.
 * {@code -Dnamedpipe.test.kills=200} for more kills.
 */
@EnabledOnOs(OS.LINUX)
@RequiresCommand("python3")
@Timeout(600)
class ExactnessTests {

	private static final int KILLS = Integer.getInteger("namedpipe.test.kills", 4);

	@TempDir
	private Path folder;

	private Path path = Path.of("/");

	private Path account = Path.of("/");

	@BeforeEach
	void setUp() {
		this.path = this.folder.resolve("p");
		this.account = this.folder.resolve("account");
	}

	private PipeServer.Builder fifoServer(PipeDirection direction) {
		return PipeServer.builder(this.path.toString()).type(PipeType.FIFO).direction(direction);
	}

	private PipeClient.Builder fifoClient(PipeDirection direction) {
		return PipeClient.builder(this.path.toString()).type(PipeType.FIFO).direction(direction);
	}

	private Exactness peer(String mode, String side, String role, NamedPipe pipe) {
		Counterpart peer = new PeerCounterpart(() -> PeerProcess.python("exact_peer.py", mode, side, role,
				this.path.toString(), this.account.toString()));
		return new Exactness(pipe, peer, this.account, KILLS);
	}

	private Exactness peer(Wire wire, String side, String role, NamedPipe pipe) {
		return peer(wire.mode().name().toLowerCase(), side, role, pipe);
	}

	private Exactness fifo(String role, NamedPipe pipe) {
		return peer("byte", "open", role, pipe).sharingOneStream();
	}

	private Exactness child(PipeDirection direction, String role, String handle) throws IOException {
		List<String> command = List.of("python3", PeerProcess.file("exact_peer.py").toString(), "byte", "inherit", role,
				handle, this.account.toString());
		NamedPipeProcess process = Exactness.process(PipeProcess.builder(command).direction(direction));
		return new Exactness(process, new ChildCounterpart(process), this.account, KILLS);
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenTheServerOfAnOutboundAdapterIsKilledThenEveryMessageIsAccountedFor(Wire wire) throws Exception {
		try (Exactness exactness = peer(wire, "serve", "receive", Exactness.client(wire.client(this.path)))) {
			exactness.assertSendsExactly();
		}
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenTheClientOfAnOutboundAdapterIsKilledThenEveryMessageIsAccountedFor(Wire wire) throws Exception {
		try (Exactness exactness = peer(wire, "connect", "receive", Exactness.server(wire.server(this.path)))) {
			exactness.assertSendsExactly();
		}
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenTheServerOfAnInboundAdapterIsKilledThenWhatItHasWrittenArrivesOnceAndWhole(Wire wire) throws Exception {
		try (Exactness exactness = peer(wire, "serve", "send", Exactness.client(wire.client(this.path)))) {
			exactness.assertReceivesExactly();
		}
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenTheClientOfAnInboundAdapterIsKilledThenWhatItHasWrittenArrivesOnceAndWhole(Wire wire) throws Exception {
		try (Exactness exactness = peer(wire, "connect", "send", Exactness.server(wire.server(this.path)))) {
			exactness.assertReceivesExactly();
		}
	}

	@Test
	void whenTheReaderOfOurFifoIsKilledThenEveryMessageIsAccountedFor() throws Exception {
		try (Exactness exactness = fifo("receive", Exactness.server(fifoServer(PipeDirection.OUT)))) {
			exactness.assertSendsExactly();
		}
	}

	@Test
	void whenTheReaderOfAFifoIsKilledThenEveryMessageIsAccountedFor() throws Exception {
		try (Exactness exactness = fifo("receive", Exactness.client(fifoClient(PipeDirection.OUT)))) {
			exactness.assertSendsExactly();
		}
	}

	@Test
	void whenTheWriterOfOurFifoIsKilledThenWhatItHasWrittenArrivesOnceAndWhole() throws Exception {
		try (Exactness exactness = fifo("send", Exactness.server(fifoServer(PipeDirection.IN)))) {
			exactness.assertReceivesExactly();
		}
	}

	@Test
	void whenTheWriterOfAFifoIsKilledThenWhatItHasWrittenArrivesOnceAndWhole() throws Exception {
		try (Exactness exactness = fifo("send", Exactness.client(fifoClient(PipeDirection.IN)))) {
			exactness.assertReceivesExactly();
		}
	}

	@Test
	void whenAChildThatReadsIsKilledThenEveryMessageIsAccountedFor() throws Exception {
		try (Exactness exactness = child(PipeDirection.OUT, "receive", "{in}")) {
			exactness.assertSendsExactly();
		}
	}

	@Test
	void whenAChildThatWritesIsKilledThenWhatItHasWrittenArrivesOnceAndWhole() throws Exception {
		try (Exactness exactness = child(PipeDirection.IN, "send", "{out}")) {
			exactness.assertReceivesExactly();
		}
	}

}
