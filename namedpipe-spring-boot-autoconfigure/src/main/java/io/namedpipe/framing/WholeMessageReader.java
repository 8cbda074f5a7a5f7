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
 * Reads from a connection that keeps message boundaries, and counts them, itself.
 */
final class WholeMessageReader extends MessageReader {

	private final PipeConnection connection;

	private final @Nullable TextDecoder text;

	WholeMessageReader(PipeConnection connection, PayloadFormat format) {
		super(format);
		this.connection = connection;
		this.text = format.textDecoder();
	}

	@Override
	@Nullable Object readMessage() throws IOException {
		while (true) {
			byte[] message = this.connection.readMessage();
			if (message == null || this.text == null) {
				return message;
			}
			String payload = this.text.decode(message, message.length);
			if (!payload.isEmpty() || message.length == 0) {
				return payload;
			}
			// .NET writes a byte order mark by itself, which makes a message of it
		}
	}

	@Override
	public boolean hasPending() {
		return !this.connection.isMessageComplete();
	}

}
