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

package io.namedpipe.integration;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

import io.namedpipe.PipeClient;
import io.namedpipe.PipeConnection;
import io.namedpipe.TransmissionMode;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.framing.MessageReader;
import io.namedpipe.framing.MessageWriter;
import io.namedpipe.framing.PayloadFormat;

/**
 * A program at the other end of a pipe that knows nothing of Spring: it sends and
 * receives text.
 */
final class TestPeer implements AutoCloseable {

	private final @Nullable PipeClient client;

	private final PipeConnection connection;

	private final MessageReader reader;

	private final MessageWriter writer;

	TestPeer(@Nullable PipeClient client, PipeConnection connection) {
		this.client = client;
		this.connection = connection;
		connection.readToEnd();
		MessageFraming framing = (connection.transmissionMode() == TransmissionMode.MESSAGE)
				? MessageFraming.messageMode() : MessageFraming.lengthHeader(4, ByteOrder.BIG_ENDIAN);
		PayloadFormat text = PayloadFormat.text(StandardCharsets.UTF_8);
		this.reader = framing.reader(connection, text);
		this.writer = framing.writer(connection, text);
	}

	PipeConnection connection() {
		return this.connection;
	}

	void send(Object payload) throws IOException {
		this.writer.write(payload);
	}

	/**
	 * The next message, or {@code null} at the end of the stream.
	 */
	@Nullable Object receive() throws IOException {
		return this.reader.read();
	}

	@Nullable Object exchange(Object request) throws IOException {
		send(request);
		return receive();
	}

	@Override
	public void close() {
		this.connection.close();
		if (this.client != null) {
			this.client.close();
		}
	}

}
