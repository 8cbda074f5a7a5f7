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
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;

import org.jspecify.annotations.Nullable;

import io.namedpipe.CloseReason;
import io.namedpipe.DropReason;
import io.namedpipe.PipeStatistics;
import io.namedpipe.framing.MessageWriter;
import io.namedpipe.transport.ProcessIdentity;

/**
 * The messages that wait for one connection. A thread writes them for as long as there
 * are any, as many with one system call as there are by then. The capacity does not count
 * what is being written.
 */
final class OutboundQueue implements Runnable {

	private static final int MAX_BATCH = 4096;

	private static final long LONGEST_BLOCK = TimeUnit.MILLISECONDS.toNanos(1);

	private final NamedPipeSession session;

	private final MessageWriter writer;

	private final int capacity;

	private final OverflowPolicy overflow;

	private final Executor executor;

	private final PipeStatistics statistics;

	private final IntConsumer written;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private final ArrayDeque<byte[]> messages = new ArrayDeque<>();

	// those of them that somebody wants to know about, in the same order
	private final ArrayDeque<TrackedMessage> tracked = new ArrayDeque<>(1);

	// what is being written, if somebody wants to know about it; for the thread that
	// writes
	private @Nullable TrackedMessage current;

	private volatile int size;

	private int blocked;

	private long blockedSince;

	private boolean writing;

	private boolean ended;

	OutboundQueue(NamedPipeSession session, MessageWriter writer, int capacity, OverflowPolicy overflow,
			Executor executor, PipeStatistics statistics) {
		this(session, writer, capacity, overflow, executor, statistics, (count) -> {
		});
	}

	/**
	 * Creates a queue that says what it has written.
	 * @param written gets the number of messages after each write
	 */
	OutboundQueue(NamedPipeSession session, MessageWriter writer, int capacity, OverflowPolicy overflow,
			Executor executor, PipeStatistics statistics, IntConsumer written) {
		this.session = session;
		this.writer = writer;
		this.capacity = capacity;
		this.overflow = overflow;
		this.executor = executor;
		this.statistics = statistics;
		this.written = written;
	}

	/**
	 * The number of messages that wait.
	 */
	int size() {
		return this.size;
	}

	/**
	 * Queues a message, or applies the overflow policy if the queue is full.
	 * @return {@code false} if the connection takes no more messages
	 */
	boolean offer(byte[] message) throws InterruptedException {
		// closing a connection calls listeners, which may call
		// this queue: the lock must not be held
		switch (admit(message)) {
			case FIRST -> startWriter();
			case TOO_MANY -> this.session.connection().close(CloseReason.OVERFLOW);
			case ENDED -> {
				return false;
			}
			case QUEUED, DROPPED -> {
				// all is done
			}
		}
		return true;
	}

	/**
	 * Queues a message that is told when it is written. It waits for no room and is never
	 * dropped in favour of others: there are few of them.
	 * @return {@code false} if the connection takes no more messages; the message is told
	 * nothing then
	 */
	boolean offer(TrackedMessage message) {
		Admission admission;
		this.lock.lock();
		try {
			admission = enqueue(message.bytes());
			if (admission != Admission.ENDED) {
				this.tracked.add(message);
			}
		}
		finally {
			this.lock.unlock();
		}
		if (admission == Admission.FIRST) {
			startWriter();
		}
		return admission != Admission.ENDED;
	}

	/**
	 * Takes a message back that nothing has been written of.
	 * @return {@code false} if it is no longer in the queue
	 */
	boolean remove(TrackedMessage message) {
		this.lock.lock();
		try {
			if (!this.tracked.remove(message)) {
				return false;
			}
			this.messages.removeIf((queued) -> queued == message.bytes());
			this.size = this.messages.size();
			this.changed.signalAll();
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Takes a message, however many there are, and leaves it to the caller to start the
	 * writer.
	 * @return {@link Admission#FIRST}, {@link Admission#QUEUED} or
	 * {@link Admission#ENDED}
	 */
	Admission add(byte[] message) {
		this.lock.lock();
		try {
			return enqueue(message);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Starts the writer, for the {@linkplain Admission#FIRST first} message.
	 */
	void startWriter() {
		ProcessIdentity.execute(this::start);
	}

	private Admission admit(byte[] message) throws InterruptedException {
		this.lock.lock();
		try {
			while (!this.ended && this.messages.size() - this.tracked.size() >= this.capacity) {
				switch (this.overflow) {
					case DISCONNECT -> {
						this.statistics.countDropped(DropReason.CLOSED);
						close();
						return Admission.TOO_MANY;
					}
					case DROP_NEWEST -> {
						this.statistics.countDropped(DropReason.DROP_NEWEST);
						return Admission.DROPPED;
					}
					case DROP_OLDEST -> {
						removeOldest();
						this.statistics.countDropped(DropReason.DROP_OLDEST);
					}
					case BLOCK -> awaitRoom();
				}
			}
			return enqueue(message);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void removeOldest() {
		if (this.tracked.isEmpty()) {
			this.messages.remove();
			return;
		}
		Iterator<byte[]> oldest = this.messages.iterator();
		while (isTracked(oldest.next())) {
			// somebody waits for that one
		}
		oldest.remove();
	}

	private boolean isTracked(byte[] message) {
		for (TrackedMessage candidate : this.tracked) {
			if (candidate.bytes() == message) {
				return true;
			}
		}
		return false;
	}

	private Admission enqueue(byte[] message) {
		if (this.ended) {
			return Admission.ENDED;
		}
		this.messages.add(message);
		this.size = this.messages.size();
		boolean first = !this.writing;
		this.writing = true;
		return (first) ? Admission.FIRST : Admission.QUEUED;
	}

	private void awaitRoom() throws InterruptedException {
		if (this.blocked == 0) {
			this.blockedSince = System.nanoTime();
		}
		this.blocked++;
		try {
			this.changed.await();
		}
		finally {
			this.blocked--;
		}
	}

	private void start() {
		try {
			this.executor.execute(this);
		}
		catch (RuntimeException | OutOfMemoryError ex) {
			fail();
			this.session.connection().close(CloseReason.ERROR, ex);
		}
	}

	@Override
	public void run() {
		try {
			byte[][] batch = new byte[16][];
			while (true) {
				if (batch.length < this.size && batch.length < MAX_BATCH) {
					batch = new byte[Math.min(MAX_BATCH, this.size)][];
				}
				int count = take(batch);
				if (count == 0) {
					return;
				}
				TrackedMessage sent = this.current;
				this.writer.writeEncoded(batch, 0, count);
				if (sent != null) {
					sent.written();
				}
				this.written.accept(count);
			}
		}
		catch (IOException ex) {
			TrackedMessage unsent = this.current;
			fail();
			if (unsent != null) {
				unsent.notWritten(ex);
			}
			this.session.writeFailed(ex);
		}
		catch (RuntimeException | Error ex) {
			TrackedMessage unsent = this.current;
			fail();
			if (unsent != null) {
				unsent.notWritten(ex);
			}
			this.session.connection().close(CloseReason.ERROR, ex);
			throw ex;
		}
	}

	private int take(byte[][] batch) {
		this.lock.lock();
		try {
			int room = this.writer.batchSize();
			int count = 0;
			byte[] next = this.messages.peek();
			TrackedMessage apart = this.tracked.peek();
			if (apart != null && apart.bytes() == next) {
				batch[count++] = this.messages.remove();
				this.current = this.tracked.remove();
				apart.writing();
				next = null;
			}
			else {
				this.current = null;
			}
			while (next != null && count < batch.length) {
				room -= this.writer.frameSize(next);
				if ((room < 0 && count > 0) || (apart != null && apart.bytes() == next)) {
					break;
				}
				batch[count++] = this.messages.remove();
				next = (room > 0) ? this.messages.peek() : null;
			}
			this.size = this.messages.size();
			if (count == 0) {
				this.writing = false;
			}
			if (this.blocked > 0 && isWorthWaking()) {
				// senders that find no room wait again
				this.blockedSince = System.nanoTime();
				this.changed.signalAll();
			}
			else if (count == 0) {
				this.changed.signalAll();
			}
			return count;
		}
		finally {
			this.lock.unlock();
		}
	}

	// A sender that is woken for every message costs two switches of threads for each
	private boolean isWorthWaking() {
		return this.messages.size() <= this.capacity - this.capacity / 4
				|| System.nanoTime() - this.blockedSince >= LONGEST_BLOCK;
	}

	// In one step: a message that is taken in between would start another writer, which
	// takes it out of the queue and fails as well, counted by nobody
	private void fail() {
		this.lock.lock();
		try {
			this.writing = false;
			close();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Takes no more messages and waits until those taken are written.
	 */
	void finish(Duration atMost) {
		long remaining = atMost.toNanos();
		this.lock.lock();
		try {
			this.ended = true;
			this.changed.signalAll();
			while (this.writing && remaining > 0) {
				remaining = this.changed.awaitNanos(remaining);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Takes no more messages and drops those that wait.
	 */
	void close() {
		this.lock.lock();
		try {
			this.ended = true;
			for (int i = this.messages.size() - this.tracked.size(); i > 0; i--) {
				this.statistics.countDropped(DropReason.CLOSED);
			}
			this.messages.clear();
			for (TrackedMessage message : this.tracked) {
				message.notWritten(null);
			}
			this.tracked.clear();
			this.size = 0;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * What became of a message.
	 */
	enum Admission {

		/** It waits for a writer that is at work. */
		QUEUED,

		/** It waits for a writer that has to be started. */
		FIRST,

		/** It was dropped. */
		DROPPED,

		/** It was the one too many, for which the connection has to be closed. */
		TOO_MANY,

		/** No message is taken any more. */
		ENDED

	}

}
