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

package io.namedpipe.framing;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import io.namedpipe.PipeClient;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeException;
import io.namedpipe.PipeListener;
import io.namedpipe.PipePeer;
import io.namedpipe.PipeServer;
import io.namedpipe.PipeTimeoutException;
import io.namedpipe.RejectReason;
import io.namedpipe.TransmissionMode;
import io.namedpipe.testsupport.TestTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Handshake}.
 */
@Timeout(60)
class HandshakeTests {

	private static final MessageFraming LINES = MessageFraming.line(LineTerminator.LF);

	private static final PayloadFormat TEXT = PayloadFormat.text(StandardCharsets.UTF_8);

	private final BlockingQueue<String> rejected = new ArrayBlockingQueue<>(10);

	private final TestTransport lines = TestTransport.MEMORY;

	private AutoCloseable[] resources = {};

	@AfterEach
	void close() throws Exception {
		for (AutoCloseable resource : this.resources) {
			resource.close();
		}
	}

	private static Handshake handshake(MessageFraming framing) {
		return Handshake.over(framing, StandardCharsets.UTF_8);
	}

	private static MessageFraming framing(TestTransport transport) {
		return (transport == TestTransport.MEMORY_MESSAGE) ? MessageFraming.messageMode() : LINES;
	}

	private void start(PipeServer server, PipeClient client) throws PipeException {
		this.resources = new AutoCloseable[] { client, server };
		server.start();
	}

	private PipeListener keepingRejections() {
		return new PipeListener() {

			@Override
			public void rejected(PipePeer peer, RejectReason reason, String message) {
				HandshakeTests.this.rejected.add(reason.tag() + ": " + message);
			}

		};
	}

	@ParameterizedTest
	@EnumSource
	void whenBothEndsKeepToTheStepsThenMessagesFollow(TestTransport transport) throws Exception {
		MessageFraming framing = framing(transport);
		String name = transport.newPipeName();
		PipeServer server = transport.server(name)
			.initializer(handshake(framing).send("+OK ready").expect(FramePattern.of("HELLO *")).send("WELCOME"))
			.build();
		PipeClient client = transport.client(name)
			.initializer(handshake(framing).expect(FramePattern.of("+OK*"))
				.send("HELLO me")
				.expect(FramePattern.of("/^(WELCOME|READY)$/")))
			.build();
		start(server, client);
		server.serve((connection) -> framing.writer(connection, TEXT)
			.write("echo " + framing.reader(connection, TEXT).read()));

		PipeConnection connection = client.connect();
		framing.writer(connection, TEXT).write("first");

		assertThat(framing.reader(connection, TEXT).read()).isEqualTo("echo first");
		client.close();
		server.close();
		transport.cleanUp(name);
	}

	@Test
	void whenMoreComesWithTheLastFrameThenItIsReadNext() throws Exception {
		String name = this.lines.newPipeName();
		PipeServer server = this.lines.server(name).build();
		PipeClient client = this.lines.client(name)
			.initializer(handshake(LINES).expect(FramePattern.of("one")))
			.initializer(handshake(LINES).expect(FramePattern.of("two")))
			.build();
		start(server, client);
		server.serve((connection) -> connection.outputStream().write("one\ntwo\nthree\nfo".getBytes()));

		PipeConnection connection = client.connect();

		assertThat(connection.isIdle()).isFalse();
		MessageReader reader = LINES.reader(connection, TEXT);
		assertThat(reader.read()).isEqualTo("three");
		assertThat(reader.read()).isEqualTo("fo");
		assertThat(connection.statistics().bytesIn()).isEqualTo("one\ntwo\nthree\nfo".length());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			ERR go away | but got 'ERR go away'
			a\u0007b    | but got 'a\\u0007b'
			            | but the peer ended its output
			""")
	void whenSomethingElseComesThenConnectingSaysWhat(String line, String reason) throws Exception {
		String name = this.lines.newPipeName();
		PipeServer server = this.lines.server(name).build();
		PipeClient client = this.lines.client(name)
			.initializer(handshake(LINES).expect(FramePattern.of("+OK*")))
			.build();
		start(server, client);
		server.serve((connection) -> {
			if (line != null) {
				OutputStream output = connection.outputStream();
				output.write((line + "\n").getBytes(StandardCharsets.UTF_8));
			}
		});

		assertThatExceptionOfType(PipeException.class).isThrownBy(client::connect)
			.withCauseInstanceOf(HandshakeException.class)
			.withMessageContaining("The handshake expects '+OK*', " + reason);
		assertThat(client.connections()).isEmpty();
	}

	@Test
	void whenNothingComesThenTheTimeOutSaysWhatWasExpected() throws Exception {
		String name = this.lines.newPipeName();
		PipeServer server = this.lines.server(name).build();
		PipeClient client = this.lines.client(name)
			.initializer(handshake(LINES).expect(FramePattern.of("+OK*")))
			.connectTimeout(Duration.ofMillis(200))
			.build();
		start(server, client);
		server.serve((connection) -> connection.inputStream().readAllBytes());

		assertThatExceptionOfType(PipeTimeoutException.class).isThrownBy(client::connect)
			.withMessageContaining("(connect timeout)")
			.withMessageContaining("expects '+OK*'");
	}

	@Test
	void whenAClientSaysSomethingElseThenItIsTurnedAway() throws Exception {
		String name = this.lines.newPipeName();
		PipeServer server = this.lines.server(name)
			.initializer(handshake(LINES).expect(FramePattern.of("HELLO ?")))
			.listener(keepingRejections())
			.build();
		PipeClient client = this.lines.client(name).build();
		start(server, client);
		server.serve((connection) -> connection.outputStream().write('x'));

		PipeConnection connection = client.connect();
		connection.outputStream().write("HELLO you\n".getBytes(StandardCharsets.UTF_8));

		assertThat(this.rejected.poll(20, TimeUnit.SECONDS)).startsWith("handshake: ")
			.contains("The handshake expects 'HELLO ?', but got 'HELLO you'");
		assertThat(connection.inputStream().read()).isEqualTo(-1);
	}

	@ParameterizedTest
	@CsvSource({ "OK*, OK, true", "OK*, NOK, false", "O?, OK, true", "O?, O, false", "O.K, OxK, false",
			"/O.K/, NOxKN, true", "/^OK$/, OK., false", "'', '', true", "'', x, false", "/, /, true", "//, //, true",
			"\\E[a], \\E[a], true" })
	void whenFrameMatchesThenSaysSo(String pattern, String frame, boolean matches) {
		assertThat(FramePattern.of(pattern).matches(frame)).isEqualTo(matches);
	}

	@Test
	@Timeout(value = 20, threadMode = ThreadMode.SEPARATE_THREAD)
	void whenAFrameIsLongThenAPatternWithStarsTakesNotLong() {
		String frame = "a".repeat(1 << 20);

		assertThat(FramePattern.of("*a*a*b").matches(frame)).isFalse();
		assertThat(FramePattern.of("*a*a*b").matches(frame + "b")).isTrue();
	}

	@Test
	void whenAFrameIsCutInAMessageThenThatShows() throws Exception {
		String name = this.lines.newPipeName();
		PipeServer server = this.lines.server(name).build();
		PipeClient client = this.lines.client(name)
			.initializer(handshake(LINES).expect(FramePattern.of("+OK*")))
			.build();
		start(server, client);
		server.serve((connection) -> connection.outputStream()
			.write(("\u0007".repeat(101) + "\n").getBytes(StandardCharsets.UTF_8)));

		assertThatExceptionOfType(PipeException.class).isThrownBy(client::connect).withMessageEndingWith("\\u0007...'");
	}

	@Test
	void whenThePatternIsNoExpressionThenSaysWhere() {
		assertThatIllegalArgumentException().isThrownBy(() -> FramePattern.of("/(OK/"))
			.withMessageContaining("regular expression")
			.withMessageContaining("at character ");
	}

	static List<MessageFraming> withoutFrames() {
		return List.of(MessageFraming.raw(), MessageFraming.codec(new NetstringCodec()));
	}

	@ParameterizedTest
	@MethodSource("withoutFrames")
	void whenFramesCannotBeToldApartThenSaysSo(MessageFraming framing) {
		assertThatIllegalArgumentException().isThrownBy(() -> handshake(framing))
			.withMessageContaining(framing.toString())
			.withMessageContaining("use another one");
	}

	@Test
	void whenTheOrderOfBytesIsOpenThenSaysWhatToUse() {
		assertThatIllegalArgumentException()
			.isThrownBy(
					() -> Handshake.over(MessageFraming.lengthHeader(4, ByteOrder.BIG_ENDIAN), StandardCharsets.UTF_16))
			.withMessageContaining("UTF-16BE");
	}

	@Test
	void whenTextCannotBeSentThenSaysWhy() {
		assertThatIllegalArgumentException().isThrownBy(() -> handshake(LINES).send("two\nlines"));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> Handshake.over(LINES, Charset.forName("US-ASCII")).send("ü"))
			.withMessageContaining("US-ASCII");
	}

	@Test
	void whenInMessageModeThenNothingCanBePutBack() throws Exception {
		TestTransport transport = TestTransport.MEMORY_MESSAGE;
		String name = transport.newPipeName();
		PipeServer server = transport.server(name).build();
		PipeClient client = transport.client(name).build();
		start(server, client);
		server.serve((connection) -> connection.inputStream().readAllBytes());

		PipeConnection connection = client.connect();

		assertThat(connection.transmissionMode()).isEqualTo(TransmissionMode.MESSAGE);
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> connection.unread(ByteBuffer.allocate(1)));
	}

}
