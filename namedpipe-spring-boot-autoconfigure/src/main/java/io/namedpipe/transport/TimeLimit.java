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

package io.namedpipe.transport;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Arithmetic of time limits that does not overflow, whatever the duration.
 */
public final class TimeLimit {

	/** The longest time limit that can be configured: 36,500 days. */
	public static final Duration LONGEST = Duration.ofDays(36_500);

	// so that a point in time beyond it still compares right
	private static final long MOST_NANOS = Long.MAX_VALUE / 2;

	private TimeLimit() {
	}

	/**
	 * A duration in nanoseconds.
	 * @param duration the duration, of any length
	 * @return the nanoseconds, at most about 146 years and at least minus that
	 */
	public static long nanos(Duration duration) {
		return Math.max(-MOST_NANOS, Math.min(TimeUnit.NANOSECONDS.convert(duration), MOST_NANOS));
	}

	/**
	 * A duration in milliseconds.
	 * @param duration the duration, of any length
	 * @return the milliseconds
	 */
	public static long millis(Duration duration) {
		return TimeUnit.MILLISECONDS.convert(duration);
	}

	/**
	 * The point in time at which a duration from now ends.
	 * @param fromNow the duration
	 * @return the time on the clock of {@link System#nanoTime()}
	 */
	public static long deadline(Duration fromNow) {
		return System.nanoTime() + nanos(fromNow);
	}

	/**
	 * What is left until a point in time.
	 * @param deadline the time, as {@link #deadline(Duration)} gives it
	 * @return the duration, zero if the time has passed
	 */
	public static Duration remaining(long deadline) {
		return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
	}

	/**
	 * Verifies a time limit as it is configured.
	 * @param name what to call it in the message
	 * @param value the duration
	 * @return the duration
	 * @throws IllegalArgumentException if it is zero, negative or longer than
	 * {@link #LONGEST}
	 */
	public static Duration positive(String name, Duration value) {
		if (value.isNegative() || value.isZero()) {
			throw new IllegalArgumentException(name + " must be positive, but is " + value);
		}
		return bounded(name, value);
	}

	/**
	 * Verifies a time limit that may be zero.
	 * @param name what to call it in the message
	 * @param value the duration
	 * @return the duration
	 * @throws IllegalArgumentException if it is negative or longer than {@link #LONGEST}
	 */
	public static Duration notNegative(String name, Duration value) {
		if (value.isNegative()) {
			throw new IllegalArgumentException(name + " must not be negative, but is " + value);
		}
		return bounded(name, value);
	}

	private static Duration bounded(String name, Duration value) {
		if (value.compareTo(LONGEST) > 0) {
			throw new IllegalArgumentException(
					name + " must not be longer than " + LONGEST.toDays() + " days, but is " + value);
		}
		return value;
	}

}
