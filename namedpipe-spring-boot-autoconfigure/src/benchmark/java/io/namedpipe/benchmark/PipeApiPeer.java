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

package io.namedpipe.benchmark;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.namedpipe.PipeClient;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeServer;
import io.namedpipe.TransmissionMode;

/**
 * The pipe API without framing and without Spring.
 */
final class PipeApiPeer implements Peer {

	private final boolean echo;

	private final TransmissionMode mode;

	private @Nullable PipeServer server;

	private @Nullable PipeClient client;

	PipeApiPeer(boolean echo, boolean message) {
		this.echo = echo;
		this.mode = (message) ? TransmissionMode.MESSAGE : TransmissionMode.BYTE;
	}

	@Override
	public void start(Path folder, int clients) throws Exception {
		String name = folder.resolve("api").toString();
		PipeServer built = PipeServer.builder(name).transmissionMode(this.mode).backlog(1024).build();
		built.start();
		built.serve((this.mode == TransmissionMode.MESSAGE) ? this::serveMessages : this::serveBytes);
		this.server = built;
		this.client = PipeClient.builder(name).transmissionMode(this.mode).build();
	}

	private void serveBytes(PipeConnection connection) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
		while (connection.read(buffer) >= 0) {
			buffer.flip();
			if (this.echo) {
				connection.write(buffer);
			}
			buffer.clear();
		}
	}

	private void serveMessages(PipeConnection connection) throws IOException {
		byte[] message = connection.readMessage();
		while (message != null) {
			if (this.echo) {
				connection.writeMessage(ByteBuffer.wrap(message));
			}
			message = connection.readMessage();
		}
	}

	@Override
	public Client connect() throws Exception {
		PipeConnection connection = Objects.requireNonNull(this.client).connect();
		return new Client() {

			private ByteBuffer buffer = ByteBuffer.allocateDirect(0);

			@Override
			public void exchange(byte[] payload) throws Exception {
				if (this.buffer.capacity() != payload.length) {
					this.buffer = ByteBuffer.allocateDirect(payload.length);
				}
				this.buffer.clear();
				connection.write(this.buffer.put(payload).flip());
				this.buffer.clear();
				while (PipeApiPeer.this.echo && this.buffer.hasRemaining()) {
					if (connection.read(this.buffer) < 0) {
						throw new EOFException();
					}
				}
			}

			@Override
			public void close() {
				connection.close();
			}

		};
	}

	@Override
	public void close() {
		if (this.client != null) {
			this.client.close();
		}
		if (this.server != null) {
			this.server.close();
		}
	}

}
