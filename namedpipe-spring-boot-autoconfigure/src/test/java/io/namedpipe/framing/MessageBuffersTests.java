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
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.serializer.DefaultDeserializer;
import org.springframework.core.serializer.DefaultSerializer;

import io.namedpipe.testsupport.ConnectedPipe;
import io.namedpipe.testsupport.TestTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Which buffers readers and writers hold, and that they give them back.
 */
@Timeout(60)
class MessageBuffersTests {

	private static final PayloadFormat BYTES = PayloadFormat.bytes();

	private static final MessageFraming RAW = MessageFraming.raw();

	private static final MessageFraming LENGTH = MessageFraming.lengthHeader(4, ByteOrder.BIG_ENDIAN);

	private static final int SMALL = BufferPools.SHARED.small().size();

	private static final int MEDIUM = BufferPools.SHARED.medium().size();

	private static final int LARGE = BufferPools.SHARED.large().size();

	private final BufferPools pools = BufferPools.create();

	static List<MessageFraming> framings() {
		return List.of(LENGTH, RAW, MessageFraming.serializer(new DefaultSerializer(), new DefaultDeserializer()));
	}

	private void assertIdle(int small, int medium, int large) {
		assertThat(this.pools.small().idle()).as("small").isEqualTo(small);
		assertThat(this.pools.medium().idle()).as("medium").isEqualTo(medium);
		assertThat(this.pools.large().idle()).as("large").isEqualTo(large);
	}

	private MessageWriter writer(ConnectedPipe pipe) {
		return new MessageWriter(pipe.clientEnd(), LENGTH.encoder(BYTES, 1_000_000), this.pools);
	}

	private static void skip(InputBuffer buffer) {
		buffer.content().position(buffer.content().limit());
	}

	@Test
	void whenABufferIsGivenBackThenItIsBorrowedNext() {
		ByteBuffer buffer = this.pools.small().borrow();
		buffer.putLong(42).order(ByteOrder.LITTLE_ENDIAN);

		this.pools.small().giveBack(buffer);

		ByteBuffer again = this.pools.small().borrow();
		assertThat(again).isSameAs(buffer);
		assertThat(again.position()).isZero();
		assertThat(again.limit()).isEqualTo(SMALL);
		assertThat(again.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
		this.pools.small().giveBack(again);
		assertThat(this.pools.small().borrow()).isSameAs(buffer);
	}

	@ParameterizedTest
	@MethodSource("framings")
	void whenAReaderIsClosedThenItHasNoBufferAnyMore(MessageFraming framing) throws Exception {
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY)) {
			pipe.clientEnd().write(ByteBuffer.allocate(1));
			MessageReader reader = framing.reader(pipe.serverEnd(), BYTES);

			reader.close();
			reader.close();

			assertThatIllegalStateException().isThrownBy(reader::read).withMessageContaining("closed");
		}
	}

	@Test
	void whenABufferIsReleasedTwiceThenItIsGivenBackOnce() throws Exception {
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY)) {
			InputBuffer buffer = new InputBuffer(pipe.serverEnd(), this.pools);
			assertIdle(0, 0, 0);

			buffer.release();
			buffer.release();

			assertIdle(1, 0, 0);
		}
	}

	@Test
	void whenMoreIsExpectedThanFitsThenALargeBufferIsBorrowed() throws Exception {
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY)) {
			InputBuffer buffer = new InputBuffer(pipe.serverEnd(), this.pools);
			for (int missing : new int[] { 0, SMALL, SMALL + 1, 0, SMALL + 1 }) {
				pipe.clientEnd().write(ByteBuffer.allocate(1));

				assertThat(buffer.read(missing)).isTrue();

				boolean large = missing > SMALL;
				assertThat(buffer.content().capacity()).isEqualTo(large ? LARGE : SMALL);
				assertThat(buffer.content().remaining()).isEqualTo(1);
				skip(buffer);
			}
			assertIdle(0, 0, 0);

			pipe.clientEnd().write(ByteBuffer.allocate(1));
			buffer.read(0);

			assertIdle(0, 0, 1);
			buffer.release();
			assertIdle(1, 0, 1);
		}
	}

	@Test
	void whenAReaderIsClosedWithALargeBufferThenThatIsGivenBackToo() throws Exception {
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY)) {
			InputBuffer buffer = new InputBuffer(pipe.serverEnd(), this.pools);
			pipe.clientEnd().write(ByteBuffer.allocate(1));
			buffer.read(LARGE);

			buffer.release();

			assertIdle(1, 0, 1);
			assertThat(buffer.content().hasRemaining()).isFalse();
		}
	}

	@Test
	void whenReadsKeepFillingASmallBufferThenItIsReplacedByALargerOne() throws Exception {
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY)) {
			InputBuffer buffer = new InputBuffer(pipe.serverEnd(), this.pools);
			for (int i = 0; i < 8; i++) {
				pipe.clientEnd().write(ByteBuffer.allocate(SMALL));
				assertThat(buffer.read(0)).isTrue();
				assertThat(buffer.content().capacity()).as("read %s", i).isEqualTo(SMALL);
				skip(buffer);
				pipe.clientEnd().write(ByteBuffer.allocate(SMALL));
				assertThat(buffer.read(0)).isTrue();
				assertThat(buffer.content().capacity()).as("what follows read %s", i).isEqualTo(LARGE);
				skip(buffer);
			}
			for (int i = 0; i < 10; i++) {
				pipe.clientEnd().write(ByteBuffer.allocate(SMALL));
				assertThat(buffer.read(0)).isTrue();
				assertThat(buffer.content().capacity()).isEqualTo(MEDIUM);
				skip(buffer);
			}

			assertIdle(1, 0, 1);
			buffer.release();
			assertIdle(1, 1, 1);
		}
	}

	@Test
	void whenAMessageIsWrittenThenTheSmallestBufferWithRoomIsUsed() throws Exception {
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY); MessageWriter writer = writer(pipe)) {
			write(pipe, writer, SMALL - 4);
			assertIdle(0, 0, 0);

			write(pipe, writer, SMALL - 3);
			assertIdle(0, 1, 0);

			write(pipe, writer, MEDIUM - 4);
			assertIdle(0, 1, 0);

			write(pipe, writer, MEDIUM - 3);
			assertIdle(0, 1, 1);

			writer.close();
			assertIdle(1, 1, 1);
			writer.close();
			assertIdle(1, 1, 1);

			write(pipe, writer, 1);
			assertIdle(1, 1, 1);
		}
	}

	private static void write(ConnectedPipe pipe, MessageWriter writer, int size) throws Exception {
		FutureTask<?> writing = async(() -> writer.write(new byte[size]));
		ByteBuffer target = ByteBuffer.allocate(4 + size);
		while (target.hasRemaining()) {
			pipe.serverEnd().read(target);
		}
		assertThat(target.flip().getInt()).isEqualTo(size);
		writing.get(30, TimeUnit.SECONDS);
	}

	@Test
	void whenABatchIsWrittenThenItsBufferIsGivenBack() throws Exception {
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY); MessageWriter writer = writer(pipe)) {
			byte[][] messages = { new byte[1], new byte[2], new byte[3] };

			writer.writeEncoded(messages, 1, 2);

			assertIdle(0, 0, 1);
			ByteBuffer target = ByteBuffer.allocate(100);
			while (target.position() < 13) {
				pipe.serverEnd().read(target);
			}
			assertThat(target.flip().getInt()).isEqualTo(2);
		}
	}

	@Test
	void whenOneThreadHasWrittenThenAnotherOneCan() throws Exception {
		byte[][] messages = { new byte[1], new byte[2] };
		try (ConnectedPipe pipe = ConnectedPipe.open(TestTransport.MEMORY)) {
			MessageWriter writer = writer(pipe);

			writer.write(messages[0]);
			async(() -> writer.writeEncoded(messages, 0, 2)).get(30, TimeUnit.SECONDS);
			writer.writeEncoded(messages, 0, 2);
			async(writer::close).get(30, TimeUnit.SECONDS);
			writer.write(messages[1]);

			assertThat(pipe.clientEnd().statistics().messagesOut()).isEqualTo(6);
		}
	}

	private static FutureTask<?> async(Task task) {
		FutureTask<Object> future = new FutureTask<>(() -> {
			task.run();
			return null;
		});
		Thread thread = new Thread(future, "peer");
		thread.setDaemon(true);
		thread.start();
		return future;
	}

	private interface Task {

		void run() throws Exception;

	}

}
