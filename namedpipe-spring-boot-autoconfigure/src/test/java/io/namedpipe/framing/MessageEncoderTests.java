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

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What is just about sent, and what is refused; and what framings are called.
 */
class MessageEncoderTests {

	private static final PayloadFormat BYTES = PayloadFormat.bytes();

	private static final PayloadFormat WIDE = PayloadFormat.bytes(StandardCharsets.UTF_16LE);

	@ParameterizedTest
	@CsvSource({ "1, 255", "2, 65535", "4, 65536" })
	void whenAPayloadJustFitsItsHeaderThenItIsSent(int bytes, int size) throws Exception {
		MessageEncoder encoder = MessageFraming.lengthHeader(bytes, ByteOrder.BIG_ENDIAN).encoder(BYTES, 1_000_000);

		assertThat(encoder.encode(new byte[size])).hasSize(size);
	}

	@ParameterizedTest
	@ValueSource(strings = { "\r", "a\r", "\n" })
	void whenALineWouldBeReadDifferentlyThenItIsRefused(String line) {
		MessageEncoder encoder = MessageFraming.line(LineTerminator.LF).encoder(BYTES, 100);

		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> encoder.encode(line));
	}

	@Test
	void whenAPayloadIsNoWholeCharactersThenItsEndWouldNotBeFound() {
		for (MessageFraming framing : new MessageFraming[] { MessageFraming.line(LineTerminator.LF),
				MessageFraming.delimiter(";") }) {
			MessageEncoder encoder = framing.encoder(WIDE, 100);

			assertThatExceptionOfType(FramingException.class).isThrownBy(() -> encoder.encode(new byte[3]))
				.withMessageContaining("3 bytes")
				.withMessageContaining("UTF-16LE");
		}
	}

	@Test
	void whenAFramingIsShownThenItSaysWhatItIs() {
		assertThat(MessageFraming.lengthHeader(2, ByteOrder.LITTLE_ENDIAN))
			.hasToString("length-header (2 bytes, LITTLE_ENDIAN)");
		assertThat(MessageFraming.line(LineTerminator.CRLF)).hasToString("line (CRLF)");
		assertThat(MessageFraming.delimiter("0x0D0A")).hasToString("delimiter (0x0d0a)");
		assertThat(MessageFraming.raw()).hasToString("raw");
		assertThat(MessageFraming.messageMode()).hasToString("message mode");
	}

}
