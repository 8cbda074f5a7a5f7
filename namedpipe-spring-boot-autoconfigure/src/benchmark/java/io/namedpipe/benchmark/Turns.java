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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets the processes of the peers run one at a time, round after round: each ratio is
 * taken between neighbours in time, and each peer is compiled for itself.
 */
final class Turns implements AutoCloseable {

	private final Path path;

	private final ServerSocketChannel server;

	Turns() throws IOException {
		this.path = Files.createTempDirectory("np").resolve("turns");
		this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
		this.server.bind(UnixDomainSocketAddress.of(this.path));
	}

	Path path() {
		return this.path;
	}

	/**
	 * Gives turns to all peers until each has left.
	 */
	void give(List<String> peers) throws IOException {
		Map<String, SocketChannel> players = new HashMap<>();
		while (players.size() < peers.size()) {
			SocketChannel player = this.server.accept();
			players.put(peers.get(read(player)), player);
		}
		for (int round = 0; !players.isEmpty(); round++) {
			for (int i = 0; i < peers.size(); i++) {
				// another one begins each time
				String peer = peers.get((round + i) % peers.size());
				SocketChannel player = players.get(peer);
				if (player != null && !hasPlayed(player)) {
					player.close();
					players.remove(peer);
				}
			}
		}
	}

	private static boolean hasPlayed(SocketChannel player) {
		try {
			write(player, 0);
			return read(player) >= 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static int read(SocketChannel channel) throws IOException {
		ByteBuffer one = ByteBuffer.allocate(1);
		return (channel.read(one) < 0) ? -1 : one.get(0);
	}

	private static void write(SocketChannel channel, int value) throws IOException {
		channel.write(ByteBuffer.wrap(new byte[] { (byte) value }));
	}

	/**
	 * Ends what waits for players.
	 */
	@Override
	public void close() throws IOException {
		this.server.close();
		Files.deleteIfExists(this.path);
		Files.deleteIfExists(this.path.getParent());
	}

	/**
	 * The end of a peer: all of its threads play together.
	 */
	static final class Player {

		private final SocketChannel channel;

		private final int threads;

		private int playing;

		private boolean ours;

		Player(Path path, int index, int threads) throws IOException {
			this.threads = threads;
			this.channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
			write(this.channel, index);
		}

		synchronized void begin() throws IOException, InterruptedException {
			if (!this.ours) {
				if (read(this.channel) < 0) {
					throw new IOException("Nobody gives turns any more");
				}
				this.ours = true;
				this.playing = this.threads;
			}
		}

		synchronized void end() throws IOException {
			this.playing--;
			if (this.playing == 0) {
				this.ours = false;
				write(this.channel, 0);
				notifyAll();
			}
		}

		synchronized void leave() throws IOException, InterruptedException {
			while (this.playing > 0) {
				wait();
			}
			this.channel.close();
		}

	}

}
