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
import java.io.InputStream;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;
import org.springframework.core.serializer.Deserializer;

import io.namedpipe.PipeConnection;

/**
 * Lets a {@link Deserializer} read objects from a stream that gives it no more than the
 * maximum size for one object.
 */
final class ObjectReader extends MessageReader {

	private final PipeConnection connection;

	private final Deserializer<?> deserializer;

	private final String description;

	private final int maxMessageSize;

	private final InputBuffer buffer;

	private boolean ended;

	/**
	 * Creates a reader.
	 * @param description what the deserializer is called in messages
	 */
	ObjectReader(PipeConnection connection, Deserializer<?> deserializer, String description, int maxMessageSize) {
		super(PayloadFormat.bytes());
		this.connection = connection;
		this.deserializer = deserializer;
		this.description = description;
		this.maxMessageSize = maxMessageSize;
		this.buffer = new InputBuffer(connection, BufferPools.SHARED);
	}

	@Override
	@Nullable Object readMessage() throws IOException {
		if (!fill()) {
			return null;
		}
		LimitedStream stream = new LimitedStream();
		Object payload = deserialize(stream);
		if (payload == null) {
			return null;
		}
		if (stream.taken == 0) {
			throw new FramingException(this.description + " returned an object without reading anything");
		}
		this.connection.statistics().messageRead();
		return payload;
	}

	private @Nullable Object deserialize(LimitedStream stream) throws IOException {
		try {
			Object payload = this.deserializer.deserialize(stream);
			if (payload == null) {
				throw new FramingException(this.description + " returned null");
			}
			if (stream.failure != null) {
				// a deserializer that hides it would get away with a part of an object
				throw stream.failure;
			}
			return payload;
		}
		catch (Exception | Error ex) {
			CodecException.passIfNotOfCodec(ex);
			if (stream.failure != null) {
				throw stream.failure;
			}
			if (this.ended) {
				if (this.connection.isStopping()) {
					return null;
				}
				throw FramingException.truncated(stream.taken, ex);
			}
			if (ex instanceof FramingException framingException) {
				throw framingException;
			}
			throw new FramingException(
					this.description + " failed on " + this.connection + " after " + stream.taken + " bytes: " + ex,
					ex);
		}
	}

	private boolean fill() throws IOException {
		if (!this.ended && !this.buffer.content().hasRemaining()) {
			this.ended = !this.buffer.read(0);
		}
		return !this.ended;
	}

	@Override
	public boolean hasPending() {
		return this.buffer.content().hasRemaining();
	}

	@Override
	public void close() {
		this.connection.unread(this.buffer.content());
		this.buffer.release();
	}

	private final class LimitedStream extends InputStream {

		private int taken;

		private @Nullable IOException failure;

		@Override
		public int read() throws IOException {
			if (!ready()) {
				return -1;
			}
			this.taken++;
			return ObjectReader.this.buffer.content().get() & 0xFF;
		}

		@Override
		public int read(byte[] target, int offset, int length) throws IOException {
			if (length == 0) {
				return 0;
			}
			if (!ready()) {
				return -1;
			}
			ByteBuffer content = ObjectReader.this.buffer.content();
			int count = Math.min(Math.min(length, content.remaining()), ObjectReader.this.maxMessageSize - this.taken);
			content.get(target, offset, count);
			this.taken += count;
			return count;
		}

		@Override
		public int available() {
			return Math.min(ObjectReader.this.buffer.content().remaining(),
					ObjectReader.this.maxMessageSize - this.taken);
		}

		private boolean ready() throws IOException {
			try {
				if (!fill()) {
					return false;
				}
				if (this.taken == ObjectReader.this.maxMessageSize) {
					throw FramingException.endless(this.taken + 1L, ObjectReader.this.maxMessageSize);
				}
				return true;
			}
			catch (IOException ex) {
				this.failure = ex;
				throw ex;
			}
		}

	}

}
