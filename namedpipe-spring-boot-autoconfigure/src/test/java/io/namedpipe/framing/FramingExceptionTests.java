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
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What an exception says, and which of its causes a messaging gateway throws.
 */
class FramingExceptionTests {

	@Test
	void whenACauseIsUncheckedThenACodecExceptionIsInFrontOfIt() {
		NumberFormatException unchecked = new NumberFormatException("twelve");
		IOException checked = new IOException(unchecked);

		assertThat(new FramingException("no number", unchecked).getCause()).isInstanceOf(CodecException.class)
			.hasMessage("no number")
			.hasCause(unchecked);
		assertThat(new FramingException("no number", checked).getCause()).isInstanceOf(CodecException.class)
			.hasMessage("no number")
			.hasCause(checked);
	}

	@Test
	void whenNoCauseIsUncheckedThenItIsTheCause() {
		IOException checked = new IOException(new IOException("twelve"));
		CodecException codec = new CodecException("a codec failed", new NumberFormatException("twelve"));

		assertThat(new FramingException("no number", checked)).hasCause(checked);
		assertThat(new FramingException("no number", codec)).hasCause(codec);
		assertThat(new FramingException("no number")).hasNoCause();
		assertThat(new FramingException("no number", null)).hasNoCause();
	}

	@ParameterizedTest
	@CsvSource({ "1, of 1 byte can tell", "2, of 2 bytes can tell" })
	void whenAHeaderIsTooNarrowThenItsSizeIsTold(int bytes, String told) {
		MessageEncoder encoder = MessageFraming.lengthHeader(bytes, ByteOrder.BIG_ENDIAN)
			.encoder(PayloadFormat.bytes(), 1_000_000);

		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> encoder.encode(new byte[70_000]))
			.withMessageContaining(told);
	}

	@ParameterizedTest
	@ValueSource(chars = { '\ud800', '\udbff', '\udc00', '\udfff' })
	void whenHalfOfAPairIsToBeSentThenNoOtherCharsetIsAdvised(char half) {
		PayloadFormat format = PayloadFormat.text(StandardCharsets.UTF_8);

		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> format.toBytes("a" + half))
			.withMessageContaining("half of a surrogate pair")
			.withMessageEndingWith("UTF-8");
	}

	@ParameterizedTest
	@ValueSource(chars = { '\ud7ff', '\ue000' })
	void whenACharacterIsLackingThenAnotherCharsetIsAdvised(char character) {
		PayloadFormat format = PayloadFormat.text(StandardCharsets.US_ASCII);

		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> format.toBytes("a" + character))
			.withMessageContaining("'" + character + "'")
			.withMessageContaining("set payload.charset");
	}

	@ParameterizedTest
	@CsvSource({ "0x00, UTF-16LE, 2 bytes or more; 1 byte;", "0x000a00, UTF-16BE, 2 bytes or more; 3 bytes;",
			"0x0a00, UTF-32LE, 4 bytes or more; 2 bytes;" })
	void whenADelimiterIsNoWholeCharacterThenBothSizesAreTold(String delimiter, String charset, String told) {
		PayloadFormat format = PayloadFormat.bytes(Charset.forName(charset));
		String[] sizes = told.split("; ");

		assertThatIllegalArgumentException().isThrownBy(() -> MessageFraming.delimiter(delimiter).check(format))
			.withMessageContaining(sizes[0])
			.withMessageContaining(" " + sizes[1]);
	}

}
