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
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

import jdk.net.ExtendedSocketOptions;

/**
 * The floor: a Unix socket of {@code java.nio} with nothing on top, one thread per
 * connection.
 */
final class NioPeer implements Peer {

	private final boolean echo;

	private final boolean credentials;

	private final ServerSocketChannel server;

	private UnixDomainSocketAddress address = UnixDomainSocketAddress.of("/");

	NioPeer(boolean echo, boolean credentials) {
		this.echo = echo;
		this.credentials = credentials;
		try {
			this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void start(Path folder, int clients) throws Exception {
		this.address = UnixDomainSocketAddress.of(folder.resolve("nio"));
		this.server.bind(this.address, 1024);
		Threads.daemon("nio-accept", () -> {
			while (true) {
				SocketChannel channel = this.server.accept();
				if (this.credentials) {
					channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
				}
				Threads.daemon("nio", () -> serve(channel));
			}
		});
	}

	private void serve(SocketChannel channel) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
		try (channel) {
			while (channel.read(buffer) >= 0) {
				buffer.flip();
				while (this.echo && buffer.hasRemaining()) {
					channel.write(buffer);
				}
				buffer.clear();
			}
		}
	}

	@Override
	public Client connect() throws Exception {
		return new NioClient(SocketChannel.open(this.address), this.echo);
	}

	@Override
	public void close() throws Exception {
		this.server.close();
	}

	/**
	 * Sends from one direct buffer and receives into the same.
	 */
	static final class NioClient implements Client {

		private final SocketChannel channel;

		private final boolean echo;

		private ByteBuffer buffer = ByteBuffer.allocateDirect(0);

		NioClient(SocketChannel channel, boolean echo) {
			this.channel = channel;
			this.echo = echo;
		}

		@Override
		public void exchange(byte[] payload) throws Exception {
			if (this.buffer.capacity() != payload.length) {
				this.buffer = ByteBuffer.allocateDirect(payload.length);
			}
			this.buffer.clear();
			this.buffer.put(payload).flip();
			while (this.buffer.hasRemaining()) {
				this.channel.write(this.buffer);
			}
			this.buffer.clear();
			while (this.echo && this.buffer.hasRemaining()) {
				if (this.channel.read(this.buffer) < 0) {
					throw new EOFException();
				}
			}
		}

		@Override
		public void close() throws Exception {
			this.channel.close();
		}

	}

}
