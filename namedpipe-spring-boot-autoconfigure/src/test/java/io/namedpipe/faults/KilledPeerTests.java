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
import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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

/**
 * Numbered messages with checksums through every kind of adapter, in both modes and with
 * child processes, while the other side, a program that shares nothing with the library,
 * is killed and started again. {@code -Dnamedpipe.test.kills=200} for more kills.
 */
@Timeout(600)
abstract class KilledPeerTests {

	@TempDir
	private Path folder;

	/**
	 * The name of the pipe.
	 */
	abstract String pipeName(Path folder);

	/**
	 * Starts the other side of a named pipe.
	 */
	abstract PeerProcess start(List<String> arguments) throws IOException;

	/**
	 * The command that starts the other side as a child process.
	 */
	abstract List<String> child(List<String> arguments);

	abstract int kills();

	final String pipeName() {
		return pipeName(this.folder);
	}

	private PipeServer.Builder server(TransmissionMode mode) {
		return PipeServer.builder(pipeName()).transmissionMode(mode);
	}

	private PipeClient.Builder client(TransmissionMode mode) {
		return PipeClient.builder(pipeName()).transmissionMode(mode);
	}

	final KilledPeerScenario peer(TransmissionMode mode, String side, String role, NamedPipe pipe) {
		Path account = this.folder.resolve("account");
		List<String> arguments = List.of(mode.name().toLowerCase(Locale.ROOT), side, role, pipe.address(),
				account.toString());
		return new KilledPeerScenario(pipe, new KillableProcess(() -> start(arguments)), account, kills());
	}

	private KilledPeerScenario child(PipeDirection direction, String role, String handle) throws IOException {
		Path account = this.folder.resolve("account");
		List<String> arguments = List.of("byte", "inherit", role, handle, account.toString());
		NamedPipeProcess process = KilledPeerScenario
			.process(PipeProcess.builder(child(arguments)).direction(direction));
		return new KilledPeerScenario(process, new KillableChild(process), account, kills());
	}

	@ParameterizedTest
	@EnumSource
	void whenServerOfOutboundIsKilledThenMessagesAreAccountedFor(TransmissionMode mode) throws Exception {
		try (KilledPeerScenario scenario = peer(mode, "serve", "receive", KilledPeerScenario.client(client(mode)))) {
			scenario.assertSendsExactly();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenClientOfOutboundIsKilledThenMessagesAreAccountedFor(TransmissionMode mode) throws Exception {
		try (KilledPeerScenario scenario = peer(mode, "connect", "receive", KilledPeerScenario.server(server(mode)))) {
			scenario.assertSendsExactly();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenServerOfInboundIsKilledThenItsMessagesArriveOnce(TransmissionMode mode) throws Exception {
		try (KilledPeerScenario scenario = peer(mode, "serve", "send", KilledPeerScenario.client(client(mode)))) {
			scenario.assertReceivesExactly();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenClientOfInboundIsKilledThenItsMessagesArriveOnce(TransmissionMode mode) throws Exception {
		try (KilledPeerScenario scenario = peer(mode, "connect", "send", KilledPeerScenario.server(server(mode)))) {
			scenario.assertReceivesExactly();
		}
	}

	@Test
	void whenAChildThatReadsIsKilledThenEveryMessageIsAccountedFor() throws Exception {
		try (KilledPeerScenario scenario = child(PipeDirection.OUT, "receive", "{in}")) {
			scenario.assertSendsExactly();
		}
	}

	@Test
	void whenWritingChildIsKilledThenItsMessagesArriveOnceAndWhole() throws Exception {
		try (KilledPeerScenario scenario = child(PipeDirection.IN, "send", "{out}")) {
			scenario.assertReceivesExactly();
		}
	}

}
