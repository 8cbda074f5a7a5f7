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

/**
 * Detects that the process was frozen (suspended, stopped, in a long garbage collection)
 * since the last round of a supervision. What a deadline waits for may have arrived
 * meanwhile without a thread to read it.
 */
final class FreezeDetector {

	private static final long UNUSUAL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

	private static final long RECOVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

	// A machine that is always late is slow, and its time counts
	private static final int MOST_IN_A_ROW = 3;

	private long lastRound;

	private int lateRounds;

	private boolean begun;

	private long recoveredAt;

	/**
	 * Begins a round.
	 * @return the time for which the process was frozen since the last round, 0 usually
	 */
	long thawed(long now, long period) {
		long late = this.begun ? now - this.lastRound - period : 0;
		if (!this.begun) {
			this.recoveredAt = now;
		}
		this.begun = true;
		this.lastRound = now;
		this.lateRounds = (late >= UNUSUAL_NANOS) ? this.lateRounds + 1 : 0;
		if (this.lateRounds == 0 || this.lateRounds > MOST_IN_A_ROW) {
			return 0;
		}
		this.recoveredAt = now + RECOVERY_NANOS;
		return late;
	}

	/**
	 * Whether threads have had the time to read what arrived meanwhile.
	 */
	boolean isOver(long now) {
		return now - this.recoveredAt >= 0;
	}

}
