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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Keeps at least one connection of a {@link ConnectionPool} open, and checks the idle
 * ones, so that a connection that is lost, or on which something has arrived unasked, is
 * replaced before an exchange needs it. After a failure the back-off applies.
 */
final class PoolHousekeeper implements Runnable {

	private static final long CHECK_PERIOD = TimeUnit.SECONDS.toNanos(1);

	private final ConnectionPool pool;

	private final ReconnectBackoff backoff;

	private final CountDownLatch stopSignal;

	PoolHousekeeper(ConnectionPool pool, ReconnectBackoff backoff, CountDownLatch stopSignal) {
		this.pool = pool;
		this.backoff = backoff;
		this.stopSignal = stopSignal;
	}

	@Override
	public void run() {
		ReconnectBackoff.Attempts attempts = this.backoff.start();
		while (this.stopSignal.getCount() > 0) {
			if (!this.pool.awaitNone(CHECK_PERIOD)) {
				this.pool.checkIdle();
			}
			else if (!this.pool.isTroubled()) {
				attempts.reset();
				open();
			}
			else if (NamedPipeClient.awaitNextAttempt(this.stopSignal, attempts.next())) {
				open();
			}
		}
	}

	// a greeting has to be detected before the first exchange
	private void open() {
		if (this.pool.openFirst()
				&& NamedPipeClient.awaitNextAttempt(this.stopSignal, Duration.ofNanos(GreetingDetector.LISTENING))) {
			this.pool.checkIdle();
		}
	}

}
