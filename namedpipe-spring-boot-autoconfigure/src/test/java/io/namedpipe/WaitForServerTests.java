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
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.namedpipe.testsupport.PipeFixture;
import io.namedpipe.transport.Capability;
import io.namedpipe.transport.ConnectOptions;
import io.namedpipe.transport.ImpersonationLevel;
import io.namedpipe.transport.Transport;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.Transports;
import io.namedpipe.transport.memory.MemoryTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * How often and how long a client waits for a server, by what it asks of its transport
 * and not by the clock, so that a slow machine need not be allowed for.
 */
@Timeout(60)
class WaitForServerTests extends PipeFixture {

	private static final Duration LONGEST_WAIT = Duration.ofMillis(50);

	private static final Duration NEVER = Duration.ofMinutes(10);

	private static PipeClient.Builder client(Transport transport) {
		return PipeClient.builder("orders").transport(transport);
	}

	private void assertConnectTimesOut(Transport transport, Duration timeout) throws PipeException {
		PipeClient client = closing(client(transport).connectTimeout(timeout).build());

		assertThatExceptionOfType(PipeTimeoutException.class).isThrownBy(client::connect);
	}

	// 14
	@ParameterizedTest
	@ValueSource(longs = { 20, 280 })
	void whenNobodyServesThenEachWaitIsShortAndEndsWithTheTimeout(long millis) throws Exception {
		Duration timeout = Duration.ofMillis(millis);
		RecordingTransport transport = new RecordingTransport();

		assertConnectTimesOut(transport, timeout);

		assertThat(transport.waits).allSatisfy((wait) -> {
			assertThat(wait.reason()).isEqualTo(Reason.NO_SERVER);
			assertThat(wait.atMost()).isPositive()
				.isLessThanOrEqualTo(LONGEST_WAIT)
				.isLessThanOrEqualTo(timeout.minus(wait.sinceFirstAttempt()));
		});
		transport.assertWaitsBetweenAttempts();
	}

	// 14
	@ParameterizedTest
	@ValueSource(longs = { 20, 280 })
	void whenNobodyServesThenTheClientDoesNotSpin(long millis) throws Exception {
		Duration timeout = Duration.ofMillis(millis);
		RecordingTransport transport = new RecordingTransport();

		assertConnectTimesOut(transport, timeout);

		// one before the waits, and one after the last, which is a short one
		assertThat(transport.attempts).hasSizeLessThanOrEqualTo((int) timeout.dividedBy(LONGEST_WAIT) + 2);
	}

	@ParameterizedTest
	@EnumSource(names = { "NO_SERVER", "BUSY", "TIMEOUT" })
	void whenThereIsNoTimeThenThereIsOneAttempt(Reason reason) throws Exception {
		RecordingTransport transport = new RecordingTransport(reason);

		assertConnectTimesOut(transport, Duration.ZERO);

		transport.assertOneAttempt();
	}

	static Stream<List<Reason>> reasonsToWait() {
		return Stream.of(List.of(), List.of(Reason.NO_SERVER), List.of(Reason.BUSY),
				List.of(Reason.NO_SERVER, Reason.NO_SERVER, Reason.BUSY, Reason.BUSY, Reason.NO_SERVER));
	}

	// 15
	@ParameterizedTest
	@MethodSource("reasonsToWait")
	void whenAServerAppearsThenTheNextAttemptConnects(List<Reason> reasons) throws Exception {
		RecordingTransport transport = new RecordingTransport(reasons.toArray(Reason[]::new));
		PipeServer server = closing(PipeServer.builder("orders").transport(transport).build());
		server.start();
		server.serve((accepted) -> accepted.write(ByteBuffer.wrap(new byte[] { 42 })));
		PipeClient client = closing(client(transport).connectTimeout(NEVER).build());

		PipeConnection connection = client.connect();

		assertThat(transport.waits).extracting(Wait::reason).containsExactlyElementsOf(reasons);
		assertThat(transport.waits).extracting(Wait::atMost).allMatch(LONGEST_WAIT::equals);
		transport.assertWaitsBetweenAttempts();
		assertThat(connection.inputStream().read()).isEqualTo(42);
		assertThat(client.connections()).containsExactly(connection);
	}

	// 14
	@Test
	void withoutWaitForServerAMissingServerIsNotWaitedFor() throws Exception {
		RecordingTransport transport = new RecordingTransport();
		PipeClient client = closing(client(transport).waitForServer(false).connectTimeout(NEVER).build());

		assertThatExceptionOfType(PipeNotFoundException.class).isThrownBy(client::connect);

		transport.assertOneAttempt();
	}

	@Test
	void withoutWaitForServerABusyServerIsWaitedForUntilItIsMissing() throws Exception {
		RecordingTransport transport = new RecordingTransport(Reason.BUSY, Reason.BUSY, Reason.NO_SERVER);
		PipeClient client = closing(client(transport).waitForServer(false).connectTimeout(NEVER).build());

		assertThatExceptionOfType(PipeNotFoundException.class).isThrownBy(client::connect);

		assertThat(transport.waits).extracting(Wait::reason).containsExactly(Reason.BUSY, Reason.BUSY);
		transport.assertWaitsBetweenAttempts();
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = { "NO_SERVER", "BUSY", "TIMEOUT" })
	void whatNoWaitMakesBetterIsNotWaitedFor(Reason reason) throws Exception {
		RecordingTransport transport = new RecordingTransport(reason);
		PipeClient client = closing(client(transport).connectTimeout(NEVER).build());

		assertThatExceptionOfType(PipeException.class).isThrownBy(client::connect)
			.isNotInstanceOf(PipeTimeoutException.class)
			.havingCause()
			.isInstanceOfSatisfying(TransportException.class, (ex) -> assertThat(ex.getReason()).isEqualTo(reason));

		transport.assertOneAttempt();
	}

	static Stream<Transport> transports() throws IOException {
		return Stream.of(new MemoryTransport(), Transports.select(Set.of(Capability.BYTE_MODE)));
	}

	// 14, 15
	@ParameterizedTest
	@MethodSource("transports")
	void whenATransportIsAskedToWaitThenItWaitsThatLong(Transport transport) {
		// never less; more only while the machine has no time for it
		await().atMost(SOON).until(() -> {
			long start = System.nanoTime();
			transport.awaitServer(missing(), Reason.NO_SERVER, LONGEST_WAIT);
			Duration waited = Duration.ofNanos(System.nanoTime() - start);
			assertThat(waited).isGreaterThanOrEqualTo(LONGEST_WAIT);
			return waited;
		}, (waited) -> waited.compareTo(LONGEST_WAIT.multipliedBy(2)) < 0);
	}

	private static ConnectOptions missing() {
		return new ConnectOptions("np-missing-" + ProcessHandle.current().pid(), null, ".", false, true, true,
				OptionalInt.empty(), OptionalInt.empty(), 1024, null, ImpersonationLevel.IDENTIFICATION);
	}

	/**
	 * A wait that a client asked for.
	 *
	 * @param reason what it waited for
	 * @param atMost for how long
	 * @param attempts how many attempts it had made
	 * @param sinceFirstAttempt from the start of the first attempt to that of the last
	 */
	private record Wait(Reason reason, Duration atMost, int attempts, Duration sinceFirstAttempt) {
	}

	/**
	 * Records attempts and waits. The first attempts fail for the reasons given.
	 */
	private static final class RecordingTransport extends MemoryTransport {

		private final List<Long> attempts = new ArrayList<>();

		private final List<Wait> waits = new ArrayList<>();

		private final Queue<Reason> failures;

		RecordingTransport(Reason... failures) {
			this.failures = new ArrayDeque<>(List.of(failures));
		}

		void assertOneAttempt() {
			assertThat(this.attempts).hasSize(1);
			assertThat(this.waits).isEmpty();
		}

		void assertWaitsBetweenAttempts() {
			assertThat(this.attempts).hasSize(this.waits.size() + 1);
			for (int i = 0; i < this.waits.size(); i++) {
				assertThat(this.waits.get(i).attempts()).isEqualTo(i + 1);
			}
		}

		@Override
		public TransportChannel connect(ConnectOptions options) throws TransportException {
			this.attempts.add(System.nanoTime());
			Reason failure = this.failures.poll();
			if (failure != null) {
				throw new TransportException(failure, "no connection");
			}
			return super.connect(options);
		}

		@Override
		public void awaitServer(ConnectOptions options, Reason reason, Duration atMost) throws InterruptedException {
			long passed = this.attempts.get(this.attempts.size() - 1) - this.attempts.get(0);
			this.waits.add(new Wait(reason, atMost, this.attempts.size(), Duration.ofNanos(passed)));
			super.awaitServer(options, reason, atMost);
		}

	}

}
