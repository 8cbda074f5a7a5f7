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

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.namedpipe.PipeErrorType;
import io.namedpipe.testsupport.DecodeOnlyCodec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Decoders at the very bounds of what they take and keep.
 */
class DecoderLimitsTests {

	private static final PayloadFormat BYTES = PayloadFormat.bytes();

	private static ByteBuffer bytes(String text) {
		return StandardCharsets.UTF_8.encode(text);
	}

	@ParameterizedTest
	@CsvSource({ "5, true", "6, false" })
	void whenALineHasNotEndedThenOneByteMoreThanTheMaximumIsKept(int size, boolean kept) throws Exception {
		Decoder decoder = MessageFraming.line(LineTerminator.LF).decoder(BYTES, 4);
		ByteBuffer input = bytes("x".repeat(size));

		if (kept) {
			assertThat(decoder.decode(input)).isNull();
			assertThat(decoder.pending()).isEqualTo(size);
		}
		else {
			assertThatExceptionOfType(FramingException.class).isThrownBy(() -> decoder.decode(input))
				.satisfies((ex) -> assertThat(ex.errorType()).isEqualTo(PipeErrorType.TOO_LARGE));
		}
	}

	@Test
	void whenTheLastLineIsACarriageReturnThenItIsEmpty() throws Exception {
		Decoder decoder = MessageFraming.line(LineTerminator.LF)
			.decoder(PayloadFormat.text(StandardCharsets.UTF_8), 100);
		decoder.decode(bytes("\r"));

		assertThat(decoder.endOfStream()).isEqualTo("");
	}

	@Test
	void whenADelimitedFrameIsKeptThenThereIsRoomForTheLargest() throws Exception {
		Decoder decoder = MessageFraming.delimiter("--end--").decoder(BYTES, 100);

		decoder.decode(bytes("x".repeat(50)));

		assertThat(decoder.capacity()).isEqualTo(106);
	}

	@Test
	void whenWhatWasAllocatedIsJustEnoughThenNoMoreIs() throws Exception {
		Decoder decoder = MessageFraming.lengthHeader(4, ByteOrder.BIG_ENDIAN).decoder(BYTES, 1000);
		decoder.decode(ByteBuffer.allocate(14).putInt(1000).rewind());
		assertThat(decoder.capacity()).isEqualTo(100);

		decoder.decode(ByteBuffer.allocate(90));

		assertThat(decoder.capacity()).isEqualTo(100);
		assertThat(decoder.missing()).isEqualTo(900);
	}

	@ParameterizedTest
	@CsvSource({ "12, true", "13, false" })
	void whenACodecFindsNoFrameThenItsLargestOneIsKept(int size, boolean kept) throws Exception {
		Decoder decoder = MessageFraming.codec(new DecodeOnlyCodec(() -> (input) -> null)).decoder(BYTES, 12);
		ByteBuffer input = bytes("x".repeat(size));

		if (kept) {
			assertThat(decoder.decode(input)).isNull();
			assertThat(decoder.pending()).isEqualTo(size);
		}
		else {
			assertThatExceptionOfType(FramingException.class).isThrownBy(() -> decoder.decode(input))
				.satisfies((ex) -> assertThat(ex.getLength()).hasValue(size));
		}
	}

	@ParameterizedTest
	@CsvSource({ "UTF-16, UTF-16LE", "UTF-32, UTF-32BE" })
	void whenALargeMarkedMessageHasAReplacementCharacterThenItIsText(String open, String order) throws Exception {
		String text = "\uFFFD" + "x".repeat(5000);
		byte[] message = ("\uFEFF" + text).getBytes(Charset.forName(order));
		ByteBuffer wire = ByteBuffer.allocate(4 + message.length).putInt(message.length).put(message).flip();

		Decoder decoder = MessageFraming.lengthHeader(4, ByteOrder.BIG_ENDIAN)
			.decoder(PayloadFormat.text(Charset.forName(open)), 100_000);

		assertThat(decoder.decode(wire)).isEqualTo(text);
	}

	@Test
	void whenAMessageIsAMarkOnlyThenItTellsTheOrderOfTheNext() throws Exception {
		byte[] mark = "\uFEFF".getBytes(StandardCharsets.UTF_16LE);
		byte[] text = "\u20ac".getBytes(StandardCharsets.UTF_16LE);
		ByteBuffer wire = ByteBuffer.allocate(6).put((byte) 2).put(mark).put((byte) 2).put(text).flip();
		Decoder decoder = MessageFraming.lengthHeader(1, ByteOrder.BIG_ENDIAN)
			.decoder(PayloadFormat.text(StandardCharsets.UTF_16), 100);

		assertThat(decoder.decode(wire)).isEqualTo("");
		assertThat(decoder.decode(wire)).isEqualTo("\u20ac");
	}

}
