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

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.namedpipe.transport.ListenOptions;
import io.namedpipe.transport.Transport;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.TransportListener;
import io.namedpipe.transport.memory.MemoryTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Accepting fails for reasons that a test cannot bring about in a system: the loop goes
 * on, and the fault is shown while it is one.
 */
@Timeout(60)
class AcceptFailureTests {

	private static final Duration SOON = Duration.ofSeconds(20);

	private static final int FAILURES = 3;

	static Stream<Throwable> failures() {
		return Stream.of(new TransportException(Reason.IO, "ECONNABORTED"), new IllegalStateException("a mistake"),
				new OutOfMemoryError("no memory"));
	}

	@ParameterizedTest
	@MethodSource("failures")
	void whenAcceptingFailsThenTheLoopGoesOnAndTheFaultEnds(Throwable failure) throws Exception {
		Transport transport = new FailingTransport(failure);
		List<Throwable> faults = new CopyOnWriteArrayList<>();
		PipeListener listener = new PipeListener() {

			@Override
			public void failed(PipeErrorType type, @Nullable PipeConnection connection, Throwable failure) {
				faults.add(failure);
			}

		};
		try (PipeServer server = PipeServer.builder("orders").transport(transport).listener(listener).build();
				PipeClient client = PipeClient.builder("orders").transport(transport).build()) {
			server.start();
			PipeConnection connection = client.connect();
			server.serve((accepted) -> accepted.write(ByteBuffer.wrap(new byte[] { 42 })));

			assertThat(connection.inputStream().read()).isEqualTo(42);
			assertThat(faults).hasSize(FAILURES).allSatisfy((fault) -> assertThat(fault).hasCause(failure));
			assertThat(server.statistics().errors(PipeErrorType.ACCEPT)).isEqualTo(FAILURES);

			await().atMost(SOON).until(() -> server.fault().isEmpty());
			assertThat(client.connect().inputStream().read()).isEqualTo(42);
			assertThat(server.statistics().accepted()).isEqualTo(2);
		}
	}

	/**
	 * Fails a few times before it accepts.
	 */
	private static final class FailingTransport extends MemoryTransport {

		private final AtomicInteger failures = new AtomicInteger(FAILURES);

		private final Throwable failure;

		FailingTransport(Throwable failure) {
			this.failure = failure;
		}

		@Override
		public TransportListener listen(ListenOptions options) throws TransportException {
			TransportListener listener = super.listen(options);
			return new TransportListener() {

				@Override
				public String address() {
					return listener.address();
				}

				@Override
				public TransportChannel accept() throws TransportException {
					if (FailingTransport.this.failures.getAndDecrement() > 0) {
						fail();
					}
					return listener.accept();
				}

				@Override
				public void close() {
					listener.close();
				}

			};
		}

		private void fail() throws TransportException {
			if (this.failure instanceof TransportException transportException) {
				throw transportException;
			}
			if (this.failure instanceof Error error) {
				throw error;
			}
			throw (RuntimeException) this.failure;
		}

	}

}
