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

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.core.serializer.DefaultSerializer;
import org.springframework.core.serializer.Deserializer;

import io.namedpipe.testsupport.ConnectedPipe;
import io.namedpipe.testsupport.TestTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What a reader tells of what is left, at the end of the stream and of an object.
 */
@Timeout(60)
class MessageReaderTests {

	private static final PayloadFormat TEXT = PayloadFormat.text(StandardCharsets.UTF_8);

	private static final MessageFraming LINES = MessageFraming.line(LineTerminator.LF);

	private static ByteBuffer bytes(String text) {
		return StandardCharsets.UTF_8.encode(text);
	}

	@Test
	void whenTheStreamEndsThenTheLastLineIsReadAndCounted() throws Exception {
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY);
				MessageReader reader = LINES.reader(pipe.serverEnd(), TEXT)) {
			pipe.clientEnd().write(bytes("one\ntwo"));
			pipe.clientEnd().close();

			assertThat(reader.read()).isEqualTo("one");
			assertThat(reader.hasPending()).isTrue();
			assertThat(reader.read()).isEqualTo("two");
			assertThat(reader.hasPending()).isFalse();
			assertThat(reader.read()).isNull();

			assertThat(pipe.serverEnd().statistics().messagesIn()).isEqualTo(2);
		}
	}

	@Test
	void whenAPartOfAMessageHasComeThenItIsPending() throws Exception {
		for (MessageFraming framing : List.of(LINES, MessageFraming.lengthHeader(1, ByteOrder.BIG_ENDIAN))) {
			try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY);
					MessageReader reader = framing.reader(pipe.serverEnd(), TEXT)) {
				assertThat(reader.hasPending()).isFalse();

				pipe.clientEnd().write(bytes("\u0001\n\u0001"));
				reader.read();

				assertThat(reader.hasPending()).isTrue();
			}
		}
	}

	@Test
	void whenMessageModeThenAPartThatOthersHaveLeftIsPending() throws Exception {
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY_MESSAGE);
				MessageReader reader = MessageFraming.messageMode().reader(pipe.serverEnd(), TEXT)) {
			pipe.clientEnd().writeMessage(bytes("one"));
			assertThat(reader.hasPending()).isFalse();

			pipe.serverEnd().read(ByteBuffer.allocate(1));

			assertThat(reader.hasPending()).isTrue();
			assertThat(reader.read()).isEqualTo("ne");
			assertThat(reader.hasPending()).isFalse();
		}
	}

	@Test
	void whenThereIsMoreThanAnObjectThenItIsPending() throws Exception {
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY);
				MessageReader reader = deserializing(InputStream::read).reader(pipe.serverEnd(), TEXT)) {
			assertThat(reader.hasPending()).isFalse();
			pipe.clientEnd().write(bytes("ab"));

			assertThat(reader.read()).isEqualTo((int) 'a');
			assertThat(reader.hasPending()).isTrue();
			assertThat(reader.read()).isEqualTo((int) 'b');
			assertThat(reader.hasPending()).isFalse();
		}
	}

	@Test
	void whenADeserializerAsksWhatIsThereThenItIsToldUpToTheLimit() throws Exception {
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY, 5);
				MessageReader reader = deserializing(MessageReaderTests::available).reader(pipe.serverEnd(), TEXT)) {
			pipe.clientEnd().write(bytes("1234567"));

			assertThat(reader.read()).isEqualTo("5 4 2");
			assertThat(reader.read()).isEqualTo("4 3 1");
		}
	}

	private static String available(InputStream input) throws IOException {
		int before = input.available();
		input.read();
		int between = input.available();
		input.read(new byte[2]);
		return before + " " + between + " " + input.available();
	}

	@Test
	void whenAnObjectExceedsTheLimitThenItsLengthIsTold() throws Exception {
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY, 5);
				MessageReader reader = deserializing(InputStream::readAllBytes).reader(pipe.serverEnd(), TEXT)) {
			pipe.clientEnd().write(bytes("1234567"));

			assertThatExceptionOfType(FramingException.class).isThrownBy(reader::read).satisfies((ex) -> {
				assertThat(ex.getLength()).hasValue(6);
				assertThat(ex.getLimit()).hasValue(5);
			});
		}
	}

	private static MessageFraming deserializing(Deserializer<?> deserializer) {
		return MessageFraming.serializer(new DefaultSerializer(), deserializer);
	}

	@Test
	void whenFramesAreMarkedThenTheyHaveBoundaries() {
		assertThat(LINES.hasBoundaries()).isTrue();
		assertThat(MessageFraming.messageMode().hasBoundaries()).isTrue();
		assertThat(MessageFraming.raw().hasBoundaries()).isFalse();
	}

}
