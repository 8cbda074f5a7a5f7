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

package io.namedpipe.transport.unix;

import java.io.Closeable;
import java.util.concurrent.atomic.AtomicInteger;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * The file descriptor of a socket that several threads make blocking calls on.
 * <p>
 * {@code close(2)} does not wake a blocked call, and gives the number away to whoever
 * opens something next. So closing shuts the socket down, which wakes them all, and the
 * last call that leaves closes the descriptor.
 */
final class Descriptor implements Closeable {

	private static final int CLOSED = Integer.MIN_VALUE;

	private final int number;

	private final Runnable afterClose;

	/** The calls under way, with {@link #CLOSED} in the top bit. */
	private final AtomicInteger state = new AtomicInteger();

	Descriptor(int number) {
		this(number, () -> {
		});
	}

	Descriptor(int number, Runnable afterClose) {
		this.number = number;
		this.afterClose = afterClose;
	}

	/**
	 * Begins a call, to be followed by {@link #leave()}.
	 * @return the file descriptor
	 * @throws TransportException with {@link Reason#CLOSED}
	 */
	int enter() throws TransportException {
		if (!tryEnter()) {
			throw new TransportException(Reason.CLOSED, "The socket is closed");
		}
		return this.number;
	}

	private boolean tryEnter() {
		int calls = this.state.get();
		while (calls >= 0) {
			if (this.state.compareAndSet(calls, calls + 1)) {
				return true;
			}
			calls = this.state.get();
		}
		return false;
	}

	void leave() {
		if (this.state.decrementAndGet() == CLOSED) {
			release();
		}
	}

	boolean isClosed() {
		return this.state.get() < 0;
	}

	/**
	 * Shuts the socket down in one or both directions, which wakes the calls concerned.
	 * @param how {@link LibC#SHUT_RD}, {@link LibC#SHUT_WR} or {@link LibC#SHUT_RDWR}
	 */
	void shutdown(int how) {
		if (tryEnter()) {
			LibC.shutdown(this.number, how);
			leave();
		}
	}

	@Override
	public void close() {
		int calls = this.state.getAndUpdate((current) -> (current >= 0) ? current + 1 + CLOSED : current);
		if (calls >= 0) {
			LibC.shutdown(this.number, LibC.SHUT_RDWR);
			leave();
		}
	}

	private void release() {
		LibC.close(this.number);
		this.afterClose.run();
	}

}
