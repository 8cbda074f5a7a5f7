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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.namedpipe.DropReason;
import io.namedpipe.integration.OutboundQueue.Admission;

/**
 * The requests of one connection that have been read and whose replies are not written
 * yet. Replies come from any thread and are written by the writer of a queue, as many
 * with one system call as there are by then. A request keeps its place until its reply
 * has been written, so that a peer that does not read its replies is read from no more.
 * <p>
 * In order, a request without a reply takes its turn as well: what was asked before is
 * answered, then the connection is closed.
 */
public final class InFlightRequests {

	private static final long SHORTEST_CHECK_PERIOD = TimeUnit.MILLISECONDS.toNanos(1);

	private final NamedPipeSession session;

	private final int max;

	private final boolean ordered;

	private final OutboundQueue replies;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	// Those whose replies have not been handed to the queue, a ring from the oldest to
	// the latest
	private final InFlightRequest ends = new InFlightRequest() {

		@Override
		protected void expired() {
		}

		@Override
		protected void abandoned() {
		}

	};

	private volatile int count;

	private int unwritten;

	private boolean failed;

	private @Nullable Throwable firstFailure;

	private boolean mute;

	private boolean closed;

	private boolean checking;

	private int checks;

	private @Nullable Future<?> check;

	InFlightRequests(NamedPipeSession session, int max, boolean ordered) {
		this.session = session;
		this.max = max;
		this.ordered = ordered;
		this.replies = session.createReplyQueue(this::written);
		this.ends.next = this.ends;
		this.ends.previous = this.ends;
	}

	/**
	 * Whether the rules are these.
	 * @param max how many there may be
	 * @param ordered whether replies go out in the order of their requests
	 * @return whether they are
	 */
	public boolean isFor(int max, boolean ordered) {
		return this.max == max && this.ordered == ordered;
	}

	/**
	 * Whether {@link #awaitRoom()} would not wait.
	 * @return {@code true} if there is room, or the connection has been closed
	 */
	public boolean hasRoom() {
		this.lock.lock();
		try {
			return this.closed || isRoom();
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean isRoom() {
		return !this.failed && this.count < this.max;
	}

	/**
	 * Waits until there is room for one more request. For the reading thread.
	 * @return {@code false} if the connection has been closed
	 */
	public boolean awaitRoom() {
		this.lock.lock();
		try {
			while (!this.closed && !isRoom()) {
				this.changed.awaitUninterruptibly();
			}
			return !this.closed;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Takes a request. For the reading thread, which has {@linkplain #awaitRoom() waited}
	 * for room.
	 * @param request the request
	 * @param timeout how long its reply may take in milliseconds, negative for ever
	 */
	public void add(InFlightRequest request, long timeout) {
		int number;
		this.lock.lock();
		try {
			request.previous = this.ends.previous;
			request.next = this.ends;
			request.previous().next = request;
			this.ends.previous = request;
			this.count = this.count + 1;
			number = limit(request, timeout);
		}
		finally {
			this.lock.unlock();
		}
		checkAfter(number, TimeUnit.MILLISECONDS.toNanos(timeout));
	}

	/**
	 * Gives a request that has not been answered or given up another time from now on.
	 * @param request the request
	 * @param timeout how long its reply may take in milliseconds, negative for ever
	 * @return {@code false} if the connection has been closed
	 */
	public boolean renew(InFlightRequest request, long timeout) {
		int number;
		this.lock.lock();
		try {
			if (this.closed) {
				return false;
			}
			number = limit(request, timeout);
		}
		finally {
			this.lock.unlock();
		}
		checkAfter(number, TimeUnit.MILLISECONDS.toNanos(timeout));
		return true;
	}

	/**
	 * Sets the deadline of a request.
	 * @return the number of the check to schedule, or 0 if there is one already
	 */
	private int limit(InFlightRequest request, long timeout) {
		request.limited = timeout >= 0;
		request.deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeout);
		if (!request.limited || this.checking) {
			return 0;
		}
		this.checking = true;
		return ++this.checks;
	}

	/**
	 * Hands the reply to a request over for writing, in its turn.
	 * @param request the request
	 * @param reply the encoded reply
	 * @return {@code false} if nothing can be written any more
	 */
	public boolean reply(InFlightRequest request, byte[] reply) {
		boolean first;
		this.lock.lock();
		try {
			if (this.closed) {
				return false;
			}
			if (this.mute) {
				unlink(request);
				freed(1);
				return false;
			}
			request.reply = reply;
			first = (this.ordered) ? enqueueReady() : enqueue(request, reply);
		}
		finally {
			this.lock.unlock();
		}
		turn(first);
		return true;
	}

	private boolean enqueueReady() {
		boolean first = false;
		InFlightRequest oldest = this.ends.next();
		byte[] reply = oldest.reply;
		while (reply != null) {
			first |= enqueue(oldest, reply);
			oldest = this.ends.next();
			reply = oldest.reply;
		}
		return first;
	}

	private boolean enqueue(InFlightRequest request, byte[] reply) {
		unlink(request);
		this.unwritten++;
		return this.replies.add(reply) == Admission.FIRST;
	}

	private static void unlink(InFlightRequest request) {
		request.previous().next = request.next;
		request.next().previous = request.previous;
		// whoever keeps this one must not keep all that came after it
		request.next = null;
		request.previous = null;
		request.reply = null;
	}

	// Without the lock: a writer that cannot be started closes the connection, and
	// whoever is told of that may take its time
	private void turn(boolean startWriter) {
		if (startWriter) {
			this.replies.startWriter();
		}
		closeIfDue();
	}

	/**
	 * Gives up a request that gets no reply. In order, the connection is closed when all
	 * replies to earlier ones are written, and no other request is taken; otherwise its
	 * place is free.
	 * @param request the request
	 * @param failure why, which has been logged
	 */
	public void giveUp(InFlightRequest request, Throwable failure) {
		this.lock.lock();
		try {
			if (this.closed) {
				return;
			}
			if (this.ordered) {
				request.failure = failure;
				this.firstFailure = (this.failed) ? this.firstFailure : failure;
				this.failed = true;
			}
			else {
				unlink(request);
				freed(1);
			}
		}
		finally {
			this.lock.unlock();
		}
		closeIfDue();
	}

	private void closeIfDue() {
		Throwable failure;
		this.lock.lock();
		try {
			failure = (this.failed && this.unwritten == 0) ? this.ends.next().failure : null;
			if (failure == null && this.failed && this.mute) {
				failure = this.firstFailure;
			}
		}
		finally {
			this.lock.unlock();
		}
		if (failure != null) {
			this.session.connection().closeReported(failure);
		}
	}

	private void written(int replies) {
		this.lock.lock();
		try {
			if (!this.mute) {
				this.unwritten -= replies;
				freed(replies);
			}
		}
		finally {
			this.lock.unlock();
		}
		closeIfDue();
	}

	private void freed(int places) {
		if (this.closed) {
			return;
		}
		this.count = this.count - places;
		this.changed.signalAll();
	}

	private void checkAfter(int number, long nanos) {
		if (number == 0) {
			return;
		}
		boolean scheduled = false;
		Future<?> next = null;
		try {
			next = this.session.connection()
				.after(Duration.ofNanos(Math.max(SHORTEST_CHECK_PERIOD, nanos)), this::expire);
			scheduled = true;
		}
		finally {
			scheduled(number, scheduled, next);
		}
	}

	private void scheduled(int number, boolean scheduled, @Nullable Future<?> next) {
		this.lock.lock();
		try {
			if (number == this.checks) {
				// it may be over already, and then knows that it was the last
				this.checking &= scheduled;
				this.check = next;
			}
			if (!this.closed || next == null) {
				return;
			}
		}
		finally {
			this.lock.unlock();
		}
		next.cancel(false);
	}

	private void expire() {
		List<InFlightRequest> overdue = new ArrayList<>();
		long earliest = findOverdue(overdue);
		try {
			expire(overdue);
		}
		finally {
			if (earliest != Long.MAX_VALUE) {
				checkAfter(nextCheck(), earliest);
			}
		}
	}

	private int nextCheck() {
		this.lock.lock();
		try {
			return ++this.checks;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void expire(List<InFlightRequest> overdue) {
		tell(overdue, (request) -> {
			if (!isEnding() && !isRenewed(request)) {
				request.expired();
			}
		});
	}

	// One that throws must not keep the others
	private static void tell(List<InFlightRequest> requests, Consumer<InFlightRequest> what) {
		RuntimeException failure = null;
		for (InFlightRequest request : requests) {
			try {
				what.accept(request);
			}
			catch (RuntimeException ex) {
				failure = ex;
			}
			catch (Error ex) {
				failure = new IllegalStateException("A request cannot be given up", ex);
			}
		}
		if (failure != null) {
			throw failure;
		}
	}

	// since it was found: its error channel answers in a time of its own
	private boolean isRenewed(InFlightRequest request) {
		this.lock.lock();
		try {
			return request.limited;
		}
		finally {
			this.lock.unlock();
		}
	}

	// In order, the oldest request without a reply is enough to close the connection.
	// One that failed behind it is not: it waits for the oldest one
	private boolean isEnding() {
		this.lock.lock();
		try {
			return this.closed || this.ends.next().failure != null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Finds the requests whose time is up.
	 * @return the nanoseconds until that of another one is up, or the largest number if
	 * there is none
	 */
	private long findOverdue(List<InFlightRequest> overdue) {
		long earliest = Long.MAX_VALUE;
		this.lock.lock();
		try {
			long now = System.nanoTime();
			for (InFlightRequest request = this.ends.next(); request != this.ends; request = request.next()) {
				long remaining = request.deadline - now;
				if (request.limited && remaining <= 0) {
					request.limited = false;
					overdue.add(request);
				}
				else if (request.limited) {
					earliest = Math.min(earliest, remaining);
				}
			}
			if (earliest == Long.MAX_VALUE) {
				this.checking = false;
			}
			return earliest;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether the reading thread waits for room.
	 */
	boolean isAwaited() {
		this.lock.lock();
		try {
			return this.lock.hasWaiters(this.changed);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether there is no request whose reply is not written yet. Does not wait.
	 * @return {@code true} if nothing is in flight
	 */
	public boolean isEmpty() {
		return this.count == 0;
	}

	/**
	 * The number of replies that wait to be written.
	 */
	int queueSize() {
		return this.replies.size();
	}

	/**
	 * Waits until all replies are written, or none can be written any more. For the
	 * reading thread.
	 */
	void awaitEmpty() {
		this.lock.lock();
		try {
			while (this.count > 0 && !this.closed && !this.mute) {
				this.changed.awaitUninterruptibly();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Nothing can be written any more. What comes is still taken, as it is where one
	 * request is in flight: the flow may be wanted for more than its reply.
	 */
	void endWriting() {
		this.lock.lock();
		try {
			if (!this.mute) {
				this.mute = true;
				int places = this.unwritten;
				this.unwritten = 0;
				InFlightRequest request = this.ends.next();
				while (request != this.ends) {
					InFlightRequest following = request.next();
					if (request.reply != null) {
						unlink(request);
						places++;
					}
					request = following;
				}
				freed(places);
			}
		}
		finally {
			this.lock.unlock();
		}
		this.replies.close();
		closeIfDue();
	}

	/**
	 * The connection has been closed, or no more requests come.
	 */
	void close() {
		List<InFlightRequest> abandoned = new ArrayList<>();
		Future<?> current;
		this.lock.lock();
		try {
			for (InFlightRequest request = this.ends.next(); request != this.ends; request = this.ends.next()) {
				abandoned.add(request);
				if (request.reply != null) {
					this.session.pipe().statistics().countDropped(DropReason.CLOSED);
				}
				unlink(request);
			}
			this.closed = true;
			this.count = 0;
			current = this.check;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
		if (current != null) {
			current.cancel(false);
		}
		this.replies.close();
		tell(abandoned, InFlightRequest::abandoned);
	}

	@Override
	public String toString() {
		return "requests in flight on " + this.session;
	}

	/**
	 * A request that has been read and whose reply is not written yet.
	 */
	public abstract static class InFlightRequest {

		private @Nullable InFlightRequest previous;

		private @Nullable InFlightRequest next;

		private long deadline;

		// Whether the deadline is still to come
		private boolean limited;

		private byte @Nullable [] reply;

		private @Nullable Throwable failure;

		/**
		 * Its time is up. Called once, by a thread of its own; nothing happens to the
		 * request by itself.
		 */
		protected abstract void expired();

		/**
		 * The connection has been closed before its reply was written. Called at most
		 * once, also for a request that has been answered or given up.
		 */
		protected abstract void abandoned();

		private InFlightRequest previous() {
			return Objects.requireNonNull(this.previous);
		}

		private InFlightRequest next() {
			return Objects.requireNonNull(this.next);
		}

	}

}
