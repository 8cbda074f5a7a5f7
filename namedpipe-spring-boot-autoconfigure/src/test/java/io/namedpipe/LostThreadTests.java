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

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.namedpipe.testsupport.LostIdentityTransport;
import io.namedpipe.testsupport.TestTransport;
import io.namedpipe.transport.PeerIdentityError;
import io.namedpipe.transport.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * A thread that cannot be given its own identity back, with a fake identity: nothing runs
 * on it any more.
 */
class LostThreadTests {

	private static final Duration SOON = Duration.ofSeconds(20);

	private final String name = TestTransport.MEMORY.newPipeName();

	private final Transport transport = LostIdentityTransport.on(TestTransport.MEMORY.transport());

	private final List<Thread> lost = new CopyOnWriteArrayList<>();

	private final BlockingQueue<Thread> told = new LinkedBlockingQueue<>();

	private final AtomicBoolean losesOnOpening = new AtomicBoolean();

	private @Nullable PipeServer server;

	@AfterEach
	void stop() {
		if (this.server != null) {
			this.server.close();
		}
	}

	@Test
	void whenAHandlersThreadIsLostThenListenersHearElsewhere() throws Exception {
		serve((connection) -> runAsClient(connection));

		try (PipeConnection client = connect()) {
			assertThat(client.inputStream().read()).isEqualTo(-1);
		}

		assertThat(this.told.poll(20, TimeUnit.SECONDS)).isNotNull().isNotIn(this.lost);
		awaitEndOfLostThreads();
	}

	@Test
	void whenAHandlerHoldsTheErrorBackThenItGetsNoFurther() throws Exception {
		BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
		serve((connection) -> {
			assertThatExceptionOfType(PeerIdentityError.class).isThrownBy(() -> runAsClient(connection));
			assertThat(connection.isOpen()).isFalse();
			try {
				connection.runAsClient(() -> failures.add(new AssertionError("has run")));
			}
			catch (PeerIdentityError ex) {
				failures.add(ex);
			}
		});

		connect().close();

		assertThat(failures.poll(20, TimeUnit.SECONDS)).isInstanceOf(PeerIdentityError.class)
			.hasMessageContaining("must not run anything more");
		awaitEndOfLostThreads();
	}

	@Test
	void whenTheThreadOfAListenerIsLostThenOthersGoOn() throws Exception {
		this.losesOnOpening.set(true);
		serve((connection) -> connection.outputStream().write(connection.inputStream().read()));

		connect();
		awaitEndOfLostThreads();
		this.losesOnOpening.set(false);

		try (PipeConnection client = connect()) {
			client.outputStream().write(42);
			assertThat(client.inputStream().read()).isEqualTo(42);
		}
		assertThat(this.told).isNotEmpty().doesNotContainAnyElementsOf(this.lost);
	}

	private void serve(ConnectionHandler handler) throws IOException {
		this.server = PipeServer.builder(this.name).transport(this.transport).listener(new PipeListener() {

			@Override
			public void opened(PipeConnection connection) {
				if (LostThreadTests.this.losesOnOpening.get()) {
					try {
						runAsClient(connection);
					}
					catch (IOException ex) {
						throw new IllegalStateException(ex);
					}
				}
			}

			@Override
			public void closed(PipeConnection connection, CloseReason reason, @Nullable Throwable cause) {
				LostThreadTests.this.told.add(Thread.currentThread());
			}

			@Override
			public void failed(PipeErrorType type, @Nullable PipeConnection connection, Throwable failure) {
				LostThreadTests.this.told.add(Thread.currentThread());
			}

		}).build();
		this.server.start();
		this.server.serve(handler);
	}

	private PipeConnection connect() throws IOException {
		return PipeClient.builder(this.name).transport(this.transport).build().connect();
	}

	private void runAsClient(PipeConnection connection) throws IOException {
		try {
			connection.runAsClient(() -> this.lost.add(Thread.currentThread()));
		}
		catch (IOException | RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void awaitEndOfLostThreads() {
		await().atMost(SOON).untilAsserted(() -> assertThat(this.lost).isNotEmpty().noneMatch(Thread::isAlive));
	}

}
