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

package io.namedpipe;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.namedpipe.testsupport.PipeFixture;
import io.namedpipe.transport.memory.MemoryTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The first word on a connection, and its limits.
 */
@Timeout(60)
class ConnectionInitializerTests extends PipeFixture {

	private static final Duration SHORT = Duration.ofMillis(200);

	private final MemoryTransport transport = new MemoryTransport();

	private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

	private final PipeListener listener = new PipeListener() {

		@Override
		public void opened(PipeConnection connection) {
			ConnectionInitializerTests.this.told.add("opened");
		}

		@Override
		public void closed(PipeConnection connection, CloseReason reason, @Nullable Throwable cause) {
			ConnectionInitializerTests.this.told.add("closed");
		}

		@Override
		public void rejected(PipePeer peer, RejectReason reason, String message) {
			ConnectionInitializerTests.this.told.add("rejected " + reason.tag() + ": " + message);
		}

	};

	private PipeServer.Builder server() {
		return PipeServer.builder("first").transport(this.transport);
	}

	private PipeClient.Builder client() {
		return PipeClient.builder("first").transport(this.transport);
	}

	private PipeServer serving(PipeServer.Builder builder, ConnectionHandler handler) throws PipeException {
		PipeServer server = closing(builder.build());
		server.start();
		server.serve(handler);
		return server;
	}

	private static void greet(PipeConnection connection) throws IOException {
		connection.outputStream().write('h');
	}

	private static void expectGreeting(PipeConnection connection) throws IOException {
		int first = connection.inputStream().read();
		if (first != 'h') {
			throw new IOException("no greeting but " + first);
		}
	}

	private static void readToTheEnd(PipeConnection connection) throws IOException {
		connection.inputStream().readAllBytes();
	}

	private String next() throws InterruptedException {
		String next = this.told.poll(SOON.toSeconds(), TimeUnit.SECONDS);
		return (next != null) ? next : "nothing";
	}

	@Test
	void whenBothEndsInitializeThenTheConversationFollows() throws Exception {
		serving(server().initializer(ConnectionInitializerTests::greet).initializer((connection) -> {
			assertThat(this.told).isEmpty();
			expectGreeting(connection);
		}).listener(this.listener), (connection) -> connection.outputStream().write('x'));
		PipeClient client = closing(client().initializer(ConnectionInitializerTests::expectGreeting)
			.initializer(ConnectionInitializerTests::greet)
			.build());

		PipeConnection connection = client.connect();

		assertThat(connection.inputStream().read()).isEqualTo('x');
		assertThat(next()).isEqualTo("opened");
	}

	@Test
	void whenTheInitializerOfAClientFailsThenConnectingFails() throws Exception {
		serving(server(), (connection) -> connection.outputStream().write('x'));
		PipeClient client = closing(
				client().initializer(ConnectionInitializerTests::expectGreeting).listener(this.listener).build());

		assertThatExceptionOfType(PipeException.class).isThrownBy(client::connect)
			.withMessageContaining("no greeting but 120")
			.withCauseInstanceOf(IOException.class);

		assertThat(client.connections()).isEmpty();
		assertThat(client.statistics().accepted()).isZero();
		assertThat(this.told).isEmpty();
	}

	@Test
	void whenAServerIsMuteThenTheClientTimesOut() throws Exception {
		serving(server(), ConnectionInitializerTests::readToTheEnd);
		PipeClient client = closing(
				client().initializer(ConnectionInitializerTests::expectGreeting).connectTimeout(SHORT).build());

		assertThatExceptionOfType(PipeTimeoutException.class).isThrownBy(client::connect)
			.withMessageContaining("connect timeout");

		assertThat(client.connections()).isEmpty();
	}

	@Test
	void whenAListenerReadsFromAMuteServerThenTheClientTimesOut() throws Exception {
		serving(server(), ConnectionInitializerTests::readToTheEnd);
		PipeClient client = closing(client().connectTimeout(SHORT).listener(new PipeListener() {

			@Override
			public void opened(PipeConnection connection) {
				try {
					connection.inputStream().read();
				}
				catch (IOException ex) {
					ConnectionInitializerTests.this.told.add("read failed");
				}
			}

		}).build());

		assertThatExceptionOfType(PipeTimeoutException.class).isThrownBy(client::connect)
			.withMessageContaining("connect timeout");

		assertThat(next()).isEqualTo("read failed");
		assertThat(client.connections()).isEmpty();
	}

	@Test
	void whenAClientIsStoppedThenItsInitializerEnds() throws Exception {
		serving(server(), ConnectionInitializerTests::readToTheEnd);
		PipeClient client = closing(client().initializer((connection) -> {
			this.told.add("begun");
			expectGreeting(connection);
		}).connectTimeout(Duration.ofMinutes(10)).build());
		Future<PipeConnection> connecting = async(() -> client.connect());
		assertThat(next()).isEqualTo("begun");

		client.stop();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(connecting))
			.withCauseInstanceOf(PipeClosedException.class);
	}

	@Test
	void whenTheInitializerOfAServerFailsThenThePeerIsTurnedAway() throws Exception {
		PipeServer server = serving(
				server().initializer(ConnectionInitializerTests::expectGreeting).listener(this.listener),
				(connection) -> this.told.add("handled"));
		PipeConnection connection = closing(client().build()).connect();

		connection.outputStream().write('x');

		assertThat(readToEnd(connection)).isEmpty();
		assertThat(next()).startsWith("rejected handshake").contains("no greeting but 120");
		assertThat(server.statistics().rejected(RejectReason.HANDSHAKE)).isEqualTo(1);
		assertThat(server.statistics().accepted()).isZero();
		assertThat(this.told).isEmpty();
	}

	@Test
	void whenAClientIsMuteThenTheServerTurnsItAway() throws Exception {
		serving(server().initializer(ConnectionInitializerTests::expectGreeting)
			.handshakeTimeout(SHORT)
			.listener(this.listener), (connection) -> this.told.add("handled"));

		PipeConnection connection = closing(client().build()).connect();

		assertThat(readToEnd(connection)).isEmpty();
		assertThat(next()).startsWith("rejected handshake").contains("handshake timeout");
		assertThat(this.told).isEmpty();
	}

}
