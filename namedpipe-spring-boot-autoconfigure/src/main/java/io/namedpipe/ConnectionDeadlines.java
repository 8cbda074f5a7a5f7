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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

import io.namedpipe.TimeoutSupervision.Overdue;
import io.namedpipe.transport.TimeLimit;

/**
 * The time limits of one connection. The hot path only counts; the supervisor looks at
 * the counts and takes the time, so that a read or write costs no look at the clock. A
 * limit is exact to one round of the supervisor and a tenth of a second, in which a
 * thread that reads or writes can show that it was not overdue.
 */
final class ConnectionDeadlines {

	private static final long NONE = Long.MIN_VALUE;

	private static final long CONFIRMATION_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	// odd while a write is in progress
	private final AtomicInteger writes = new AtomicInteger();

	private final AtomicLong handshakeDeadline = new AtomicLong(NONE);

	private long busySince = NONE;

	private int seenWrites;

	private long seenBytesOut;

	private long writeStandsSince = NONE;

	private boolean writeIsLimited;

	private long seenTraffic = -1;

	private long silentSince = NONE;

	private @Nullable Overdue suspected;

	private long suspectedSince;

	private volatile boolean handedOver;

	private volatile boolean pendingSeen;

	private boolean wasStuck;

	private volatile long bytesBeingWritten;

	void writeBegins() {
		writeBegins(0);
	}

	void writeBegins(long bytes) {
		this.bytesBeingWritten = bytes;
		this.writes.setRelease(this.writes.getPlain() + 1);
	}

	void writeEnds() {
		this.writes.setRelease(this.writes.getPlain() + 1);
	}

	void expectHandshake(Duration timeout) {
		this.handshakeDeadline.set(TimeLimit.deadline(timeout));
	}

	void handshakeDone() {
		if (this.handshakeDeadline.get() != NONE) {
			this.handshakeDeadline.set(NONE);
		}
	}

	/**
	 * Whether the first frame has not come in time. The time stands still while there is
	 * a reason not to read. Called by the supervisor.
	 */
	boolean handshakeOverdue(long now, boolean busy) {
		if (this.handshakeDeadline.get() == NONE) {
			this.busySince = NONE;
			return false;
		}
		if (this.busySince != NONE) {
			long stood = now - this.busySince;
			this.handshakeDeadline.updateAndGet((deadline) -> (deadline != NONE) ? deadline + stood : NONE);
		}
		this.busySince = busy ? now : NONE;
		long deadline = this.handshakeDeadline.get();
		return !busy && deadline != NONE && now - deadline >= 0;
	}

	/**
	 * Moves what is running by a time in which nothing could happen. Called by the
	 * supervisor.
	 */
	void postpone(long nanos) {
		if (nanos == 0) {
			return;
		}
		this.handshakeDeadline.updateAndGet((deadline) -> (deadline != NONE) ? deadline + nanos : NONE);
		if (this.busySince != NONE) {
			this.busySince += nanos;
		}
		if (this.writeStandsSince != NONE) {
			this.writeStandsSince += nanos;
		}
		if (this.silentSince != NONE) {
			this.silentSince += nanos;
		}
	}

	/**
	 * Whether the same has been overdue for long enough, and nobody is looking after it
	 * yet. Called by the supervisor.
	 */
	boolean isConfirmed(@Nullable Overdue overdue, long now) {
		if (overdue == null || overdue != this.suspected) {
			this.suspected = overdue;
			this.suspectedSince = now;
			return false;
		}
		if (this.handedOver || now - this.suspectedSince < CONFIRMATION_NANOS) {
			return false;
		}
		this.suspectedSince = now;
		return true;
	}

	void handOver(boolean handedOver) {
		this.handedOver = handedOver;
	}

	/**
	 * Something has come that nobody has read yet.
	 */
	void pendingSeen() {
		this.pendingSeen = true;
	}

	/**
	 * Whether one write has made no progress for a time. Called by the supervisor, after
	 * it has looked whether a write is overdue.
	 */
	boolean writeStandsFor(long now, Duration time) {
		return this.writeStandsSince != NONE && now - this.writeStandsSince >= TimeLimit.nanos(time);
	}

	boolean isFirstTimeStuck() {
		boolean first = !this.wasStuck;
		this.wasStuck = true;
		return first;
	}

	long bytesBeingWritten() {
		return this.bytesBeingWritten;
	}

	/**
	 * Whether one write has made no progress for the timeout. Called by the supervisor.
	 */
	boolean writeOverdue(long now, @Nullable Duration timeout, ConnectionStatistics statistics) {
		this.writeIsLimited = timeout != null;
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
		return timeout != null && now - this.writeStandsSince >= TimeLimit.nanos(timeout);
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
		boolean pending = this.pendingSeen;
		this.pendingSeen = false;
		boolean writing = this.writeStandsSince != NONE && this.writeIsLimited;
		if (busy || pending || traffic != this.seenTraffic || writing) {
			this.seenTraffic = traffic;
			this.silentSince = now;
			return false;
		}
		return now - this.silentSince >= TimeLimit.nanos(timeout);
	}

}
