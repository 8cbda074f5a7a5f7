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

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.namedpipe.PipeErrorType;
import io.namedpipe.testsupport.ConnectedPipe;
import io.namedpipe.testsupport.DecodeOnlyCodec;
import io.namedpipe.testsupport.NotUnderWine;
import io.namedpipe.testsupport.TestTransport;
import io.namedpipe.testsupport.WineLimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Text and its charsets, as messages.
 */
@Timeout(60)
class TextTests {

	private static final String MARK = "\uFEFF";

	private static final MessageFraming LINES = MessageFraming.line(LineTerminator.LF);

	private static final MessageFraming LENGTH = MessageFraming.lengthHeader(4, ByteOrder.BIG_ENDIAN);

	private static final MessageFraming RAW = MessageFraming.raw();

	static Stream<Arguments> unicode() {
		return Stream.of("UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE")
			.flatMap((charset) -> Stream.of(LINES, MessageFraming.delimiter(";"), LENGTH)
				.map((framing) -> Arguments.of(framing, Charset.forName(charset))));
	}

	@ParameterizedTest
	@MethodSource("unicode")
	void whenInputStartsWithAMarkThenItIsNotInTheFirstMessage(MessageFraming framing, Charset charset)
			throws Exception {
		PayloadFormat format = PayloadFormat.text(charset);
		byte[] wire = wire(framing.encoder(format, 100), MARK + "Gr\u00fc\u00dfe", "x", MARK + "y", "");
		// Java's UTF-32 takes each mark for one, and no other charset does
		String third = new String((MARK + "y").getBytes(charset), charset);

		for (int split = 0; split <= wire.length; split++) {
			Decoder decoder = framing.decoder(format, 100);
			List<Object> decoded = feed(decoder, wire, 0, split);
			decoded.addAll(feed(decoder, wire, split, wire.length));

			assertThat(decoded).as("split at %s", split).containsExactly("Gr\u00fc\u00dfe", "x", third, "");
			assertThat(decoder.endOfStream()).isNull();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "UTF-8", "UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32" })
	void whenRawInputIsSplitAnywhereThenItsTextIsWhole(String name) throws Exception {
		Charset charset = Charset.forName(name);
		String text = "a\u20ac\ud83d\ude00z";
		// Java marks text in UTF-16 by itself
		byte[] wire = name.equals("UTF-16") ? text.getBytes(charset) : (MARK + text).getBytes(charset);

		for (int split = 0; split <= wire.length; split++) {
			Decoder decoder = RAW.decoder(PayloadFormat.text(charset), 100);
			List<Object> decoded = feed(decoder, wire, 0, split);
			decoded.addAll(feed(decoder, wire, split, wire.length));

			assertThat(decoded).doesNotContain("");
			assertThat(String.join("", decoded.toArray(String[]::new))).isEqualTo(text);
			assertThat(decoder.pending()).isZero();
			assertThat(decoder.endOfStream()).isNull();
		}
	}

	@Test
	void whenARawPayloadIsCutAtTheMaximumThenItsCharactersAreWhole() throws Exception {
		Decoder decoder = RAW.decoder(PayloadFormat.text(StandardCharsets.UTF_8), 4);
		byte[] wire = "\u20ac\u20ac\u20ac".getBytes(StandardCharsets.UTF_8);

		assertThat(feed(decoder, wire, 0, wire.length)).containsExactly("\u20ac", "\u20ac", "\u20ac");
	}

	@Test
	void whenMaximumIsSmallerThanCharacterThenItIsStillDelivered() throws Exception {
		Decoder decoder = RAW.decoder(PayloadFormat.text(StandardCharsets.UTF_8), 1);
		byte[] wire = "\u20acx".getBytes(StandardCharsets.UTF_8);

		assertThat(feed(decoder, wire, 0, wire.length)).containsExactly("\u20ac", "x");
	}

	@Test
	void whenJavaMarksEachRawPieceThenNoMarkIsText() throws Exception {
		Decoder decoder = RAW.decoder(PayloadFormat.text(StandardCharsets.UTF_16), 100);
		byte[] wire = concat("one".getBytes(StandardCharsets.UTF_16), "two".getBytes(StandardCharsets.UTF_16));

		assertThat(feed(decoder, wire, 0, wire.length)).containsExactly("onetwo");
	}

	@Test
	void whenRawInputEndsWithinACharacterThenThatIsReported() throws Exception {
		Decoder decoder = RAW.decoder(PayloadFormat.text(StandardCharsets.UTF_8), 100);
		byte[] wire = { 'a', (byte) 0xE2, (byte) 0x82 };

		assertThat(feed(decoder, wire, 0, wire.length)).containsExactly("a");

		assertThat(decoder.pending()).isEqualTo(2);
		assertThatExceptionOfType(FramingException.class).isThrownBy(decoder::endOfStream)
			.withMessageContaining("UTF-8")
			.withMessageContaining("0xE282")
			.satisfies((ex) -> {
				assertThat(ex.errorType()).isEqualTo(PipeErrorType.TRUNCATED);
				assertThat(ex.getLength()).hasValue(2);
			});
	}

	@Test
	void whenRawInputEndsWithinACharacterThenItCanBeReplaced() throws Exception {
		Decoder decoder = RAW.decoder(PayloadFormat.text(StandardCharsets.UTF_8).replacingMalformed(), 100);
		byte[] wire = { 'a', (byte) 0xE2, (byte) 0x82 };

		assertThat(feed(decoder, wire, 0, wire.length)).containsExactly("a");

		assertThat(decoder.endOfStream()).isEqualTo("\uFFFD");
	}

	@Test
	void whenRawInputIsMalformedThenWhatCameBeforeIsDelivered() throws Exception {
		Decoder decoder = RAW.decoder(PayloadFormat.text(StandardCharsets.UTF_8), 100);
		ByteBuffer input = ByteBuffer.wrap(new byte[] { 'a', 'b', (byte) 0xFF, 'c' });

		assertThat(decoder.decode(input)).isEqualTo("ab");

		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> decoder.decode(input))
			.withMessageContaining("0xFF")
			.satisfies((ex) -> assertThat(ex.errorType()).isEqualTo(PipeErrorType.FRAMING));
	}

	@Test
	void whenRawInputIsMalformedThenItCanBeReplaced() throws Exception {
		Decoder decoder = RAW.decoder(PayloadFormat.text(StandardCharsets.UTF_8).replacingMalformed(), 100);
		byte[] wire = { 'a', (byte) 0xFF, 'c' };

		assertThat(feed(decoder, wire, 0, wire.length)).containsExactly("a\uFFFDc");
	}

	@ParameterizedTest
	@ValueSource(strings = { "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE" })
	void whenCharactersHoldTheByteOfALineEndThenLinesAreWhole(String name) throws Exception {
		Charset charset = Charset.forName(name);
		PayloadFormat format = PayloadFormat.text(charset);
		List<String> lines = List.of("\u010a\u0a00\u0a0a\u0d0a\r\u0d0d", "", "\u0a00", "x");
		byte[] wire = wire(MessageFraming.line(LineTerminator.CRLF).encoder(format, 100), lines.toArray());

		for (int split = 0; split <= wire.length; split++) {
			Decoder decoder = LINES.decoder(format, 100);
			List<Object> decoded = feed(decoder, wire, 0, split);
			decoded.addAll(feed(decoder, wire, split, wire.length));

			assertThat(decoded).isEqualTo(lines);
		}
	}

	@Test
	void whenTheLastWideLineHasNoEndThenItIsDelivered() throws Exception {
		Decoder decoder = LINES.decoder(PayloadFormat.text(StandardCharsets.UTF_16LE), 100);
		byte[] wire = "one\r\nlast\r".getBytes(StandardCharsets.UTF_16LE);

		assertThat(feed(decoder, wire, 0, wire.length)).containsExactly("one");

		assertThat(decoder.endOfStream()).isEqualTo("last");
	}

	@Test
	void whenAWideLineIsAsLongAsAllowedThenItIsDelivered() throws Exception {
		PayloadFormat format = PayloadFormat.text(StandardCharsets.UTF_16BE);
		byte[] wire = wire(MessageFraming.line(LineTerminator.CRLF).encoder(format, 8), "four");

		for (int split = 0; split <= wire.length; split++) {
			Decoder decoder = LINES.decoder(format, 8);
			List<Object> decoded = feed(decoder, wire, 0, split);
			decoded.addAll(feed(decoder, wire, split, wire.length));

			assertThat(decoded).containsExactly("four");
		}
	}

	@Test
	void whenALineIsToBeSentThenOnlyARealLineFeedIsRefused() throws Exception {
		MessageEncoder encoder = LINES.encoder(PayloadFormat.text(StandardCharsets.UTF_16LE), 100);

		assertThat(encoder.encode("\u010a\u0a00")).hasSize(4);

		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> encoder.encode("a\nb"))
			.withMessageContaining("at byte 2");
		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> encoder.encode("a\r"))
			.withMessageContaining("carriage return");
		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> encoder.encode(new byte[3]))
			.withMessageContaining("3 bytes")
			.withMessageContaining("UTF-16LE");
	}

	@Test
	@NotUnderWine(WineLimit.JDK_IS_NOT_WHOLE)
	void whenTheCharsetIsNotAsciiThenALineEndsAsItsCharsetHasIt() throws Exception {
		Charset charset = Charset.forName("IBM1047");
		PayloadFormat format = PayloadFormat.text(charset);
		byte[] wire = "one\r\ntwo\n".getBytes(charset);

		assertThat(feed(LINES.decoder(format, 100), wire, 0, wire.length)).containsExactly("one", "two");
		assertThat(wire(LINES.encoder(format, 100), "two")).isEqualTo("two\n".getBytes(charset));
	}

	@Test
	void whenADelimiterIsGivenAsCharactersThenItIsInTheCharset() throws Exception {
		MessageFraming framing = MessageFraming.delimiter("\u00a7");
		PayloadFormat format = PayloadFormat.text(StandardCharsets.ISO_8859_1);

		byte[] wire = wire(framing.encoder(format, 100), "a", "b");

		assertThat(wire).isEqualTo("a\u00a7b\u00a7".getBytes(StandardCharsets.ISO_8859_1));
		assertThat(feed(framing.decoder(format, 100), wire, 0, wire.length)).containsExactly("a", "b");
	}

	@Test
	void whenTheCharsetLacksTheDelimiterThenTheCheckFails() {
		MessageFraming framing = MessageFraming.delimiter("\u20ac");
		PayloadFormat format = PayloadFormat.text(StandardCharsets.ISO_8859_1);

		assertThatIllegalArgumentException().isThrownBy(() -> framing.check(format))
			.withMessageContaining("ISO-8859-1")
			.withMessageContaining("'\u20ac'");
	}

	@ParameterizedTest
	@CsvSource({ "0x00, UTF-16LE", "0x000a00, UTF-16BE", "0x0a00, UTF-32LE" })
	void whenADelimiterIsNoWholeCharacterThenTheCheckFails(String delimiter, String charset) {
		PayloadFormat format = PayloadFormat.text(Charset.forName(charset));

		assertThatIllegalArgumentException().isThrownBy(() -> MessageFraming.delimiter(delimiter).check(format))
			.withMessageContaining(charset);
	}

	@ParameterizedTest
	@CsvSource({ "|, Shift_JIS", "0x7C, Shift_JIS", "||, GBK", "0, GB18030", "0xC3, UTF-8", "0xA9, UTF-8",
			"\u30dd, Shift_JIS" })
	void whenADelimiterIsPartOfCharactersThenTheCheckFails(String delimiter, String charset) {
		MessageFraming framing = MessageFraming.delimiter(delimiter);

		assertThatIllegalArgumentException()
			.isThrownBy(() -> framing.check(PayloadFormat.text(Charset.forName(charset))))
			.withMessageContaining("in " + charset)
			.withMessageContaining("part of the character U+");

		framing.check(PayloadFormat.bytes(Charset.forName(charset)));
	}

	@ParameterizedTest
	@CsvSource({ "@, Big5", "$, ISO-2022-JP" })
	@NotUnderWine(WineLimit.JDK_IS_NOT_WHOLE)
	void whenADelimiterIsPartOfRarerCharactersThenTheCheckFails(String delimiter, String charset) {
		whenADelimiterIsPartOfCharactersThenTheCheckFails(delimiter, charset);
	}

	@ParameterizedTest
	@CsvSource({ "0x00, Shift_JIS", "';', Shift_JIS", "0x0d0a, GBK", "0x03, GB18030", "|, UTF-8", "\u20ac, UTF-8",
			"0xFF, UTF-8", "|, windows-1252" })
	void whenADelimiterIsNoPartOfACharacterThenItIsAccepted(String delimiter, String charset) throws Exception {
		MessageFraming framing = MessageFraming.delimiter(delimiter);
		PayloadFormat format = PayloadFormat.text(Charset.forName(charset));

		framing.check(format);

		byte[] wire = wire(framing.encoder(format, 100), "a", "b");
		assertThat(feed(framing.decoder(format, 100), wire, 0, wire.length)).containsExactly("a", "b");
	}

	@ParameterizedTest
	@CsvSource({ "|, EUC-JP", "0x00, ISO-2022-JP" })
	@NotUnderWine(WineLimit.JDK_IS_NOT_WHOLE)
	void whenADelimiterIsNoPartOfARarerCharacterThenItIsAccepted(String delimiter, String charset) throws Exception {
		whenADelimiterIsNoPartOfACharacterThenItIsAccepted(delimiter, charset);
	}

	@ParameterizedTest
	@ValueSource(strings = { "UTF-16", "UTF-32" })
	void whenTheOrderOfBytesIsOpenThenNoEndOfAFrameIsLookedFor(String name) {
		PayloadFormat format = PayloadFormat.text(Charset.forName(name));

		assertThatIllegalArgumentException().isThrownBy(() -> LINES.check(format))
			.withMessageContaining(name + "LE or " + name + "BE");
		assertThatIllegalArgumentException().isThrownBy(() -> MessageFraming.delimiter("|").check(format))
			.withMessageContaining(name + "LE or " + name + "BE");
		LENGTH.check(format);
		RAW.check(format);
	}

	@ParameterizedTest
	@CsvSource({ "UTF-16, UTF-16LE", "UTF-16, UTF-16BE", "UTF-32, UTF-32LE", "UTF-32, UTF-32BE" })
	void whenTheFirstMessageIsMarkedThenTheOrderHoldsForAll(String open, String order) throws Exception {
		byte[] wire = wire(LENGTH.encoder(PayloadFormat.bytes(Charset.forName(order)), 100), MARK + "\u20ac", "two",
				MARK + "three");

		Decoder decoder = LENGTH.decoder(PayloadFormat.text(Charset.forName(open)), 100);

		assertThat(feed(decoder, wire, 0, wire.length)).containsExactly("\u20ac", "two", "three");
	}

	@Test
	void whenNothingTellsTheOrderThenItIsTheOneOfTheCharset() throws Exception {
		byte[] wire = wire(LENGTH.encoder(PayloadFormat.bytes(StandardCharsets.UTF_16BE), 100), "\u20ac", "");

		Decoder decoder = LENGTH.decoder(PayloadFormat.text(StandardCharsets.UTF_16), 100);

		assertThat(feed(decoder, wire, 0, wire.length)).containsExactly("\u20ac", "");
	}

	@Test
	void whenAStreamOfLinesIsAMarkOnlyThenItHasNoMessage() throws Exception {
		Decoder decoder = LINES.decoder(PayloadFormat.text(StandardCharsets.UTF_8), 100);
		byte[] wire = MARK.getBytes(StandardCharsets.UTF_8);

		assertThat(feed(decoder, wire, 0, wire.length)).isEmpty();

		assertThat(decoder.endOfStream()).isNull();
	}

	@Test
	void whenADelimitedStreamIsAMarkOnlyThenItHasNoMessage() throws Exception {
		MessageFraming framing = MessageFraming.delimiter("0x00");
		byte[] wire = MARK.getBytes(StandardCharsets.UTF_8);
		Decoder text = framing.decoder(PayloadFormat.text(StandardCharsets.UTF_8), 100);
		Decoder bytes = framing.decoder(PayloadFormat.bytes(), 100);

		assertThat(feed(text, wire, 0, wire.length)).isEmpty();
		assertThat(feed(bytes, wire, 0, wire.length)).isEmpty();

		assertThat(text.endOfStream()).isNull();
		assertThatExceptionOfType(FramingException.class).isThrownBy(bytes::endOfStream);
	}

	@ParameterizedTest
	@ValueSource(strings = { "x", "xy", MARK + "x", ";" + MARK })
	void whenADelimitedTextIsMoreThanAMarkThenItIsTruncated(String text) throws Exception {
		Decoder decoder = MessageFraming.delimiter(";").decoder(PayloadFormat.text(StandardCharsets.UTF_8), 100);
		byte[] wire = text.getBytes(StandardCharsets.UTF_8);

		feed(decoder, wire, 0, wire.length);

		assertThatExceptionOfType(FramingException.class).isThrownBy(decoder::endOfStream)
			.satisfies((ex) -> assertThat(ex.errorType()).isEqualTo(PipeErrorType.TRUNCATED));
	}

	@Test
	void whenAMarkIsAMessageByItselfThenItIsNone() throws Exception {
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY_MESSAGE);
				MessageReader reader = MessageFraming.messageMode()
					.reader(pipe.serverEnd(), PayloadFormat.text(StandardCharsets.UTF_8))) {
			pipe.clientEnd().writeMessage(StandardCharsets.UTF_8.encode(MARK));
			pipe.clientEnd().writeMessage(StandardCharsets.UTF_8.encode("one"));
			pipe.clientEnd().writeMessage(StandardCharsets.UTF_8.encode(""));
			pipe.clientEnd().close();

			assertThat(reader.read()).isEqualTo("one");
			assertThat(reader.read()).isEqualTo("");
			assertThat(reader.read()).isNull();
		}
	}

	@Test
	void whenPayloadsAreBytesThenAMarkIsPartOfThem() throws Exception {
		byte[] wire = (MARK + "x\n").getBytes(StandardCharsets.UTF_8);

		List<Object> decoded = feed(LINES.decoder(PayloadFormat.bytes(), 100), wire, 0, wire.length);

		assertThat(decoded).singleElement().isEqualTo((MARK + "x").getBytes(StandardCharsets.UTF_8));
	}

	static Stream<Arguments> malformed() {
		return Stream.of(Arguments.of("UTF-8", new byte[] { 'a', (byte) 0xC3, '(' }, "0xC3 at byte 1"),
				Arguments.of("UTF-8", new byte[] { 'a', 'b', (byte) 0xE2, (byte) 0x82 }, "0xE282 at byte 2"),
				Arguments.of("UTF-16LE", new byte[] { 'a', 0, 0, (byte) 0xDC }, "0x00DC at byte 2"),
				Arguments.of("UTF-16BE", new byte[] { 0, 'a', 'b' }, "0x62 at byte 2"),
				Arguments.of("US-ASCII", new byte[] { (byte) 0xE9 }, "0xE9 at byte 0"),
				Arguments.of("windows-1252", new byte[] { '?', (byte) 0x81 }, "0x81 at byte 1"));
	}

	@ParameterizedTest
	@MethodSource("malformed")
	void whenBytesAreNoTextThenTheyAreNamedWithTheCharset(String charset, byte[] bytes, String named) {
		PayloadFormat format = PayloadFormat.text(Charset.forName(charset));
		byte[] wire = ByteBuffer.allocate(4 + bytes.length).putInt(bytes.length).put(bytes).array();

		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> feed(LENGTH.decoder(format, 100), wire, 0, wire.length))
			.withMessageContaining(named + " of a message is no text in " + charset)
			.withMessageContaining("payload.on-malformed")
			.satisfies((ex) -> assertThat(ex.errorType()).isEqualTo(PipeErrorType.FRAMING));
	}

	@ParameterizedTest
	@MethodSource("malformed")
	void whenMalformedTextIsReplacedThenTheMessageArrives(String name, byte[] bytes, String named) throws Exception {
		Charset charset = Charset.forName(name);
		PayloadFormat format = PayloadFormat.text(charset).replacingMalformed();
		byte[] wire = ByteBuffer.allocate(4 + bytes.length).putInt(bytes.length).put(bytes).array();

		List<Object> decoded = feed(LENGTH.decoder(format, 100), wire, 0, wire.length);

		assertThat(decoded).containsExactly(new String(bytes, charset));
		assertThat((String) decoded.get(0)).contains("\uFFFD");
	}

	@Test
	void whenMalformedBytesComeLateThenTheirPlaceIsRight() {
		PayloadFormat format = PayloadFormat.text(StandardCharsets.UTF_8);
		byte[] bytes = new byte[5000];
		Arrays.fill(bytes, (byte) 'x');
		bytes[4321] = (byte) 0xFF;
		byte[] wire = ByteBuffer.allocate(5004).putInt(5000).put(bytes).array();

		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> feed(LENGTH.decoder(format, 10_000), wire, 0, wire.length))
			.withMessageContaining("0xFF at byte 4321 ");
	}

	@Test
	void whenAPeerSendsAReplacementCharacterThenThatIsText() throws Exception {
		PayloadFormat format = PayloadFormat.text(StandardCharsets.UTF_8);
		String text = "\uFFFD and ?".repeat(500);
		byte[] wire = wire(LENGTH.encoder(format, 10_000), text);

		assertThat(feed(LENGTH.decoder(format, 10_000), wire, 0, wire.length)).containsExactly(text);
	}

	@ParameterizedTest
	@MethodSource("framings")
	void whenAMessageIsMalformedThenEachFramingReportsIt(MessageFraming framing) throws Exception {
		byte[] wire = wire(framing.encoder(PayloadFormat.bytes(), 100), "a".getBytes(StandardCharsets.US_ASCII),
				new byte[] { (byte) 0xFF });
		PayloadFormat format = PayloadFormat.text(StandardCharsets.UTF_8);

		for (int split = 0; split <= wire.length; split++) {
			Decoder decoder = framing.decoder(format, 100);
			int position = split;
			assertThatExceptionOfType(FramingException.class).isThrownBy(() -> {
				feed(decoder, wire, 0, position);
				feed(decoder, wire, position, wire.length);
			}).withMessageContaining("0xFF");
		}
	}

	static Stream<MessageFraming> framings() {
		return Stream.of(LINES, LENGTH, MessageFraming.delimiter("0x00"), MessageFraming.codec(new NetstringCodec()));
	}

	@Test
	void whenTheLastPayloadOfACodecIsMalformedThenThatIsReported() {
		Decoder decoder = MessageFraming.codec(new DecodeOnlyCodec(LastFrame::new))
			.decoder(PayloadFormat.text(StandardCharsets.UTF_8), 100);

		assertThatExceptionOfType(FramingException.class).isThrownBy(decoder::endOfStream)
			.withMessageContaining("0xFF at byte 0");
	}

	static Stream<Arguments> unknownCharacters() {
		return Stream.of(Arguments.of("US-ASCII", "caf\u00e9", "U+00E9 ('\u00e9') at index 3"),
				Arguments.of("ISO-8859-1", "?\u20ac", "U+20AC ('\u20ac') at index 1"),
				Arguments.of("windows-1252", "a\ud83d\ude00", "U+1F600 ('\ud83d\ude00') at index 1"),
				Arguments.of("UTF-8", "a\ud83db", "U+D83D (half of a surrogate pair) at index 1"),
				Arguments.of("UTF-16LE", "\ude00", "U+DE00 (half of a surrogate pair) at index 0"),
				Arguments.of("UTF-32BE", "\ude00", "U+DE00 (half of a surrogate pair) at index 0"),
				Arguments.of("UTF-8", "x".repeat(5000) + "\ud83d", "U+D83D (half of a surrogate pair) at index 5000"));
	}

	@ParameterizedTest
	@MethodSource("unknownCharacters")
	void whenTheCharsetLacksACharacterThenBothAreNamed(String charset, String text, String named) {
		MessageEncoder encoder = LENGTH.encoder(PayloadFormat.bytes(Charset.forName(charset)), 10_000);

		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> encoder.encode(text))
			.withMessageContaining(named)
			.withMessageContaining(charset)
			.satisfies((ex) -> assertThat(ex.errorType()).isEqualTo(PipeErrorType.FRAMING));
	}

	@ParameterizedTest
	@ValueSource(strings = { "US-ASCII", "ISO-8859-1", "UTF-8", "UTF-16LE", "UTF-16", "UTF-32LE" })
	void whenTextHasWhatStandsForTheUnknownThenItIsSent(String name) throws Exception {
		Charset charset = Charset.forName(name);
		String text = "is it? " + (name.startsWith("UTF") ? "\uFFFD" : "");

		byte[] encoded = PayloadFormat.text(charset).toBytes(text.repeat(300));

		assertThat(encoded).isEqualTo(text.repeat(300).getBytes(charset));
	}

	@Test
	@NotUnderWine(WineLimit.JDK_IS_NOT_WHOLE)
	void whenACharsetShiftsThenWhatStandsForTheUnknownIsSent() throws Exception {
		whenTextHasWhatStandsForTheUnknownThenItIsSent("ISO-2022-JP");
	}

	@Test
	@NotUnderWine(WineLimit.JDK_IS_NOT_WHOLE)
	void whenACharsetCannotBeWrittenThenThatIsSaid() {
		PayloadFormat format = PayloadFormat.text(Charset.forName("ISO-2022-CN"));

		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> format.toBytes("x"))
			.withMessageContaining("ISO-2022-CN")
			.withMessageContaining("payload.charset");
	}

	@Test
	void formatsAreEqualWhenAllTheyDoIsEqual() {
		PayloadFormat text = PayloadFormat.text(StandardCharsets.UTF_8);

		assertThat(text).isEqualTo(PayloadFormat.text(StandardCharsets.UTF_8))
			.hasSameHashCodeAs(PayloadFormat.text(StandardCharsets.UTF_8))
			.hasToString("text (UTF-8)")
			.isNotEqualTo(PayloadFormat.bytes())
			.isNotEqualTo(PayloadFormat.text(StandardCharsets.US_ASCII))
			.isNotEqualTo(text.replacingMalformed())
			.isNotEqualTo("text (UTF-8)");
		assertThat(text.hashCode()).isNotEqualTo(text.replacingMalformed().hashCode());
		assertThat(text.replacingMalformed()).isEqualTo(text.replacingMalformed().replacingMalformed())
			.hasToString("text (UTF-8, malformed replaced)");
	}

	private static byte[] wire(MessageEncoder encoder, Object... payloads) throws FramingException {
		ByteArrayOutputStream wire = new ByteArrayOutputStream();
		for (Object payload : payloads) {
			byte[] message = encoder.encode(payload);
			ByteBuffer frame = ByteBuffer.allocate(message.length + encoder.overhead());
			encoder.put(message, frame);
			wire.writeBytes(frame.array());
		}
		return wire.toByteArray();
	}

	private static byte[] concat(byte[] one, byte[] two) {
		return ByteBuffer.allocate(one.length + two.length).put(one).put(two).array();
	}

	private static List<Object> feed(Decoder decoder, byte[] wire, int from, int to) throws FramingException {
		List<Object> payloads = new ArrayList<>();
		ByteBuffer input = ByteBuffer.allocateDirect(to - from).put(wire, from, to - from).flip();
		Object payload = decoder.decode(input);
		while (payload != null) {
			payloads.add(payload);
			payload = decoder.decode(input);
		}
		assertThat(input.hasRemaining()).isFalse();
		return payloads;
	}

	private static final class LastFrame implements FrameDecoder {

		@Override
		public byte @Nullable [] decode(ByteBuffer input) {
			return null;
		}

		@Override
		public byte[] endOfStream() {
			return new byte[] { (byte) 0xFF };
		}

	}

}
