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

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * Totals of a server or client over all connections that it ever had. They survive a stop
 * and start.
 */
public final class PipeStatistics {

	private final Map<RejectReason, LongAdder> rejected = counters(RejectReason.class);

	private final Map<CloseReason, LongAdder> closed = counters(CloseReason.class);

	private final Map<DropReason, LongAdder> dropped = counters(DropReason.class);

	private final Map<PipeErrorType, LongAdder> errors = counters(PipeErrorType.class);

	final LongAdder bytesIn = new LongAdder();

	final LongAdder bytesOut = new LongAdder();

	final LongAdder messagesIn = new LongAdder();

	final LongAdder messagesOut = new LongAdder();

	private volatile int stuck;

	private int current;

	private int max;

	private long accepted;

	PipeStatistics() {
	}

	private static <E extends Enum<E>> Map<E, LongAdder> counters(Class<E> type) {
		Map<E, LongAdder> counters = new EnumMap<>(type);
		for (E constant : type.getEnumConstants()) {
			counters.put(constant, new LongAdder());
		}
		return counters;
	}

	private static <E extends Enum<E>> LongAdder counter(Map<E, LongAdder> counters, E constant) {
		return Objects.requireNonNull(counters.get(constant));
	}

	/**
	 * Connections open now.
	 * @return the number of connections
	 */
	public synchronized int current() {
		return this.current;
	}

	/**
	 * The most connections that were open at once.
	 * @return the high-water mark
	 */
	public synchronized int max() {
		return this.max;
	}

	/**
	 * Connections whose peers do not read: what is being written to them has made no
	 * progress for five seconds, or a third of the write timeout where that is less.
	 * @return the number of connections
	 */
	public int stuck() {
		return this.stuck;
	}

	/**
	 * Connections that were opened: accepted by a server, made by a client.
	 * @return the number of connections
	 */
	public synchronized long accepted() {
		return this.accepted;
	}

	/**
	 * Peers that were turned away.
	 * @param reason why
	 * @return the number of peers
	 */
	public long rejected(RejectReason reason) {
		return counter(this.rejected, reason).sum();
	}

	/**
	 * Connections that were closed.
	 * @param reason why
	 * @return the number of connections
	 */
	public long closed(CloseReason reason) {
		return counter(this.closed, reason).sum();
	}

	/**
	 * Outbound messages that were dropped.
	 * @param reason why
	 * @return the number of messages
	 */
	public long dropped(DropReason reason) {
		return counter(this.dropped, reason).sum();
	}

	/**
	 * Errors.
	 * @param type what kind
	 * @return the number of errors
	 */
	public long errors(PipeErrorType type) {
		return counter(this.errors, type).sum();
	}

	/**
	 * Bytes read from the platform, framing included.
	 * @return the number of bytes
	 */
	public long bytesIn() {
		return this.bytesIn.sum();
	}

	/**
	 * Bytes written to the platform, framing included.
	 * @return the number of bytes
	 */
	public long bytesOut() {
		return this.bytesOut.sum();
	}

	/**
	 * Whole messages (frames) read.
	 * @return the number of messages
	 */
	public long messagesIn() {
		return this.messagesIn.sum();
	}

	/**
	 * Whole messages (frames) written.
	 * @return the number of messages
	 */
	public long messagesOut() {
		return this.messagesOut.sum();
	}

	/**
	 * Counts a message that was dropped before it was written.
	 * @param reason why
	 */
	public void countDropped(DropReason reason) {
		counter(this.dropped, reason).increment();
	}

	/**
	 * Counts an error.
	 * @param type what kind
	 */
	public void countError(PipeErrorType type) {
		counter(this.errors, type).increment();
	}

	void setStuck(int connections) {
		this.stuck = connections;
	}

	void countRejected(RejectReason reason) {
		counter(this.rejected, reason).increment();
	}

	synchronized void countOpened() {
		this.accepted++;
		this.current++;
		this.max = Math.max(this.max, this.current);
	}

	synchronized void countClosed(CloseReason reason) {
		this.current--;
		counter(this.closed, reason).increment();
	}

}
