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
import io.namedpipe.TransmissionMode;
import io.namedpipe.integration.NamedPipe;
import io.namedpipe.integration.NamedPipeProcess;
import io.namedpipe.testsupport.PeerProcess;
import io.namedpipe.transport.windows.WindowsProgram;

/**
 * Numbered messages with checksums through every kind of adapter over the pipes of
 * Windows, while the other side, a program in C, is killed and started again.
 * {@code -Dnamedpipe.test.kills=200} for more kills.
 */
@EnabledOnOs(OS.WINDOWS)
@Timeout(600)
class WindowsExactnessTests {

	private static final int KILLS = Integer.getInteger("namedpipe.test.kills", 2);

	private static final String NAME = "exactness-" + ProcessHandle.current().pid();

	@TempDir
	private Path folder;

	private Path account = Path.of("/");

	@BeforeEach
	void setUp() {
		this.account = this.folder.resolve("account");
	}

	private static PipeServer.Builder server(TransmissionMode mode) {
		return PipeServer.builder(NAME).transmissionMode(mode);
	}

	private static PipeClient.Builder client(TransmissionMode mode) {
		return PipeClient.builder(NAME).transmissionMode(mode);
	}

	private Exactness peer(TransmissionMode mode, String side, String role, NamedPipe pipe) {
		String[] command = WindowsProgram.command("exact-peer", mode.name().toLowerCase(), side, role,
				"\\\\.\\pipe\\" + NAME, this.account.toString());
		return new Exactness(pipe, new PeerCounterpart(() -> PeerProcess.start(command)), this.account, KILLS);
	}

	private Exactness child(PipeDirection direction, String role, String handle) throws IOException {
		List<String> command = List.of(WindowsProgram.path("exact-peer"), "byte", "inherit", role, handle,
				this.account.toString());
		NamedPipeProcess process = Exactness.process(PipeProcess.builder(command).direction(direction));
		return new Exactness(process, new ChildCounterpart(process), this.account, KILLS);
	}

	@ParameterizedTest
	@EnumSource
	void whenTheServerOfAnOutboundAdapterIsKilledThenEveryMessageIsAccountedFor(TransmissionMode mode)
			throws Exception {
		try (Exactness exactness = peer(mode, "serve", "receive", Exactness.client(client(mode)))) {
			exactness.assertSendsExactly();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenTheClientOfAnOutboundAdapterIsKilledThenEveryMessageIsAccountedFor(TransmissionMode mode)
			throws Exception {
		try (Exactness exactness = peer(mode, "connect", "receive", Exactness.server(server(mode)))) {
			exactness.assertSendsExactly();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenTheServerOfAnInboundAdapterIsKilledThenWhatItHasWrittenArrivesOnceAndWhole(TransmissionMode mode)
			throws Exception {
		try (Exactness exactness = peer(mode, "serve", "send", Exactness.client(client(mode)))) {
			exactness.assertReceivesExactly();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenTheClientOfAnInboundAdapterIsKilledThenWhatItHasWrittenArrivesOnceAndWhole(TransmissionMode mode)
			throws Exception {
		try (Exactness exactness = peer(mode, "connect", "send", Exactness.server(server(mode)))) {
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
