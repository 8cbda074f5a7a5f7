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

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Sends each payload to a hundred connected readers: with a bare loop over sockets, or
 * with our outbound adapter. Its one client sits at the server's end.
 */
final class BroadcastPeer implements Peer {

	private static final int READERS = 100;

	private final boolean ours;

	private final List<SocketChannel> readers = new ArrayList<>();

	private final List<SocketChannel> accepted = new ArrayList<>();

	private @Nullable PipeAdapterPeer adapter;

	private @Nullable ServerSocketChannel server;

	BroadcastPeer(boolean ours) {
		this.ours = ours;
	}

	@Override
	public void start(Path folder, int clients) throws Exception {
		Path path;
		if (this.ours) {
			this.adapter = PipeAdapterPeer.broadcasting(folder);
			path = folder.resolve("pipe");
		}
		else {
			path = folder.resolve("nio");
			this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
			this.server.bind(UnixDomainSocketAddress.of(path), READERS);
		}
		for (int i = 0; i < READERS; i++) {
			SocketChannel reader = SocketChannel.open(UnixDomainSocketAddress.of(path));
			this.readers.add(reader);
			if (this.server != null) {
				this.accepted.add(this.server.accept());
			}
			Threads.daemon("reader", () -> swallow(reader));
		}
		if (this.adapter != null) {
			this.adapter.awaitConnections(READERS);
		}
	}

	private static void swallow(SocketChannel reader) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
		while (reader.read(buffer) >= 0) {
			buffer.clear();
		}
	}

	@Override
	public Client connect() {
		if (this.adapter != null) {
			return new ChannelClient(this.adapter.serverContext(), false);
		}
		return new Client() {

			@Override
			public void exchange(byte[] payload) throws Exception {
				for (SocketChannel channel : BroadcastPeer.this.accepted) {
					ByteBuffer buffer = ByteBuffer.wrap(payload);
					while (buffer.hasRemaining()) {
						channel.write(buffer);
					}
				}
			}

			@Override
			public void close() {
			}

		};
	}

	@Override
	public void close() throws Exception {
		for (SocketChannel reader : this.readers) {
			reader.close();
		}
		for (SocketChannel channel : this.accepted) {
			channel.close();
		}
		if (this.adapter != null) {
			this.adapter.close();
		}
		if (this.server != null) {
			Objects.requireNonNull(this.server).close();
		}
	}

}
