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

import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.OS;

import io.namedpipe.PipeClient;
import io.namedpipe.PipeDirection;
import io.namedpipe.testsupport.PipeFixture;
import io.namedpipe.testsupport.TestTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * How sockets over pipes are asked for.
 */
@Timeout(60)
class NamedPipeSocketFactoryTests extends PipeFixture {

	@Test
	void whenPipeCannotCarrySocketsThenFactoryIsRefused() throws Exception {
		PipeClient messages = closing(TestTransport.MEMORY_MESSAGE.client("m").build());
		PipeClient oneWay = closing(TestTransport.MEMORY.client("o").direction(PipeDirection.IN).build());

		for (PipeClient client : List.of(messages, oneWay)) {
			assertThatIllegalArgumentException().isThrownBy(() -> new NamedPipeSocketFactory(client))
				.withMessageContaining("byte mode")
				.withMessageContaining("both directions");
		}
	}

	@Test
	void whenPipeCannotCarrySocketsThenServerSocketDoesNotBind() {
		NamedPipeServerSocketFactory messages = new NamedPipeServerSocketFactory(
				() -> TestTransport.MEMORY_MESSAGE.server("m"));
		NamedPipeServerSocketFactory oneWay = new NamedPipeServerSocketFactory(
				() -> TestTransport.MEMORY.server("o").direction(PipeDirection.IN));

		for (NamedPipeServerSocketFactory factory : List.of(messages, oneWay)) {
			assertThatExceptionOfType(SocketException.class).isThrownBy(() -> factory.createServerSocket(0))
				.withMessageContaining("byte mode");
		}
	}

	@Test
	void whenNameIsNoneThenFactoryIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new NamedPipeSocketFactory(" "));
		String ofAnotherSystem = (OS.current() == OS.WINDOWS) ? "/rooted/name" : "\\\\.\\pipe\\name";
		assertThatIllegalArgumentException().isThrownBy(() -> new NamedPipeSocketFactory(ofAnotherSystem))
			.withMessageContaining("No sockets for the pipe");
	}

	@Test
	void whenNameIsMissingThenFactorySaysWhereItComesFrom() {
		assertThatIllegalArgumentException().isThrownBy(() -> new NamedPipeSocketFactory((String) null))
			.withMessageContaining("socketFactoryArg");
	}

	@Test
	void whenSocketIsAskedForInAnyWayThenItIsConnected() throws Exception {
		String name = TestTransport.PLATFORM.newPipeName();
		closing(() -> TestTransport.PLATFORM.cleanUp(name));
		NamedPipeSocketFactory sockets = new NamedPipeSocketFactory(name);
		InetAddress here = InetAddress.getLoopbackAddress();
		closing(new NamedPipeServerSocketFactory(name).createServerSocket(1, 10, here));

		for (Socket socket : List.of(sockets.createSocket("localhost", 2),
				sockets.createSocket("localhost", 2, here, 3), sockets.createSocket(here, 2),
				sockets.createSocket(here, 2, here, 3))) {
			closing(socket);
			assertThat(socket.isConnected()).isTrue();
			assertThat(socket.getPort()).isEqualTo(2);
		}
		assertThat(sockets.toString()).contains(name);
	}

}
