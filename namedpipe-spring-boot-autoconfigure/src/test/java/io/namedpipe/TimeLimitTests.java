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
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.namedpipe.testsupport.PipeFixture;
import io.namedpipe.testsupport.TestTransport;
import io.namedpipe.transport.TimeLimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Time limits of any length, and what they look at before they are enforced.
 */
@Timeout(60)
class TimeLimitTests extends PipeFixture {

	private static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();

	private static final Duration TOO_LONG = TimeLimit.LONGEST.plusNanos(1);

	private final String name = TestTransport.UNIX.newPipeName();

	private PipeServer.Builder server() {
		return TestTransport.UNIX.server(this.name);
	}

	private PipeClient.Builder client() {
		return TestTransport.UNIX.client(this.name);
	}

	private PipeServer started(PipeServer.Builder builder) throws PipeException {
		PipeServer server = closing(builder.build());
		closing(() -> TestTransport.UNIX.cleanUp(this.name));
		server.start();
		return server;
	}

	@Test
	void whenADurationIsForeverThenItIsManyNanoseconds() {
		assertThat(TimeLimit.nanos(FOREVER)).isGreaterThan(TimeUnit.DAYS.toNanos(20_000));
		assertThat(TimeLimit.nanos(FOREVER.negated())).isLessThan(-TimeUnit.DAYS.toNanos(20_000));
		assertThat(TimeLimit.nanos(Duration.ofMillis(3))).isEqualTo(3_000_000);
		assertThat(TimeLimit.millis(FOREVER)).isEqualTo(Long.MAX_VALUE);
		assertThat(TimeLimit.remaining(TimeLimit.deadline(FOREVER))).isGreaterThan(Duration.ofDays(20_000));
		assertThat(TimeLimit.remaining(TimeLimit.deadline(Duration.ofDays(-1)))).isZero();
	}

	@Test
	void whenALimitIsNotPositiveOrTooLongThenABuilderRefusesIt() {
		for (Duration wrong : List.of(Duration.ofSeconds(-1), TOO_LONG, FOREVER)) {
			assertThatIllegalArgumentException().isThrownBy(() -> server().idleTimeout(wrong))
				.withMessageContaining("idleTimeout");
			assertThatIllegalArgumentException().isThrownBy(() -> server().writeTimeout(wrong))
				.withMessageContaining("writeTimeout");
			assertThatIllegalArgumentException().isThrownBy(() -> server().handshakeTimeout(wrong))
				.withMessageContaining("handshakeTimeout");
			assertThatIllegalArgumentException().isThrownBy(() -> server().drainTimeout(wrong))
				.withMessageContaining("drainTimeout");
			assertThatIllegalArgumentException().isThrownBy(() -> client().connectTimeout(wrong))
				.withMessageContaining("connectTimeout");
		}
	}

	@Test
	void whenLimitsAreTheLongestThenAllWorks() throws Exception {
		PipeServer server = started(server().idleTimeout(TimeLimit.LONGEST)
			.writeTimeout(TimeLimit.LONGEST)
			.handshakeTimeout(TimeLimit.LONGEST)
			.drainTimeout(TimeLimit.LONGEST));
		server.serve((connection) -> connection.outputStream().write(connection.inputStream().read()));
		PipeClient client = closing(client().connectTimeout(TimeLimit.LONGEST).build());

		PipeConnection connection = client.connect(FOREVER);
		connection.outputStream().write(42);

		assertThat(connection.inputStream().read()).isEqualTo(42);
		connection.close();
		client.stop(FOREVER);
		server.stop();
		assertThat(server.connections()).isEmpty();
	}

	@Test
	void whenOneLooksWhetherAConnectionIsQuietThenNothingIsLost() throws Exception {
		PipeServer server = started(server());
		PipeConnection sender = closing(client().build()).connect();
		PipeConnection accepted = server.accept();
		assertThat(accepted.isIdle()).isTrue();

		sender.outputStream().write(42);

		await().atMost(SOON).until(() -> !accepted.isIdle());
		assertThat(accepted.isIdle()).isFalse();
		assertThat(accepted.inputStream().read()).isEqualTo(42);
	}

	@Test
	void whenAServerStopsMeanwhileThenAcceptGivesNoConnection() throws Exception {
		PipeServer server = started(server());
		Future<PipeConnection> accepting = async(server::accept);
		awaitCall((frame) -> List.of("select", "WaitForMultipleObjects").contains(frame.getMethodName()));

		server.stop();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(accepting))
			.withCauseInstanceOf(PipeClosedException.class);
	}

}
