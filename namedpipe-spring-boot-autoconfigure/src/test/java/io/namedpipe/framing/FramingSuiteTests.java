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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.namedpipe.PipeErrorType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * What every framing that is configured by its type alone promises, and those of length
 * headers with more around them.
 */
class FramingSuiteTests {

	private static final PayloadFormat BYTES = PayloadFormat.bytes();

	private static final int MAX = 200;

	private static final int RANDOM_BYTES = Integer.getInteger("namedpipe.test.random-bytes", 10_000_000);

	/** A framing, what can be sent with it, and what may go around a payload at most. */
	enum Case {

		CONTENT_LENGTH(MessageFraming.contentLength(), ContentLengthDecoder.MAX_HEADER_SIZE, ""),

		VARINT(MessageFraming.varint(), 0, ""),

		NETSTRING(MessageFraming.netstring(), 0, ""),

		STX_ETX(MessageFraming.stxEtx(), 0, ""),

		JSON(MessageFraming.json(), 0, "\""),

		POSTGRES(MessageFraming.lengthHeader(LengthHeader.of(4, ByteOrder.BIG_ENDIAN).offset(1).adjustment(-4)), 1, ""),

		TTRPC(MessageFraming.lengthHeader(
				LengthHeader.of(4, ByteOrder.BIG_ENDIAN).adjustment(6).strip(10).prefix(new byte[6])), 10, ""),

		THREE_BYTES(MessageFraming.lengthHeader(3, ByteOrder.LITTLE_ENDIAN), 0, ""),

		EIGHT_BYTES(MessageFraming.lengthHeader(8, ByteOrder.BIG_ENDIAN), 0, "");

		private final MessageFraming framing;

		private final int around;

		private final String quote;

		Case(MessageFraming framing, int around, String quote) {
			this.framing = framing;
			this.around = around;
			this.quote = quote;
		}

		byte[] payload(String text) {
			return (this.quote + text + this.quote).getBytes(StandardCharsets.UTF_8);
		}

		Object sent(byte[] payload) {
			return (this == POSTGRES) ? new Frame(payload, new byte[] { 'Q' }) : payload;
		}

		byte[] wire(List<byte[]> payloads, int max) throws FramingException {
			MessageEncoder encoder = this.framing.encoder(BYTES, max);
			ByteArrayOutputStream wire = new ByteArrayOutputStream();
			for (byte[] payload : payloads) {
				wire.writeBytes(encoder.encode(sent(payload)));
			}
			return wire.toByteArray();
		}

		Decoder decoder(int max) {
			return this.framing.decoder(BYTES, max);
		}

		List<byte[]> payloads() {
			return Stream.of("", "x", "hé世", "a:b,c d", "{]", "y".repeat(150), "z").map(this::payload).toList();
		}

	}

	private static List<byte[]> feed(Decoder decoder, byte[] wire, int from, int to) throws FramingException {
		List<byte[]> payloads = new ArrayList<>();
		ByteBuffer input = ByteBuffer.allocateDirect(to - from).put(wire, from, to - from).flip();
		Object read = decoder.decode(input);
		while (read != null) {
			payloads.add((byte[]) Frame.payloadOf(read));
			read = decoder.decode(input);
		}
		assertThat(input.hasRemaining()).isFalse();
		return payloads;
	}

	private static List<byte[]> feedBytes(Decoder decoder, byte[] wire) throws FramingException {
		List<byte[]> payloads = new ArrayList<>();
		for (int i = 0; i < wire.length; i++) {
			payloads.addAll(feed(decoder, wire, i, i + 1));
		}
		return payloads;
	}

	@ParameterizedTest
	@EnumSource
	void whenSplitAnywhereThenFramesArriveWhole(Case framing) throws Exception {
		byte[] wire = framing.wire(framing.payloads(), 1000);

		for (int position = 0; position <= wire.length; position++) {
			Decoder decoder = framing.decoder(1000);
			List<byte[]> decoded = feed(decoder, wire, 0, position);
			decoded.addAll(feed(decoder, wire, position, wire.length));

			assertThat(decoded).as("split at %s", position).usingRecursiveComparison().isEqualTo(framing.payloads());
			assertThat(decoder.pending()).isZero();
			assertThat(decoder.endOfStream()).isNull();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenInBytesThenFramesArriveWhole(Case framing) throws Exception {
		byte[] wire = framing.wire(framing.payloads(), 1000);

		List<byte[]> decoded = feedBytes(framing.decoder(1000), wire);

		assertThat(decoded).usingRecursiveComparison().isEqualTo(framing.payloads());
	}

	@ParameterizedTest
	@EnumSource
	void whenTruncatedAnywhereThenThatIsReported(Case framing) throws Exception {
		byte[] wire = framing.wire(List.of(framing.payload("hello")), 1000);

		for (int length = 1; length < wire.length; length++) {
			Decoder decoder = framing.decoder(1000);
			assertThat(feed(decoder, wire, 0, length)).isEmpty();

			int received = length;
			assertThat(decoder.pending()).isEqualTo(length);
			assertThatExceptionOfType(FramingException.class).isThrownBy(decoder::endOfStream).satisfies((ex) -> {
				assertThat(ex.errorType()).isEqualTo(PipeErrorType.TRUNCATED);
				assertThat(ex.getLength()).hasValue(received);
			});
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenLargestPayloadThenItIsDelivered(Case framing) throws Exception {
		byte[] largest = framing.payload("x".repeat(100 - 2 * framing.quote.length()));
		byte[] wire = framing.wire(List.of(largest), 100);

		assertThat(feed(framing.decoder(100), wire, 0, wire.length)).usingRecursiveComparison()
			.isEqualTo(List.of(largest));
		assertThat(feedBytes(framing.decoder(100), wire)).usingRecursiveComparison().isEqualTo(List.of(largest));
	}

	@ParameterizedTest
	@EnumSource
	void whenTooLongThenReadingAndWritingFail(Case framing) throws Exception {
		byte[] tooLarge = framing.payload("x".repeat(101 - 2 * framing.quote.length()));
		byte[] wire = framing.wire(List.of(tooLarge), 101);

		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> feed(framing.decoder(100), wire, 0, wire.length))
			.satisfies(FramingSuiteTests::hasLengthAndLimit);
		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> feedBytes(framing.decoder(100), wire))
			.satisfies(FramingSuiteTests::hasLengthAndLimit);
		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> framing.framing.encoder(BYTES, 100).encode(framing.sent(tooLarge)))
			.satisfies(FramingSuiteTests::hasLengthAndLimit);
	}

	private static void hasLengthAndLimit(FramingException ex) {
		assertThat(ex.errorType()).isEqualTo(PipeErrorType.TOO_LARGE);
		assertThat(ex.getLength()).hasValue(101);
		assertThat(ex.getLimit()).hasValue(100);
	}

	@ParameterizedTest
	@EnumSource
	void whenTextThenItIsDecodedInItsCharset(Case framing) throws Exception {
		PayloadFormat format = PayloadFormat.text(StandardCharsets.UTF_8);
		String text = framing.quote + "Grüße, 世界" + framing.quote;
		framing.framing.check(format);
		MessageEncoder encoder = framing.framing.encoder(format, 1000);
		byte[] wire = encoder.encode((framing == Case.POSTGRES) ? new Frame(text, new byte[1]) : text);

		Object read = framing.framing.decoder(format, 1000).decode(ByteBuffer.wrap(wire));

		assertThat(read).isNotNull();
		assertThat(Frame.payloadOf(read)).isEqualTo(text);
	}

	@ParameterizedTest
	@EnumSource
	void whenRandomBytesThenFramesOrFramingExceptions(Case framing) throws Exception {
		Random random = new Random(4711);
		ByteBuffer buffer = ByteBuffer.allocateDirect(8192);
		byte[][] noise = noise(framing, random);
		Decoder decoder = framing.decoder(MAX);
		long frames = 0;
		long broken = 0;
		for (long total = 0; total < RANDOM_BYTES; total += buffer.limit()) {
			byte[] source = noise[random.nextInt(noise.length)];
			int length = 1 + random.nextInt((random.nextInt(4) == 0) ? buffer.capacity() : 64);
			buffer.clear().put(source, random.nextInt(source.length - length), length).flip();
			while (buffer.hasRemaining()) {
				try {
					Object read = decoder.decode(buffer);
					frames += (read != null) ? 1 : 0;
					assertThat((read != null) ? ((byte[]) Frame.payloadOf(read)).length : 0).isLessThanOrEqualTo(MAX);
					assertThat(decoder.pending()).isLessThanOrEqualTo(MAX + framing.around + 20);
					assertThat(decoder.capacity()).isLessThanOrEqualTo(MAX + 20);
				}
				catch (FramingException ex) {
					broken++;
					buffer.position(buffer.limit() - random.nextInt(Math.min(100, buffer.remaining() + 1)));
					decoder = framing.decoder(MAX);
				}
			}
		}
		assertThat(frames).isPositive();
		assertThat(broken).isPositive();
	}

	// Pure noise would never get beyond the first length or digit
	private static byte[][] noise(Case framing, Random random) throws FramingException {
		byte[] alphabet = "0123456789:,\r\n{}[]\"\\\2\3 Content-Length".getBytes(StandardCharsets.US_ASCII);
		byte[] sample = framing.wire(framing.payloads(), 1000);
		byte[][] noise = new byte[4][1 << 18];
		random.nextBytes(noise[0]);
		for (int i = 0; i < noise[0].length; i++) {
			noise[1][i] = (byte) random.nextInt(3);
			noise[2][i] = alphabet[random.nextInt(alphabet.length)];
			noise[3][i] = sample[i % sample.length];
		}
		return noise;
	}

	static Stream<MessageFraming> unlimited() {
		return Stream.of(MessageFraming.contentLength(), MessageFraming.varint(), MessageFraming.netstring(),
				MessageFraming.lengthHeader(8, ByteOrder.BIG_ENDIAN));
	}

	@ParameterizedTest
	@MethodSource("unlimited")
	void whenLengthIsClaimedThenNotMuchIsAllocated(MessageFraming framing) throws Exception {
		byte[] wire = switch (framing.toString().split(" ")[0]) {
			case "content-length" -> "Content-Length: 1073741824\r\n\r\n0123456789".getBytes(StandardCharsets.US_ASCII);
			case "varint" -> HexFormat.of().parseHex("808080800430313233343536373839");
			case "netstring" -> "1073741824:0123456789".getBytes(StandardCharsets.US_ASCII);
			default -> HexFormat.of().parseHex("000000004000000030313233343536373839");
		};
		Decoder decoder = framing.decoder(BYTES, Integer.MAX_VALUE);

		assertThat(decoder.decode(ByteBuffer.wrap(wire))).isNull();

		assertThat(decoder.capacity()).isBetween(10, 100);
		assertThat(decoder.missing()).isEqualTo((1 << 30) - 10);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			Content-Length: -1%        | not '-1'
			Content-Length: +1%        | not '+1'
			Content-Length: 1 1%       | not '1 1'
			Content-Length:%           | not ''
			Content-Length: 0x10%      | not '0x10'
			Content-Length: 99999999999999999999999999% | exceeds the maximum
			Content-Length: 1%Content-Length: 1%        | two headers
			content-length: 1%CONTENT-LENGTH: 2%        | two headers
			X-Foo: bar%%               | without a Content-Length
			%                          | without a Content-Length
			no header%                 | not 'no header'
			: 5%                       | a name, a colon
			X Y: 5%                    | a name, a colon
			' folded: 5%'              | a name, a colon
			""")
	void whenHeadersAreWrongThenMessageSaysWhy(String headers, String reason) {
		byte[] wire = headers.replace("%", "\r\n").getBytes(StandardCharsets.US_ASCII);

		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> feedBytes(Case.CONTENT_LENGTH.decoder(1000), wire))
			.withMessageContaining(reason);
	}

	@ParameterizedTest
	@ValueSource(strings = { "x", "X-Foo: ", "a:b\r\n" })
	void whenHeadersNeverEndThenTheyAreRefusedInTime(String repeated) {
		byte[] wire = repeated.repeat(10_000).getBytes(StandardCharsets.US_ASCII);

		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> feed(Case.CONTENT_LENGTH.decoder(1000), wire, 0, wire.length))
			.withMessageContaining("have not ended after 8192 bytes");
	}

	@Test
	void whenHeadersThenFrameHasAllButTheLength() throws Exception {
		byte[] wire = "content-length:2\nContent-Type: a/b;  c=d \r\nX-Foo:\r\nx-foo: \t1\nX-Foo: 2\r\n\r\nhi"
			.getBytes(StandardCharsets.US_ASCII);

		Frame frame = (Frame) Case.CONTENT_LENGTH.decoder(100).decode(ByteBuffer.wrap(wire));

		assertThat(frame).isNotNull();
		assertThat((byte[]) frame.payload()).asString().isEqualTo("hi");
		assertThat(frame.headers()).containsExactly(Map.entry("Content-Type", "a/b;  c=d"), Map.entry("X-Foo", ", 2"),
				Map.entry("x-foo", "1"));
	}

	@Test
	void whenFrameHasHeadersThenTheyAreWritten() throws Exception {
		Frame frame = new Frame("hé", Map.of("X-Foo", "bär", "content-length", "99"));

		byte[] wire = MessageFraming.contentLength().encoder(BYTES, 100).encode(frame);

		assertThat(new String(wire, StandardCharsets.ISO_8859_1))
			.isEqualTo("Content-Length: 3\r\nX-Foo: bär\r\n\r\nh\u00c3\u00a9");
	}

	@ParameterizedTest
	@CsvSource({ "X-Foo,'a\r\nContent-Length: 5'", "X-Foo,世", "X Foo,a", "'X:',a", "'',a", "Ä,a" })
	void whenHeaderCannotBeWrittenThenNothingIs(String name, String value) {
		MessageEncoder encoder = MessageFraming.contentLength().encoder(BYTES, 100);

		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> encoder.encode(new Frame("x", Map.of(name, value))));
	}

	@ParameterizedTest
	@CsvSource({ "00, ''", "0548656c6c6f, Hello", "8500" + "48656c6c6f, Hello" })
	void whenVarintThenPayloadFollows(String hex, String text) throws Exception {
		byte[] wire = HexFormat.of().parseHex(hex);

		assertThat(feedBytes(Case.VARINT.decoder(100), wire)).singleElement()
			.extracting((bytes) -> new String(bytes, StandardCharsets.US_ASCII))
			.isEqualTo(text);
	}

	@ParameterizedTest
	@CsvSource({ "ffffffffff, more than 5 bytes", "ffffffff7f, exceeds the maximum", "ffffffff0f, exceeds the maximum",
			"e907, exceeds the maximum of 1000" })
	void whenVarintIsTooLargeThenItIsRefused(String hex, String reason) {
		byte[] wire = HexFormat.of().parseHex(hex);

		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> feedBytes(Case.VARINT.decoder(1000), wire))
			.withMessageContaining(reason);
	}

	@Test
	void whenLengthNeedsTwoBytesThenVarintHasThem() throws Exception {
		assertThat(MessageFraming.varint().encoder(BYTES, 1000).encode(new byte[300])).hasSize(302)
			.startsWith(0xAC, 0x02);
		assertThat(MessageFraming.varint().encoder(BYTES, 1000).encode(new byte[127])).hasSize(128).startsWith(0x7F);
	}

	@ParameterizedTest
	@CsvSource({ "5:hello;, with a comma", "05:hello, no zeros in front", "-1:, not with 0x2D", ":, not with 0x3A",
			"99999999999999999999, exceeds the maximum", "1001:, exceeds the maximum", "x, not with 0x78" })
	void whenNoNetstringThenItIsRefused(String wire, String reason) {
		byte[] bytes = wire.getBytes(StandardCharsets.US_ASCII);

		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> feedBytes(Case.NETSTRING.decoder(1000), bytes))
			.withMessageContaining(reason);
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\2b", "a\3b" })
	void whenPayloadHasControlOfFrameThenItIsRefused(String payload) {
		MessageEncoder encoder = MessageFraming.stxEtx().encoder(BYTES, 100);

		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> encoder.encode(payload))
			.withMessageContaining("at byte 1");
	}

	@Test
	void whenFrameDoesNotBeginWithStxThenItIsRefused() {
		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> Case.STX_ETX.decoder(100).decode(ByteBuffer.wrap(new byte[] { 'a' })))
			.withMessageContaining("not with 0x61 ('a')");
	}

	@Test
	void whenJsonValuesFollowThenEachIsOne() throws Exception {
		String stream = "\uFEFF{\"a\":[1,\"}\\\"]\",{}]}[]\"x\"12\r\n-3.5e+7 true{\"b\"\n:\u001e 1}\n\u001enull";
		byte[] wire = stream.getBytes(StandardCharsets.UTF_8);

		for (int position = 0; position <= wire.length; position++) {
			Decoder decoder = Case.JSON.decoder(100);
			List<byte[]> decoded = feed(decoder, wire, 0, position);
			decoded.addAll(feed(decoder, wire, position, wire.length));
			Object last = decoder.endOfStream();

			assertThat(decoded).extracting((bytes) -> new String(bytes, StandardCharsets.UTF_8))
				.containsExactly("{\"a\":[1,\"}\\\"]\",{}]}", "[]", "\"x\"", "12", "-3.5e+7", "true",
						"{\"b\"\n:\u001e 1}");
			assertThat((byte[]) last).asString().isEqualTo("null");
		}
	}

	@Test
	void whenLineEndFollowsJsonThenNothingIsLeftToRead() throws Exception {
		Decoder decoder = Case.JSON.decoder(100);
		ByteBuffer input = ByteBuffer.wrap("{}\r\n".getBytes(StandardCharsets.US_ASCII));

		assertThat((byte[]) decoder.decode(input)).asString().isEqualTo("{}");

		assertThat(input.hasRemaining()).isFalse();
		assertThat(decoder.pending()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "}", "]", ",", ":", "1 }", "{},{}" })
	void whenNoJsonValueBeginsThenItIsRefused(String stream) {
		byte[] wire = stream.getBytes(StandardCharsets.UTF_8);

		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> feed(Case.JSON.decoder(100), wire, 0, wire.length))
			.withMessageContaining("No JSON value begins with");
	}

	@ParameterizedTest
	@CsvSource({ "{}, {}", "12, 12%", "true, true%", "'[1, 2] ', '[1, 2] '", "'\"x\"', '\"x\"'", "'12 ', '12 '" })
	void whenJsonIsWrittenThenReceiverSeesItsEnd(String payload, String wire) throws Exception {
		byte[] encoded = MessageFraming.json().encoder(BYTES, 100).encode(payload);

		assertThat(encoded).asString().isEqualTo(wire.replace('%', '\n'));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "{}{}", "1 2", "{", "\"x", "}", "[] x" })
	void whenPayloadIsNotOneJsonValueThenItIsRefused(String payload) {
		MessageEncoder encoder = MessageFraming.json().encoder(BYTES, 100);

		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> encoder.encode(payload));
	}

	@Test
	void whenDeepStructureThenItIsBoundByItsSize() throws Exception {
		byte[] wire = "[".repeat(1001).getBytes(StandardCharsets.US_ASCII);

		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> feedBytes(Case.JSON.decoder(1000), wire))
			.satisfies((ex) -> assertThat(ex.errorType()).isEqualTo(PipeErrorType.TOO_LARGE));
	}

	@Test
	void whenUntilCloseThenStreamIsTheMessage() throws Exception {
		Decoder decoder = MessageFraming.untilClose().decoder(BYTES, 10);

		assertThat(feedBytes(decoder, "0123456789".getBytes(StandardCharsets.US_ASCII))).isEmpty();

		assertThat((byte[]) decoder.endOfStream()).asString().isEqualTo("0123456789");
		assertThat(MessageFraming.untilClose().decoder(BYTES, 10).endOfStream()).isNull();
	}

	@Test
	void whenUntilCloseIsTooLongThenItIsRefusedBeforeItIsKept() {
		Decoder decoder = MessageFraming.untilClose().decoder(BYTES, 10);

		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> decoder.decode(ByteBuffer.allocate(11)))
			.satisfies((ex) -> assertThat(ex.errorType()).isEqualTo(PipeErrorType.TOO_LARGE));
		assertThat(decoder.capacity()).isZero();
	}

	@Test
	void whenLengthCountsItselfThenPrefixIsKeptApart() throws Exception {
		byte[] wire = HexFormat.of().parseHex("510000000848690a00");

		Frame frame = (Frame) Case.POSTGRES.decoder(100).decode(ByteBuffer.wrap(wire));

		assertThat(frame).isNotNull();
		assertThat((byte[]) frame.payload()).containsExactly('H', 'i', '\n', 0);
		assertThat(frame.prefix()).containsExactly('Q');
		assertThat(Case.POSTGRES.framing.encoder(BYTES, 100).encode(frame)).isEqualTo(wire);
	}

	@Test
	void whenHeaderFollowsLengthThenPrefixHasItWithoutTheLength() throws Exception {
		byte[] wire = HexFormat.of().parseHex("0000000f00000003010" + "00a086e6f70652e53766312015" + "81a00");

		Frame frame = (Frame) Case.TTRPC.decoder(100).decode(ByteBuffer.wrap(wire));

		assertThat(frame).isNotNull();
		assertThat(frame.prefix()).containsExactly(0, 0, 0, 3, 1, 0);
		assertThat((byte[]) frame.payload()).hasSize(15);
		assertThat(Case.TTRPC.framing.encoder(BYTES, 100).encode(frame)).isEqualTo(wire);
	}

	@Test
	void whenNothingIsStrippedThenPayloadIsTheFrame() throws Exception {
		MessageFraming framing = MessageFraming
			.lengthHeader(LengthHeader.of(2, ByteOrder.LITTLE_ENDIAN).offset(1).adjustment(-3).strip(0));
		byte[] wire = { 'x', 5, 0, 'a', 'b', 'y', 3, 0 };

		List<byte[]> frames = feedBytes(framing.decoder(BYTES, 100), wire);

		assertThat(frames).usingRecursiveComparison()
			.isEqualTo(List.of(new byte[] { 'x', 5, 0, 'a', 'b' }, new byte[] { 'y', 3, 0 }));
		MessageEncoder encoder = framing.encoder(BYTES, 100);
		assertThat(encoder.encode(frames.get(0))).isEqualTo(frames.get(0));
		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> encoder.encode(new byte[] { 'x', 6, 0, 'a', 'b' }))
			.withMessageContaining("claims 6");
		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> encoder.encode(new byte[] { 'x' }))
			.withMessageContaining("too short");
	}

	@ParameterizedTest
	@CsvSource({ "5100000003, less than the header", "51ffffffff, claims a length of -1",
			"517fffffff, exceeds the maximum" })
	void whenAdjustedLengthIsImpossibleThenItIsRefused(String hex, String reason) {
		byte[] wire = HexFormat.of().parseHex(hex);

		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> feedBytes(Case.POSTGRES.decoder(100), wire))
			.withMessageContaining(reason);
	}

	@ParameterizedTest
	@ValueSource(strings = { "7fffffffffffffff", "ffffffffffffffff", "8000000000000000", "0000000100000000" })
	void whenEightBytesOverflowThenTheyAreRefused(String hex) {
		MessageFraming framing = MessageFraming
			.lengthHeader(LengthHeader.of(8, ByteOrder.BIG_ENDIAN).adjustment(Integer.MAX_VALUE).strip(65536));
		byte[] wire = HexFormat.of().parseHex(hex);

		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> feedBytes(framing.decoder(BYTES, Integer.MAX_VALUE), wire));
	}

	@Test
	void whenPrefixIsMissingThenMessageSaysWhereToGiveIt() {
		MessageEncoder encoder = Case.POSTGRES.framing.encoder(BYTES, 100);

		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> encoder.encode("x"))
			.withMessageContaining("namedPipe_framePrefix")
			.withMessageContaining("framing.length.prefix");
		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> encoder.encode(new Frame("x", new byte[2])))
			.withMessageContaining("has room for 1");
	}

	@Test
	void whenPayloadDoesNotFitThenAdjustedLengthIsRefused() {
		MessageEncoder encoder = MessageFraming.lengthHeader(LengthHeader.of(1, ByteOrder.BIG_ENDIAN).adjustment(-1))
			.encoder(BYTES, 1000);

		assertThatNoException().isThrownBy(() -> encoder.encode(new byte[254]));
		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> encoder.encode(new byte[255]));
	}

	@Test
	void whenHeaderIsAtOddsWithItselfThenItIsRefused() {
		LengthHeader header = LengthHeader.of(4, ByteOrder.BIG_ENDIAN).offset(2);

		assertThatIllegalArgumentException().isThrownBy(() -> MessageFraming.lengthHeader(header.strip(3)));
		assertThatIllegalArgumentException().isThrownBy(() -> MessageFraming.lengthHeader(header.prefix(new byte[3])));
		assertThatIllegalArgumentException().isThrownBy(() -> header.offset(-1));
		assertThatIllegalArgumentException().isThrownBy(() -> header.strip(65537));
		assertThatIllegalArgumentException().isThrownBy(() -> LengthHeader.of(5, ByteOrder.BIG_ENDIAN));
	}

	@Test
	void whenCharsetDoesNotGoWithFramingThenItIsRefused() {
		PayloadFormat utf16 = PayloadFormat.text(StandardCharsets.UTF_16LE);

		assertThatIllegalArgumentException().isThrownBy(() -> MessageFraming.json().check(utf16))
			.withMessageContaining("UTF-8");
		assertThatIllegalArgumentException().isThrownBy(() -> MessageFraming.stxEtx().check(utf16));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> MessageFraming.of(MessageFraming.varint(), MessageFraming.json()).check(utf16));
	}

	@Test
	void whenDirectionsDifferThenEachHasItsOwn() throws Exception {
		MessageFraming framing = MessageFraming.of(MessageFraming.netstring(), MessageFraming.varint());

		assertThat(framing.encoder(BYTES, 100).encode("hi")).containsExactly(2, 'h', 'i');
		assertThat(feed(framing.decoder(BYTES, 100), "2:hi,".getBytes(StandardCharsets.US_ASCII), 0, 5)).singleElement()
			.isEqualTo(new byte[] { 'h', 'i' });
		assertThat(framing).hasToString("netstring in, varint out");
	}

	@Test
	void whenFrameGoesToFramingWithoutPlaceThenPayloadIsSent() throws Exception {
		Frame frame = new Frame("hi", new byte[] { 1 }, Map.of("X-Foo", "bar"));

		assertThat(MessageFraming.line(LineTerminator.LF).encoder(BYTES, 100).encode(frame)).asString().isEqualTo("hi");
		assertThat(Arrays.asList(Case.VARINT.framing.hasHeaders(), Case.POSTGRES.framing.hasHeaders()))
			.containsExactly(false, true);
	}

}
