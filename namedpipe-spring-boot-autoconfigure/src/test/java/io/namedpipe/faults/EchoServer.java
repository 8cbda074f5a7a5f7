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

package io.namedpipe.faults;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.function.Consumer;

import io.namedpipe.CloseReason;
import io.namedpipe.MessageTooLargeException;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeErrorType;
import io.namedpipe.PipeServer;
import io.namedpipe.TransmissionMode;
import io.namedpipe.framing.FramingException;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.framing.MessageReader;
import io.namedpipe.framing.MessageWriter;
import io.namedpipe.framing.PayloadFormat;

/**
 * Sends each message back, as a user of the pipe API would write it.
 */
final class EchoServer implements AutoCloseable {

	private final PipeServer server;

	private final MessageFraming framing;

	EchoServer(PipeServer.Builder builder, Consumer<PipeServer.Builder> options) throws IOException {
		options.accept(builder);
		this.server = builder.build();
		this.framing = (this.server.transmissionMode() == TransmissionMode.BYTE)
				? MessageFraming.lengthHeader(4, ByteOrder.BIG_ENDIAN) : MessageFraming.messageMode();
		start();
	}

	void start() throws IOException {
		this.server.start();
		this.server.serve(this::echo);
	}

	PipeServer server() {
		return this.server;
	}

	private void echo(PipeConnection connection) throws IOException {
		this.server.handshakeTimeout().ifPresent(connection::expectHandshake);
		try (MessageReader reader = this.framing.reader(connection, PayloadFormat.bytes());
				MessageWriter writer = this.framing.writer(connection, PayloadFormat.bytes())) {
			Object payload = reader.read();
			while (payload != null) {
				connection.handshakeDone();
				writer.write(payload);
				payload = reader.read();
			}
		}
		catch (FramingException ex) {
			this.server.reportFailure(ex.errorType(), connection, ex);
			connection.close((ex.errorType() == PipeErrorType.TRUNCATED) ? CloseReason.PEER : CloseReason.PROTOCOL, ex);
		}
		catch (MessageTooLargeException ex) {
			this.server.reportFailure(PipeErrorType.TOO_LARGE, connection, ex);
		}
	}

	@Override
	public void close() {
		this.server.close();
	}

}
