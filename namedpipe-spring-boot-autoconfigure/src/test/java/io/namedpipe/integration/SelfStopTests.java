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

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.integration.dsl.IntegrationFlow;

import io.namedpipe.CloseReason;
import io.namedpipe.PipeErrorType;
import io.namedpipe.PipeException;
import io.namedpipe.PipeServer;
import io.namedpipe.integration.dsl.NamedPipes;
import io.namedpipe.testsupport.TestTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Flows that stop what they belong to.
 */
@Timeout(60)
class SelfStopTests {

	private static final Duration FOR_LONG = Duration.ofSeconds(40);

	@ParameterizedTest
	@EnumSource
	void whenFlowStopsItsServerThenItsReplyIsWrittenAtOnce(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server((builder) -> builder, (pipe) -> pipe.drainTimeout(FOR_LONG));
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundGateway(server)).<String>handle((payload, headers) -> {
						server.stop();
						return "bye";
					}).get())
				.start();
			TestPeer peer = flows.connect();
			TestPeer other = flows.connect();
			await().until(() -> server.connections().size() == 2);

			peer.send("shut down");

			assertThat(peer.receive()).isEqualTo("bye");
			assertThat(peer.receive()).isNull();
			assertThat(other.receive()).isNull();
			await().until(() -> !server.isRunning());
			assertThat(server.statistics().errors(PipeErrorType.WRITE)).isZero();
			await().untilAsserted(() -> assertThat(server.statistics().closed(CloseReason.STOP)).isEqualTo(2));
		}
	}

	@Test
	void whenFlowClosesItsContextThenItsReplyIsWrittenAtOnce() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server((builder) -> builder, (pipe) -> pipe.drainTimeout(FOR_LONG));
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundGateway(server)).<String>handle((payload, headers) -> {
						flows.context().close();
						return "bye";
					}).get())
				.start();
			TestPeer peer = flows.connect();

			peer.send("shut down");

			assertThat(peer.receive()).isEqualTo("bye");
			assertThat(peer.receive()).isNull();
		}
	}

	@Test
	void whenTwoFlowsStopTheirServerThenBothRepliesAreWritten() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server((builder) -> builder, (pipe) -> pipe.drainTimeout(FOR_LONG));
			CountDownLatch both = new CountDownLatch(2);
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundGateway(server)).<String>handle((payload, headers) -> {
						both.countDown();
						TestFlows.awaitLatch(both);
						server.stop();
						return "bye";
					}).get())
				.start();
			TestPeer one = flows.connect();
			TestPeer two = flows.connect();

			one.send("shut down");
			two.send("shut down");

			assertThat(one.receive()).isEqualTo("bye");
			assertThat(two.receive()).isEqualTo("bye");
		}
	}

	@Test
	void whenFlowStopsItsClientThenItDoesNotWaitForItself() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			TestPeer[] peer = new TestPeer[1];
			Thread accepting = null;
			NamedPipeClient client = flows.client((builder) -> builder, (pipe) -> pipe.drainTimeout(FOR_LONG));
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(client)).handle((message) -> {
				client.stop();
				flows.keep(message);
			}).get());
			PipeServer server = flows.plainServer();
			accepting = thread(() -> {
				try {
					peer[0] = flows.accept(server);
				}
				catch (PipeException ex) {
					throw new IllegalStateException(ex);
				}
			});
			flows.start();
			accepting.join(TimeUnit.SECONDS.toMillis(TestFlows.SECONDS));

			peer[0].send("shut down");

			assertThat(flows.awaitMessage().getPayload()).isEqualTo("shut down");
			await().until(() -> !client.isRunning());
			assertThat(peer[0].receive()).isNull();
		}
	}

	private static Thread thread(Runnable task) {
		Thread thread = new Thread(task, "stopping");
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

}
