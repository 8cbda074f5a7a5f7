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
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What counts as silence.
 */
class ConnectionDeadlinesTests {

	private static final Duration IDLE = Duration.ofSeconds(10);

	private static final Duration WRITE = Duration.ofSeconds(30);

	private final ConnectionDeadlines deadlines = new ConnectionDeadlines();

	private final ConnectionStatistics statistics = new ConnectionStatistics(new PipeStatistics());

	private boolean busy;

	private boolean isIdleAfter(long seconds, @Nullable Duration writeTimeout) {
		long now = TimeUnit.SECONDS.toNanos(seconds);
		assertThat(this.deadlines.writeOverdue(now, writeTimeout, this.statistics)).isFalse();
		return this.deadlines.idleOverdue(now, IDLE, this.statistics, this.busy);
	}

	@Test
	void whenNothingHappensThenItIsIdle() {
		assertThat(isIdleAfter(0, WRITE)).isFalse();
		assertThat(isIdleAfter(9, WRITE)).isFalse();
		assertThat(isIdleAfter(10, WRITE)).isTrue();
	}

	@Test
	void whenWriteIsInProgressThenWriteTimeoutDecidesNotIdle() {
		assertThat(isIdleAfter(0, WRITE)).isFalse();
		this.deadlines.writeBegins();
		assertThat(isIdleAfter(5, WRITE)).isFalse();
		assertThat(isIdleAfter(25, WRITE)).isFalse();
		this.deadlines.writeEnds();
		assertThat(isIdleAfter(26, WRITE)).isFalse();
		assertThat(isIdleAfter(35, WRITE)).isTrue();
	}

	@Test
	void whenAWriteHasNoTimeLimitThenItMayBeIdle() {
		assertThat(isIdleAfter(0, null)).isFalse();
		this.deadlines.writeBegins();
		assertThat(isIdleAfter(10, null)).isTrue();
	}

	@Test
	void whenSomebodyIsBusyThenItIsNotIdle() {
		assertThat(isIdleAfter(0, WRITE)).isFalse();
		this.busy = true;
		assertThat(isIdleAfter(25, WRITE)).isFalse();
		this.busy = false;
		assertThat(isIdleAfter(34, WRITE)).isFalse();
		assertThat(isIdleAfter(35, WRITE)).isTrue();
	}

	@Test
	void whenAnEmptyMessageComesThenItIsNotIdle() {
		assertThat(isIdleAfter(0, WRITE)).isFalse();
		this.statistics.messageRead();
		assertThat(isIdleAfter(10, WRITE)).isFalse();
		this.statistics.messagesWritten(1);
		assertThat(isIdleAfter(19, WRITE)).isFalse();
	}

	@Test
	void whenThereIsReasonNotToReadThenTheFirstFrameHasItsTime() {
		long now = System.nanoTime();
		this.deadlines.expectHandshake(Duration.ofSeconds(1));
		assertThat(this.deadlines.handshakeOverdue(now, false)).isFalse();
		assertThat(this.deadlines.handshakeOverdue(now + TimeUnit.MILLISECONDS.toNanos(500), true)).isFalse();
		assertThat(this.deadlines.handshakeOverdue(now + TimeUnit.SECONDS.toNanos(10), true)).isFalse();
		assertThat(this.deadlines.handshakeOverdue(now + TimeUnit.SECONDS.toNanos(20), false)).isFalse();
		assertThat(this.deadlines.handshakeOverdue(now + TimeUnit.SECONDS.toNanos(21), false)).isTrue();
	}

}
