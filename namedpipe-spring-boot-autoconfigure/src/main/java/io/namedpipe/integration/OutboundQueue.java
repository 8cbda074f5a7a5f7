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
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import io.namedpipe.CloseReason;
import io.namedpipe.DropReason;
import io.namedpipe.PipeStatistics;
import io.namedpipe.framing.MessageWriter;

/**
 * The messages that wait for one connection. A thread writes them for as long as there
 * are any, as many with one system call as there are by then. The capacity does not count
 * what is being written.
 */
final class OutboundQueue implements Runnable {

	private static final int MAX_BATCH = 4096;

	private final NamedPipeSession session;

	private final MessageWriter writer;

	private final int capacity;

	private final OverflowPolicy overflow;

	private final Executor executor;

	private final PipeStatistics statistics;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private final ArrayDeque<byte[]> messages = new ArrayDeque<>();

	private volatile int size;

	private boolean writing;

	private boolean ended;

	OutboundQueue(NamedPipeSession session, MessageWriter writer, int capacity, OverflowPolicy overflow,
			Executor executor, PipeStatistics statistics) {
		this.session = session;
		this.writer = writer;
		this.capacity = capacity;
		this.overflow = overflow;
		this.executor = executor;
		this.statistics = statistics;
	}

	/**
	 * The number of messages that wait.
	 */
	int size() {
		return this.size;
	}

	/**
	 * Takes a message, or does with it what the policy for a full queue says.
	 * @return {@code false} if the connection takes no more messages
	 */
	boolean offer(byte[] message) throws InterruptedException {
		boolean start;
		this.lock.lock();
		try {
			while (!this.ended && this.messages.size() >= this.capacity) {
				switch (this.overflow) {
					case DISCONNECT -> {
						this.statistics.countDropped(DropReason.CLOSED);
						disconnect();
						return true;
					}
					case DROP_NEWEST -> {
						this.statistics.countDropped(DropReason.DROP_NEWEST);
						return true;
					}
					case DROP_OLDEST -> {
						this.messages.remove();
						this.statistics.countDropped(DropReason.DROP_OLDEST);
					}
					case BLOCK -> this.changed.await();
				}
			}
			if (this.ended) {
				return false;
			}
			this.messages.add(message);
			this.size = this.messages.size();
			start = !this.writing;
			this.writing = true;
		}
		finally {
			this.lock.unlock();
		}
		if (start) {
			start();
		}
		return true;
	}

	private void disconnect() {
		close();
		this.session.connection().close(CloseReason.OVERFLOW);
	}

	private void start() {
		try {
			this.executor.execute(this);
		}
		catch (RuntimeException | OutOfMemoryError ex) {
			writingEnded();
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
				this.writer.writeEncoded(batch, 0, count);
			}
		}
		catch (IOException ex) {
			writingEnded();
			this.session.writeFailed(ex);
		}
		catch (RuntimeException | Error ex) {
			writingEnded();
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
			while (next != null && count < batch.length) {
				room -= this.writer.frameSize(next);
				if (room < 0 && count > 0) {
					break;
				}
				batch[count++] = this.messages.remove();
				next = (room > 0) ? this.messages.peek() : null;
			}
			this.size = this.messages.size();
			if (count == 0) {
				this.writing = false;
			}
			if (count == 0 || this.overflow == OverflowPolicy.BLOCK) {
				this.changed.signalAll();
			}
			return count;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void writingEnded() {
		this.lock.lock();
		try {
			this.writing = false;
			this.changed.signalAll();
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
			for (int i = this.messages.size(); i > 0; i--) {
				this.statistics.countDropped(DropReason.CLOSED);
			}
			this.messages.clear();
			this.size = 0;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

}
