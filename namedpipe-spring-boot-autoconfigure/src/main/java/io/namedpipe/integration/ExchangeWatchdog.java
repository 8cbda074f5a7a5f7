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

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * Ends exchanges that have exceeded their timeout. Sleeps while there are none, so that
 * an exchange costs one read of a flag.
 */
final class ExchangeWatchdog implements Runnable {

	private static final long WATCH_PERIOD = TimeUnit.MILLISECONDS.toNanos(50);

	private static final long UNUSUAL_DELAY = TimeUnit.MILLISECONDS.toNanos(200);

	private static final int MOST_LATE_ROUNDS = 3;

	private static final long RECOVERY = TimeUnit.MILLISECONDS.toNanos(500);

	private static final long SHORTEST_WATCH_PERIOD = TimeUnit.MILLISECONDS.toNanos(1);

	private final ConnectionPool pool;

	private volatile boolean stopped;

	private volatile boolean sleeping;

	private volatile @Nullable Thread thread;

	private long seen;

	private long expected;

	private int lateRounds;

	private long recoveredAt = System.nanoTime();

	ExchangeWatchdog(ConnectionPool pool) {
		this.pool = pool;
	}

	void wake() {
		if (this.sleeping) {
			this.sleeping = false;
			LockSupport.unpark(this.thread);
		}
	}

	void stop() {
		this.stopped = true;
		LockSupport.unpark(this.thread);
	}

	@Override
	public void run() {
		this.thread = Thread.currentThread();
		while (!this.stopped) {
			long pause = watch();
			if (pause > 0) {
				LockSupport.parkNanos(this, pause);
			}
			else {
				this.sleeping = true;
				if (watch() == 0 && !this.stopped) {
					LockSupport.park(this);
				}
				this.sleeping = false;
			}
		}
	}

	/**
	 * Checks all exchanges.
	 * @return the time until the next look, 0 if nothing has been going on
	 */
	private long watch() {
		long now = System.nanoTime();
		boolean late = this.expected != 0 && now - this.expected >= UNUSUAL_DELAY;
		this.lateRounds = (late) ? this.lateRounds + 1 : 0;
		// a machine that is always late is slow, not frozen: its time counts
		if (late && this.lateRounds <= MOST_LATE_ROUNDS) {
			// the process was frozen: a reply that has arrived meanwhile is read first
			this.recoveredAt = now + RECOVERY;
		}
		boolean recovered = now - this.recoveredAt >= 0;
		long pause = WATCH_PERIOD;
		boolean busy = false;
		long sum = 0;
		boolean unanswered = false;
		for (Exchange exchange : this.pool.open()) {
			long due = exchange.check(now, recovered);
			unanswered |= exchange.isUnanswered();
			sum += exchange.sequence();
			if (due != Long.MAX_VALUE) {
				busy = true;
				pause = Math.min(pause, due - now);
			}
		}
		this.pool.giveWay(unanswered);
		boolean active = busy || sum != this.seen;
		this.seen = sum;
		this.expected = (active) ? now + Math.max(SHORTEST_WATCH_PERIOD, pause) : 0;
		return active ? Math.max(SHORTEST_WATCH_PERIOD, pause) : 0;
	}

}
