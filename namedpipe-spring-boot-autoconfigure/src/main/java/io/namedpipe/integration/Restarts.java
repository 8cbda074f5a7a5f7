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

import org.jspecify.annotations.Nullable;

/**
 * The restarts of a child from one start of its bean on. Used by one thread at a time.
 */
final class Restarts {

	private final RestartPolicy policy;

	private final ReconnectBackoff.Attempts waits;

	private int inARow;

	Restarts(RestartPolicy policy) {
		this.policy = policy;
		this.waits = new ReconnectBackoff(policy.delay(), policy.multiplier(), policy.maxDelay(), Duration.ZERO)
			.start();
	}

	/**
	 * Whether a child is to be started again.
	 * @param failed whether it has ended otherwise than well
	 */
	boolean isWanted(boolean failed) {
		return switch (this.policy.when()) {
			case NEVER -> false;
			case ON_FAILURE -> failed;
			case ALWAYS -> true;
		};
	}

	/**
	 * Takes the next restart.
	 * @param lived how long the child has run
	 * @return how long to wait before, or {@code null} if there have been enough
	 */
	@Nullable Duration next(Duration lived) {
		if (lived.compareTo(this.policy.maxDelay()) >= 0) {
			this.inARow = 0;
			this.waits.reset();
		}
		if (this.policy.maxAttempts() >= 0 && this.inARow >= this.policy.maxAttempts()) {
			return null;
		}
		this.inARow++;
		return this.waits.next();
	}

	int inARow() {
		return this.inARow;
	}

}
