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

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UTFDataFormatException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.springframework.core.serializer.DefaultSerializer;

import io.namedpipe.PipeErrorType;
import io.namedpipe.testsupport.ConnectedPipe;
import io.namedpipe.testsupport.TestTransport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Mutates what a deserializer of the application reads: the objects and the error have to
 * be those that a plain parser of the same bytes finds.
 * {@code -Dnamedpipe.test.objects=1000000} for more, {@code -Dnamedpipe.test.seed=...}
 * for others.
 */
class ObjectReaderFuzzTests {

	private static final int MAX = 40;

	private static final int HEADER = 2;

	private static final String[] WORDS = { "", "a", "two words", "\0", "\u00fc", "\u20ac", "x".repeat(MAX - HEADER),
			"y".repeat(MAX - HEADER + 1), "z".repeat(3 * MAX) };

	private final long seed = Long.getLong("namedpipe.test.seed", 20260404L);

	private final MessageFraming strings = MessageFraming.serializer(new DefaultSerializer(),
			ObjectReaderFuzzTests::read);

	@Test
	void whenBytesAreMutatedThenTheOutcomeIsThatOfAPlainParser() throws Exception {
		long count = Long.getLong("namedpipe.test.objects", 2_000L);
		Random random = new Random(this.seed);
		long whole = 0;
		for (long i = 0; i < count; i++) {
			byte[] input = mutate(valid(random), random);
			List<String> expected = parse(input);

			List<String> outcome = readAll(input, random);

			assertThat(outcome).as("input %d of seed %d: %s", i, this.seed, HexFormat.of().formatHex(input))
				.isEqualTo(expected);
			whole += outcome.stream().filter((each) -> each.startsWith("'")).count();
		}
		// mutations that never leave an object whole would show nothing
		assertThat(whole).isGreaterThan(count / 10);
	}

	private static String read(InputStream input) throws IOException {
		return new DataInputStream(input).readUTF();
	}

	private List<String> readAll(byte[] input, Random random) throws IOException {
		List<String> outcome = new ArrayList<>();
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY, MAX);
				MessageReader reader = this.strings.reader(pipe.serverEnd(), PayloadFormat.bytes())) {
			int piece = 1 + random.nextInt(Math.max(1, input.length));
			for (int at = 0; at < input.length; at += piece) {
				pipe.clientEnd().write(ByteBuffer.wrap(input, at, Math.min(piece, input.length - at)));
			}
			pipe.clientEnd().close();
			Object payload = reader.read();
			while (payload != null) {
				outcome.add("'" + payload);
				payload = reader.read();
			}
		}
		catch (FramingException ex) {
			outcome.add(ex.errorType().name());
		}
		return outcome;
	}

	private static List<String> parse(byte[] input) throws IOException {
		List<String> outcome = new ArrayList<>();
		int at = 0;
		while (at < input.length) {
			int left = input.length - at;
			int size = (left < HEADER) ? HEADER : HEADER + Short.toUnsignedInt(ByteBuffer.wrap(input).getShort(at));
			if (size > Math.min(left, MAX)) {
				outcome.add(((left > MAX) ? PipeErrorType.TOO_LARGE : PipeErrorType.TRUNCATED).name());
				return outcome;
			}
			try {
				outcome.add("'" + read(new ByteArrayInputStream(input, at, size)));
			}
			catch (UTFDataFormatException ex) {
				outcome.add(PipeErrorType.FRAMING.name());
				return outcome;
			}
			at += size;
		}
		return outcome;
	}

	private static byte[] valid(Random random) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		DataOutputStream output = new DataOutputStream(bytes);
		for (int i = random.nextInt(5); i >= 0; i--) {
			output.writeUTF(WORDS[random.nextInt(WORDS.length)]);
		}
		return bytes.toByteArray();
	}

	private static byte[] mutate(byte[] bytes, Random random) {
		byte[] mutated = bytes;
		for (int changes = random.nextInt(3); changes > 0; changes--) {
			if (mutated.length > 0 && random.nextBoolean()) {
				mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
			}
			else {
				mutated = Arrays.copyOf(mutated, random.nextInt(mutated.length + 1));
			}
		}
		return mutated;
	}

}
