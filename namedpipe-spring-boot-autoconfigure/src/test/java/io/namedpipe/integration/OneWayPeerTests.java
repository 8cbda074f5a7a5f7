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

package io.namedpipe.integration;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.integration.dsl.IntegrationFlow;

import io.namedpipe.PipeClient;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeDirection;
import io.namedpipe.PipeServer;
import io.namedpipe.TransmissionMode;
import io.namedpipe.integration.dsl.NamedPipes;
import io.namedpipe.testsupport.TestTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Peers of one direction at ends of ours that go both ways, as .NET has them: one that
 * only reads ends its output at once, and one that only writes its input.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class OneWayPeerTests {

	private static final Duration SOON = Duration.ofSeconds(20);

	private static NamedPipeServer duplexServer(TestFlows flows) throws IOException {
		NamedPipeServer server = flows.server();
		flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(server)).handle(flows::keep).get());
		flows.flow("out", (flow) -> flow.handle(NamedPipes.outboundAdapter(server)));
		flows.start();
		return server;
	}

	private static TestPeer connect(NamedPipeServer server, PipeDirection direction) throws IOException {
		PipeClient client = server.pipe().clientBuilder().direction(direction).build();
		return new TestPeer(client, client.connect());
	}

	private static void awaitSessions(NamedPipe pipe, int count) {
		await().atMost(SOON).untilAsserted(() -> assertThat(pipe.sessions()).hasSize(count));
	}

	@ParameterizedTest
	@EnumSource(names = { "MEMORY", "PLATFORM" })
	void whenAPeerOnlyReadsThenItGetsWhatIsSentUntilItLeaves(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = duplexServer(flows);
			try (TestPeer reader = connect(server, PipeDirection.IN)) {
				awaitSessions(server, 1);
				for (int i = 0; i < 50; i++) {
					flows.send("out", "tick " + i);

					assertThat(reader.receive()).isEqualTo("tick " + i);
				}
			}
			awaitSessions(server, 0);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "MEMORY", "PLATFORM" })
	void whenAPeerOnlyWritesThenItIsHeardAndNotSentTo(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = duplexServer(flows);
			try (TestPeer writer = connect(server, PipeDirection.OUT); TestPeer other = flows.connect()) {
				awaitSessions(server, 2);
				for (int i = 0; i < 20; i++) {
					flows.send("out", "tick " + i);
					assertThat(other.receive()).isEqualTo("tick " + i);
					writer.send("tock " + i);

					assertThat(flows.awaitMessage().getPayload()).isEqualTo("tock " + i);
				}
				assertThat(server.sessions()).hasSize(2);
			}
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "MEMORY", "PLATFORM" })
	void whenAPeerHasWrittenAndEndsItsOutputThenItGetsTheEnd(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = duplexServer(flows);
			try (TestPeer peer = flows.connect()) {
				peer.send("the only request");
				flows.awaitMessage();

				peer.connection().endOutput();

				assertThat(peer.receive()).isNull();
			}
			awaitSessions(server, 0);
		}
	}

	@Test
	void whenAServerOnlyReadsThenTheClientStaysConnected() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeClient client = flows.client();
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(client)).handle(flows::keep).get());
			flows.flow("out", (flow) -> flow.handle(NamedPipes.outboundAdapter(client)));
			try (PipeServer reader = PipeServer.builder(client.address()).direction(PipeDirection.IN).build()) {
				reader.start();
				flows.start();
				TestPeer peer = new TestPeer(null, reader.accept());
				awaitSessions(client, 1);
				for (int i = 0; i < 50; i++) {
					flows.send("out", "tick " + i);

					assertThat(peer.receive()).isEqualTo("tick " + i);
				}
				assertThat(client.statistics().accepted()).isEqualTo(1);
				peer.close();
				reader.accept().close();
			}
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "MEMORY", "PLATFORM" })
	void whenTheReaderOfAnOutOnlyServerLeavesThenTheNextIsServed(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server((builder) -> builder,
					(pipe) -> pipe.direction(PipeDirection.OUT).maxInstances(1));
			flows.flow("out", (flow) -> flow.handle(NamedPipes.outboundAdapter(server))).start();
			for (int i = 0; i < 3; i++) {
				try (TestPeer reader = connect(server, PipeDirection.IN)) {
					awaitSessions(server, 1);

					flows.send("out", "hello");

					assertThat(reader.receive()).isEqualTo("hello");
				}
				awaitSessions(server, 0);
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenAPeerEndsItsOutputThenThatIsToldFromItsLeaving(TransmissionMode mode, @TempDir Path folder)
			throws Exception {
		String name = folder.resolve("pipe").toString();
		try (PipeServer server = PipeServer.builder(name).transmissionMode(mode).maxMessageSize(1024).build();
				PipeClient client = PipeClient.builder(name).transmissionMode(mode).maxMessageSize(1024).build()) {
			server.start();
			PipeConnection peer = client.connect();
			PipeConnection connection = server.accept();
			assertThat(connection.hasPeerLeft()).isFalse();
			peer.endOutput();
			assertThat(connection.inputStream().read()).isEqualTo(-1);
			assertThat(connection.hasPeerLeft()).isFalse();
			assertThat(connection.isPeerStillThere()).isTrue();

			peer.close();

			assertThat(connection.hasPeerLeft()).isTrue();
			assertThat(connection.isPeerStillThere()).isFalse();
			connection.close();
			assertThat(connection.hasPeerLeft()).isFalse();
		}
	}

}
