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

package io.namedpipe.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.namedpipe.ConnectionHandler;
import io.namedpipe.PipeServer;
import io.namedpipe.framing.Frame;
import io.namedpipe.framing.LineTerminator;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.framing.MessageReader;
import io.namedpipe.framing.MessageWriter;
import io.namedpipe.framing.PayloadFormat;
import io.namedpipe.testsupport.TestTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link PipeTestClient}.
 */
class PipeTestClientTests {

	private static final MessageFraming LINES = MessageFraming.line(LineTerminator.LF);

	private static final Duration SHORT = Duration.ofMillis(200);

	private PipeServer server = PipeServer.builder("none").build();

	PipeTestClientTests() throws Exception {
	}

	@AfterEach
	void close() {
		this.server.close();
	}

	private void serve(TestTransport transport, MessageFraming framing, Answers answers) throws Exception {
		this.server = transport.server(transport.newPipeName()).build();
		this.server.start();
		this.server.serve((connection) -> {
			PayloadFormat format = PayloadFormat.bytes();
			try (MessageReader reader = framing.reader(connection, format);
					MessageWriter writer = framing.writer(connection, format)) {
				Object read = reader.read();
				while (read != null && answers.answer(read, writer)) {
					read = reader.read();
				}
			}
		});
	}

	private void serve(ConnectionHandler handler) throws Exception {
		this.server = TestTransport.MEMORY.server(TestTransport.MEMORY.newPipeName()).build();
		this.server.start();
		this.server.serve(handler);
	}

	private PipeTestClient.Builder client(MessageFraming framing) {
		return PipeTestClient.bindTo(this.server, framing).timeout(Duration.ofSeconds(20));
	}

	private static boolean echo(Object read, MessageWriter writer) throws Exception {
		writer.write(read);
		return true;
	}

	@ParameterizedTest
	@EnumSource
	void whenReplyIsAsExpectedThenGoesOn(TestTransport transport) throws Exception {
		MessageFraming framing = (transport == TestTransport.MEMORY_MESSAGE) ? MessageFraming.messageMode() : LINES;
		serve(transport, framing, PipeTestClientTests::echo);

		try (PipeTestClient client = client(framing).connect()) {
			client.send("a", "b".getBytes()).expectReply("a").expectReply("b").send("c");
			client.expectTextSatisfying((text) -> assertThat(text).isEqualTo("c"));
			client.send("ä").expectReply("ä".getBytes("UTF-8"));
		}
	}

	@Test
	void whenReplyIsAnotherThenShowsBoth() throws Exception {
		serve(TestTransport.MEMORY, LINES, PipeTestClientTests::echo);

		try (PipeTestClient client = client(LINES).connect()) {
			client.send("a\tb");

			assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> client.expectReply("ab"))
				.withMessage("Expected\n  2 bytes: 61 62 (\"ab\")\nbut received\n  3 bytes: 61 09 62");
		}
	}

	@Test
	void whenThereIsNoReplyThenSaysAfterTime() throws Exception {
		serve(TestTransport.MEMORY, LINES, (read, writer) -> true);

		try (PipeTestClient client = client(LINES).timeout(SHORT).connect()) {
			client.send("a").expectNoReply(SHORT);

			assertThatExceptionOfType(AssertionError.class).isThrownBy(client::receive)
				.withMessageContaining("Expected a message")
				.withMessageContaining("within 200 ms, but nothing came");
		}
	}

	@Test
	void whenReplyIsLaterThanAnExpectationThenTheNextOneGetsIt() throws Exception {
		serve(TestTransport.MEMORY, LINES, PipeTestClientTests::echo);

		try (PipeTestClient client = client(LINES).connect()) {
			client.expectNoReply(SHORT).sendBytes((byte) 'a').expectNoReply(SHORT).sendBytes((byte) '\n');
			client.expectReply("a");
			client.send("b");
			assertThatExceptionOfType(AssertionError.class)
				.isThrownBy(() -> client.expectNoReply(Duration.ofSeconds(20)))
				.withMessageContaining("62 (\"b\")");
		}
	}

	@Test
	void whenTheServerEndsThenThatIsExpectedOrSaid() throws Exception {
		serve(TestTransport.MEMORY, LINES, (read, writer) -> false);

		try (PipeTestClient client = client(LINES).connect()) {
			client.send("a").expectEnd();
			assertThatExceptionOfType(AssertionError.class).isThrownBy(client::receive)
				.withMessageContaining("the server ended");
			assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> client.expectNoReply(SHORT))
				.withMessageContaining("the server ended");
		}
	}

	@Test
	void whenTheServerStaysThenItsEndIsMissed() throws Exception {
		serve(TestTransport.MEMORY, LINES, PipeTestClientTests::echo);

		try (PipeTestClient client = client(LINES).timeout(SHORT).connect()) {
			assertThatExceptionOfType(AssertionError.class).isThrownBy(client::expectEnd)
				.withMessageContaining("the end of the connection");
			client.send("a");
			assertThatExceptionOfType(AssertionError.class).isThrownBy(client::expectEnd)
				.withMessageContaining("61 (\"a\")");
		}
	}

	@Test
	void whenTheServerBreaksTheFramingThenSaysHow() throws Exception {
		serve((connection) -> {
			connection.outputStream().write(new byte[] { 0, 0, 0, 9, 'a' });
			connection.endOutput();
			connection.inputStream().read();
		});

		try (PipeTestClient client = client(MessageFraming.lengthHeader(4, ByteOrder.BIG_ENDIAN)).connect()) {
			assertThatExceptionOfType(AssertionError.class).isThrownBy(client::receive)
				.withMessageContaining("Expected a message")
				.withCauseInstanceOf(IOException.class);
		}
	}

	@Test
	void whenTheStreamIsRawThenAsManyBytesAsExpectedAreTaken() throws Exception {
		serve(TestTransport.MEMORY, LINES, PipeTestClientTests::echo);

		try (PipeTestClient client = client(LINES).raw().connect()) {
			client.send("one\ntwo\n").expectReply("one\n").expectReply("tw").expectReply("o\n");
			client.send("three\n").expectReply("t");
			assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> client.expectNoReply(SHORT));
			assertThat(client.receive()).isEqualTo("hree\n".getBytes());
		}
	}

	@Test
	void whenOnlyWhatIsWrittenHasNoBoundariesThenRepliesAreWhole() throws Exception {
		serve(TestTransport.MEMORY, MessageFraming.of(MessageFraming.raw(), LINES), (read, writer) -> {
			writer.write("order 7 accepted");
			return true;
		});

		try (PipeTestClient client = client(MessageFraming.of(LINES, MessageFraming.raw())).connect()) {
			client.send("7");
			assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> client.expectReply("order 7"));
		}
	}

	@Test
	void whenSomethingElseEndsReadingThenThatIsNoEnd() throws Exception {
		serve((connection) -> {
			connection.outputStream().write(new byte[] { 127, 0, 0, 0 });
			connection.inputStream().read();
		});
		MessageFraming framing = MessageFraming.lengthHeader(4, ByteOrder.BIG_ENDIAN);

		try (PipeTestClient client = client(framing).connect()) {
			assertThatExceptionOfType(AssertionError.class).isThrownBy(client::expectEnd)
				.withMessageContaining("Expected the end of the connection");
		}
		try (PipeTestClient client = client(framing).connect()) {
			client.connection().close();
			assertThatExceptionOfType(AssertionError.class).isThrownBy(client::expectEnd);
		}
	}

	@Test
	void whenHalfOfWhatIsExpectedComesThenItIsShown() throws Exception {
		serve(TestTransport.MEMORY, LINES, PipeTestClientTests::echo);

		try (PipeTestClient client = client(LINES).timeout(SHORT).raw().connect()) {
			client.send("half\n");
			assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> client.expectReply("half\nand more\n"))
				.withMessageContaining("68 61 6c 66 0a");
		}
	}

	@Test
	void whenFramesHaveHeadersThenTheyAreThere() throws Exception {
		MessageFraming framing = MessageFraming.contentLength();
		serve(TestTransport.MEMORY, framing, PipeTestClientTests::echo);

		try (PipeTestClient client = client(framing).connect()) {
			client.send(new Frame("{}".getBytes(), Map.of("Id", "7")));

			Frame frame = client.receiveFrame();

			assertThat(frame.headers()).containsEntry("Id", "7");
			assertThat(frame.payload()).isEqualTo("{}".getBytes());
		}
	}

	@Test
	void whenOutputEndsThenTheServerReadsThat() throws Exception {
		serve(TestTransport.MEMORY, MessageFraming.untilClose(), PipeTestClientTests::echo);

		try (PipeTestClient client = client(MessageFraming.untilClose()).connect()) {
			client.sendBytes((byte) 'a').endOutput().expectReply("a").expectEnd();
		}
	}

	@Test
	void whenNobodyServesThenSaysSoInTime() throws Exception {
		this.server = TestTransport.MEMORY.server(TestTransport.MEMORY.newPipeName()).build();

		assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> client(LINES).timeout(SHORT).connect())
			.withMessageContaining("A test client cannot connect")
			.withMessageContaining(this.server.address());
	}

	@Test
	void whenThereIsNoServerBeanThenNobodyKnowsTheConnection() throws Exception {
		serve(TestTransport.MEMORY, LINES, PipeTestClientTests::echo);

		try (PipeTestClient client = client(LINES).connect()) {
			assertThatIllegalStateException().isThrownBy(client::awaitConnected)
				.withMessageContaining("bindTo(NamedPipeServer)");
			assertThatIllegalStateException().isThrownBy(client::connectionId);
		}
	}

	@FunctionalInterface
	private interface Answers {

		boolean answer(Object read, MessageWriter writer) throws Exception;

	}

}
