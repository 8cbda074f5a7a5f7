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

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.dsl.context.IntegrationFlowContext;

import io.namedpipe.CloseReason;
import io.namedpipe.DropReason;
import io.namedpipe.integration.dsl.NamedPipes;
import io.namedpipe.testsupport.TestTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Receivers that come and go while their pipe runs.
 */
@Timeout(60)
class ChangingReceiversTests {

	@ParameterizedTest
	@EnumSource
	void whenReceiverIsReplacedThenConnectionsGoToThePresentOne(TestTransport transport) throws Exception {
		try (TestFlows flows = new TestFlows(transport)) {
			NamedPipeServer server = flows.server();
			flows.start();
			IntegrationFlowContext registry = flows.context().getBean(IntegrationFlowContext.class);
			TestPeer peer = flows.connect();
			for (int i = 0; i < 100; i++) {
				String answer = "answer of " + i;
				registry
					.registration(IntegrationFlow.from(NamedPipes.inboundGateway(server))
						.<String, String>transform((text) -> answer)
						.get())
					.id("in")
					.register();

				assertThat(peer.exchange("who is it?")).isEqualTo(answer);

				registry.remove("in");
			}
			assertThat(server.statistics().current()).isEqualTo(1);
		}
	}

	@Test
	void whenNobodyReceivesThenInputIsCountedAndNextGetsTheRest() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows.start();
			IntegrationFlowContext registry = flows.context().getBean(IntegrationFlowContext.class);
			TestPeer peer = flows.connect();
			peer.send("one");
			peer.send("two");
			await().untilAsserted(() -> assertThat(server.statistics().dropped(DropReason.NO_RECEIVER)).isEqualTo(2));

			registry.registration(IntegrationFlow.from(NamedPipes.inboundAdapter(server)).handle(flows::keep).get())
				.id("in")
				.register();
			peer.send("three");

			assertThat(flows.awaitPayloads(1)).isEqualTo(List.of("three"));
			assertThat(server.statistics().dropped(DropReason.NO_RECEIVER)).isEqualTo(2);
		}
	}

	@Test
	void whenNobodyReceivesThenAPeerMaySendWhatItLikes() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows.flow("out", (flow) -> flow.handle(NamedPipes.outboundAdapter(server))).start();
			TestPeer peer = flows.connect();
			await().until(() -> server.sessions().length == 1);

			peer.connection().outputStream().write("no frame at all\n".getBytes());
			await().untilAsserted(() -> assertThat(server.statistics().bytesIn()).isPositive());
			flows.send("out", "still there");

			assertThat(peer.receive()).isEqualTo("still there");
			peer.close();
			await().untilAsserted(() -> assertThat(server.statistics().closed(CloseReason.PEER)).isEqualTo(1));
		}
	}

	@Test
	void whenSecondReceiverIsRefusedThenTheFirstGoesOn() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundGateway(server)).bridge().get()).start();
			IntegrationFlowContext registry = flows.context().getBean(IntegrationFlowContext.class);
			IntegrationFlow second = IntegrationFlow.from(NamedPipes.inboundGateway(server)).bridge().get();

			assertThatExceptionOfType(BeanCreationException.class)
				.isThrownBy(() -> registry.registration(second).register())
				.withStackTraceContaining("has a receiver already");

			assertThat(flows.connect().exchange("hello")).isEqualTo("hello");
		}
	}

}
