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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * Opens pipes of other machines. CreateFile looks for a machine for tens of seconds and
 * has no form that does not block, so it runs on a thread of its own, which is left to
 * itself when nobody waits for it any more.
 */
final class RemoteOpening {

	/** Less says nothing about a machine. */
	private static final Duration SHORTEST = Duration.ofSeconds(1);

	private volatile @Nullable Attempt current;

	/**
	 * Opens a pipe.
	 * @param opening opens it
	 * @param address the pipe, for messages
	 * @param atMost the longest time to wait, at least a second
	 * @return the handle
	 * @throws TransportException with {@link Reason#NO_SERVER} if the time is up, with
	 * {@link Reason#CLOSED} if it is cancelled, or what the opening throws
	 */
	long open(Opening opening, String address, Duration atMost) throws TransportException {
		Attempt attempt = new Attempt(opening);
		this.current = attempt;
		Thread thread = new Thread(attempt, "namedpipe-open");
		thread.setDaemon(true);
		thread.start();
		try {
			Duration wait = (atMost.compareTo(SHORTEST) > 0) ? atMost : SHORTEST;
			if (!attempt.done.await(wait.toNanos(), TimeUnit.NANOSECONDS)) {
				attempt.abandon(new TransportException(Reason.NO_SERVER,
						"The machine of " + address + " has not answered within " + wait.toMillis() + " ms"));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			attempt.abandon(new TransportException(Reason.IO, "Interrupted while connecting to " + address, ex));
		}
		return attempt.result();
	}

	/**
	 * Ends the attempt under way.
	 */
	void cancel() {
		Attempt attempt = this.current;
		if (attempt != null) {
			attempt.abandon(new TransportException(Reason.CLOSED, "Connecting was given up"));
		}
	}

	/**
	 * Opens a pipe, for as long as it takes.
	 */
	@FunctionalInterface
	interface Opening {

		long open() throws TransportException;

	}

	private static final class Attempt implements Runnable {

		private final Opening opening;

		private final CountDownLatch done = new CountDownLatch(1);

		private long handle = Kernel32.INVALID_HANDLE_VALUE;

		private @Nullable TransportException failure;

		Attempt(Opening opening) {
			this.opening = opening;
		}

		@Override
		public void run() {
			try {
				opened(this.opening.open());
			}
			catch (TransportException ex) {
				abandon(ex);
			}
			catch (RuntimeException | Error ex) {
				abandon(new TransportException(Reason.IO, "Cannot connect: " + ex, ex));
			}
		}

		private synchronized void opened(long handle) {
			if (this.failure != null) {
				Kernel32.CloseHandle(handle);
				return;
			}
			this.handle = handle;
			this.done.countDown();
		}

		synchronized void abandon(TransportException reason) {
			if (this.failure == null && this.done.getCount() > 0) {
				this.failure = reason;
				this.done.countDown();
			}
		}

		synchronized long result() throws TransportException {
			if (this.failure != null) {
				throw this.failure;
			}
			return this.handle;
		}

	}

}
