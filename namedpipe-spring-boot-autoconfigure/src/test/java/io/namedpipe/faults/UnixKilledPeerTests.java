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
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import io.namedpipe.PipeClient;
import io.namedpipe.PipeDirection;
import io.namedpipe.PipeServer;
import io.namedpipe.PipeType;
import io.namedpipe.TransmissionMode;
import io.namedpipe.integration.NamedPipe;
import io.namedpipe.testsupport.PeerProcess;
import io.namedpipe.testsupport.RequiresCommand;

/**
 * What the {@link KilledPeerScenario} asks, over Unix domain sockets, FIFOs and
 * {@code pipe(2)}, with Python at the other side.
 */
@EnabledOnOs(OS.LINUX)
@RequiresCommand("python3")
class UnixKilledPeerTests extends KilledPeerTests {

	@Override
	String pipeName(Path folder) {
		return folder.resolve("p").toString();
	}

	@Override
	PeerProcess start(List<String> arguments) throws IOException {
		return PeerProcess.python("killed_peer.py", arguments.toArray(String[]::new));
	}

	@Override
	List<String> child(List<String> arguments) {
		List<String> command = new ArrayList<>(List.of("python3", PeerProcess.file("killed_peer.py").toString()));
		command.addAll(arguments);
		return command;
	}

	@Override
	int kills() {
		return Integer.getInteger("namedpipe.test.kills", 4);
	}

	private PipeServer.Builder fifoServer(PipeDirection direction) {
		return PipeServer.builder(pipeName()).type(PipeType.FIFO).direction(direction);
	}

	private PipeClient.Builder fifoClient(PipeDirection direction) {
		return PipeClient.builder(pipeName()).type(PipeType.FIFO).direction(direction);
	}

	private KilledPeerScenario fifo(String role, NamedPipe pipe) {
		return peer(TransmissionMode.BYTE, "open", role, pipe).sharingOneStream();
	}

	@Test
	void whenTheReaderOfOurFifoIsKilledThenEveryMessageIsAccountedFor() throws Exception {
		try (KilledPeerScenario scenario = fifo("receive", KilledPeerScenario.server(fifoServer(PipeDirection.OUT)))) {
			scenario.assertSendsExactly();
		}
	}

	@Test
	void whenTheReaderOfAFifoIsKilledThenEveryMessageIsAccountedFor() throws Exception {
		try (KilledPeerScenario scenario = fifo("receive", KilledPeerScenario.client(fifoClient(PipeDirection.OUT)))) {
			scenario.assertSendsExactly();
		}
	}

	@Test
	void whenWriterOfServedFifoIsKilledThenItsMessagesArriveOnce() throws Exception {
		try (KilledPeerScenario scenario = fifo("send", KilledPeerScenario.server(fifoServer(PipeDirection.IN)))) {
			scenario.assertReceivesExactly();
		}
	}

	@Test
	void whenWriterOfFifoIsKilledThenItsMessagesArriveOnce() throws Exception {
		try (KilledPeerScenario scenario = fifo("send", KilledPeerScenario.client(fifoClient(PipeDirection.IN)))) {
			scenario.assertReceivesExactly();
		}
	}

}
