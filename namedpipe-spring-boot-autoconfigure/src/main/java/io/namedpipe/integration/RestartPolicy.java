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

import org.springframework.util.Assert;

import io.namedpipe.transport.TimeLimit;

/**
 * Whether a child process that has ended by itself is started again, and when. The waits
 * grow from one restart to the next, and begin anew after a child that has run for as
 * long as the longest of them.
 *
 * @param when which ends are followed by a restart
 * @param delay the wait before the first restart, positive
 * @param multiplier by how much a wait is longer than the one before, at least 1
 * @param maxDelay the longest wait, not shorter than the first
 * @param maxAttempts how many restarts there are in a row, negative for any number
 */
public record RestartPolicy(When when, Duration delay, double multiplier, Duration maxDelay, int maxAttempts) {

	/** No restart. */
	public static final RestartPolicy NEVER = new RestartPolicy(When.NEVER, Duration.ofMillis(200), 2,
			Duration.ofSeconds(30), -1);

	public RestartPolicy {
		TimeLimit.positive("delay", delay);
		TimeLimit.positive("maxDelay", maxDelay);
		Assert.isTrue(multiplier >= 1, () -> "multiplier must be at least 1, but is " + multiplier);
		Assert.isTrue(maxDelay.compareTo(delay) >= 0, () -> "maxDelay must not be shorter than delay");
	}

	/**
	 * Which ends of a child are followed by a restart.
	 */
	public enum When {

		/** None. */
		NEVER,

		/** An exit code other than 0, and that it was stopped for an error of its own. */
		ON_FAILURE,

		/** Each that nobody has asked for. */
		ALWAYS

	}

}
