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

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Decides when a connection is closed in favour of another one, whose first request waits
 * for its reply. A server that has no free instance leaves a connection in its backlog,
 * which looks like a slow server. The two are distinguished by what the server has shown
 * in this run: how long its replies take, and how many connections it has served at once.
 * In any case no request waits for longer than half of its timeout. Guarded by the lock
 * of the pool.
 */
final class EvictionPolicy {

	private static final long SHORTEST = TimeUnit.MILLISECONDS.toNanos(50);

	// a first reply may have waited for the clients of other processes
	private static final long LONGEST_FIRST = TimeUnit.SECONDS.toNanos(1);

	private static final int MOST_DOUBLINGS = 10;

	private volatile long slowest;

	private int servedAtOnce;

	private int inVain;

	private long closedAt;

	void reset() {
		this.slowest = 0;
		this.servedAtOnce = 0;
		this.inVain = 0;
		this.closedAt = System.nanoTime();
	}

	/**
	 * Whether a reply changes what is known of the server. Needs no lock.
	 */
	boolean isNews(Exchange exchange) {
		return exchange.isFirst() || exchange.took() > this.slowest;
	}

	void answered(Exchange exchange, List<Exchange> open) {
		long took = exchange.took();
		if (exchange.isFirst()) {
			this.inVain = 0;
			this.servedAtOnce = Math.max(this.servedAtOnce, (int) open.stream().filter(Exchange::isAnswered).count());
			took = Math.min(LONGEST_FIRST, Math.min(took, System.nanoTime() - this.closedAt));
		}
		this.slowest = Math.max(this.slowest, took);
	}

	/**
	 * One connection is closed: another one may have its instance from now on.
	 */
	void closed() {
		this.closedAt = System.nanoTime();
	}

	void gaveWay() {
		this.inVain = Math.min(MOST_DOUBLINGS, this.inVain + 1);
		closed();
	}

	/**
	 * Whether one of the connections has waited for its first answer for so long that
	 * another one has to be closed.
	 * @param open all connections
	 * @param atLeast the shortest time that it must have waited, in nanoseconds
	 */
	boolean isCalledFor(List<Exchange> open, long atLeast) {
		long now = System.nanoTime();
		boolean known = open.size() <= this.servedAtOnce;
		long patience = Math.max(SHORTEST, 2 * this.slowest) << this.inVain;
		return open.stream().filter(Exchange::isUnanswered).anyMatch((exchange) -> {
			long waited = exchange.waited(now);
			long sinceClosed = Math.min(waited, now - this.closedAt);
			boolean patient = known || sinceClosed <= patience;
			boolean urgent = waited > exchange.timeout() / 2 && sinceClosed > SHORTEST;
			return waited >= atLeast && (!patient || urgent);
		});
	}

}
