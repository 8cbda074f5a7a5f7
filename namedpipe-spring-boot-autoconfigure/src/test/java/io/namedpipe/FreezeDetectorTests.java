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

import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FreezeDetector}, with their own clock.
 */
class FreezeDetectorTests {

	private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(500);

	private final FreezeDetector freeze = new FreezeDetector();

	private long now;

	private long roundAfter(long milliseconds) {
		this.now += TimeUnit.MILLISECONDS.toNanos(milliseconds);
		return TimeUnit.NANOSECONDS.toMillis(this.freeze.thawed(this.now, PERIOD));
	}

	private boolean isOver() {
		return this.freeze.isOver(this.now);
	}

	@Test
	void whenRoundsArePunctualThenNothingWasFrozen() {
		assertThat(roundAfter(0)).isZero();
		assertThat(roundAfter(500)).isZero();
		assertThat(roundAfter(650)).isZero();
		assertThat(isOver()).isTrue();
	}

	@Test
	void whenARoundIsLateThenItIsOverHalfASecondLater() {
		roundAfter(0);

		assertThat(roundAfter(10_500)).isEqualTo(10_000);

		assertThat(isOver()).isFalse();
		assertThat(roundAfter(500)).isZero();
		assertThat(isOver()).isTrue();
	}

	@Test
	void whenRoundsAreAlwaysLateThenTheMachineIsSlow() {
		roundAfter(0);
		for (int i = 0; i < 3; i++) {
			assertThat(roundAfter(800)).isEqualTo(300);
		}

		assertThat(roundAfter(800)).isZero();

		assertThat(isOver()).isTrue();
	}

}
