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
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.namedpipe.PipeErrorType;
import io.namedpipe.testsupport.BufferingLineCodec;
import io.namedpipe.testsupport.ConnectedPipe;
import io.namedpipe.testsupport.DecodeOnlyCodec;
import io.namedpipe.testsupport.TestTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What a decoder of the application may do: keep bytes, fail, and speak at the end.
 */
@Timeout(60)
class CodecDecoderTests {

	private static final PayloadFormat TEXT = PayloadFormat.text(StandardCharsets.UTF_8);

	private static final MessageFraming KEEPING = MessageFraming.codec(new DecodeOnlyCodec(BufferingLineCodec::new),
			"lines");

	// Does not tell what it keeps
	private static final MessageFraming SECRETIVE = MessageFraming
		.codec(new DecodeOnlyCodec(() -> new BufferingLineCodec()::decode), "lines");

	static List<MessageFraming> keeping() {
		return List.of(KEEPING, SECRETIVE);
	}

	private static ByteBuffer bytes(String text) {
		return StandardCharsets.UTF_8.encode(text);
	}

	@ParameterizedTest
	@MethodSource("keeping")
	void whenADecoderHasKeptTheNextFrameThenItIsPending(MessageFraming framing) throws Exception {
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY);
				MessageReader reader = framing.reader(pipe.serverEnd(), TEXT)) {
			pipe.clientEnd().write(bytes("one\ntwo\n"));
			assertThat(reader.read()).isEqualTo("one");

			assertThat(reader.hasPending()).isTrue();
			assertThat(reader.hasPending()).isTrue();

			assertThat(reader.read()).isEqualTo("two");
			assertThat(reader.hasPending()).isFalse();
			assertThat(pipe.serverEnd().statistics().messagesIn()).isEqualTo(2);
		}
	}

	@Test
	void whenADecoderHasKeptAPartOfAFrameThenItIsPending() throws Exception {
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY);
				MessageReader reader = KEEPING.reader(pipe.serverEnd(), TEXT)) {
			assertThat(reader.hasPending()).isFalse();
			pipe.clientEnd().write(bytes("one\ntw"));
			assertThat(reader.read()).isEqualTo("one");

			assertThat(reader.hasPending()).isTrue();

			pipe.clientEnd().write(bytes("o\n"));
			assertThat(reader.read()).isEqualTo("two");
			assertThat(reader.hasPending()).isFalse();
		}
	}

	@ParameterizedTest
	@MethodSource("keeping")
	void whenWhatADecoderHasKeptIsNoFrameThenTheNextReadFails(MessageFraming framing) throws Exception {
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY);
				MessageReader reader = framing.reader(pipe.serverEnd(), TEXT)) {
			pipe.clientEnd().write(bytes("one\n!\n"));
			assertThat(reader.read()).isEqualTo("one");

			assertThat(reader.hasPending()).isTrue();

			assertThatExceptionOfType(FramingException.class).isThrownBy(reader::read)
				.withMessageContaining("The codec 'lines'")
				.withMessageContaining("exclamation");
		}
	}

	@Test
	void whenADecoderHasKeptAPartOfAFrameAtTheEndThenItIsTruncated() {
		Decoder decoder = KEEPING.decoder(TEXT, 100);

		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> {
			decoder.decode(bytes("tw"));
			decoder.endOfStream();
		}).satisfies((ex) -> {
			assertThat(ex.errorType()).isEqualTo(PipeErrorType.TRUNCATED);
			assertThat(ex.getLength()).hasValue(2);
		});
	}

	@Test
	void whenADecoderCannotTellWhatItHasKeptThenItIsNamed() {
		Decoder decoder = MessageFraming.codec(new DecodeOnlyCodec(() -> new FrameDecoder() {

			@Override
			public byte @Nullable [] decode(ByteBuffer input) {
				return null;
			}

			@Override
			public int pending() {
				throw new IllegalStateException("on purpose");
			}

		}), "numbers").decoder(TEXT, 100);

		assertThatExceptionOfType(CodecException.class).isThrownBy(decoder::hasMore)
			.withMessageContaining("The codec 'numbers'")
			.withMessageContaining("on purpose");
	}

	@Test
	void whenTheLastFrameIsLargerThanTheMaximumThenItIsRefused() throws Exception {
		Decoder whole = ending("four").decoder(TEXT, 4);
		Decoder tooLarge = ending("four!").decoder(TEXT, 4);

		assertThat(whole.endOfStream()).isEqualTo("four");

		assertThatExceptionOfType(FramingException.class).isThrownBy(tooLarge::endOfStream).satisfies((ex) -> {
			assertThat(ex.errorType()).isEqualTo(PipeErrorType.TOO_LARGE);
			assertThat(ex.getLength()).hasValue(5);
			assertThat(ex.getLimit()).hasValue(4);
		});
	}

	@Test
	void whenACodecThrowsAnyErrorThenItIsNamed() {
		Error unfinished = new Error("not implemented");
		MessageFraming framing = MessageFraming.codec(new DecodeOnlyCodec(() -> (input) -> {
			throw unfinished;
		}), "numbers");

		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> framing.decoder(TEXT, 100).decode(ByteBuffer.allocate(1)))
			.withMessageContaining("The codec 'numbers'")
			.withRootCauseInstanceOf(Error.class);
	}

	@Test
	void whenMemoryIsOutThenThatIsNoFaultOfTheCodec() {
		MessageFraming framing = MessageFraming.codec(new DecodeOnlyCodec(() -> (input) -> {
			throw new OutOfMemoryError("on purpose");
		}), "numbers");
		Decoder decoder = framing.decoder(TEXT, 100);

		assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> decoder.decode(ByteBuffer.allocate(1)));
	}

	@Test
	void whenMemoryIsOutAtTheEndThenThatIsNoFaultOfTheCodec() {
		FrameDecoder exhausted = new FrameDecoder() {

			@Override
			public byte @Nullable [] decode(ByteBuffer input) {
				return null;
			}

			@Override
			public byte @Nullable [] endOfStream() {
				throw new OutOfMemoryError("on purpose");
			}

			@Override
			public int pending() {
				throw new OutOfMemoryError("on purpose");
			}

		};
		Decoder decoder = MessageFraming.codec(new DecodeOnlyCodec(() -> exhausted)).decoder(TEXT, 100);
		MessageFraming none = MessageFraming.codec(new DecodeOnlyCodec(() -> {
			throw new OutOfMemoryError("on purpose");
		}));

		assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(decoder::endOfStream);
		assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(decoder::pending);
		assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> none.decoder(TEXT, 100));
	}

	@Test
	void whenADecoderLeavesMoreThanOnceThenNothingIsLost() throws Exception {
		Decoder decoder = MessageFraming.codec(new NetstringCodec()).decoder(TEXT, 100);

		for (String piece : List.of("5", ":he", "l")) {
			assertThat(decoder.decode(bytes(piece))).isNull();
		}

		assertThat(decoder.pending()).isEqualTo(5);
		assertThat(decoder.decode(bytes("lo,1:x"))).isEqualTo("hello");
		assertThat(decoder.pending()).isEqualTo(3);
		assertThat(decoder.decode(bytes(","))).isEqualTo("x");
		assertThat(decoder.pending()).isZero();
	}

	private static MessageFraming ending(String last) {
		return MessageFraming.codec(new DecodeOnlyCodec(() -> new FrameDecoder() {

			@Override
			public byte @Nullable [] decode(ByteBuffer input) {
				return null;
			}

			@Override
			public byte[] endOfStream() {
				return last.getBytes(StandardCharsets.UTF_8);
			}

		}));
	}

}
