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

import org.jspecify.annotations.Nullable;

import io.namedpipe.PipeConnection;

/**
 * Reads frames from a stream of bytes.
 */
final class FrameReader extends MessageReader {

	private final PipeConnection connection;

	private final Decoder decoder;

	private final InputBuffer buffer;

	private boolean ended;

	FrameReader(PipeConnection connection, Decoder decoder) {
		super(decoder.format());
		this.connection = connection;
		this.decoder = decoder;
		this.buffer = new InputBuffer(connection, BufferPools.SHARED);
	}

	@Override
	@Nullable Object readMessage() throws IOException {
		while (!this.ended) {
			Object payload = this.decoder.decode(this.buffer.content());
			if (payload != null) {
				this.connection.statistics().messageRead();
				return payload;
			}
			if (!this.buffer.read(this.decoder.missing())) {
				this.ended = true;
				return last();
			}
		}
		return null;
	}

	private @Nullable Object last() throws FramingException {
		if (this.connection.isStopping()) {
			// this end has ended the stream, not the peer
			return null;
		}
		Object payload = this.decoder.endOfStream();
		if (payload != null) {
			this.connection.statistics().messageRead();
		}
		return payload;
	}

	@Override
	public boolean hasPending() {
		return this.buffer.content().hasRemaining() || this.decoder.hasMore();
	}

	@Override
	public void close() {
		this.connection.unread(this.buffer.content());
		this.buffer.release();
	}

}
