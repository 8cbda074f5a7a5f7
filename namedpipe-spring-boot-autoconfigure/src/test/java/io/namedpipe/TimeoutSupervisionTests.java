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

package io.namedpipe;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.namedpipe.testsupport.PipeFixture;
import io.namedpipe.transport.Transport;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.memory.MemoryTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Time limits while threads are short, and how often they are looked at.
 */
@Timeout(60)
class TimeoutSupervisionTests extends PipeFixture {

	private static final Duration SHORT = Duration.ofMillis(100);

	private final MemoryTransport transport = new MemoryTransport();

	private final AtomicInteger asked = new AtomicInteger();

	private final CountDownLatch released = new CountDownLatch(1);

	private final ThreadFactory workers = Workers.executor.getThreadFactory();

	private PipeServer server;

	@BeforeEach
	void start() throws PipeException {
		this.server = closing(PipeServer.builder("supervised").transport(this.transport).build());
		this.server.start();
	}

	@AfterEach
	void restoreWorkers() {
		this.released.countDown();
		Workers.executor.setThreadFactory(this.workers);
		Workers.executor.setKeepAliveTime(2, TimeUnit.SECONDS);
	}

	// Those that are there end at once
	private void setWorkers(ThreadFactory factory) {
		Workers.executor.setThreadFactory(factory);
		Workers.executor.setKeepAliveTime(1, TimeUnit.NANOSECONDS);
		await().atMost(SOON).until(() -> Workers.executor.getPoolSize() == 0);
	}

	private Thread refuse(Runnable task) {
		this.asked.incrementAndGet();
		throw new OutOfMemoryError("unable to create native thread");
	}

	private PipeClient.Builder client() {
		return PipeClient.builder("supervised").transport(this.transport);
	}

	@Test
	void whenThereAreNoThreadsForAWhileThenTimeLimitsHoldAfter() throws Exception {
		PipeClient client = closing(client().idleTimeout(SHORT).build());
		setWorkers(this::refuse);
		PipeConnection connection = client.connect();
		await().atMost(SOON).until(() -> this.asked.get() > 4);

		Workers.executor.setThreadFactory(this.workers);

		await().atMost(SOON).until(() -> connection.closeReason().isPresent());
		assertThat(connection.closeReason()).contains(CloseReason.IDLE);
	}

	@Test
	void whenThereAreNoThreadsForAWhileThenTasksAreDoneLater() throws Exception {
		CountDownLatch done = new CountDownLatch(1);
		setWorkers(this::refuse);
		Supervisor.after(Duration.ZERO, done::countDown);
		await().atMost(SOON).until(() -> this.asked.get() > 0);

		Workers.executor.setThreadFactory(this.workers);

		assertThat(done.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void whenLookForInputFailsThenTimeLimitsHoldAfter() throws Exception {
		AtomicInteger looks = new AtomicInteger();
		Transport failing = failingFirst(Transport.class, this.transport, looks);
		PipeClient client = closing(client().transport(failing).idleTimeout(SHORT).build());

		PipeConnection connection = client.connect();

		await().atMost(SOON).until(() -> !connection.isOpen());
		assertThat(connection.closeReason()).contains(CloseReason.IDLE);
		assertThat(looks).hasValue(2);
	}

	private static <T> T failingFirst(Class<T> type, T target, AtomicInteger looks) {
		return type
			.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, (self, method, arguments) -> {
				if (method.getName().equals("hasPending") && looks.getAndIncrement() == 0) {
					throw new IllegalStateException("Cannot look now");
				}
				Object result = method.invoke(target, arguments);
				return (result instanceof TransportChannel channel)
						? failingFirst(TransportChannel.class, channel, looks) : result;
			}));
	}

	@Test
	void whenAListenerTakesTooLongThenTheConnectionIsClosed() throws Exception {
		PipeClient client = closing(client().connectTimeout(SHORT).listener(new PipeListener() {

			@Override
			public void opened(PipeConnection connection) {
				await().atMost(SOON).until(() -> TimeoutSupervisionTests.this.asked.get() > 0);
			}

		}).build());
		setWorkers((task) -> {
			this.asked.incrementAndGet();
			return this.workers.newThread(() -> {
				awaitRelease();
				task.run();
			});
		});

		assertThatExceptionOfType(PipeTimeoutException.class).isThrownBy(client::connect);

		assertThat(client.statistics().closed(CloseReason.PROTOCOL)).isOne();
	}

	private void awaitRelease() {
		try {
			this.released.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void whenAConnectionIsMadeThenItsShortRoundsEnd() throws Exception {
		BlockingQueue<Long> rounds = new LinkedBlockingQueue<>();
		PipeConnection connection = closing(client().connectTimeout(SHORT).build()).connect();

		connection.busyWhile(() -> rounds.add(System.nanoTime()));

		rounds.take();
		long second = rounds.take();
		assertThat(Duration.ofNanos(rounds.take() - second)).isGreaterThan(SHORT.multipliedBy(4));
	}

}
