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

/**
 * Reads the messages of one connection. Used by one thread at a time.
 */
public abstract class MessageReader implements AutoCloseable {

	private final PayloadFormat format;

	MessageReader(PayloadFormat format) {
		this.format = format;
	}

	/**
	 * Waits for the next message.
	 * @return its payload, or {@code null} at the end of the stream
	 * @throws MalformedPayloadException if a message is not what the format says; the
	 * next one can be read
	 * @throws FramingException if what came is no frame, or the stream ended in the
	 * middle of one. The connection is still open, but of no more use
	 * @throws IOException if reading failed
	 */
	public final @Nullable Object read() throws IOException {
		return this.format.received(readMessage());
	}

	/**
	 * Waits for the next message.
	 * @return bytes or text, or a {@link Frame} with them; {@code null} at the end
	 */
	abstract @Nullable Object readMessage() throws IOException;

	/**
	 * Whether bytes have been read beyond the last message.
	 * @return {@code true} if a part of a message, or more than that, is waiting here
	 */
	public abstract boolean hasPending();

	/**
	 * Gives the buffers back, and to the connection what has been read ahead of the last
	 * message, for the next reader. The connection is left open. To be called by the
	 * reading thread.
	 */
	@Override
	public void close() {
	}

}
