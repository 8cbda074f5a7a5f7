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

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

import org.jspecify.annotations.Nullable;

import io.namedpipe.PipeClient;
import io.namedpipe.PipeConnection;
import io.namedpipe.TransmissionMode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Clients that do nothing wrong: each sends a message, waits for it to come back, and
 * does that again and again, while somebody else misbehaves. They notice how long it
 * takes.
 */
final class HealthyClients implements AutoCloseable {

	private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(1);

	private static final int SIZE = 64;

	/**
	 * As many as the slowest hundredth of is more than all were waiting for at one time.
	 */
	private static final int ENOUGH = 1000;

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private final StallDetector stallDetector = new StallDetector();

	private final List<HealthyClient> all = new ArrayList<>();

	private final PipeClient client;

	HealthyClients(TransportUnderTest transport, Path path, int count) throws IOException {
		this.client = transport.client(path).build();
		for (int i = 0; i < count; i++) {
			HealthyClient healthyClient = new HealthyClient(this.client.connect(), i);
			this.all.add(healthyClient);
			healthyClient.start();
		}
		this.stallDetector.start();
	}

	int count() {
		return this.all.size();
	}

	/**
	 * Watches for a while, and until there is something to be said.
	 */
	Latencies watch(Duration length) {
		long start = System.nanoTime();
		await().pollInterval(length)
			.atMost(length.plus(PATIENCE))
			.until(() -> ended(start) >= ENOUGH || System.nanoTime() - start > PATIENCE.toNanos());
		return since(start);
	}

	private long ended(long start) {
		return this.all.stream().mapToLong((each) -> each.ended(start)).sum();
	}

	/**
	 * How long each exchange took that has ended since, and how long those in progress
	 * have taken so far.
	 */
	Latencies since(long start) {
		long end = System.nanoTime();
		return new Latencies(this.all.stream().flatMapToLong((each) -> each.latencies(start, end)).sorted().toArray(),
				this.stallDetector.longestStall(start, end));
	}

	@Override
	public void close() throws Exception {
		for (HealthyClient healthyClient : this.all) {
			healthyClient.over = true;
		}
		this.stallDetector.close();
		for (HealthyClient healthyClient : this.all) {
			healthyClient.join(TimeUnit.SECONDS.toMillis(20));
		}
		this.client.close();
		for (HealthyClient healthyClient : this.all) {
			assertThat(healthyClient.failure).isNull();
			assertThat(healthyClient.isAlive()).isFalse();
		}
	}

	/**
	 * How long exchanges took, and how long the machine let somebody wait who did not use
	 * a pipe.
	 */
	static final class Latencies {

		private final long[] sorted;

		private final long stall;

		Latencies(long[] sorted, long stall) {
			assertThat(sorted).as("exchanges").isNotEmpty();
			this.sorted = sorted;
			this.stall = stall;
		}

		Duration p99() {
			return Duration.ofNanos(this.sorted[(int) Math.ceil(this.sorted.length * 0.99) - 1]);
		}

		Duration longest() {
			return Duration.ofNanos(this.sorted[this.sorted.length - 1]);
		}

		Duration stall() {
			return Duration.ofNanos(this.stall);
		}

		@Override
		public String toString() {
			return this.sorted.length + " exchanges, p50 " + this.sorted[this.sorted.length / 2] / 1000 + " us, p99 "
					+ p99().toNanos() / 1000 + " us, longest " + longest().toNanos() / 1000 + " us, stall "
					+ this.stall / 1000 + " us";
		}

	}

	private static final class HealthyClient extends Thread {

		private final PipeConnection connection;

		private final ConcurrentLinkedQueue<long[]> exchanges = new ConcurrentLinkedQueue<>();

		private final ByteBuffer message;

		private final ByteBuffer reply;

		private volatile long startedAt = System.nanoTime();

		private volatile boolean waiting = true;

		private volatile boolean over;

		private volatile @Nullable Throwable failure;

		HealthyClient(PipeConnection connection, int number) {
			super("healthyClient-" + number);
			setDaemon(true);
			this.connection = connection;
			int header = (connection.transmissionMode() == TransmissionMode.BYTE) ? 4 : 0;
			this.message = ByteBuffer.allocate(header + SIZE);
			if (header > 0) {
				this.message.putInt(SIZE);
			}
			while (this.message.hasRemaining()) {
				this.message.put((byte) number);
			}
			this.reply = ByteBuffer.allocate(this.message.capacity());
		}

		@Override
		public void run() {
			try {
				for (long i = 0; !this.over; i++) {
					this.message.putLong(this.message.capacity() - Long.BYTES, i);
					this.startedAt = System.nanoTime();
					this.waiting = true;
					exchange();
					long endedAt = System.nanoTime();
					this.waiting = false;
					this.exchanges.add(new long[] { endedAt, endedAt - this.startedAt });
					LockSupport.parkNanos(PAUSE);
				}
			}
			catch (Throwable ex) {
				this.failure = ex;
			}
			finally {
				this.connection.close();
			}
		}

		private void exchange() throws IOException {
			this.connection.write(this.message.clear());
			this.reply.clear();
			while (this.reply.hasRemaining()) {
				if (this.connection.read(this.reply) < 0) {
					throw new EOFException("A healthyClient was disconnected");
				}
			}
			assertThat(Arrays.equals(this.reply.array(), this.message.array())).as("the same comes back").isTrue();
		}

		long ended(long start) {
			return this.exchanges.stream().filter((exchange) -> exchange[0] - start >= 0).count();
		}

		LongStream latencies(long start, long end) {
			LongStream ended = this.exchanges.stream()
				.filter((exchange) -> exchange[0] - start >= 0 && exchange[0] - end <= 0)
				.mapToLong((exchange) -> exchange[1]);
			return this.waiting ? LongStream.concat(ended, LongStream.of(Math.max(0, end - this.startedAt))) : ended;
		}

	}

}
