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
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.serializer.DefaultDeserializer;
import org.springframework.core.serializer.Serializer;

import io.namedpipe.PipeErrorType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What every decoder promises, and what each of them does at its limits.
 */
class DecoderTests {

	private static final int RANDOM_BYTES = Integer.getInteger("namedpipe.test.random-bytes", 10_000_000);

	private static final PayloadFormat BYTES = PayloadFormat.bytes();

	static Stream<MessageFraming> framings() {
		return Stream.of(MessageFraming.lengthHeader(1, ByteOrder.BIG_ENDIAN),
				MessageFraming.lengthHeader(2, ByteOrder.BIG_ENDIAN),
				MessageFraming.lengthHeader(2, ByteOrder.LITTLE_ENDIAN),
				MessageFraming.lengthHeader(4, ByteOrder.BIG_ENDIAN),
				MessageFraming.lengthHeader(4, ByteOrder.LITTLE_ENDIAN), MessageFraming.line(LineTerminator.LF),
				MessageFraming.line(LineTerminator.CRLF), MessageFraming.delimiter("0x00"),
				MessageFraming.delimiter("--end--"), MessageFraming.delimiter("aab"),
				MessageFraming.codec(new NetstringCodec()));
	}

	@ParameterizedTest
	@MethodSource("framings")
	void framesSplitAtEveryPositionArriveWhole(MessageFraming framing) throws Exception {
		List<byte[]> payloads = payloads();
		byte[] wire = wire(framing, payloads);
		for (int position = 0; position <= wire.length; position++) {
			Decoder decoder = framing.decoder(BYTES, 1000);
			List<Object> decoded = feed(decoder, wire, 0, position);
			decoded.addAll(feed(decoder, wire, position, wire.length));
			assertThat(decoded).as("split at %s", position).usingRecursiveComparison().isEqualTo(payloads);
			assertThat(decoder.endOfStream()).isNull();
		}
	}

	@ParameterizedTest
	@MethodSource("framings")
	void framesInPortionsOfEverySizeArriveWhole(MessageFraming framing) throws Exception {
		List<byte[]> payloads = payloads();
		byte[] wire = wire(framing, payloads);
		for (int portion = 1; portion <= wire.length; portion++) {
			Decoder decoder = framing.decoder(BYTES, 1000);
			List<Object> decoded = new ArrayList<>();
			for (int position = 0; position < wire.length; position += portion) {
				decoded.addAll(feed(decoder, wire, position, Math.min(wire.length, position + portion)));
			}
			assertThat(decoded).as("portions of %s", portion).usingRecursiveComparison().isEqualTo(payloads);
		}
	}

	@ParameterizedTest
	@MethodSource("framings")
	void textIsDecodedInItsCharset(MessageFraming framing) throws Exception {
		PayloadFormat format = PayloadFormat.text(StandardCharsets.UTF_8);
		String text = "Grüße, 世界 ".repeat(12);
		MessageEncoder encoder = framing.encoder(format, 1000);
		byte[] wire = wire(encoder, List.of(text, "x"));
		for (int position = 0; position <= wire.length; position++) {
			Decoder decoder = framing.decoder(format, 1000);
			List<Object> decoded = feed(decoder, wire, 0, position);
			decoded.addAll(feed(decoder, wire, position, wire.length));
			assertThat(decoded).containsExactly(text, "x");
		}
	}

	@ParameterizedTest
	@MethodSource("framings")
	void randomBytesGiveFramesOrFramingExceptions(MessageFraming framing) throws Exception {
		int max = 200;
		Random random = new Random(4711);
		ByteBuffer buffer = ByteBuffer.allocateDirect(8192);
		byte[][] noise = noise(random);
		Decoder decoder = framing.decoder(BYTES, max);
		long total = 0;
		int longest = 0;
		int leftOver = 0;
		int mostKept = 0;
		long frames = 0;
		long broken = 0;
		while (total < RANDOM_BYTES) {
			byte[] source = noise[random.nextInt(noise.length)];
			int length = 1 + random.nextInt((random.nextInt(4) == 0) ? buffer.capacity() : 16);
			buffer.clear().put(source, random.nextInt(source.length - length), length).flip();
			total += length;
			while (buffer.hasRemaining()) {
				try {
					byte[] frame = (byte[]) decoder.decode(buffer);
					if (frame != null) {
						longest = Math.max(longest, frame.length);
						frames++;
					}
					else {
						leftOver += buffer.remaining();
						mostKept = Math.max(mostKept, Math.max(decoder.pending(), decoder.capacity()));
					}
				}
				catch (FramingException ex) {
					broken++;
					buffer.position(buffer.limit() - random.nextInt(Math.min(100, buffer.remaining() + 1)));
					decoder = framing.decoder(BYTES, max);
				}
			}
		}
		assertThat(longest).isLessThanOrEqualTo(max);
		assertThat(leftOver).isZero();
		assertThat(mostKept).isLessThanOrEqualTo(max + 20);
		assertThat(frames).isPositive();
		assertThat(broken).isPositive();
	}

	// Pure noise would never get beyond the first length or digit
	private static byte[][] noise(Random random) {
		byte[] alphabet = "0123456789:,\r\nab\0-end".getBytes(StandardCharsets.US_ASCII);
		byte[] sample = "3:abc,--end--aab0:,aab\0x".getBytes(StandardCharsets.US_ASCII);
		byte[][] noise = new byte[4][1 << 18];
		random.nextBytes(noise[0]);
		for (int i = 0; i < noise[0].length; i++) {
			noise[1][i] = (byte) random.nextInt(3);
			noise[2][i] = alphabet[random.nextInt(alphabet.length)];
			noise[3][i] = sample[i % sample.length];
		}
		return noise;
	}

	@ParameterizedTest
	@MethodSource("framings")
	void whenTheLargestPayloadArrivesThenItIsDelivered(MessageFraming framing) throws Exception {
		byte[] largest = new byte[100];
		Arrays.fill(largest, (byte) 'x');
		byte[] wire = wire(framing.encoder(BYTES, 100), List.of(largest));
		Decoder atOnce = framing.decoder(BYTES, 100);
		assertThat(feed(atOnce, wire, 0, wire.length)).usingRecursiveComparison().isEqualTo(List.of(largest));
		Decoder byteByByte = framing.decoder(BYTES, 100);
		List<Object> decoded = new ArrayList<>();
		for (int i = 0; i < wire.length; i++) {
			decoded.addAll(feed(byteByByte, wire, i, i + 1));
		}
		assertThat(decoded).usingRecursiveComparison().isEqualTo(List.of(largest));
	}

	@ParameterizedTest
	@MethodSource("framings")
	void whenPayloadIsOneByteTooLargeThenReadingAndWritingFail(MessageFraming framing) throws Exception {
		byte[] tooLarge = new byte[101];
		Arrays.fill(tooLarge, (byte) 'x');
		byte[] wire = wire(framing.encoder(BYTES, 101), List.of(tooLarge));
		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> feed(framing.decoder(BYTES, 100), wire, 0, wire.length))
			.satisfies(DecoderTests::tellsLengthAndLimit);
		Decoder byteByByte = framing.decoder(BYTES, 100);
		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> {
			for (int i = 0; i < wire.length; i++) {
				feed(byteByByte, wire, i, i + 1);
			}
		}).satisfies(DecoderTests::tellsLengthAndLimit);
		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> framing.encoder(BYTES, 100).encode(tooLarge))
			.satisfies(DecoderTests::tellsLengthAndLimit);
	}

	private static void tellsLengthAndLimit(FramingException ex) {
		assertThat(ex.errorType()).isEqualTo(PipeErrorType.TOO_LARGE);
		// where the end is not seen yet, the first byte of the delimiter may be among
		// them
		assertThat(ex.getLength().orElseThrow()).isBetween(101L, 107L);
		assertThat(ex.getLimit()).hasValue(100);
		assertThat(ex).hasMessageContaining(ex.getLength().getAsLong() + " bytes").hasMessageContaining("100");
	}

	@ParameterizedTest
	@MethodSource("framings")
	void whenStreamEndsInsideFrameThenReportsItButDeliversLastLine(MessageFraming framing) throws Exception {
		byte[] wire = wire(framing, List.of("hello".getBytes(StandardCharsets.US_ASCII)));
		byte[] half = Arrays.copyOf(wire, wire.length - 1);
		Decoder decoder = framing.decoder(BYTES, 100);
		assertThat(feed(decoder, half, 0, half.length)).isEmpty();
		if (framing.toString().startsWith("line")) {
			assertThat((byte[]) decoder.endOfStream()).asString().isEqualTo("hello");
			assertThat(decoder.endOfStream()).isNull();
		}
		else {
			assertThatExceptionOfType(FramingException.class).isThrownBy(decoder::endOfStream).satisfies((ex) -> {
				assertThat(ex.errorType()).isEqualTo(PipeErrorType.TRUNCATED);
				assertThat(ex.getLength()).hasValue(half.length);
				assertThat(ex.getLimit()).isEmpty();
				assertThat(ex).hasMessageContaining(half.length + " bytes");
			});
		}
	}

	@Test
	void whenALengthIsNegativeThenTheExceptionTellsIt() {
		Decoder decoder = MessageFraming.lengthHeader(4, ByteOrder.BIG_ENDIAN).decoder(BYTES, 1000);
		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> decoder.decode(ByteBuffer.wrap(new byte[] { -1, -1, -1, -2 })))
			.satisfies((ex) -> {
				assertThat(ex.errorType()).isEqualTo(PipeErrorType.FRAMING);
				assertThat(ex.getLength()).hasValue(-2);
				assertThat(ex.getLimit()).hasValue(1000);
			});
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void shortLengthHeadersAreUnsigned(int bytes) throws Exception {
		int length = (bytes == 1) ? 200 : 40_000;
		MessageFraming framing = MessageFraming.lengthHeader(bytes, ByteOrder.LITTLE_ENDIAN);
		byte[] payload = new byte[length];
		byte[] wire = wire(framing.encoder(BYTES, 1_000_000), List.of(payload));
		assertThat(wire).hasSize(length + bytes);
		assertThat(feed(framing.decoder(BYTES, 1_000_000), wire, 0, wire.length)).usingRecursiveComparison()
			.isEqualTo(List.of(payload));
	}

	@Test
	void whenAPayloadDoesNotFitItsLengthHeaderThenWritingFails() {
		MessageEncoder encoder = MessageFraming.lengthHeader(1, ByteOrder.BIG_ENDIAN).encoder(BYTES, 1_000_000);
		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> encoder.encode(new byte[256]))
			.satisfies((ex) -> assertThat(ex.getLimit()).hasValue(255));
	}

	@Test
	void whenPeerClaimsLengthThenAllocationIsBoundByInput() throws Exception {
		int claimed = 1 << 30;
		Decoder decoder = MessageFraming.lengthHeader(4, ByteOrder.BIG_ENDIAN).decoder(BYTES, Integer.MAX_VALUE);
		ByteBuffer start = ByteBuffer.allocate(14).putInt(claimed).put(new byte[10]).flip();
		assertThat(decoder.decode(start)).isNull();
		assertThat(decoder.capacity()).isBetween(10, 100);
		assertThat(decoder.missing()).isEqualTo(claimed - 10);
	}

	@Test
	void aFrameOfSixtyFourKibibytesIsAllocatedOnceWhateverItsFirstReadBrings() throws Exception {
		int size = 64 * 1024;
		Decoder decoder = MessageFraming.lengthHeader(4, ByteOrder.BIG_ENDIAN).decoder(BYTES, Integer.MAX_VALUE);
		ByteBuffer start = ByteBuffer.allocate(BufferPools.SHARED.medium().size()).putInt(size);
		assertThat(decoder.decode(start.rewind())).isNull();
		assertThat(decoder.capacity()).isEqualTo(size);
		assertThat((byte[]) decoder.decode(ByteBuffer.allocate(decoder.missing()))).hasSize(size);
	}

	@Test
	void linesEndWithLfOrCrlf() throws Exception {
		byte[] wire = "one\ntwo\r\n\n\r\nwith \r inside\nlast\r".getBytes(StandardCharsets.US_ASCII);
		for (int split = 0; split <= wire.length; split++) {
			Decoder decoder = MessageFraming.line(LineTerminator.LF)
				.decoder(PayloadFormat.text(StandardCharsets.US_ASCII), 100);
			List<Object> decoded = feed(decoder, wire, 0, split);
			decoded.addAll(feed(decoder, wire, split, wire.length));
			assertThat(decoded).containsExactly("one", "two", "", "", "with \r inside");
			assertThat(decoder.endOfStream()).isEqualTo("last");
		}
	}

	@Test
	void whenTheLastLineIsTooLongThenTheEndOfTheStreamFails() throws Exception {
		Decoder decoder = MessageFraming.line(LineTerminator.LF).decoder(BYTES, 4);
		assertThat(feed(decoder, "abcde".getBytes(StandardCharsets.US_ASCII), 0, 5)).isEmpty();
		assertThatExceptionOfType(FramingException.class).isThrownBy(decoder::endOfStream)
			.satisfies((ex) -> assertThat(ex.errorType()).isEqualTo(PipeErrorType.TOO_LARGE));
	}

	@Test
	void whenALineNeverEndsThenItIsTooLargeBeforeItIsKept() {
		Decoder decoder = MessageFraming.line(LineTerminator.LF).decoder(BYTES, 100);
		byte[] noise = new byte[8192];
		Arrays.fill(noise, (byte) 'x');
		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> feed(decoder, noise, 0, noise.length))
			.satisfies((ex) -> assertThat(ex.getLimit()).hasValue(100));
		assertThat(decoder.capacity()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "two\nlines", "\n", "ends with\r" })
	void whenAPayloadIsNoLineThenWritingFails(String payload) {
		MessageEncoder encoder = MessageFraming.line(LineTerminator.CRLF).encoder(BYTES, 100);
		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> encoder.encode(payload));
	}

	@ParameterizedTest
	@ValueSource(strings = { "xxaabxx", "xxxxa", "aab" })
	void whenAPayloadWouldEndTooEarlyThenWritingFails(String payload) throws Exception {
		MessageEncoder encoder = MessageFraming.delimiter("aab").encoder(BYTES, 100);
		if (payload.equals("xxxxa")) {
			// "a" + "aab" holds the delimiter once, at the right place
			assertThat(encoder.encode(payload)).hasSize(5);
		}
		else {
			assertThatExceptionOfType(FramingException.class).isThrownBy(() -> encoder.encode(payload));
		}
	}

	@Test
	void whenPayloadAndDelimiterFormEarlierDelimiterThenWriteFails() {
		MessageEncoder encoder = MessageFraming.delimiter("aa").encoder(BYTES, 100);
		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> encoder.encode("xa"));
	}

	@Test
	void rawGivesWhatCameInPortionsOfTheMaximumSize() throws Exception {
		Decoder decoder = MessageFraming.raw().decoder(BYTES, 4);
		List<Object> decoded = feed(decoder, "abcdefghij".getBytes(StandardCharsets.US_ASCII), 0, 10);
		assertThat(decoded).extracting((payload) -> new String((byte[]) payload, StandardCharsets.US_ASCII))
			.containsExactly("abcd", "efgh", "ij");
	}

	@Test
	void whenCustomDecoderFailsThenThrowsFramingException() {
		Decoder decoder = MessageFraming.codec(new NetstringCodec() {

			@Override
			public FrameDecoder decoder(int maxMessageSize) {
				return (input) -> {
					throw new IllegalStateException("broken on purpose");
				};
			}

		}).decoder(BYTES, 100);
		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> decoder.decode(ByteBuffer.allocate(1)))
			.withMessageContaining("broken on purpose")
			.satisfies((ex) -> assertThat(ex.errorType()).isEqualTo(PipeErrorType.FRAMING));
	}

	@Test
	void whenACodecHasNoNameThenItsClassIsTold() {
		FrameCodec named = new NetstringCodec();
		Serializer<Object> lambda = (object, output) -> {
			throw new IOException("on purpose");
		};

		assertThat(MessageFraming.codec(named)).hasToString("codec (" + NetstringCodec.class.getName() + ")");
		assertThat(MessageFraming.codec(named, "numbers")).hasToString("codec ('numbers')");
		assertThat(MessageFraming.serializer(lambda, new DefaultDeserializer(), "numbers"))
			.hasToString("serializer ('numbers')");
		MessageFraming unnamed = MessageFraming.serializer(lambda, new DefaultDeserializer());
		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> unnamed.encoder(BYTES, 100).encode("x"))
			.withMessageStartingWith("The serializer of " + DecoderTests.class.getName() + " (a lambda) failed")
			.withMessageContaining("on purpose");
	}

	@Test
	void whenACodecWritesMoreThanItSaidThenThatIsTold() {
		MessageFraming framing = MessageFraming.codec(new NetstringCodec() {

			@Override
			public int maxFrameSize(int payloadSize) {
				return payloadSize;
			}

		}, "short");

		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> framing.encoder(BYTES, 100).encode(new byte[7]))
			.withMessageContaining("The codec 'short'")
			.withMessageContaining("7 bytes")
			.withMessageContaining("maxFrameSize");
	}

	@Test
	void whenACodecHasNoDecoderThenThatIsTold() {
		MessageFraming framing = MessageFraming.codec(new NetstringCodec() {

			@Override
			@SuppressWarnings("NullAway")
			public FrameDecoder decoder(int maxMessageSize) {
				return null;
			}

		}, "none");

		assertThatExceptionOfType(CodecException.class).isThrownBy(() -> framing.decoder(BYTES, 100))
			.withMessageContaining("The codec 'none'")
			.withMessageContaining("its decoder is null");
	}

	@Test
	void whenCustomDecoderFindsNoFrameThenFailsAtMaximumSize() {
		Decoder decoder = MessageFraming.codec(new NetstringCodec() {

			@Override
			public FrameDecoder decoder(int maxMessageSize) {
				return (input) -> null;
			}

		}).decoder(BYTES, 100);
		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> {
			while (decoder.pending() < 10_000) {
				decoder.decode(ByteBuffer.allocate(50));
			}
		}).satisfies((ex) -> {
			assertThat(ex.errorType()).isEqualTo(PipeErrorType.TOO_LARGE);
			assertThat(ex.getLength().orElseThrow()).isBetween(112L, 162L);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "0x0", "0xZZ", "0x", "" })
	void whenADelimiterIsNotOneThenThereIsNoFraming(String delimiter) {
		assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> MessageFraming.delimiter(delimiter));
	}

	private static List<byte[]> payloads() {
		List<byte[]> payloads = new ArrayList<>();
		for (String text : List.of("", "x", "hello", "", "a\rb aa ab ba --en-d- 0:,", "y".repeat(130), "z")) {
			payloads.add(text.getBytes(StandardCharsets.US_ASCII));
		}
		return payloads;
	}

	private static byte[] wire(MessageFraming framing, List<byte[]> payloads) throws FramingException {
		return wire(framing.encoder(BYTES, 1000), payloads);
	}

	private static byte[] wire(MessageEncoder encoder, List<?> payloads) throws FramingException {
		ByteArrayOutputStream wire = new ByteArrayOutputStream();
		for (Object payload : payloads) {
			byte[] message = encoder.encode(payload);
			ByteBuffer frame = ByteBuffer.allocate(message.length + encoder.overhead());
			encoder.put(message, frame);
			assertThat(frame.hasRemaining()).isFalse();
			wire.writeBytes(frame.array());
		}
		return wire.toByteArray();
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

}
