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

package io.namedpipe.transport.windows;

import java.nio.ByteOrder;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import io.namedpipe.PipeClient;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeDirection;
import io.namedpipe.PipeServer;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.framing.MessageReader;
import io.namedpipe.framing.MessageWriter;
import io.namedpipe.framing.PayloadFormat;
import io.namedpipe.integration.NamedPipeClient;
import io.namedpipe.integration.NamedPipeServer;
import io.namedpipe.integration.RequestExecutor;
import io.namedpipe.testsupport.PipeFixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The connections of a gateway over the pipes of Windows while nobody uses them.
 */
@EnabledOnOs(OS.WINDOWS)
@Timeout(60)
class WindowsGatewayTests extends PipeFixture {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private static final MessageFraming FRAMING = MessageFraming.lengthHeader(4, ByteOrder.BIG_ENDIAN);

	private final String name = "gateway-" + ProcessHandle.current().pid();

	private static void echo(PipeConnection connection) throws Exception {
		try (MessageReader reader = FRAMING.reader(connection, PayloadFormat.bytes());
				MessageWriter writer = FRAMING.writer(connection, PayloadFormat.bytes())) {
			Object message = reader.read();
			while (message != null) {
				writer.write(message);
				message = reader.read();
			}
		}
	}

	private PipeServer served() throws Exception {
		PipeServer server = closing(PipeServer.builder(this.name).build());
		server.start();
		server.serve(WindowsGatewayTests::echo);
		return server;
	}

	@Test
	void whenTheReaderOfAnOutServerLeavesThenTheNextOneIsServed() throws Exception {
		NamedPipeServer server = NamedPipeServer
			.builder("server", PipeServer.builder(this.name).direction(PipeDirection.OUT).maxInstances(1))
			.build();
		server.start();
		try (PipeClient client = PipeClient.builder(this.name)
			.direction(PipeDirection.IN)
			.connectTimeout(TIMEOUT)
			.build()) {
			for (int i = 0; i < 3; i++) {
				client.connect().close();
			}
			await().atMost(SOON).until(() -> server.connections().isEmpty());
		}
		finally {
			server.stop();
		}
	}

	@Test
	void whenServerRestartsBetweenCallsThenNextCallIsAnswered() throws Exception {
		PipeServer server = served();
		NamedPipeClient client = NamedPipeClient.builder("client", PipeClient.builder(this.name)).build();
		RequestExecutor pool = client.openExchangePool(2);
		client.start();
		try {
			byte[] request = { 1, 2, 3 };
			assertThat(pool.exchange(request, TIMEOUT)).isEqualTo(request);

			server.stop();
			await().atMost(SOON).until(() -> client.fault().isPresent());
			server.start();
			server.serve(WindowsGatewayTests::echo);

			assertThat(pool.exchange(request, TIMEOUT)).isEqualTo(request);
			await().atMost(SOON).until(() -> client.fault().isEmpty());
		}
		finally {
			client.stop();
		}
	}

}
