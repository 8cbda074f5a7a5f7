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
import org.openjdk.jmh.infra.BenchmarkParams;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;

/**
 * One exchange with a peer: a request and its reply, or one payload sent. Each thread is
 * a client with a connection of its own.
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

		/** Where turns are given. */
		@Param("")
		public String turns;

		/** The place of this peer among those that take turns. */
		@Param("0")
		public int index;

		private Path folder;

		private Peer running;

		private Turns.Player player;

		/**
		 * Starts the peer.
		 * @param benchmark tells the number of threads
		 * @throws Exception if it does not start
		 */
		@Setup(Level.Trial)
		public void start(BenchmarkParams benchmark) throws Exception {
			LoggingSystem.get(getClass().getClassLoader()).setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.WARN);
			this.player = new Turns.Player(Path.of(this.turns), this.index, benchmark.getThreads());
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
			this.player.leave();
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

		/**
		 * How many payloads are sent before those that count, so that queues are full.
		 */
		@Param("0")
		public int priming;

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
		 * Waits for this peer's turn.
		 * @param peer the peer
		 * @throws Exception if that fails
		 */
		@Setup(Level.Iteration)
		public void begin(PeerState peer) throws Exception {
			peer.player.begin();
			for (int i = 0; i < this.priming; i++) {
				this.connected.exchange(this.payload);
			}
		}

		/**
		 * Ends this peer's turn.
		 * @param peer the peer
		 * @throws Exception if that fails
		 */
		@TearDown(Level.Iteration)
		public void end(PeerState peer) throws Exception {
			peer.player.end();
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
