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
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Mutates the inputs in {@code fuzz/frames.hex} and gives each to a decoder at once and
 * in pieces: the frames and the exception have to be the same, and the exception the
 * documented one. An input that fails is printed as a line for that file.
 * {@code -Dnamedpipe.test.frames=50000000} for more, {@code -Dnamedpipe.test.seed=...}
 * for others.
 */
class DecoderCorpusTests {

	private static final int MAX = 300;

	private final long seed = Long.getLong("namedpipe.test.seed", 20260403L);

	static Stream<MessageFraming> framings() {
		return Stream.of(MessageFraming.lengthHeader(1, ByteOrder.BIG_ENDIAN),
				MessageFraming.lengthHeader(2, ByteOrder.LITTLE_ENDIAN),
				MessageFraming.lengthHeader(4, ByteOrder.BIG_ENDIAN),
				MessageFraming.lengthHeader(4, ByteOrder.LITTLE_ENDIAN), MessageFraming.line(LineTerminator.LF),
				MessageFraming.line(LineTerminator.CRLF), MessageFraming.delimiter((byte) 0),
				MessageFraming.delimiter("aab"), MessageFraming.contentLength(), MessageFraming.varint(),
				MessageFraming.netstring(), MessageFraming.stxEtx(), MessageFraming.json(), MessageFraming.untilClose(),
				MessageFraming.lengthHeader(LengthHeader.of(2, ByteOrder.BIG_ENDIAN).offset(1).adjustment(-2)),
				MessageFraming.codec(new NetstringCodec()));
	}

	private static List<byte[]> corpus() throws IOException, URISyntaxException {
		Path file = Path
			.of(Objects.requireNonNull(DecoderCorpusTests.class.getResource("/io/namedpipe/fuzz/frames.hex")).toURI());
		return Files.readAllLines(file)
			.stream()
			.map((line) -> line.replaceFirst("#.*", "").replace(" ", ""))
			.filter((line) -> !line.isEmpty())
			.map(HexFormat.of()::parseHex)
			.toList();
	}

	@ParameterizedTest
	@MethodSource("framings")
	void whenInputComesInPiecesThenTheOutcomeIsThatOfTheWhole(MessageFraming framing) throws Exception {
		List<byte[]> corpus = corpus();
		for (byte[] input : corpus) {
			assertSameInPieces(framing, input, new Random(this.seed));
		}
		long count = Long.getLong("namedpipe.test.frames", 10_000L);
		Random random = new Random(this.seed);
		for (long i = 0; i < count; i++) {
			assertSameInPieces(framing, mutate(corpus, random), random);
		}
	}

	@Test
	void whenThereAreNoFramesThenWhatComesInPiecesIsThatOfTheWhole() throws Exception {
		List<byte[]> corpus = corpus();
		Random random = new Random(this.seed);
		for (int i = 0; i < 10_000; i++) {
			byte[] input = mutate(corpus, random);
			List<String> pieces = decode(MessageFraming.raw(), input, random, 1 + random.nextInt(9));
			assertThat(String.join("", pieces)).isEqualTo(HexFormat.of().formatHex(input));
		}
	}

	private void assertSameInPieces(MessageFraming framing, byte[] input, Random random) {
		List<String> whole = decode(framing, input, random, input.length);
		List<String> pieces = decode(framing, input, random, 1 + random.nextInt(9));
		assertThat(pieces).as("%s: %s", framing, HexFormat.of().formatHex(input)).isEqualTo(whole);
	}

	private List<String> decode(MessageFraming framing, byte[] input, Random random, int largestPiece) {
		List<String> outcome = new ArrayList<>();
		Decoder decoder = framing.decoder(PayloadFormat.bytes(), MAX);
		try {
			int position = 0;
			while (position < input.length) {
				int length = Math.min(input.length - position, 1 + random.nextInt(Math.max(1, largestPiece)));
				length = (largestPiece >= input.length) ? input.length : length;
				ByteBuffer piece = ByteBuffer.wrap(input, position, length).slice();
				add(outcome, decoder, piece);
				assertThat(piece.remaining()).as("all is taken").isZero();
				assertThat(decoder.capacity()).as("kept").isLessThanOrEqualTo(MAX + 20);
				position += length;
			}
			Object last = decoder.endOfStream();
			if (last != null) {
				outcome.add(HexFormat.of().formatHex((byte[]) Frame.payloadOf(last)));
			}
		}
		catch (FramingException ex) {
			outcome.add(ex.getReason().name());
		}
		catch (RuntimeException ex) {
			throw new AssertionError(framing + ": " + HexFormat.of().formatHex(input), ex);
		}
		return outcome;
	}

	private static void add(List<String> outcome, Decoder decoder, ByteBuffer piece) throws FramingException {
		Object payload = decoder.decode(piece);
		while (payload != null) {
			byte[] bytes = (byte[]) Frame.payloadOf(payload);
			assertThat(bytes.length).isLessThanOrEqualTo(MAX);
			outcome.add(HexFormat.of().formatHex(bytes));
			payload = decoder.decode(piece);
		}
	}

	private static byte[] mutate(List<byte[]> corpus, Random random) {
		byte[] bytes = corpus.get(random.nextInt(corpus.size())).clone();
		for (int changes = random.nextInt(4); changes >= 0; changes--) {
			int at = random.nextInt(bytes.length + 1);
			byte[] other = corpus.get(random.nextInt(corpus.size()));
			bytes = switch (random.nextInt(5)) {
				case 0 -> Arrays.copyOf(bytes, at);
				case 1 -> splice(bytes, at, at, other);
				case 2 -> splice(bytes, at, Math.min(bytes.length, at + random.nextInt(5)), new byte[0]);
				case 3 -> splice(bytes, at, Math.min(bytes.length, at + 1), new byte[] { (byte) random.nextInt() });
				default -> splice(bytes, at, at, Arrays.copyOf(other, random.nextInt(other.length + 1)));
			};
		}
		return bytes;
	}

	private static byte[] splice(byte[] bytes, int from, int to, byte[] insert) {
		return ByteBuffer.allocate(from + insert.length + bytes.length - to)
			.put(bytes, 0, from)
			.put(insert)
			.put(bytes, to, bytes.length - to)
			.array();
	}

}
