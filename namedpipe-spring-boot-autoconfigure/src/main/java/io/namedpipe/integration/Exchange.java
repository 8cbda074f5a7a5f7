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

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

import io.namedpipe.CloseReason;
import io.namedpipe.PipeConnection;
import io.namedpipe.framing.MessageReader;
import io.namedpipe.framing.MessageWriter;

/**
 * A connection of an {@link ExchangePool}: one thread at a time writes a request and
 * reads its reply, watched by another one.
 */
final class Exchange {

	private static final long EXPIRED = -1;

	private final PipeConnection connection;

	private final MessageReader reader;

	private final MessageWriter writer;

	// Even while idle, odd during an exchange, so that the watchdog cannot mistake one
	// for
	// the next
	private final AtomicLong sequence = new AtomicLong();

	private volatile long deadline;

	private volatile @Nullable Thread thread;

	private long idleSince = System.nanoTime();

	Exchange(NamedPipe pipe, PipeConnection connection) {
		this.connection = connection;
		this.reader = pipe.framing().reader(connection, pipe.format());
		this.writer = pipe.framing().writer(connection, pipe.encoder());
		connection.busyWhile(() -> this.thread != null);
	}

	PipeConnection connection() {
		return this.connection;
	}

	void begin(long deadline) {
		this.deadline = deadline;
		this.thread = Thread.currentThread();
		this.sequence.incrementAndGet();
	}

	@Nullable Object run(byte[] request) throws IOException {
		this.writer.writeEncoded(request);
		return this.reader.read();
	}

	/**
	 * Ends the exchange.
	 * @return {@code false} if the watchdog has ended it before
	 */
	boolean end() {
		long current = this.sequence.get();
		this.thread = null;
		this.idleSince = System.nanoTime();
		return current != EXPIRED && this.sequence.compareAndSet(current, current + 1);
	}

	boolean isExpired() {
		return this.sequence.get() == EXPIRED;
	}

	long sequence() {
		return this.sequence.get();
	}

	/**
	 * Ends the exchange by closing its connection if its time is up or its thread is
	 * interrupted. Called by the watchdog.
	 * @param now the time
	 * @param recovered whether what had come could be read
	 * @return the time of its deadline, or {@code Long.MAX_VALUE} if there is no exchange
	 */
	long check(long now, boolean recovered) {
		long current = this.sequence.get();
		if (current == EXPIRED || (current & 1) == 0) {
			return Long.MAX_VALUE;
		}
		long due = this.deadline;
		Thread waiting = this.thread;
		boolean interrupted = waiting != null && waiting.isInterrupted();
		boolean overdue = recovered && now - due >= 0;
		if ((overdue || interrupted) && this.sequence.compareAndSet(current, EXPIRED)) {
			this.connection.closeSoon(CloseReason.ERROR, null);
			return Long.MAX_VALUE;
		}
		return due;
	}

	/**
	 * Whether the server sent more than the reply.
	 */
	boolean hasPending() {
		return this.reader.hasPending();
	}

	long idleSince() {
		return this.idleSince;
	}

	/**
	 * Gives back what the exchange holds, on the thread that had it last.
	 */
	void release() {
		this.reader.close();
		this.writer.close();
	}

}
