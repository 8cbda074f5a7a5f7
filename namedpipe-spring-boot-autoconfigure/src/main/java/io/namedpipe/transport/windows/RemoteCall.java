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

package io.namedpipe.transport.windows;

import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.TimeLimit;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * Calls another machine, for a pipe or for an account. Windows looks for a machine for
 * tens of seconds, and the call always blocks, so it is made on a separate thread. When
 * its caller stops waiting, the call is cancelled where that is possible, and a late
 * result is closed.
 *
 * @param <T> what is asked for
 */
final class RemoteCall<T> {

	/** A shorter wait would not show whether the machine answers. */
	private static final Duration SHORTEST = Duration.ofSeconds(1);

	/** A network driver may not cancel a call at once. */
	private static final Duration CANCELLING = Duration.ofMillis(100);

	private final Consumer<? super T> closing;

	private final Set<Attempt> attempts = ConcurrentHashMap.newKeySet();

	/**
	 * Creates the call.
	 * @param closing closes what nobody waits for any more
	 */
	RemoteCall(Consumer<? super T> closing) {
		this.closing = closing;
	}

	/**
	 * Asks.
	 * @param question what to do
	 * @param whom who is asked, to begin a message with
	 * @param atMost the longest time to wait, at least a second
	 * @return the answer
	 * @throws TransportException with {@link Reason#NO_SERVER} if the time is up, with
	 * {@link Reason#CLOSED} if it is cancelled, or what the question throws
	 */
	T ask(Question<T> question, String whom, Duration atMost) throws TransportException {
		Attempt attempt = new Attempt(question);
		this.attempts.add(attempt);
		try {
			Thread thread = new Thread(attempt, "namedpipe-remote");
			thread.setDaemon(true);
			thread.start();
			Duration wait = (atMost.compareTo(SHORTEST) > 0) ? atMost : SHORTEST;
			if (!attempt.done.await(wait.toNanos(), TimeUnit.NANOSECONDS)) {
				attempt.abandon(new TransportException(Reason.NO_SERVER,
						whom + " has not answered within " + TimeLimit.millis(wait) + " ms"));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			attempt.abandon(new TransportException(Reason.IO, "Interrupted: " + whom + " has not answered", ex));
		}
		finally {
			this.attempts.remove(attempt);
		}
		return attempt.result();
	}

	/**
	 * Ends the attempts under way.
	 */
	void cancel() {
		this.attempts
			.forEach((attempt) -> attempt.abandon(new TransportException(Reason.CLOSED, "Connecting was given up")));
	}

	/**
	 * Asks, for as long as it takes.
	 *
	 * @param <T> what is asked for
	 */
	@FunctionalInterface
	interface Question<T> {

		/**
		 * Asks.
		 * @param call for a call of the system that can be cancelled
		 * @return the answer
		 * @throws TransportException if there is none
		 */
		T ask(SynchronousCall call) throws TransportException;

	}

	private final class Attempt implements Runnable {

		private final Question<T> question;

		private final SynchronousCall call = new SynchronousCall();

		private final CountDownLatch done = new CountDownLatch(1);

		private @Nullable T answer;

		private @Nullable TransportException failure;

		Attempt(Question<T> question) {
			this.question = question;
		}

		@Override
		public void run() {
			try {
				T result = this.question.ask(this.call);
				if (!isTaken(result)) {
					RemoteCall.this.closing.accept(result);
				}
			}
			catch (TransportException ex) {
				fail(ex);
			}
			catch (RuntimeException | Error ex) {
				fail(new TransportException(Reason.IO, "Cannot connect: " + ex, ex));
			}
		}

		private synchronized boolean isTaken(T result) {
			if (this.failure != null) {
				return false;
			}
			this.answer = result;
			this.done.countDown();
			return true;
		}

		void abandon(TransportException reason) {
			if (fail(reason)) {
				this.call.end(CANCELLING);
			}
		}

		private synchronized boolean fail(TransportException reason) {
			if (this.failure != null || this.done.getCount() == 0) {
				return false;
			}
			this.failure = reason;
			this.done.countDown();
			return true;
		}

		synchronized T result() throws TransportException {
			if (this.failure != null) {
				throw this.failure;
			}
			return Objects.requireNonNull(this.answer);
		}

	}

}
