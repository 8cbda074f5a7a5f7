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

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One exchange with a peer: a request and its reply, or one payload sent. Each thread is a
 * client with a connection of its own.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class ExchangeBenchmark {

	/**
	 * Sends one payload, and waits for its echo where there is one.
	 * @param client the client of this thread
	 * @throws Exception if the peer fails
	 */
	@Benchmark
	public void exchange(ClientState client) throws Exception {
		client.connected.exchange(client.payload);
	}

	/**
	 * Connects, exchanges once and leaves.
	 * @param peer the peer
	 * @param client the client of this thread
	 * @throws Exception if the peer fails
	 */
	@Benchmark
	public void connectAndExchange(PeerState peer, ClientState client) throws Exception {
		try (Peer.Client fresh = peer.running.connect()) {
			fresh.exchange(client.payload);
		}
	}

	/**
	 * The peer of a run.
	 */
	@State(Scope.Benchmark)
	@SuppressWarnings("NullAway.Init")
	public static class PeerState {

		/** Which peer. */
		@Param(Peers.FLOOR)
		public String peer;

		/** Whether it answers. */
		@Param("ROUND_TRIP")
		public Direction direction;

		private Path folder;

		private Peer running;

		/**
		 * Starts the peer.
		 * @throws Exception if it does not start
		 */
		@Setup(Level.Trial)
		public void start() throws Exception {
			this.folder = Files.createTempDirectory("np");
			this.running = Peers.create(this.direction, this.peer);
			this.running.start(this.folder, 64);
		}

		/**
		 * Stops the peer.
		 * @throws Exception if it does not stop
		 */
		@TearDown(Level.Trial)
		public void stop() throws Exception {
			this.running.close();
			try (Stream<Path> files = Files.walk(this.folder)) {
				files.sorted(Comparator.reverseOrder()).forEach((file) -> file.toFile().delete());
			}
		}

	}

	/**
	 * The client of a thread.
	 */
	@State(Scope.Thread)
	@SuppressWarnings("NullAway.Init")
	public static class ClientState {

		/** Size of the payload in bytes. */
		@Param("64")
		public int size;

		private byte[] payload;

		private Peer.Client connected;

		/**
		 * Connects.
		 * @param peer the peer
		 * @throws Exception if that fails
		 */
		@Setup(Level.Trial)
		public void connect(PeerState peer) throws Exception {
			this.payload = new byte[this.size];
			this.connected = peer.running.connect();
		}

		/**
		 * Leaves.
		 * @throws Exception if that fails
		 */
		@TearDown(Level.Trial)
		public void disconnect() throws Exception {
			this.connected.close();
		}

	}

}
