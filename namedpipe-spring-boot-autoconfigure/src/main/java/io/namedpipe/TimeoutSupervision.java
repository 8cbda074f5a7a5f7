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
import java.util.concurrent.Future;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.TimeLimit;

/**
 * Checks the time limits of the arrivals and connections of one server or client.
 * {@link #every} and {@link #end()} are guarded by the lock of the registry.
 */
final class TimeoutSupervision {

	private static final Log logger = LogFactory.getLog(TimeoutSupervision.class);

	private final PipeSettings settings;

	private final PipeNotifier notifier;

	private final ConnectionRegistry registry;

	private final Admission admission;

	private @Nullable Future<?> rounds;

	private Duration period = PipeSettings.LONGEST_PERIOD;

	// used by the thread that checks time limits only
	private @Nullable Throwable failure;

	private volatile FreezeDetector freeze = new FreezeDetector();

	TimeoutSupervision(PipeSettings settings, PipeNotifier notifier, ConnectionRegistry registry, Admission admission) {
		this.settings = settings;
		this.notifier = notifier;
		this.registry = registry;
		this.admission = admission;
	}

	void every(Duration period) {
		if (isRunning() && period.compareTo(this.period) >= 0) {
			return;
		}
		start(period);
	}

	/**
	 * Goes back to a longer period, once there is nothing left that needs a shorter one.
	 */
	void relax(Duration period) {
		if (!isRunning() || period.compareTo(this.period) <= 0) {
			return;
		}
		try {
			start(period);
		}
		catch (RuntimeException | Error ex) {
			// the shorter period goes on
			logger.debug("Supervision goes on in short rounds", ex);
		}
	}

	private boolean isRunning() {
		return this.rounds != null && !this.rounds.isDone();
	}

	private void start(Duration period) {
		Future<?> next = Supervisor.every(period, () -> check(period));
		if (this.rounds != null) {
			this.rounds.cancel(false);
		}
		this.rounds = next;
		this.period = period;
		this.freeze = new FreezeDetector();
	}

	void end() {
		if (this.rounds != null) {
			this.rounds.cancel(false);
			this.rounds = null;
		}
	}

	private void check(Duration period) {
		long now = System.nanoTime();
		long frozen = this.freeze.thawed(now, TimeLimit.nanos(period));
		boolean recovered = this.freeze.isOver(now);
		for (Arrival arrival : this.registry.arrivals()) {
			arrival.postpone(frozen);
			if (recovered && arrival.isOverdue(now)) {
				guarded(() -> handOver(arrival));
			}
		}
		for (PipeConnection connection : this.registry.connections()) {
			connection.deadlines().postpone(frozen);
			guarded(() -> check(connection, now, recovered));
		}
		Throwable failed = this.failure;
		this.failure = null;
		if (failed != null) {
			throw new IllegalStateException(
					"The time limits of " + this.registry.address() + " wait for the next round", failed);
		}
	}

	// a check that fails must not keep the next one waiting
	private void guarded(Runnable check) {
		try {
			check.run();
		}
		catch (RuntimeException | Error ex) {
			this.failure = ex;
		}
	}

	private void handOver(Arrival arrival) {
		if (!arrival.expire(true)) {
			return;
		}
		boolean done = false;
		try {
			Workers.run(() -> this.admission.expire(arrival));
			done = true;
		}
		finally {
			if (!done) {
				arrival.expire(false);
			}
		}
	}

	private void check(PipeConnection connection, long now, boolean recovered) {
		ConnectionDeadlines deadlines = connection.deadlines();
		boolean busy = connection.isBusy();
		Overdue overdue = null;
		if (deadlines.handshakeOverdue(now, busy)) {
			overdue = Overdue.HANDSHAKE;
		}
		else if (deadlines.writeOverdue(now, this.settings.writeTimeout(), connection.statistics())) {
			overdue = Overdue.WRITE;
		}
		else if (deadlines.idleOverdue(now, this.settings.idleTimeout(), connection.statistics(), busy)) {
			overdue = Overdue.IDLE;
		}
		checkStuck(connection, deadlines.writeStandsFor(now, this.settings.stuckAfter()));
		if (deadlines.isConfirmed(overdue, now) && recovered && overdue != null) {
			handOver(connection, overdue);
		}
	}

	private void checkStuck(PipeConnection connection, boolean isStuck) {
		if (this.registry.setStuck(connection, isStuck) && connection.deadlines().isFirstTimeStuck()) {
			Workers.run(() -> this.notifier.connectionLog().stuck(connection));
		}
	}

	private void handOver(PipeConnection connection, Overdue overdue) {
		connection.deadlines().handOver(true);
		boolean done = false;
		try {
			Workers.run(() -> end(connection, overdue));
			done = true;
		}
		finally {
			if (!done) {
				connection.deadlines().handOver(false);
			}
		}
	}

	private void end(PipeConnection connection, Overdue overdue) {
		try {
			if (overdue != Overdue.WRITE && connection.hasPending()) {
				// something has arrived that no thread has read yet
				connection.deadlines().pendingSeen();
				return;
			}
			close(connection, overdue);
		}
		finally {
			if (connection.isOpen()) {
				connection.deadlines().handOver(false);
			}
		}
	}

	private void close(PipeConnection connection, Overdue overdue) {
		switch (overdue) {
			case HANDSHAKE -> {
				this.notifier.rejected(connection.peer(), RejectReason.HANDSHAKE,
						connection.peer() + " sent no complete frame in time on " + this.registry.address(),
						() -> connection.close(CloseReason.PROTOCOL));
			}
			case WRITE -> connection.close(CloseReason.WRITE_TIMEOUT);
			case IDLE -> connection.close(CloseReason.IDLE);
		}
	}

	/**
	 * The time limit for which a connection is closed.
	 */
	enum Overdue {

		HANDSHAKE, WRITE, IDLE

	}

}
