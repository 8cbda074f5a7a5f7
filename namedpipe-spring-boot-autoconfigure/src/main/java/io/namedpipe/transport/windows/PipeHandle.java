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
import java.util.concurrent.atomic.AtomicInteger;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * A pipe handle that several threads make calls with. Win32 gives the value of a closed
 * handle to whoever opens something next, so it is given back when the last call has left
 * it, and not before.
 */
final class PipeHandle {

	/** How long {@link #close} waits for calls that were cancelled. */
	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private static final int CLOSED = Integer.MIN_VALUE;

	private final long value;

	private final Runnable giveBack;

	/** The calls under way, with {@link #CLOSED} in the top bit. */
	private final AtomicInteger state = new AtomicInteger();

	private final CountDownLatch givenBack = new CountDownLatch(1);

	PipeHandle(long value, Runnable giveBack) {
		this.value = value;
		this.giveBack = giveBack;
	}

	/**
	 * Begins a call, to be followed by {@link #leave()}.
	 * @return the handle
	 * @throws TransportException with {@link Reason#CLOSED}
	 */
	long enter() throws TransportException {
		int calls = this.state.get();
		while (calls >= 0) {
			if (this.state.compareAndSet(calls, calls + 1)) {
				return this.value;
			}
			calls = this.state.get();
		}
		throw closed();
	}

	void leave() {
		if (this.state.decrementAndGet() == CLOSED) {
			try {
				this.giveBack.run();
			}
			finally {
				this.givenBack.countDown();
			}
		}
	}

	boolean isClosed() {
		return this.state.get() < 0;
	}

	TransportException closed() {
		return new TransportException(Reason.CLOSED, "The pipe is closed");
	}

	/**
	 * Refuses further calls, and returns when the handle is given back: the name of the
	 * pipe can be free then.
	 * @param endCalls ends the calls under way
	 */
	void close(Runnable endCalls) {
		int calls = this.state.getAndUpdate((current) -> (current >= 0) ? current + 1 + CLOSED : current);
		if (calls >= 0) {
			endCalls.run();
			leave();
			awaitGivenBack();
		}
	}

	private void awaitGivenBack() {
		boolean interrupted = false;
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		while (this.givenBack.getCount() > 0 && deadline - System.nanoTime() > 0) {
			try {
				this.givenBack.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

}
