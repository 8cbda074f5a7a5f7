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

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.namedpipe.testsupport.PipeFixture;
import io.namedpipe.transport.memory.MemoryTransport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stops that meet each other, or a listener.
 */
@Timeout(60)
class PipeServerStopTests extends PipeFixture {

	private final MemoryTransport transport = new MemoryTransport();

	private PipeServer.Builder server() {
		return PipeServer.builder("stop").transport(this.transport);
	}

	private PipeConnection connect() throws PipeException {
		return closing(PipeClient.builder("stop").transport(this.transport).build()).connect();
	}

	private PipeServer serving(PipeServer.Builder builder, ConnectionHandler handler) throws PipeException {
		PipeServer server = closing(builder.build());
		server.start();
		server.serve(handler);
		return server;
	}

	@Test
	void whenAListenerWaitsForTheStopThenTheStopDoesNotWaitForIt() throws Exception {
		CountDownLatch told = new CountDownLatch(1);
		CountDownLatch stopped = new CountDownLatch(1);
		CountDownLatch listened = new CountDownLatch(1);
		PipeServer server = serving(server().drainTimeout(Duration.ofMillis(100)).listener(new PipeListener() {

			@Override
			public void opened(PipeConnection connection) {
				told.countDown();
				try {
					stopped.await();
				}
				catch (InterruptedException ex) {
					// as a lock that is waited for takes no notice of it
					awaitUninterruptibly(stopped);
				}
				listened.countDown();
			}

		}), PipeConnection::close);
		connect();
		told.await();

		get(async(() -> {
			server.stop();
			return "stopped";
		}));
		stopped.countDown();

		assertThat(listened.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
		server.start();
		assertThat(server.isRunning()).isTrue();
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		boolean interrupted = true;
		while (interrupted) {
			try {
				latch.await();
				interrupted = false;
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
	}

	@Test
	void whenServerIsClosedDuringGracefulStopThenDrainEnds() throws Exception {
		CountDownLatch conversing = new CountDownLatch(1);
		PipeServer server = serving(server().drainTimeout(Duration.ofMinutes(10)), (connection) -> {
			conversing.countDown();
			new CountDownLatch(1).await();
		});
		PipeConnection client = connect();
		conversing.await();
		Future<String> stopping = async(() -> {
			server.stop();
			return "stopped";
		});
		while (server.isRunning()) {
			Thread.onSpinWait();
		}

		server.close();

		assertThat(get(stopping)).isEqualTo("stopped");
		assertThat(server.connections()).isEmpty();
		assertThat(readToEnd(client)).isEmpty();
	}

}
