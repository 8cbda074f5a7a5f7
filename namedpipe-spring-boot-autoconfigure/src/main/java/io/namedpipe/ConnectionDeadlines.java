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

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * The time limits of one connection. The hot path only counts; the supervisor looks at
 * the counts and takes the time, so that a read or write costs no look at the clock. A
 * limit is exact to one round of the supervisor.
 */
final class ConnectionDeadlines {

	private static final long NONE = Long.MIN_VALUE;

	// odd while a write is in progress
	private final AtomicInteger writes = new AtomicInteger();

	private volatile long handshakeDeadline = NONE;

	private int seenWrites;

	private long seenBytesOut;

	private long writeStandsSince = NONE;

	private long seenTraffic = -1;

	private long silentSince = NONE;

	void writeBegins() {
		this.writes.setRelease(this.writes.getPlain() + 1);
	}

	void writeEnds() {
		this.writes.setRelease(this.writes.getPlain() + 1);
	}

	void expectHandshake(Duration timeout) {
		this.handshakeDeadline = System.nanoTime() + timeout.toNanos();
	}

	void handshakeDone() {
		if (this.handshakeDeadline != NONE) {
			this.handshakeDeadline = NONE;
		}
	}

	boolean handshakeOverdue(long now) {
		long deadline = this.handshakeDeadline;
		return deadline != NONE && now - deadline >= 0;
	}

	/**
	 * Whether one write has made no progress for the timeout. Called by the supervisor.
	 */
	boolean writeOverdue(long now, @Nullable Duration timeout, ConnectionStatistics statistics) {
		if (timeout == null) {
			return false;
		}
		int current = this.writes.getAcquire();
		long bytesOut = statistics.bytesOut();
		if ((current & 1) == 0) {
			this.writeStandsSince = NONE;
			return false;
		}
		if (this.writeStandsSince == NONE || current != this.seenWrites || bytesOut != this.seenBytesOut) {
			this.seenWrites = current;
			this.seenBytesOut = bytesOut;
			this.writeStandsSince = now;
			return false;
		}
		return now - this.writeStandsSince >= timeout.toNanos();
	}

	/**
	 * Whether nothing went over the connection for the timeout, and nobody was busy.
	 * Called by the supervisor, after it has looked whether a write is overdue: one that
	 * is not is no silence.
	 */
	boolean idleOverdue(long now, @Nullable Duration timeout, ConnectionStatistics statistics, boolean busy) {
		if (timeout == null) {
			return false;
		}
		long traffic = statistics.bytesIn() + statistics.bytesOut() + statistics.messagesIn()
				+ statistics.messagesOut();
		if (busy || traffic != this.seenTraffic || this.writeStandsSince != NONE) {
			this.seenTraffic = traffic;
			this.silentSince = now;
			return false;
		}
		return now - this.silentSince >= timeout.toNanos();
	}

}
