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

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.TransportChannel;

/**
 * A peer that has connected and has no open connection yet: it is being identified, or
 * its connection is being initialized and announced. It counts towards the maximum of
 * instances from the beginning, and is settled once: as a connection, or as rejected.
 */
final class Arrival {

	private static final long NONE = Long.MIN_VALUE;

	private final TransportChannel channel;

	private final long arrivedAt = System.nanoTime();

	private volatile @Nullable PipeConnection connection;

	private final AtomicLong deadline = new AtomicLong(NONE);

	private final boolean accepted;

	private final AtomicBoolean expired = new AtomicBoolean();

	private volatile boolean abandoned;

	// Guarded by the lock of the registry
	private boolean toBeLookedUp;

	// Guarded by the lock of the registry
	private boolean settled;

	Arrival(TransportChannel channel, boolean accepted) {
		this.channel = channel;
		this.accepted = accepted;
		this.toBeLookedUp = accepted;
	}

	TransportChannel channel() {
		return this.channel;
	}

	long arrivedAt() {
		return this.arrivedAt;
	}

	@Nullable PipeConnection connection() {
		return this.connection;
	}

	void setConnection(PipeConnection connection) {
		this.connection = connection;
	}

	void limit(long deadline) {
		this.deadline.set(deadline);
	}

	void unlimited() {
		this.deadline.set(NONE);
	}

	boolean isOverdue(long now) {
		long current = this.deadline.get();
		return current != NONE && now - current >= 0;
	}

	/**
	 * Postpones the deadline, if there is one, by a time for which the process was
	 * frozen.
	 */
	void postpone(long nanos) {
		long current = this.deadline.get();
		if (nanos != 0 && current != NONE) {
			// a limit that is set meanwhile counts from then on
			this.deadline.compareAndSet(current, current + nanos);
		}
	}

	/**
	 * Whether it came to a server, rather than being made by a client.
	 */
	boolean isAccepted() {
		return this.accepted;
	}

	boolean isToBeLookedUp() {
		return this.toBeLookedUp;
	}

	/**
	 * Notes that the peer has been identified.
	 * @return {@code false} if that was noted before
	 */
	boolean lookedUp() {
		boolean first = this.toBeLookedUp;
		this.toBeLookedUp = false;
		return first;
	}

	/**
	 * Notes that the time limit has passed, or that it has not been handled after all.
	 * @return {@code false} if that was noted before
	 */
	boolean expire(boolean isExpired) {
		return this.expired.compareAndSet(!isExpired, isExpired);
	}

	/**
	 * Notes that the server or client is stopped.
	 */
	void abandon() {
		this.abandoned = true;
	}

	boolean isAbandoned() {
		return this.abandoned;
	}

	boolean isExpired() {
		return this.expired.get();
	}

	/**
	 * Settles the arrival.
	 * @return {@code false} if that has been decided before
	 */
	boolean settle() {
		boolean first = !this.settled;
		this.settled = true;
		return first;
	}

}
