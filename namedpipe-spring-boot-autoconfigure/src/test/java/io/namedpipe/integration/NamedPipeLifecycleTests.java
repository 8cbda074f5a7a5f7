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
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.ApplicationContextException;
import org.springframework.integration.IntegrationPatternType;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.graph.IntegrationGraphServer;
import org.springframework.integration.graph.IntegrationNode;

import io.namedpipe.PipeConnection;
import io.namedpipe.PipeNameInUseException;
import io.namedpipe.PipeServer;
import io.namedpipe.integration.dsl.NamedPipes;
import io.namedpipe.integration.event.NamedPipeConnectionClosedEvent;
import io.namedpipe.integration.event.NamedPipeConnectionOpenedEvent;
import io.namedpipe.integration.inbound.NamedPipeInboundChannelAdapter;
import io.namedpipe.testsupport.TestTransport;
import io.namedpipe.transport.Capability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Starting and stopping, and what the components say they are.
 */
@Timeout(60)
class NamedPipeLifecycleTests {

	@ParameterizedTest
	@EnumSource
	void aServerStopsAndStartsAnyNumberOfTimes(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server();
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundGateway(server)).bridge().get()).start();
			for (int i = 0; i < 100; i++) {
				TestPeer peer = flows.connect();
				assertThat(peer.exchange("round " + i)).isEqualTo("round " + i);
				server.stop();
				assertThat(server.isRunning()).isFalse();
				assertThat(peer.receive()).isNull();
				peer.close();
				server.start();
			}
			assertThat(flows.connect().exchange("still here")).isEqualTo("still here");
			assertThat(server.statistics().accepted()).isEqualTo(101);
		}
	}

	@Test
	void startAndStopAreIdempotent() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows.start();
			server.start();
			assertThat(server.isRunning()).isTrue();
			server.stop();
			server.stop();
			AtomicInteger called = new AtomicInteger();
			server.stop(called::incrementAndGet);
			assertThat(called).hasValue(1);
			assertThat(server.isRunning()).isFalse();
		}
	}

	@Test
	void whenNoThreadIsToBeHadThenTheStartIsUndone() throws Exception {
		assumeTrue(TestTransport.PLATFORM.transport().supports(Capability.VIRTUAL_THREADS),
				"has threads of a given factory");
		try (TestFlows flows = new TestFlows(TestTransport.UNIX); PipeServer other = flows.plainServer()) {
			AtomicInteger attempts = new AtomicInteger();
			NamedPipeClient client = flows.client((builder) -> builder.startupFailure(StartupFailurePolicy.STOP)
				.autoStartup(false)
				.virtualThreads((task) -> {
					if (attempts.incrementAndGet() == 1) {
						throw new OutOfMemoryError("unable to create native thread");
					}
					return new Thread(task);
				}), (pipe) -> pipe);
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(client)).handle(flows::keep).get()).start();

			assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(client::start);

			assertThat(client.isRunning()).isFalse();
			assertThat(client.connections()).isEmpty();
			client.start();
			assertThat(client.isRunning()).isTrue();
		}
	}

	@Test
	void whatIsNotToStartWithTheApplicationStartsWhenAsked() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server((builder) -> builder.autoStartup(false));
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundGateway(server)).bridge().get()).start();
			assertThat(server.isRunning()).isFalse();
			assertThatExceptionOfType(IOException.class)
				.isThrownBy(() -> TestTransport.UNIX.client(flows.pipeName()).waitForServer(false).build().connect());
			server.start();
			assertThat(flows.connect().exchange("hello")).isEqualTo("hello");
		}
	}

	@Test
	void anAdapterThatDoesNotStartWithTheApplicationReceivesOnceItIsStarted() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows
				.flow("in",
						IntegrationFlow.from(NamedPipes.inboundAdapter(server).id("ordersInbound").autoStartup(false))
							.handle(flows::keep)
							.get())
				.start();
			flows.connect().send("early");
			await().until(() -> server.statistics().messagesIn() == 1);
			assertThat(flows.hasMessage()).isFalse();
			flows.context().getBean("ordersInbound", NamedPipeInboundChannelAdapter.class).start();
			assertThat(flows.awaitPayloads(1)).containsExactly("early");
		}
	}

	@Test
	void whenNameIsTakenThenStartFailsAndOtherServerIsUntouched() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX); PipeServer other = flows.plainServer()) {
			NamedPipeServer server = flows.server();
			assertThatExceptionOfType(ApplicationContextException.class).isThrownBy(flows::start)
				.withRootCauseInstanceOf(IOException.class)
				.withStackTraceContaining(PipeNameInUseException.class.getName())
				.withStackTraceContaining("The server 'orders' cannot start");
			assertThat(server.isRunning()).isFalse();
			other.serve((connection) -> {
				TestPeer end = new TestPeer(null, connection);
				Object request = end.receive();
				if (request != null) {
					end.send(request);
				}
			});
			assertThat(flows.connect().exchange("still there?")).isEqualTo("still there?");
		}
	}

	@Test
	void componentsStartInTheOrderThatLosesNothing() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			NamedPipeClient client = flows.client();
			flows
				.flow("in",
						IntegrationFlow.from(NamedPipes.inboundAdapter(server).id("ordersInbound"))
							.handle(flows::keep)
							.get())
				.start();
			NamedPipeInboundChannelAdapter adapter = flows.context()
				.getBean("ordersInbound", NamedPipeInboundChannelAdapter.class);
			assertThat(List.of(client.getPhase(), server.getPhase(), client.getReceiverPhase(), adapter.getPhase()))
				.isSorted()
				.doesNotHaveDuplicates();
		}
	}

	@Test
	void theGraphShowsTheComponentTypes() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX); TestFlows other = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			NamedPipeServer second = flows.bean("second",
					NamedPipeServer.builder("second", TestTransport.UNIX.server(other.pipeName())).build());
			NamedPipeClient client = flows.client();
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundAdapter(server).id("ordersInbound"))
						.handle(NamedPipes.outboundAdapter(server), (endpoint) -> endpoint.id("ordersOutbound"))
						.get());
			flows.flow("gateway",
					IntegrationFlow.from(NamedPipes.inboundGateway(second).id("secondGateway"))
						.handle(NamedPipes.outboundGateway(client), (endpoint) -> endpoint.id("billingGateway"))
						.get());
			flows.bean("graph", new IntegrationGraphServer());
			flows.start();
			Map<String, IntegrationNode> nodes = flows.context()
				.getBean(IntegrationGraphServer.class)
				.getGraph()
				.nodes()
				.stream()
				.filter((node) -> node.getComponentType().startsWith("namedpipe:"))
				.collect(Collectors.toMap(IntegrationNode::getComponentType, (node) -> node));
			assertThat(nodes).containsOnlyKeys("namedpipe:inbound-channel-adapter", "namedpipe:inbound-gateway",
					"namedpipe:outbound-channel-adapter", "namedpipe:outbound-gateway");
			nodes.forEach((type, node) -> assertThat(node.getIntegrationPatternType())
				.isEqualTo(IntegrationPatternType.valueOf(type.substring("namedpipe:".length())
					.replace("channel-adapter", "channel_adapter")
					.replace("-gateway", "_gateway")
					.replace("-channel", "_channel"))));
		}
	}

	@Test
	void everyConnectionHasAnOpenedAndAClosedEvent() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(server)).handle(flows::keep).get()).start();
			for (int i = 0; i < 20; i++) {
				TestPeer peer = flows.connect();
				PipeConnection opened = flows.awaitEvent(NamedPipeConnectionOpenedEvent.class).getConnection();
				peer.close();
				assertThat(flows.awaitEvent(NamedPipeConnectionClosedEvent.class).getConnection()).isSameAs(opened);
			}
			assertThat(flows.events(NamedPipeConnectionOpenedEvent.class)).isEmpty();
			assertThat(flows.events(NamedPipeConnectionClosedEvent.class)).isEmpty();
		}
	}

	@Test
	void whenAnEventListenerFailsThenTheConnectionDoesNot() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			flows.context().addApplicationListener((event) -> {
				if (event instanceof NamedPipeConnectionOpenedEvent) {
					throw new IllegalStateException("on purpose");
				}
			});
			NamedPipeServer server = flows.server();
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundGateway(server)).bridge().get()).start();
			assertThat(flows.connect().exchange("hello")).isEqualTo("hello");
		}
	}

	@Test
	void connectionsRunOnThreadsOfTheGivenFactoryWhereTheTransportAllows() throws Exception {
		boolean allows = TestTransport.PLATFORM.transport().supports(Capability.VIRTUAL_THREADS);
		AtomicInteger made = new AtomicInteger();
		ThreadFactory factory = (task) -> {
			Thread thread = new Thread(task, "given-" + made.incrementAndGet());
			thread.setDaemon(true);
			return thread;
		};
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server((builder) -> builder.virtualThreads(factory));
			flows.flow("in",
					IntegrationFlow.from(NamedPipes.inboundGateway(server))
						.handle((payload, headers) -> Thread.currentThread().getName())
						.get());
			flows.flow("out", (flow) -> flow.handle(NamedPipes.outboundAdapter(server)));
			flows.start();
			TestPeer peer = flows.connect();
			assertThat((String) peer.exchange("who are you?"))
				.startsWith(allows ? "given-" : "namedpipe-orders-connection-");
			flows.send("out", "written by a thread of the factory, too");
			assertThat(peer.receive()).isEqualTo("written by a thread of the factory, too");
			assertThat(made).hasValue(allows ? 2 : 0);
		}
	}

	@Test
	void theTimeOfEachDispatchIsTakenWhenAskedFor() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			AtomicInteger dispatches = new AtomicInteger();
			server.setTimings(new NamedPipeTimings() {

				@Override
				public void dispatched(long nanos) {
					assertThat(nanos).isPositive();
					dispatches.incrementAndGet();
				}

			});
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundGateway(server)).bridge().get()).start();
			TestPeer peer = flows.connect();
			for (int i = 0; i < 5; i++) {
				peer.exchange("hello");
			}
			await().untilAsserted(() -> assertThat(dispatches).hasValue(5));
		}
	}

}
