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

package io.namedpipe.faults;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Does nothing, a thousand times a second, and notices how long the machine kept it from
 * that.
 */
final class StallDetector extends Thread implements AutoCloseable {

	private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(1);

	private final ConcurrentLinkedQueue<long[]> pauses = new ConcurrentLinkedQueue<>();

	private volatile long pausedAt = System.nanoTime();

	private volatile boolean over;

	StallDetector() {
		super("stallDetector");
		setDaemon(true);
	}

	@Override
	public void run() {
		while (!this.over) {
			LockSupport.parkNanos(PAUSE);
			long now = System.nanoTime();
			this.pauses.add(new long[] { now, now - this.pausedAt - PAUSE });
			this.pausedAt = now;
		}
	}

	/**
	 * The longest time by which a pause was too long that ended between two moments, or
	 * has not ended yet.
	 */
	long longestStall(long start, long end) {
		long current = end - this.pausedAt - PAUSE;
		long ended = this.pauses.stream()
			.filter((pause) -> pause[0] - start >= 0 && pause[0] - end <= 0)
			.mapToLong((pause) -> pause[1])
			.max()
			.orElse(0);
		return Math.max(0, Math.max(current, ended));
	}

	@Override
	public void close() throws InterruptedException {
		this.over = true;
		join();
	}

}
