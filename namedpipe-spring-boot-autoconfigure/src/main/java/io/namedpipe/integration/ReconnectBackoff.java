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
import java.util.concurrent.ThreadLocalRandom;

import org.springframework.util.Assert;

import io.namedpipe.transport.TimeLimit;

/**
 * The waits between attempts to connect.
 *
 * @param delay before the second attempt
 * @param multiplier the factor by which it grows
 * @param maxDelay the largest delay
 * @param jitter the largest random time that is added, so that clients do not come
 * together
 */
public record ReconnectBackoff(Duration delay, double multiplier, Duration maxDelay, Duration jitter) {

	/** 100 ms, doubled up to 5 s, with 50 ms jitter. */
	public static final ReconnectBackoff DEFAULT = new ReconnectBackoff(Duration.ofMillis(100), 2,
			Duration.ofSeconds(5), Duration.ofMillis(50));

	public ReconnectBackoff {
		TimeLimit.positive("delay", delay);
		TimeLimit.positive("maxDelay", maxDelay);
		TimeLimit.notNegative("jitter", jitter);
		Assert.isTrue(multiplier >= 1, () -> "multiplier must be at least 1, but is " + multiplier);
		Assert.isTrue(maxDelay.compareTo(delay) >= 0, () -> "maxDelay must not be shorter than delay");
	}

	Attempts start() {
		return new Attempts(this);
	}

	/**
	 * A series of attempts.
	 */
	static final class Attempts {

		private final ReconnectBackoff backoff;

		private double next;

		private Attempts(ReconnectBackoff backoff) {
			this.backoff = backoff;
			reset();
		}

		void reset() {
			this.next = this.backoff.delay().toNanos();
		}

		Duration next() {
			long wait = (long) this.next;
			this.next = Math.min(this.next * this.backoff.multiplier(), this.backoff.maxDelay().toNanos());
			long jitter = this.backoff.jitter().toNanos();
			return Duration.ofNanos(wait + ((jitter > 0) ? ThreadLocalRandom.current().nextLong(jitter + 1) : 0));
		}

	}

}
