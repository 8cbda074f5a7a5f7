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

package io.namedpipe.transport.unix.fifo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

import io.namedpipe.transport.PendingInput;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * What comes through a FIFO in one period: from the first writer until the last one has
 * left.
 */
final class FifoInputChannel extends OneWayChannel {

	private final FifoSource source;

	private final Consumer<FifoSource> release;

	private final ByteBuffer first;

	private volatile boolean inputEnded;

	private volatile boolean closed;

	/**
	 * A channel for a period.
	 * @param file the FIFO
	 * @param source where to read from
	 * @param first what was read already
	 * @param release takes the source back when the channel is closed
	 */
	FifoInputChannel(FifoFile file, FifoSource source, ByteBuffer first, Consumer<FifoSource> release) {
		super("the FIFO " + file);
		this.source = source;
		this.first = first;
		this.release = release;
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		if (this.closed) {
			throw closedException(null);
		}
		if (this.inputEnded) {
			return -1;
		}
		if (this.first.hasRemaining()) {
			int count = Math.min(this.first.remaining(), target.remaining());
			target.put(target.position(), this.first, this.first.position(), count);
			target.position(target.position() + count);
			this.first.position(this.first.position() + count);
			return count;
		}
		try {
			return this.source.read(target);
		}
		catch (TransportException ex) {
			return ended((ex.getReason() == Reason.CLOSED) ? closedException(ex) : ex);
		}
	}

	@Override
	public PendingInput pendingInput() throws IOException {
		if (this.inputEnded) {
			return PendingInput.END;
		}
		return (this.first.hasRemaining() || !this.source.isIdle()) ? PendingInput.DATA : PendingInput.NOTHING;
	}

	private int ended(TransportException reason) throws TransportException {
		if (this.inputEnded && !this.closed) {
			return -1;
		}
		throw reason;
	}

	@Override
	public void write(ByteBuffer[] sources, int offset, int length) throws IOException {
		throw oneWay("read");
	}

	/**
	 * Without another way to end a read while writers are there, this closes the reading
	 * end: writers meet {@code EPIPE}. Not so when they have left, as the next ones are
	 * to find it open.
	 */
	@Override
	public synchronized void endInput() {
		this.inputEnded = true;
		if (!this.closed && !this.source.isEnded()) {
			this.source.close();
		}
	}

	@Override
	public void close() {
		if (markClosed()) {
			this.release.accept(this.source);
		}
	}

	// from now on the source is somebody else's
	private synchronized boolean markClosed() {
		boolean first = !this.closed;
		this.closed = true;
		return first;
	}

}
