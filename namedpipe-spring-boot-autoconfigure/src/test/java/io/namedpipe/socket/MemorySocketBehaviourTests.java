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

package io.namedpipe.socket;

import java.net.ServerSocket;
import java.net.Socket;

import org.junit.jupiter.api.Test;

import io.namedpipe.PipeClient;
import io.namedpipe.PipeServer;
import io.namedpipe.testsupport.TestTransport;
import io.namedpipe.transport.GrantedAccess;
import io.namedpipe.transport.memory.ControlledMemoryTransport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The behaviour of sockets over pipes in memory.
 */
class MemorySocketBehaviourTests extends SocketBehaviourTests {

	MemorySocketBehaviourTests() {
		super(TestTransport.MEMORY);
	}

	@Test
	void whenClientMayNotBothReadAndWriteThenNextIsAccepted() throws Exception {
		ControlledMemoryTransport transport = new ControlledMemoryTransport();
		ServerSocket listening = closing(
				new NamedPipeServerSocketFactory(() -> PipeServer.builder("limited").transport(transport))
					.createServerSocket(1));
		NamedPipeSocketFactory sockets = new NamedPipeSocketFactory(
				closing(PipeClient.builder("limited").transport(transport).build()));
		transport.setGranted(new GrantedAccess(true, false));
		Socket reader = closing(sockets.createSocket("localhost", 1));
		transport.setGranted(new GrantedAccess(false, true));
		Socket writer = closing(sockets.createSocket("localhost", 1));
		transport.setGranted(GrantedAccess.FULL);
		Socket client = closing(sockets.createSocket("localhost", 1));

		listening.setSoTimeout((int) SOON.toMillis());
		Socket server = closing(listening.accept());

		client.getOutputStream().write(7);
		assertThat(server.getInputStream().read()).isEqualTo(7);
		assertThat(reader.getInputStream().read()).isEqualTo(-1);
		assertThat(writer.getInputStream().read()).isEqualTo(-1);
	}

}
