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

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.namedpipe.transport.PendingInput;

/**
 * Detects whether the server sends a greeting before the first request. A greeting that
 * is sent right after accepting cannot be distinguished from the reply to a request that
 * was written meanwhile. So the first request on a new connection waits for a moment,
 * until one connection has shown that the server sends no greeting.
 */
final class GreetingDetector {

	/** How long a new connection is listened to, in nanoseconds. */
	static final long LISTENING = TimeUnit.MILLISECONDS.toNanos(100);

	private static final long LOOK_PERIOD = TimeUnit.MILLISECONDS.toNanos(5);

	private final long listening;

	private volatile boolean silent;

	/**
	 * A server of which nothing is known.
	 * @param listening how long a new connection is listened to, in nanoseconds
	 */
	GreetingDetector(long listening) {
		this.listening = listening;
	}

	/**
	 * Whether the server is known to keep silent.
	 */
	boolean isSilent() {
		return this.silent;
	}

	/**
	 * The first request on a connection has got its reply, and nothing else has come.
	 */
	void answered(Exchange exchange) {
		if (exchange.age() >= this.listening) {
			this.silent = true;
		}
	}

	/**
	 * The server has sent something unasked, or may be another one from now on.
	 */
	void doubt() {
		this.silent = false;
	}

	/**
	 * Checks a connection without waiting.
	 */
	PendingInput look(Exchange exchange) {
		PendingInput pending = exchange.look();
		if (pending == PendingInput.NOTHING && !exchange.isUsed() && exchange.age() >= this.listening) {
			this.silent = true;
		}
		return pending;
	}

	/**
	 * Checks a connection, after waiting for a greeting if necessary.
	 * @param deadline when to listen no longer
	 */
	PendingInput listen(Exchange exchange, long deadline) {
		PendingInput pending = look(exchange);
		while (!this.silent && !exchange.isUsed() && pending == PendingInput.NOTHING && deadline - System.nanoTime() > 0
				&& !Thread.currentThread().isInterrupted()) {
			LockSupport.parkNanos(this, Math.min(LOOK_PERIOD, Math.max(1, this.listening - exchange.age())));
			pending = look(exchange);
		}
		return pending;
	}

}
