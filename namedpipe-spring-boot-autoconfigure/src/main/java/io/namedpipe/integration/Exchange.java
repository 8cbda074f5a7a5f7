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
import io.namedpipe.framing.MalformedPayloadException;
import io.namedpipe.framing.MessageReader;
import io.namedpipe.framing.MessageWriter;
import io.namedpipe.transport.PendingInput;

/**
 * A connection of a {@link ConnectionPool}, on which one thread at a time writes a
 * request and reads its reply. The {@link ExchangeWatchdog} ends an exchange that takes
 * too long.
 */
final class Exchange {

	private static final long EXPIRED = -1;

	private final PipeConnection connection;

	private final MessageReader reader;

	private final MessageWriter writer;

	private final long openedAt = System.nanoTime();

	/**
	 * The number of begins and ends so far, so that the watchdog cannot mistake an
	 * exchange for the next one.
	 *
	 * <pre>
	 *           begin              end
	 *  IDLE 0 --------> BUSY 1 --------> IDLE 2 --------> BUSY 3 ...
	 *  (even)           (odd) |
	 *                         +-- check: overdue or interrupted --> EXPIRED (-1)
	 * </pre>
	 */
	private final AtomicLong sequence = new AtomicLong();

	private volatile long deadline;

	private volatile long begunAt;

	private volatile @Nullable Thread thread;

	private volatile boolean answered;

	private boolean used;

	private long took;

	private long bytesBefore;

	// looking at pending input may consume it
	private PendingInput seen = PendingInput.NOTHING;

	Exchange(NamedPipe pipe, PipeConnection connection) {
		this.connection = connection;
		this.reader = pipe.framing().reader(connection, pipe.format());
		this.writer = pipe.framing().writer(connection, pipe.encoder());
		connection.busyWhile(() -> this.thread != null);
	}

	PipeConnection connection() {
		return this.connection;
	}

	/**
	 * How long the connection has been open.
	 */
	long age() {
		return System.nanoTime() - this.openedAt;
	}

	/**
	 * Whether a request has been written, or was about to be.
	 */
	boolean isUsed() {
		return this.used;
	}

	/**
	 * Whether the server has answered on this connection, so that it is known to have
	 * accepted it.
	 */
	boolean isAnswered() {
		return this.answered;
	}

	/**
	 * What has arrived since the last reply, unasked. Does not wait.
	 */
	PendingInput look() {
		if (this.seen == PendingInput.NOTHING) {
			this.seen = this.reader.hasPending() ? PendingInput.DATA : this.connection.pendingInput();
		}
		return this.seen;
	}

	/**
	 * Whether more has been read than the reply.
	 */
	boolean hasSurplus() {
		if (this.reader.hasPending()) {
			this.seen = PendingInput.DATA;
		}
		return this.seen == PendingInput.DATA;
	}

	void begin(long deadline) {
		this.used = true;
		this.bytesBefore = this.connection.statistics().bytesIn();
		this.deadline = deadline;
		this.begunAt = System.nanoTime();
		this.thread = Thread.currentThread();
		this.sequence.incrementAndGet();
	}

	@Nullable Object run(byte[] request) throws IOException {
		this.writer.writeEncoded(request);
		Object reply = readReply();
		if (reply != null && !this.answered) {
			this.answered = true;
		}
		return reply;
	}

	private @Nullable Object readReply() throws IOException {
		try {
			return this.reader.read();
		}
		catch (MalformedPayloadException ex) {
			this.answered = true;
			throw ex;
		}
	}

	/**
	 * Ends the exchange.
	 * @return {@code false} if the watchdog has ended it before
	 */
	boolean end() {
		long current = this.sequence.get();
		this.thread = null;
		this.took = System.nanoTime() - this.begunAt;
		return current != EXPIRED && this.sequence.compareAndSet(current, current + 1);
	}

	/**
	 * Whether an exchange that has failed is known not to have been processed: the server
	 * has not read all of its request, and no part of a reply has arrived.
	 */
	boolean isUnread() {
		return this.connection.peerLeftUnread() && this.connection.statistics().bytesIn() == this.bytesBefore;
	}

	boolean isExpired() {
		return this.sequence.get() == EXPIRED;
	}

	long sequence() {
		return this.sequence.get();
	}

	/**
	 * How long the last exchange took, in nanoseconds.
	 */
	long took() {
		return this.took;
	}

	/**
	 * Whether the exchange that has ended was the first one on this connection.
	 */
	boolean isFirst() {
		return this.sequence.get() == 2;
	}

	/**
	 * Whether an exchange waits for the first answer on this connection. The server may
	 * not have accepted it.
	 */
	boolean isUnanswered() {
		return !this.answered && this.thread != null;
	}

	/**
	 * How long the exchange has been going on, in nanoseconds.
	 */
	long waited(long now) {
		return now - this.begunAt;
	}

	/**
	 * How long the exchange may take, in nanoseconds.
	 */
	long timeout() {
		return this.deadline - this.begunAt;
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
	 * Releases the buffers of the exchange. Called by the thread that used it last.
	 */
	void release() {
		this.reader.close();
		this.writer.close();
	}

}
