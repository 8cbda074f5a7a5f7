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

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counters of one connection. Each count goes to the totals of its server or client as
 * well. Each pair of counters has one writer at a time (the reading thread, the holder of
 * the write lock), so that counting costs little.
 */
public final class ConnectionStatistics {

	private final PipeStatistics totals;

	private final AtomicLong bytesIn = new AtomicLong();

	private final AtomicLong bytesOut = new AtomicLong();

	private final AtomicLong messagesIn = new AtomicLong();

	private final AtomicLong messagesOut = new AtomicLong();

	ConnectionStatistics(PipeStatistics totals) {
		this.totals = totals;
	}

	/**
	 * Bytes read from the platform, framing included.
	 * @return the number of bytes
	 */
	public long bytesIn() {
		return this.bytesIn.get();
	}

	/**
	 * Bytes written to the platform, framing included.
	 * @return the number of bytes
	 */
	public long bytesOut() {
		return this.bytesOut.get();
	}

	/**
	 * Whole messages (frames) read.
	 * @return the number of messages
	 */
	public long messagesIn() {
		return this.messagesIn.get();
	}

	/**
	 * Whole messages (frames) written.
	 * @return the number of messages
	 */
	public long messagesOut() {
		return this.messagesOut.get();
	}

	/**
	 * Counts a frame that was read. For framing on top of a byte mode connection; to be
	 * called by the reading thread.
	 */
	public void messageRead() {
		add(this.messagesIn, 1);
		this.totals.messagesIn.increment();
	}

	/**
	 * Counts frames that were written. For framing on top of a byte mode connection.
	 * @param count the number of frames
	 */
	public void messagesWritten(int count) {
		this.messagesOut.addAndGet(count);
		this.totals.messagesOut.add(count);
	}

	void bytesRead(long count) {
		add(this.bytesIn, count);
		this.totals.bytesIn.add(count);
	}

	void bytesWritten(long count) {
		add(this.bytesOut, count);
		this.totals.bytesOut.add(count);
	}

	private static void add(AtomicLong counter, long count) {
		counter.setRelease(counter.getPlain() + count);
	}

}
