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
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.serializer.DefaultDeserializer;
import org.springframework.core.serializer.DefaultSerializer;
import org.springframework.core.serializer.Deserializer;
import org.springframework.core.serializer.Serializer;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.messaging.MessagingException;

import io.namedpipe.CloseReason;
import io.namedpipe.PipeErrorType;
import io.namedpipe.PipeServer;
import io.namedpipe.framing.CodecException;
import io.namedpipe.framing.FrameCodec;
import io.namedpipe.framing.FrameDecoder;
import io.namedpipe.framing.FramingException;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.framing.PayloadFormat;
import io.namedpipe.integration.dsl.NamedPipes;
import io.namedpipe.integration.event.NamedPipeConnectionClosedEvent;
import io.namedpipe.integration.event.NamedPipeErrorEvent;
import io.namedpipe.testsupport.TestTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Codecs of the application that throw, seen from those that send and receive.
 */
@Timeout(60)
class CodecFailureTests {

	private static final Serializer<Object> SERIALIZER = new DefaultSerializer();

	private static final Deserializer<Object> DESERIALIZER = new DefaultDeserializer();

	private static <T> T fail() {
		return (T) (Object) Integer.valueOf("twelve");
	}

	private static MessageFraming codec(FrameCodec codec) {
		return MessageFraming.codec(codec, "numbers");
	}

	static Stream<MessageFraming> failToRead() {
		return Stream.of(codec(new Codec() {

			@Override
			public FrameDecoder decoder(int maxMessageSize) {
				return (input) -> fail();
			}

		}), codec(new Codec() {

			@Override
			public FrameDecoder decoder(int maxMessageSize) {
				return (input) -> {
					throw new FramingException("not a number", new NumberFormatException("twelve"));
				};
			}

		}), codec(new Codec() {

			@Override
			public FrameDecoder decoder(int maxMessageSize) {
				return new AtTheEnd();
			}

		}), codec(new Codec() {

			@Override
			public FrameDecoder decoder(int maxMessageSize) {
				return fail();
			}

		}), MessageFraming.serializer(SERIALIZER, (input) -> {
			input.read();
			return fail();
		}, "numbers"), MessageFraming.serializer(SERIALIZER, (input) -> {
			input.read();
			throw new IOException("not a number", new NumberFormatException("twelve"));
		}, "numbers"));
	}

	static Stream<MessageFraming> failToWrite() {
		return Stream.of(codec(new Codec() {

			@Override
			public void encode(ByteBuffer payload, ByteBuffer target) {
				fail();
			}

		}), codec(new Codec() {

			@Override
			public int maxFrameSize(int payloadSize) {
				return (payloadSize > 1000) ? payloadSize : fail();
			}

		}), MessageFraming.serializer((object, output) -> fail(), DESERIALIZER, "numbers"));
	}

	@ParameterizedTest
	@MethodSource({ "failToRead", "failToWrite" })
	void whenACodecThrowsThenTheCallerOfAGatewayIsToldWhich(MessageFraming framing) throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			answer(flows.plainServer());
			Orders orders = gateway(flows, framing, Orders.class);

			assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> orders.ask("x"))
				.isInstanceOf(CodecException.class)
				.withStackTraceContaining("NumberFormatException")
				.satisfies((ex) -> assertThat(ex).hasCauseInstanceOf(Exception.class));
		}
	}

	@ParameterizedTest
	@MethodSource("failToWrite")
	void whenACodecCannotWriteThenItsBeanIsNamed(MessageFraming framing) throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			answer(flows.plainServer());
			DeclaredOrders orders = gateway(flows, framing, DeclaredOrders.class);

			assertThatExceptionOfType(FramingException.class).isThrownBy(() -> orders.ask("x"))
				.withMessageContaining("'numbers'")
				.withMessageContaining("twelve")
				.withCauseInstanceOf(CodecException.class);
		}
	}

	@Test
	void whenACodecCannotReadThenItsBeanAndConnectionAreNamed() throws Exception {
		MessageFraming framing = MessageFraming.serializer(SERIALIZER, (input) -> {
			input.read();
			return fail();
		}, "numbers");
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			answer(flows.plainServer());
			DeclaredOrders orders = gateway(flows, framing, DeclaredOrders.class);

			assertThatExceptionOfType(FramingException.class).isThrownBy(() -> orders.ask("x"))
				.withMessageContaining("'numbers'")
				.withMessageContaining("connection ")
				.withMessageContaining("twelve")
				.satisfies((ex) -> assertThat(ex.getCause()).isInstanceOf(CodecException.class)
					.hasMessage(ex.getMessage())
					.hasCauseInstanceOf(NumberFormatException.class));
		}
	}

	@ParameterizedTest
	@MethodSource("failToWrite")
	void whenACodecCannotWriteThenTheSenderIsTold(MessageFraming framing) throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server((builder) -> builder.framing(framing));
			flows.flow("out", (flow) -> flow.handle(NamedPipes.outboundAdapter(server))).start();
			flows.connect();

			assertThatExceptionOfType(MessagingException.class).isThrownBy(() -> flows.send("out", "x"))
				.withRootCauseInstanceOf(NumberFormatException.class)
				.withCauseInstanceOf(FramingException.class)
				.withStackTraceContaining("'numbers'");
		}
	}

	@Test
	void whenCodecMakesNoDecoderThenConnectionIsClosedWithEvent() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server((builder) -> builder.framing(codec(new Codec() {

				@Override
				public FrameDecoder decoder(int maxMessageSize) {
					return fail();
				}

			})));
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(server)).handle(flows::keep).get()).start();

			TestPeer peer = flows.connect();

			NamedPipeErrorEvent event = flows.awaitEvent(NamedPipeErrorEvent.class);
			assertThat(event.getType()).isEqualTo(PipeErrorType.FRAMING);
			assertThat(event.getCause()).hasMessageContaining("'numbers'").hasMessageContaining("connection ");
			assertThat(flows.awaitEvent(NamedPipeConnectionClosedEvent.class).getReason())
				.isEqualTo(CloseReason.PROTOCOL);
			assertThat(peer.receive()).isNull();
			assertThat(server.isRunning()).isTrue();
		}
	}

	@Test
	void whenAMessageIsMalformedThenOnlyItsConnectionIsClosed() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(server)).handle(flows::keep).get()).start();
			TestPeer other = flows.connect();
			other.send("first");
			TestPeer malformed = flows.connect();

			malformed.send(new byte[] { 'a', (byte) 0xFF });

			NamedPipeErrorEvent event = flows.awaitEvent(NamedPipeErrorEvent.class);
			assertThat(event.getType()).isEqualTo(PipeErrorType.FRAMING);
			assertThat(event.getCause()).hasMessageContaining("0xFF at byte 1").hasMessageContaining("UTF-8");
			assertThat(flows.awaitEvent(NamedPipeConnectionClosedEvent.class).getReason())
				.isEqualTo(CloseReason.PROTOCOL);
			assertThat(malformed.receive()).isNull();
			other.send("second");
			assertThat(flows.awaitPayloads(2)).containsExactly("first", "second");
		}
	}

	@Test
	void whenAReplyHasAnUnknownCharacterThenItIsNotSent() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows
				.server((builder) -> builder.payload(PayloadFormat.text(StandardCharsets.US_ASCII)));
			flows
				.flow("in",
						IntegrationFlow.from(NamedPipes.inboundGateway(server))
							.handle((payload, headers) -> "caf\u00e9")
							.get())
				.start();
			TestPeer peer = flows.connect();

			assertThat(peer.exchange("coffee")).isNull();

			NamedPipeErrorEvent event = flows.awaitEvent(NamedPipeErrorEvent.class);
			assertThat(event.getType()).isEqualTo(PipeErrorType.WRITE);
			assertThat(event.getCause()).hasMessageContaining("U+00E9").hasMessageContaining("US-ASCII");
		}
	}

	private static <T> T gateway(TestFlows flows, MessageFraming framing, Class<T> type) throws IOException {
		NamedPipeClient client = flows.client((builder) -> builder.framing(framing), (pipe) -> pipe);
		flows.flow("out", IntegrationFlow.from(type).handle(NamedPipes.outboundGateway(client)).get()).start();
		return flows.context().getBean(type);
	}

	// Sends a few bytes for the first ones of a request, and ends the stream
	private static void answer(PipeServer server) {
		server.serve((connection) -> {
			connection.read(ByteBuffer.allocate(1));
			connection.write(ByteBuffer.allocate(8));
		});
	}

	private interface Orders {

		String ask(String text);

	}

	private interface DeclaredOrders {

		String ask(String text) throws IOException;

	}

	private static class Codec implements FrameCodec {

		@Override
		public FrameDecoder decoder(int maxMessageSize) {
			return (input) -> null;
		}

		@Override
		public int maxFrameSize(int payloadSize) {
			return payloadSize;
		}

		@Override
		public void encode(ByteBuffer payload, ByteBuffer target) {
			target.put(payload);
		}

	}

	private static final class AtTheEnd implements FrameDecoder {

		@Override
		public byte @Nullable [] decode(ByteBuffer input) {
			input.position(input.limit());
			return null;
		}

		@Override
		public byte @Nullable [] endOfStream() {
			return fail();
		}

	}

}
