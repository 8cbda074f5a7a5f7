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

package io.namedpipe.integration;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Restarts}.
 */
class RestartsTests {

	private static final RestartPolicy POLICY = new RestartPolicy(RestartPolicy.When.ON_FAILURE, Duration.ofMillis(100),
			3, Duration.ofMillis(500), 4);

	private final Restarts restarts = new Restarts(POLICY);

	@Test
	void whenRestartsFollowEachOtherThenWaitsGrowToTheLongestAndEnd() {
		assertThat(this.restarts.next(Duration.ZERO)).hasMillis(100);
		assertThat(this.restarts.next(Duration.ofMillis(499))).hasMillis(300);
		assertThat(this.restarts.next(Duration.ZERO)).hasMillis(500);
		assertThat(this.restarts.next(Duration.ZERO)).hasMillis(500);
		assertThat(this.restarts.next(Duration.ZERO)).isNull();
	}

	@Test
	void whenChildHasRunForTheLongestWaitThenWaitsBeginAnew() {
		for (int i = 0; i < 4; i++) {
			this.restarts.next(Duration.ZERO);
		}

		assertThat(this.restarts.next(Duration.ofMillis(500))).hasMillis(100);
		assertThat(this.restarts.inARow()).isEqualTo(1);
	}

	@Test
	void whenPolicyIsOnFailureThenOnlyFailuresCount() {
		assertThat(this.restarts.isWanted(true)).isTrue();
		assertThat(this.restarts.isWanted(false)).isFalse();
		assertThat(new Restarts(RestartPolicy.NEVER).isWanted(true)).isFalse();
	}

}
