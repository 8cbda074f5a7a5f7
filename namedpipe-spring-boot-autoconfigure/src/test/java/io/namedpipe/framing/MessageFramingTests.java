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
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.serializer.DefaultDeserializer;
import org.springframework.core.serializer.DefaultSerializer;
import org.springframework.core.serializer.Deserializer;
import org.springframework.core.serializer.Serializer;

import io.namedpipe.PeerGoneException;
import io.namedpipe.PipeClosedException;
import io.namedpipe.PipeErrorType;
import io.namedpipe.TransmissionMode;
import io.namedpipe.testsupport.ConnectedPipe;
import io.namedpipe.testsupport.DecodeOnlyCodec;
import io.namedpipe.testsupport.TestTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Messages over connections, with each framing.
 */
@Timeout(60)
class MessageFramingTests {

	private static final PayloadFormat BYTES = PayloadFormat.bytes();

	private static final PayloadFormat TEXT = PayloadFormat.text(StandardCharsets.UTF_8);

	private static final MessageFraming LENGTH = MessageFraming.lengthHeader(4, ByteOrder.BIG_ENDIAN);

	static Stream<Arguments> framings() {
		List<Arguments> arguments = new ArrayList<>();
		for (TestTransport transport : List.of(TestTransport.MEMORY, TestTransport.UNIX)) {
			for (MessageFraming framing : List.of(LENGTH, MessageFraming.lengthHeader(4, ByteOrder.LITTLE_ENDIAN),
					MessageFraming.line(LineTerminator.CRLF), MessageFraming.delimiter("0x000102"),
					MessageFraming.contentLength(), MessageFraming.varint(), MessageFraming.netstring(),
					MessageFraming.stxEtx(), MessageFraming.codec(new NetstringCodec()), objects())) {
				arguments.add(Arguments.of(transport, framing));
			}
		}
		arguments.add(Arguments.of(TestTransport.MEMORY_MESSAGE, MessageFraming.messageMode()));
		return arguments.stream();
	}

	private static MessageFraming objects() {
		return MessageFraming.serializer(new DefaultSerializer(), new DefaultDeserializer());
	}

	@ParameterizedTest
	@MethodSource("framings")
	void messagesOfAllSizesArriveInOrder(TestTransport transport, MessageFraming framing) throws Exception {
		List<String> payloads = texts();
		try (ConnectedPipe pipe = ConnectedPipe.open(transport);
				MessageWriter writer = framing.writer(pipe.clientEnd(), TEXT);
				MessageReader reader = framing.reader(pipe.serverEnd(), TEXT)) {
			Future<?> writing = async(() -> {
				for (String payload : payloads) {
					writer.write(payload);
				}
				pipe.clientEnd().close();
				return null;
			});
			for (String payload : payloads) {
				assertThat(reader.read()).isEqualTo(payload);
			}
			assertThat(reader.read()).isNull();
			assertThat(reader.read()).isNull();
			writing.get();
			assertThat(pipe.serverEnd().statistics().messagesIn()).isEqualTo(payloads.size());
			assertThat(pipe.clientEnd().statistics().messagesOut()).isEqualTo(payloads.size());
			assertThat(pipe.server().statistics().messagesIn()).isEqualTo(payloads.size());
			assertThat(pipe.serverEnd().statistics().bytesIn()).isEqualTo(pipe.clientEnd().statistics().bytesOut());
		}
	}

	private static List<String> texts() {
		List<String> texts = new ArrayList<>();
		Random random = new Random(42);
		for (int size : new int[] { 0, 1, 5, 64, 2043, 2044, 2048, 2049, 8192, 65_535, 65_536, 65_537, 200_000, 3, 0,
				1_000_000, 17 }) {
			texts.add(random.ints(size, 'a', 'z' + 1)
				.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
				.toString());
		}
		for (int i = 0; i < 1000; i++) {
			texts.add("message " + i);
		}
		return texts;
	}

	@ParameterizedTest
	@MethodSource("framings")
	void bytesComeBackAsTheyWereSent(TestTransport transport, MessageFraming framing) throws Exception {
		byte[] payload = new byte[5000];
		for (int i = 0; i < payload.length; i++) {
			// without what ends a line or is in the delimiter
			payload[i] = (byte) (14 + i % 200);
		}
		try (ConnectedPipe pipe = ConnectedPipe.open(transport);
				MessageWriter writer = framing.writer(pipe.serverEnd(), BYTES);
				MessageReader reader = framing.reader(pipe.clientEnd(), BYTES)) {
			writer.write(payload);
			assertThat((byte[]) reader.read()).isEqualTo(payload);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "MEMORY", "PLATFORM" })
	void tenMebibytesInOneMessageArriveIntact(TestTransport transport) throws Exception {
		byte[] payload = new byte[10 * 1024 * 1024];
		new Random(1).nextBytes(payload);
		try (ConnectedPipe pipe = ConnectedPipe.open(transport, payload.length);
				MessageWriter writer = LENGTH.writer(pipe.clientEnd(), BYTES);
				MessageReader reader = LENGTH.reader(pipe.serverEnd(), BYTES)) {
			Future<?> writing = async(() -> {
				writer.write(payload);
				return null;
			});
			assertThat((byte[]) reader.read()).isEqualTo(payload);
			writing.get();
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "MEMORY", "PLATFORM" })
	void frameInSingleByteWritesArrivesIntact(TestTransport transport) throws Exception {
		byte[] payload = new byte[20_000];
		new Random(2).nextBytes(payload);
		ByteBuffer frame = ByteBuffer.allocate(payload.length + 4).putInt(payload.length).put(payload).flip();
		try (ConnectedPipe pipe = ConnectedPipe.open(transport);
				MessageReader reader = LENGTH.reader(pipe.serverEnd(), BYTES)) {
			Future<?> writing = async(() -> {
				for (int i = 0; i < frame.limit(); i++) {
					pipe.clientEnd().write(frame.slice(i, 1));
				}
				return null;
			});
			assertThat((byte[]) reader.read()).isEqualTo(payload);
			writing.get();
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "MEMORY", "PLATFORM" })
	void messagesGivenTogetherAreWrittenTogetherAndReadTogether(TestTransport transport) throws Exception {
		byte[][] messages = new byte[500][];
		for (int i = 0; i < messages.length; i++) {
			messages[i] = new byte[] { (byte) i, (byte) (i >> 8) };
		}
		try (ConnectedPipe pipe = ConnectedPipe.open(transport);
				MessageWriter writer = LENGTH.writer(pipe.clientEnd(), BYTES);
				MessageReader reader = LENGTH.reader(pipe.serverEnd(), BYTES)) {
			assertThat(writer.batchSize()).isGreaterThan(messages.length * writer.frameSize(messages[0]));
			writer.writeEncoded(messages, 0, messages.length);
			for (byte[] message : messages) {
				assertThat((byte[]) reader.read()).isEqualTo(message);
			}
			assertThat(reader.hasPending()).isFalse();
			assertThat(pipe.clientEnd().statistics().messagesOut()).isEqualTo(messages.length);
		}
	}

	@Test
	void batchOfSixtyFourKibibytesIsWrittenAtOnce() throws Exception {
		byte[][] messages = { new byte[40_000], new byte[25_528] };
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY);
				MessageWriter writer = LENGTH.writer(pipe.clientEnd(), BYTES);
				MessageReader reader = LENGTH.reader(pipe.serverEnd(), BYTES)) {
			assertThat(writer.frameSize(messages[0]) + writer.frameSize(messages[1])).isEqualTo(65_536);
			writer.writeEncoded(messages, 0, 2);
			assertThat((byte[]) reader.read()).hasSize(40_000);
			assertThat((byte[]) reader.read()).hasSize(25_528);
		}
	}

	@Test
	void messageModeWritesEachMessageByItself() throws Exception {
		byte[][] messages = { new byte[4], new byte[0], new byte[2] };
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY_MESSAGE);
				MessageWriter writer = MessageFraming.messageMode().writer(pipe.clientEnd(), BYTES);
				MessageReader reader = MessageFraming.messageMode().reader(pipe.serverEnd(), BYTES)) {
			assertThat(MessageFraming.messageMode().transmissionMode()).isEqualTo(TransmissionMode.MESSAGE);
			for (int i = 0; i < messages.length; i++) {
				assertThat(writer.batchSize()).isZero();
				writer.writeEncoded(messages, i, 1);
			}
			for (byte[] message : messages) {
				assertThat((byte[]) reader.read()).isEqualTo(message);
			}
			assertThat(pipe.serverEnd().statistics().messagesIn()).isEqualTo(3);
			assertThat(pipe.clientEnd().statistics().messagesOut()).isEqualTo(3);
		}
	}

	@Test
	void messagesOfManyThreadsAreNotInterleaved() throws Exception {
		int writers = 8;
		int each = 200;
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.UNIX);
				MessageWriter writer = LENGTH.writer(pipe.clientEnd(), BYTES);
				MessageReader reader = LENGTH.reader(pipe.serverEnd(), BYTES)) {
			List<Future<?>> writing = new ArrayList<>();
			for (int w = 0; w < writers; w++) {
				byte id = (byte) w;
				writing.add(async(() -> {
					for (int i = 0; i < each; i++) {
						byte[] message = new byte[(i % 10 == 0) ? 100_000 : 1 + i];
						Arrays.fill(message, id);
						writer.write(message);
					}
					return null;
				}));
			}
			int[] counts = new int[writers];
			for (int i = 0; i < writers * each; i++) {
				byte[] message = (byte[]) reader.read();
				assertThat(message).isNotNull().containsOnly(message[0]);
				counts[message[0]]++;
			}
			assertThat(counts).containsOnly(each);
			for (Future<?> task : writing) {
				task.get();
			}
		}
	}

	@Test
	void rawDeliversWhatOneReadGives() throws Exception {
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY);
				MessageWriter writer = MessageFraming.raw().writer(pipe.clientEnd(), TEXT);
				MessageReader reader = MessageFraming.raw().reader(pipe.serverEnd(), TEXT)) {
			writer.write("any");
			assertThat(reader.read()).isEqualTo("any");
			writer.write("");
			writer.write("thing");
			assertThat(reader.read()).isEqualTo("thing");
			assertThat(pipe.clientEnd().statistics().messagesOut()).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "MEMORY", "PLATFORM" })
	void whenAFrameIsTruncatedThenTheReaderTellsHowMuchCame(TestTransport transport) throws Exception {
		try (ConnectedPipe pipe = ConnectedPipe.open(transport);
				MessageReader reader = LENGTH.reader(pipe.serverEnd(), BYTES)) {
			pipe.clientEnd().write(ByteBuffer.wrap(new byte[] { 0, 0, 0, 9, 1, 2, 3 }));
			pipe.clientEnd().close();
			assertThatExceptionOfType(FramingException.class).isThrownBy(reader::read).satisfies((ex) -> {
				assertThat(ex.errorType()).isEqualTo(PipeErrorType.TRUNCATED);
				assertThat(ex.getLength()).hasValue(7);
			});
			assertThat(reader.read()).isNull();
			assertThat(pipe.serverEnd().statistics().messagesIn()).isZero();
		}
	}

	@Test
	void whenOurOwnStopCutsAFrameThenThatIsNoError() throws Exception {
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY);
				MessageReader reader = LENGTH.reader(pipe.serverEnd(), BYTES)) {
			pipe.clientEnd().write(ByteBuffer.wrap(new byte[] { 0, 0, 0, 1, 42, 0, 0, 0, 9, 1, 2, 3 }));
			assertThat((byte[]) reader.read()).containsExactly(42);
			Future<?> stopping = async(() -> {
				pipe.server().stop();
				return null;
			});
			assertThat(reader.read()).isNull();
			pipe.serverEnd().close();
			stopping.get();
		}
	}

	@Test
	void whenTheConnectionIsClosedThenReadingFailsClearly() throws Exception {
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.UNIX);
				MessageReader reader = LENGTH.reader(pipe.serverEnd(), BYTES)) {
			Future<?> reading = async(reader::read);
			pipe.serverEnd().close();
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> reading.get(10, TimeUnit.SECONDS))
				.withCauseInstanceOf(PipeClosedException.class);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "MEMORY", "PLATFORM" })
	void whenThePeerLeavesDuringAWriteThenWritingFails(TestTransport transport) throws Exception {
		try (ConnectedPipe pipe = ConnectedPipe.open(transport);
				MessageWriter writer = LENGTH.writer(pipe.clientEnd(), BYTES)) {
			byte[] message = new byte[1_000_000];
			Future<?> writing = async(() -> {
				while (true) {
					writer.write(message);
				}
			});
			ByteBuffer some = ByteBuffer.allocate(1000);
			pipe.serverEnd().read(some);
			pipe.serverEnd().close();
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> writing.get(10, TimeUnit.SECONDS))
				.withCauseInstanceOf(PeerGoneException.class);
			assertThat(pipe.clientEnd().isOpen()).isFalse();
			assertThat(pipe.clientEnd().statistics().messagesOut()).isLessThan(2);
		}
	}

	@Test
	void aSilentConnectionHoldsASmallBufferAlsoAfterLargeMessages() throws Exception {
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY)) {
			InputBuffer buffer = new InputBuffer(pipe.serverEnd(), BufferPools.SHARED);
			for (int i = 0; i < 20; i++) {
				pipe.clientEnd().write(ByteBuffer.allocate(100_000));
				int read = 0;
				while (read < 100_000) {
					assertThat(buffer.read(0)).isTrue();
					read += buffer.content().remaining();
					buffer.content().position(buffer.content().limit());
				}
			}
			pipe.clientEnd().write(ByteBuffer.allocate(1));
			assertThat(buffer.read(0)).isTrue();
			assertThat(buffer.content().capacity()).isLessThanOrEqualTo(8192);
			buffer.release();
		}
	}

	@Test
	void theDeserializerGetsNoMoreThanTheMaximumSizeForOneObject() throws Exception {
		Deserializer<byte[]> greedy = InputStream::readAllBytes;
		MessageFraming framing = MessageFraming.serializer(new DefaultSerializer(), greedy);
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.UNIX, 1000);
				MessageReader reader = framing.reader(pipe.serverEnd(), BYTES)) {
			pipe.clientEnd().write(ByteBuffer.allocate(1001));
			assertThatExceptionOfType(FramingException.class).isThrownBy(reader::read).satisfies((ex) -> {
				assertThat(ex.errorType()).isEqualTo(PipeErrorType.TOO_LARGE);
				assertThat(ex.getLimit()).hasValue(1000);
			});
		}
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.UNIX, 1000);
				MessageReader reader = framing.reader(pipe.serverEnd(), BYTES)) {
			pipe.clientEnd().write(ByteBuffer.allocate(1000));
			pipe.clientEnd().close();
			assertThat((byte[]) reader.read()).hasSize(1000);
			assertThat(reader.read()).isNull();
		}
	}

	@Test
	void whateverADeserializerThrowsIsAFramingException() throws Exception {
		for (Exception failure : List.of(new IllegalStateException("on purpose"), new IOException("on purpose"))) {
			Deserializer<Object> failing = (input) -> {
				input.read();
				sneakyThrow(failure);
				return "";
			};
			MessageFraming framing = MessageFraming.serializer(new DefaultSerializer(), failing);
			try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY);
					MessageReader reader = framing.reader(pipe.serverEnd(), BYTES)) {
				pipe.clientEnd().write(ByteBuffer.allocate(10));
				assertThatExceptionOfType(FramingException.class).isThrownBy(reader::read)
					.withMessageContaining("on purpose")
					.satisfies((ex) -> assertThat(ex.errorType()).isEqualTo(PipeErrorType.FRAMING));
			}
		}
	}

	@Test
	void whenDeserializerHidesThatLimitIsReachedThenReportsIt() throws Exception {
		MessageFraming framing = MessageFraming.serializer(new DefaultSerializer(), (input) -> {
			ByteArrayOutputStream read = new ByteArrayOutputStream();
			try {
				input.transferTo(read);
			}
			catch (IOException ex) {
				// so is what it has
			}
			return read.toByteArray();
		});
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY, 100);
				MessageReader reader = framing.reader(pipe.serverEnd(), BYTES)) {
			pipe.clientEnd().write(ByteBuffer.allocate(150));

			assertThatExceptionOfType(FramingException.class).isThrownBy(reader::read)
				.satisfies((ex) -> assertThat(ex.errorType()).isEqualTo(PipeErrorType.TOO_LARGE));

			assertThat(pipe.serverEnd().statistics().messagesIn()).isZero();
		}
	}

	@Test
	void randomBytesIntoADeserializerGiveFramingExceptions() throws Exception {
		Random random = new Random(3);
		for (int i = 0; i < 200; i++) {
			byte[] noise = new byte[random.nextInt(500)];
			random.nextBytes(noise);
			if (i % 2 == 0 && noise.length > 5) {
				// a header that is right, so that the stream is read on
				ByteBuffer.wrap(noise).putInt(0xACED0005);
			}
			try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY);
					MessageReader reader = objects().reader(pipe.serverEnd(), BYTES)) {
				pipe.clientEnd().write(ByteBuffer.wrap(noise));
				pipe.clientEnd().close();
				try {
					Object payload = reader.read();
					assertThat(payload == null).isEqualTo(noise.length == 0);
				}
				catch (FramingException ex) {
					assertThat(ex.errorType()).isIn(PipeErrorType.FRAMING, PipeErrorType.TRUNCATED);
				}
			}
		}
	}

	@Test
	void whenTheStreamEndsInTheMiddleOfAnObjectThenItIsTruncated() throws Exception {
		byte[] object = new DefaultSerializer().serializeToByteArray("hello");
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY);
				MessageReader reader = objects().reader(pipe.serverEnd(), BYTES)) {
			pipe.clientEnd().write(ByteBuffer.wrap(object, 0, object.length - 2));
			pipe.clientEnd().close();
			assertThatExceptionOfType(FramingException.class).isThrownBy(reader::read)
				.satisfies((ex) -> assertThat(ex.errorType()).isEqualTo(PipeErrorType.TRUNCATED));
		}
	}

	@Test
	void whenDeserializerReadsNothingThenFailsInsteadOfLooping() throws Exception {
		Deserializer<Object> idle = (input) -> "nothing read";
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY);
				MessageReader reader = MessageFraming.serializer(new DefaultSerializer(), idle)
					.reader(pipe.serverEnd(), BYTES)) {
			pipe.clientEnd().write(ByteBuffer.allocate(10));
			assertThatExceptionOfType(FramingException.class).isThrownBy(reader::read);
		}
	}

	@Test
	void whenASerializedObjectIsTooLargeThenNothingIsSent() throws Exception {
		Serializer<Object> large = (object, output) -> output.write(new byte[101]);
		MessageFraming framing = MessageFraming.serializer(large, new DefaultDeserializer());
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY, 100);
				MessageWriter writer = framing.writer(pipe.clientEnd(), BYTES)) {
			assertThatExceptionOfType(FramingException.class).isThrownBy(() -> writer.write("x"));
			assertThat(pipe.clientEnd().statistics().bytesOut()).isZero();
			assertThat(pipe.clientEnd().isOpen()).isTrue();
		}
	}

	@Test
	void payloadsOfSeveralTypesAreAccepted() throws Exception {
		byte[] expected = "Grüße".getBytes(StandardCharsets.ISO_8859_1);
		PayloadFormat format = PayloadFormat.bytes(StandardCharsets.ISO_8859_1);
		ByteBuffer buffer = ByteBuffer.wrap(expected);
		assertThat(format.toBytes("Grüße")).isEqualTo(expected);
		assertThat(format.toBytes(new StringBuilder("Grüße"))).isEqualTo(expected);
		assertThat(format.toBytes(buffer)).isEqualTo(expected);
		assertThat(buffer.remaining()).isEqualTo(expected.length);
		assertThat(format.toBytes(expected)).isSameAs(expected);
		assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> format.toBytes(new ByteArrayInputStream(expected)))
			.withMessageContaining("ByteArrayInputStream");
	}

	private static Future<?> async(Callable<?> task) {
		FutureTask<Object> future = new FutureTask<>(() -> (Object) task.call());
		Thread thread = new Thread(future, "peer");
		thread.setDaemon(true);
		thread.start();
		return future;
	}

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> void sneakyThrow(Throwable throwable) throws T {
		throw (T) throwable;
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void whenTheLengthHeaderIsTooNarrowForAPayloadThenItIsSaid(int bytes) {
		MessageEncoder encoder = MessageFraming.lengthHeader(bytes, ByteOrder.BIG_ENDIAN).encoder(BYTES, 1_000_000);
		int largest = (1 << (8 * bytes)) - 1;

		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> encoder.encode(new byte[largest + 1]))
			.withMessageContaining("a length header of " + bytes + " byte")
			.withMessageContaining(largest + " bytes")
			.withMessageContaining("framing.length.bytes");
	}

	@Test
	void whenPayloadExceedsMaximumThenNarrowHeaderNamesIt() {
		MessageEncoder encoder = MessageFraming.lengthHeader(1, ByteOrder.BIG_ENDIAN).encoder(BYTES, 100);

		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> encoder.encode(new byte[101]))
			.withMessageContaining("max-message-size");
	}

	@Test
	void whenBufferWasLittleEndianBeforeThenCodecFindsItBigEndian() throws Exception {
		MessageFraming little = MessageFraming.lengthHeader(4, ByteOrder.LITTLE_ENDIAN);
		MessageFraming codec = MessageFraming.codec(new DecodeOnlyCodec(() -> MessageFramingTests::number));
		for (int i = 0; i < 3; i++) {
			try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.UNIX);
					MessageWriter writer = little.writer(pipe.clientEnd(), BYTES);
					MessageReader reader = little.reader(pipe.serverEnd(), BYTES)) {
				writer.write(new byte[10]);
				reader.read();
			}
			try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.UNIX);
					MessageReader reader = codec.reader(pipe.serverEnd(), TEXT)) {
				pipe.clientEnd().write(ByteBuffer.wrap(new byte[] { 0, 0, 1, 2, 0, 0, 1, 2 }));
				assertThat(reader.read()).isEqualTo("258");
				assertThat(reader.read()).isEqualTo("258");
			}
		}
	}

	// Takes each four bytes for a number, and leaves the buffer little-endian
	private static byte @Nullable [] number(ByteBuffer input) {
		if (input.remaining() < Integer.BYTES) {
			return null;
		}
		byte[] text = String.valueOf(input.getInt()).getBytes(StandardCharsets.US_ASCII);
		input.order(ByteOrder.LITTLE_ENDIAN);
		return text;
	}

}
