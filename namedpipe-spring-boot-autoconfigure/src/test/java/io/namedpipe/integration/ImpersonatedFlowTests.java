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
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.springframework.integration.dsl.IntegrationFlow;

import io.namedpipe.PipeClient;
import io.namedpipe.PipeServer;
import io.namedpipe.TransmissionMode;
import io.namedpipe.access.AccessRights;
import io.namedpipe.access.AccessRules;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.framing.PayloadFormat;
import io.namedpipe.integration.dsl.NamedPipes;
import io.namedpipe.testsupport.OtherUser;
import io.namedpipe.testsupport.PeerProcess;
import io.namedpipe.testsupport.RequiresCommand;
import io.namedpipe.testsupport.RequiresRoot;
import io.namedpipe.testsupport.TestTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a flow that runs as its client sends to another server, with real other users.
 */
@EnabledOnOs(OS.LINUX)
@RequiresRoot
@RequiresCommand("python3")
class ImpersonatedFlowTests {

	private static final OtherUser ALICE = OtherUser.of(54321, 54321);

	private static final OtherUser BOB = OtherUser.of(54322, 54322);

	private final String otherName = TestTransport.UNIX.newPipeName();

	private final List<String> seenByTheOther = new CopyOnWriteArrayList<>();

	private PipeServer other;

	private TestFlows flows;

	@BeforeEach
	void startTheOtherServer() throws IOException {
		this.other = TestTransport.UNIX.server(this.otherName)
			.access(AccessRules.builder().allow("Everyone", AccessRights.READ_WRITE).build())
			.build();
		this.other.start();
		this.flows = new TestFlows(TestTransport.UNIX);
	}

	@AfterEach
	void stop() throws Exception {
		this.flows.close();
		this.other.close();
		TestTransport.UNIX.cleanUp(this.otherName);
	}

	@Test
	void whenAFlowRunsAsItsClientThenAGatewayConnectsAsTheServer() throws Exception {
		CountDownLatch bothAsk = new CountDownLatch(2);
		this.other.serve((connection) -> {
			this.seenByTheOther.add(connection.peer().userId().orElse("unknown"));
			TestPeer asker = new TestPeer(null, connection);
			Object request = asker.receive();
			while (request != null) {
				bothAsk.countDown();
				TestFlows.awaitLatch(bothAsk);
				asker.send(request);
				request = asker.receive();
			}
		});
		NamedPipeClient client = client();
		start(IntegrationFlow.from(NamedPipes.inboundGateway(server()).impersonateClient(true))
			.handle(NamedPipes.outboundGateway(client))
			.get());

		try (PeerProcess alice = open(ALICE); PeerProcess bob = open(BOB)) {
			alice.send("exchange of alice");
			bob.send("exchange of bob");

			assertThat(alice.nextLine()).isEqualTo("admitted");
			assertThat(bob.nextLine()).isEqualTo("admitted");
		}

		assertThat(this.seenByTheOther).hasSize(2).containsOnly("0");
	}

	@Test
	void whenAFlowRunsAsItsClientThenItsMessagesAreWrittenToAll() throws Exception {
		List<Object> received = new CopyOnWriteArrayList<>();
		this.other.serve((connection) -> received.add(new TestPeer(null, connection).receive()));
		NamedPipeServer news = NamedPipeServer.builder("news", TestTransport.UNIX.server(newsName()))
			.payload(PayloadFormat.text(StandardCharsets.UTF_8))
			.build();
		this.flows.bean("newsServer", news);
		start(IntegrationFlow.from(NamedPipes.inboundGateway(server()).impersonateClient(true))
			.headerFilter(NamedPipeHeaders.CONNECTION_ID)
			.publishSubscribeChannel(
					(channel) -> channel.subscribe((flow) -> flow.handle(NamedPipes.outboundAdapter(news)))
						.subscribe((flow) -> flow.handle(NamedPipes.outboundAdapter(client()))))
			.transform((payload) -> payload)
			.get());

		try (PipeClient reader = TestTransport.UNIX.client(newsName()).build();
				TestPeer first = new TestPeer(null, reader.connect());
				TestPeer second = new TestPeer(null, reader.connect());
				PeerProcess alice = open(ALICE)) {
			await().atMost(TestFlows.SECONDS, TimeUnit.SECONDS)
				.until(() -> news.connections().size() == 2 && !this.other.connections().isEmpty());

			assertThat(alice.ask("exchange news")).isEqualTo("admitted");

			assertThat(first.receive()).isEqualTo("news");
			assertThat(second.receive()).isEqualTo("news");
			await().atMost(TestFlows.SECONDS, TimeUnit.SECONDS)
				.untilAsserted(() -> assertThat(received).containsExactly("news"));
			assertThat(news.connections()).hasSize(2);
		}
		finally {
			TestTransport.UNIX.cleanUp(newsName());
		}
	}

	private String newsName() {
		return this.otherName + "-news";
	}

	private NamedPipeServer server() throws IOException {
		return this.flows.server((builder) -> builder.framing(MessageFraming.raw()),
				(pipe) -> pipe.access(AccessRules.builder()
					.allow(String.valueOf(ALICE.userId()), AccessRights.READ_WRITE)
					.allow(String.valueOf(BOB.userId()), AccessRights.READ_WRITE)
					.build()));
	}

	private NamedPipeClient client() {
		try {
			NamedPipeClient client = NamedPipeClient.builder("other", TestTransport.UNIX.client(this.otherName))
				.payload(PayloadFormat.text(StandardCharsets.UTF_8))
				.build();
			return this.flows.bean("otherClient", client);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void start(IntegrationFlow flow) {
		this.flows.flow("in", flow).start();
	}

	private PeerProcess open(OtherUser user) throws IOException {
		PeerProcess client = user.client(TransmissionMode.BYTE, this.flows.pipeName());
		assertThat(client.ask("open")).isEqualTo("opened");
		return client;
	}

}
