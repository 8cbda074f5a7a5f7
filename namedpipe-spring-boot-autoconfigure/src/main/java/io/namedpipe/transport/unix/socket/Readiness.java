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

package io.namedpipe.transport.unix.socket;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

import io.namedpipe.transport.unix.libc.Closeables;

/**
 * Waits until one direction of a non-blocking socket is ready. One thread waits at a
 * time; any thread may close. Has all descriptors that it needs from the start: a
 * conversation must not end because there are none left.
 */
final class Readiness implements Closeable {

	/** Waits without a limit. */
	static final long FOREVER = Long.MAX_VALUE;

	private final Selector selector;

	private Readiness(Selector selector) {
		this.selector = selector;
	}

	/**
	 * Prepares to wait.
	 * @param channel the socket, which does not block
	 * @param operation what it is to be ready for, as a selection key has it
	 * @return what waits
	 * @throws IOException if the socket is closed, or no descriptor is left
	 */
	static Readiness of(SocketChannel channel, int operation) throws IOException {
		Selector selector = Selector.open();
		boolean registered = false;
		try {
			channel.register(selector, operation);
			registered = true;
			return new Readiness(selector);
		}
		finally {
			if (!registered) {
				Closeables.closeQuietly(selector);
			}
		}
	}

	/**
	 * Waits, and may return early.
	 * @param nanos the longest time to wait in nanoseconds, or {@link #FOREVER}
	 * @throws ClosedByInterruptException if the thread is interrupted, which it stays;
	 * whoever waits has to close the socket then
	 * @throws AsynchronousCloseException if the socket is closed
	 * @throws IOException if the platform fails
	 */
	void await(long nanos) throws IOException {
		try {
			this.selector.select(millis(nanos));
			this.selector.selectedKeys().clear();
		}
		catch (ClosedSelectorException | CancelledKeyException ex) {
			throw new AsynchronousCloseException();
		}
		if (Thread.currentThread().isInterrupted()) {
			throw new ClosedByInterruptException();
		}
	}

	// 0 would be for ever
	private static long millis(long nanos) {
		return (nanos == FOREVER) ? 0 : Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos + 999_999));
	}

	/**
	 * Ends the wait under way, or else the next one.
	 */
	void wakeUp() {
		this.selector.wakeup();
	}

	/**
	 * Ends all waiting, and gives the descriptors back. The socket, which keeps its own
	 * as long as somebody may wait for it, is to be closed before.
	 */
	@Override
	public void close() {
		Closeables.closeQuietly(this.selector);
	}

}
