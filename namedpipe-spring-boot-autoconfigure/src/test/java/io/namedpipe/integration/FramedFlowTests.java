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

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.support.MessageBuilder;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.support.GenericMessage;

import io.namedpipe.PipeConnection;
import io.namedpipe.PipeServer;
import io.namedpipe.framing.LengthHeader;
import io.namedpipe.framing.LineTerminator;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.integration.dsl.NamedPipes;
import io.namedpipe.testsupport.TestTransport;
import io.namedpipe.transport.Capability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * What programs send byte by byte, and what flows make of it.
 */
@Timeout(60)
class FramedFlowTests {

	private final TestFlows flows = new TestFlows(TestTransport.PLATFORM);

	@AfterEach
	void close() throws Exception {
		this.flows.close();
	}

	@Test
	void whenFrameHasHeadersThenMessageAndReplyHaveThem() throws Exception {
		NamedPipeServer server = this.flows.server((builder) -> builder.framing(MessageFraming.contentLength()));
		this.flows.flow("in", IntegrationFlow.from(NamedPipes.inboundGateway(server)).handle((message, headers) -> {
			this.flows.keep(new GenericMessage<>(message, headers));
			return message.toString().toUpperCase();
		}).get()).start();
		PipeConnection peer = this.flows.connect().connection();

		write(peer, "Content-Length: 3\r\ncontent-type: text/x\r\nX-Foo: bar\r\n\r\nh\u00c3\u00a9");

		assertThat(read(peer, 58)).contains("content-type: text/x\r\n")
			.contains("X-Foo: bar\r\n")
			.contains("Content-Length: 3\r\n")
			.endsWith("\r\n\r\nH\u00c3\u0089");
		assertThat(this.flows.awaitMessage().getHeaders()).containsEntry("X-Foo", "bar")
			.containsEntry("content-type", "text/x")
			.doesNotContainKey("Content-Length")
			.containsKey(NamedPipeHeaders.CONNECTION_ID);
	}

	@Test
	void whenPeerSendsNamesOfSpringThenTheyHaveNoEffect() throws Exception {
		NamedPipeServer server = this.flows.server((builder) -> builder.framing(MessageFraming.contentLength()));
		this.flows.flow("in", IntegrationFlow.from(NamedPipes.inboundGateway(server)).handle((message, headers) -> {
			this.flows.keep(new GenericMessage<>(message, headers));
			return message;
		}).get()).start();
		PipeConnection peer = this.flows.connect().connection();

		write(peer,
				"Content-Length: 2\r\nreplyChannel: nullChannel\r\nerrorChannel: nullChannel\r\nid: 1\r\n"
						+ "timestamp: 2\r\nroutingSlip: x\r\nfile_name: ../x\r\nnamedPipe_connectionId: y\r\n"
						+ "namedPipe_framePrefix: z\r\nnativeHeaders: a\r\nlookupDestination: b\r\n"
						+ "simpDestination: /topic/c\r\nsimpUser: root\r\n\r\nhi");

		assertThat(read(peer, 23)).isEqualTo("Content-Length: 2\r\n\r\nhi");
		MessageHeaders headers = this.flows.awaitMessage().getHeaders();
		assertThat(headers).doesNotContainKeys("routingSlip", "file_name", NamedPipeHeaders.FRAME_PREFIX,
				"nativeHeaders", "lookupDestination", "simpDestination", "simpUser");
		assertThat(headers.getReplyChannel()).isNotEqualTo("nullChannel");
		assertThat(headers.get(NamedPipeHeaders.CONNECTION_ID)).isNotEqualTo("y");
	}

	@Test
	void whenRequestHasHeadersThenTheyAreSentAndThoseOfReplyCount() throws Exception {
		NamedPipeClient client = this.flows.client((builder) -> builder.framing(MessageFraming.contentLength()),
				(pipe) -> pipe);
		this.flows.flow("ask", (flow) -> flow.handle(NamedPipes.outboundGateway(client)).handle(this.flows::keep));
		PipeServer server = this.flows.plainServer();
		this.flows.start();
		Future<?> exchange = CompletableFuture.runAsync(() -> this.flows.sendMessage("ask",
				MessageBuilder.withPayload("hi")
					.setHeader("X-Foo", "bar")
					.setHeader("X-Number", 7)
					.setHeader("file_name", "secret")
					.setHeader("object", new Object())
					.build()));
		PipeConnection peer = this.flows.accept(server).connection();
		String request = read(peer, 48);

		write(peer, "Content-Length: 2\r\nX-Foo: baz\r\n\r\nho");

		exchange.get();
		assertThat(request).contains("X-Foo: bar\r\n").contains("X-Number: 7\r\n").doesNotContain("secret", "object");
		Message<?> reply = this.flows.awaitMessage();
		assertThat(reply.getPayload()).isEqualTo("ho");
		assertThat(reply.getHeaders()).containsEntry("X-Foo", "baz").containsEntry("X-Number", 7);
	}

	@Test
	void whenLengthCountsItselfThenPrefixComesBack() throws Exception {
		MessageFraming framing = MessageFraming
			.lengthHeader(LengthHeader.of(4, ByteOrder.BIG_ENDIAN).offset(1).adjustment(-4));
		NamedPipeServer server = this.flows.server((builder) -> builder.framing(framing));
		this.flows
			.flow("in",
					IntegrationFlow.from(NamedPipes.inboundGateway(server))
						.transform(String.class, (text) -> text + "!")
						.get())
			.start();
		PipeConnection peer = this.flows.connect().connection();

		write(peer, "Q\0\0\0\6hi");

		assertThat(read(peer, 8)).isEqualTo("Q\0\0\0\7hi!");
	}

	@Test
	void whenPrefixIsNoBytesThenMessageIsRefused() {
		Message<?> message = MessageBuilder.withPayload("hi").setHeader(NamedPipeHeaders.FRAME_PREFIX, "Q").build();

		assertThatIllegalArgumentException().isThrownBy(() -> FrameHeaders.frame(message, Map.of()))
			.withMessage("The header namedPipe_framePrefix has to be a byte[], not a java.lang.String");
	}

	@Test
	void whenReplyEndsWithStreamThenItIsRead() throws Exception {
		MessageFraming framing = MessageFraming.of(MessageFraming.untilClose(), MessageFraming.line(LineTerminator.LF));
		NamedPipeClient client = this.flows.client((builder) -> builder.framing(framing), (pipe) -> pipe);
		this.flows.flow("ask",
				(flow) -> flow.handle(NamedPipes.outboundGateway(client).connections(ExchangeConnections.SINGLE_USE)));
		PipeServer server = this.flows.plainServer();
		this.flows.start();
		Future<Object> reply = CompletableFuture.supplyAsync(() -> this.flows.exchange("ask", "show version"));
		PipeConnection peer = this.flows.accept(server).connection();

		assertThat(read(peer, 13)).isEqualTo("show version\n");
		write(peer, "2.6.12\n");
		write(peer, "\n");
		peer.close();

		assertThat(reply.get()).isEqualTo("2.6.12\n\n");
	}

	@Test
	void whenBothEndWithStreamThenHalfCloseEndsRequest() throws Exception {
		assumeTrue(TestTransport.PLATFORM.transport().supports(Capability.HALF_CLOSE), "has a half-close");
		NamedPipeServer server = this.flows.server((builder) -> builder.framing(MessageFraming.untilClose()));
		NamedPipeClient client = this.flows.client((builder) -> builder.framing(MessageFraming.untilClose()),
				(pipe) -> pipe);
		this.flows.flow("in",
				IntegrationFlow.from(NamedPipes.inboundGateway(server))
					.transform(String.class, String::toUpperCase)
					.get());
		this.flows.flow("ask",
				(flow) -> flow.handle(NamedPipes.outboundGateway(client).connections(ExchangeConnections.SINGLE_USE)));
		this.flows.start();

		assertThat(this.flows.exchange("ask", "one\ntwo")).isEqualTo("ONE\nTWO");
		assertThat(this.flows.exchange("ask", "x".repeat(100_000))).isEqualTo("X".repeat(100_000));
	}

	@Test
	void whenRepliesEndWithStreamThenConnectionsAreNotPooled() throws Exception {
		MessageFraming framing = MessageFraming.of(MessageFraming.untilClose(), MessageFraming.line(LineTerminator.LF));
		NamedPipeClient client = this.flows.client((builder) -> builder.framing(framing), (pipe) -> pipe);

		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> client.openExchangePool(2))
			.withMessageContaining("SINGLE_USE");
	}

	private static void write(PipeConnection peer, String text) throws IOException {
		peer.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
	}

	/**
	 * Reads until there are so many bytes at least, and a message of them is whole.
	 */
	private static String read(PipeConnection peer, int count) throws IOException {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		ByteBuffer buffer = ByteBuffer.allocate(1000);
		while (all.size() < count && peer.read(buffer.clear()) >= 0) {
			all.write(buffer.array(), 0, buffer.position());
		}
		return all.toString(StandardCharsets.ISO_8859_1);
	}

	@Test
	void whenNoHeadersThenMessageHasNone() throws Exception {
		NamedPipeServer server = this.flows.server((builder) -> builder.framing(MessageFraming.contentLength()));
		this.flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(server)).handle(this.flows::keep).get())
			.start();

		write(this.flows.connect().connection(), "Content-Length: 2\r\n\r\nhi");

		assertThat(this.flows.awaitMessage()).satisfies((message) -> {
			assertThat(message.getPayload()).isEqualTo("hi");
			assertThat(Map.copyOf(message.getHeaders())).doesNotContainKey(NamedPipeHeaders.FRAME_PREFIX);
		});
	}

}
