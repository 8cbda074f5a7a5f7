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

package io.namedpipe.transport.windows;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import io.namedpipe.transport.Transport;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.TransportListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Eight clients that come, exchange messages of up to a mebibyte and go, for
 * {@code -Dstress.seconds=60}, by default 5.
 */
@EnabledOnOs(OS.WINDOWS)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class WindowsStressTests {

	private static final String NAME = "stress-tests";

	private static final int CLIENTS = 8;

	private static final int LARGEST = 1 << 20;

	private static final int[] SIZES = { 0, 1, 100, 4096, 4097, 30_000, 65_536, 65_537, 200_000, LARGEST };

	private final Transport transport = new WindowsTransport();

	private final AtomicLong exchanges = new AtomicLong();

	private final AtomicLong connections = new AtomicLong();

	@Test
	void nothingGoesWrongAndNoHandleStays() throws Exception {
		run(Duration.ofMillis(500), -1);
		int before = NativeProcess.handleCount();

		run(Duration.ofSeconds(Long.getLong("stress.seconds", 5)), -1);
		run(Duration.ofSeconds(Long.getLong("stress.seconds", 5) / 3), CLIENTS / 2);

		await().atMost(Duration.ofSeconds(10))
			.untilAsserted(() -> assertThat(NativeProcess.hasNoMoreHandlesThan(before)).isTrue());
		assertThat(this.connections.get()).isGreaterThan(CLIENTS);
		System.out.println("Stress: " + this.connections + " connections, " + this.exchanges + " exchanges, " + before
				+ " handles before and " + NativeProcess.handleCount() + " after");
	}

	private void run(Duration time, int maxInstances) throws Exception {
		ExecutorService threads = Executors.newCachedThreadPool();
		Options options = Options.of(NAME).message().maxInstances(maxInstances);
		try (TransportListener listener = this.transport.listen(options.listen())) {
			Future<?> server = threads.submit(() -> serve(listener, threads));
			long end = System.nanoTime() + time.toNanos();
			List<Future<?>> clients = new ArrayList<>();
			for (int i = 0; i < CLIENTS; i++) {
				Random random = new Random(i);
				clients.add(threads.submit(() -> {
					while (System.nanoTime() - end < 0) {
						visit(options, random);
					}
					return null;
				}));
			}
			for (Future<?> client : clients) {
				client.get();
			}
			listener.close();
			server.get();
		}
		threads.shutdown();
		assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
	}

	private Void serve(TransportListener listener, ExecutorService threads) throws Exception {
		List<Future<?>> conversations = new ArrayList<>();
		try {
			while (true) {
				TransportChannel channel = listener.accept();
				conversations.add(threads.submit(() -> echo(channel)));
			}
		}
		catch (TransportException ex) {
			assertThat(ex.getReason()).isEqualTo(Reason.CLOSED);
		}
		for (Future<?> conversation : conversations) {
			conversation.get();
		}
		return null;
	}

	private static Void echo(TransportChannel channel) throws Exception {
		try (channel) {
			byte[] message = channel.readMessage(LARGEST);
			while (message != null) {
				channel.writeMessage(ByteBuffer.wrap(message));
				message = channel.readMessage(LARGEST);
			}
		}
		return null;
	}

	private void visit(Options options, Random random) throws Exception {
		try (TransportChannel channel = connect(options)) {
			this.connections.incrementAndGet();
			int count = random.nextInt(20);
			for (int i = 0; i < count; i++) {
				byte[] message = new byte[SIZES[random.nextInt(SIZES.length)]];
				random.nextBytes(message);
				channel.writeMessage(ByteBuffer.wrap(message));
				assertThat(Arrays.equals(channel.readMessage(LARGEST), message)).isTrue();
				this.exchanges.incrementAndGet();
			}
		}
	}

	private TransportChannel connect(Options options) throws Exception {
		while (true) {
			try {
				return this.transport.connect(options.connect());
			}
			catch (TransportException ex) {
				assertThat(Set.of(Reason.BUSY)).contains(ex.getReason());
				this.transport.awaitServer(options.connect(), Reason.BUSY, Duration.ofMillis(50));
			}
		}
	}

}
