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

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.endpoint.AbstractEndpoint;

import io.namedpipe.integration.dsl.NamedPipes;
import io.namedpipe.integration.inbound.NamedPipeInboundChannelAdapter;
import io.namedpipe.integration.inbound.NamedPipeInboundGateway;
import io.namedpipe.testsupport.TestTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A pipe that is started again while it stops, or by Spring as it was before.
 */
@Timeout(60)
class StartDuringStopTests {

	@Test
	void whenContextStartsBeforeItsStopHasEndedThenRequestsAreServed() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			CountDownLatch entered = new CountDownLatch(1);
			CountDownLatch release = new CountDownLatch(1);
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundGateway(flows.server()))
				.<String, String>transform((text) -> {
					entered.countDown();
					TestFlows.awaitLatch(release);
					return text.toUpperCase();
				})
				.get()).start();
			lifecycleProcessor(flows.context()).setTimeoutPerShutdownPhase(100);
			TestPeer peer = flows.connect();
			peer.send("first");
			TestFlows.awaitLatch(entered);

			flows.context().stop();
			Thread starting = thread(flows.context()::start);
			await().until(() -> starting.getState() == Thread.State.WAITING);
			release.countDown();
			starting.join(TimeUnit.SECONDS.toMillis(TestFlows.SECONDS));

			assertThat(peer.receive()).isEqualTo("FIRST");
			assertThat(flows.connect().exchange("second")).isEqualTo("SECOND");
		}
	}

	@Test
	void whenGatewayStartsRightAfterItsStopThenRequestsAreServed() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundGateway(server)).bridge().get()).start();

			for (int i = 0; i < 5; i++) {
				restart(flows.context().getBean(NamedPipeInboundGateway.class));

				assertThat(server.isRunning()).isTrue();
				assertThat(flows.connect().exchange("round " + i)).isEqualTo("round " + i);
			}
		}
	}

	@Test
	void whenAdapterStartsRightAfterItsStopThenMessagesAreReceived() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server((builder) -> builder.autoStartup(false));
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(server)).handle(flows::keep).get()).start();
			server.start();

			for (int i = 0; i < 5; i++) {
				restart(flows.context().getBean(NamedPipeInboundChannelAdapter.class));

				assertThat(server.isRunning()).isTrue();
				flows.connect().send("round " + i);
				assertThat(flows.awaitMessage().getPayload()).isEqualTo("round " + i);
			}
		}
	}

	@Test
	void whenPipeStartsRightAfterItsStopThenItRuns() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundGateway(server)).bridge().get()).start();
			CountDownLatch stopped = new CountDownLatch(1);

			server.stop(stopped::countDown);
			server.start();
			TestFlows.awaitLatch(stopped);

			assertThat(server.isRunning()).isTrue();
			assertThat(flows.connect().exchange("hello")).isEqualTo("hello");
		}
	}

	@Test
	void whenApplicationIsRestoredThenPipeStartedByHandIsServed() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server((builder) -> builder.autoStartup(false));
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundGateway(server)).bridge().get()).start();
			server.start();

			flows.context().restart();

			assertThat(server.isRunning()).isTrue();
			assertThat(flows.connect().exchange("hello")).isEqualTo("hello");
		}
	}

	@Test
	void whenApplicationIsRestoredThenPipeThatDidNotRunDoesNot() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server((builder) -> builder.autoStartup(false));
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundGateway(server)).bridge().get()).start();
			server.start();
			flows.context().restart();
			server.stop();

			flows.context().restart();

			assertThat(server.isRunning()).isFalse();
		}
	}

	private static void restart(AbstractEndpoint endpoint) {
		CountDownLatch stopped = new CountDownLatch(1);
		endpoint.stop(stopped::countDown);
		endpoint.start();
		TestFlows.awaitLatch(stopped);
	}

	private static DefaultLifecycleProcessor lifecycleProcessor(AbstractApplicationContext context) {
		return context.getBean(AbstractApplicationContext.LIFECYCLE_PROCESSOR_BEAN_NAME,
				DefaultLifecycleProcessor.class);
	}

	private static Thread thread(Runnable task) {
		Thread thread = new Thread(task, "starting");
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

}
