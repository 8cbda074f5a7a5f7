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

package io.namedpipe.transport.unix.libc;

import java.io.Closeable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * A file descriptor that several threads make blocking calls on.
 * <p>
 * {@code close(2)} does not wake a blocked call, and gives the number away to whoever
 * opens something next. So closing wakes the calls in a way of its own, and the last one
 * that leaves closes the descriptor.
 */
public final class Descriptor implements Closeable {

	private static final int CLOSED = Integer.MIN_VALUE;

	private final int number;

	private final IntConsumer wake;

	private final Runnable afterClose;

	/** The calls under way, with {@link #CLOSED} in the top bit. */
	private final AtomicInteger state = new AtomicInteger();

	/**
	 * Takes a descriptor over.
	 * @param number the descriptor
	 * @param wake makes calls on it return, now and from now on
	 * @param afterClose releases what belongs to it
	 */
	public Descriptor(int number, IntConsumer wake, Runnable afterClose) {
		this.number = number;
		this.wake = wake;
		this.afterClose = afterClose;
	}

	/**
	 * The descriptor of a socket, whose calls end when it is shut down.
	 * @param number the descriptor
	 * @param afterClose releases what belongs to it
	 * @return the descriptor
	 */
	public static Descriptor ofSocket(int number, Runnable afterClose) {
		return new Descriptor(number, (socket) -> LibC.shutdown(socket, LibC.SHUT_RDWR), afterClose);
	}

	/**
	 * Begins a call, to be followed by {@link #leave()}.
	 * @return the file descriptor
	 * @throws TransportException with {@link Reason#CLOSED}
	 */
	public int enter() throws TransportException {
		if (!tryEnter()) {
			throw new TransportException(Reason.CLOSED, "The pipe is closed");
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

	public void leave() {
		if (this.state.decrementAndGet() == CLOSED) {
			LibC.close(this.number);
			this.afterClose.run();
		}
	}

	public boolean isClosed() {
		return this.state.get() < 0;
	}

	/**
	 * Does something short with the descriptor, unless it is closed.
	 * @param call what to do
	 */
	public void use(IntConsumer call) {
		if (tryEnter()) {
			call.accept(this.number);
			leave();
		}
	}

	@Override
	public void close() {
		int calls = this.state.getAndUpdate((current) -> (current >= 0) ? current + 1 + CLOSED : current);
		if (calls >= 0) {
			this.wake.accept(this.number);
			leave();
		}
	}

}
