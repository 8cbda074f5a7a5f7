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
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.unix.libc.Closeables;

/**
 * Waits until one direction of a non-blocking socket is ready. One thread waits at a
 * time; any thread may close. Costs descriptors only once there is something to wait for.
 */
final class Readiness implements Closeable {

	/** Waits without a limit. */
	static final long FOREVER = Long.MAX_VALUE;

	private final SocketChannel channel;

	private final int operation;

	private final ReentrantLock lock = new ReentrantLock();

	private @Nullable Selector selector;

	private boolean closed;

	Readiness(SocketChannel channel, int operation) {
		this.channel = channel;
		this.operation = operation;
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
			Selector current = selector();
			current.select(millis(nanos));
			current.selectedKeys().clear();
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

	private Selector selector() throws IOException {
		this.lock.lock();
		try {
			if (this.closed) {
				throw new AsynchronousCloseException();
			}
			Selector current = this.selector;
			if (current == null) {
				current = Selector.open();
				this.selector = current;
				this.channel.register(current, this.operation);
			}
			return current;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Ends the wait under way, if there is one.
	 */
	void wakeUp() {
		this.lock.lock();
		try {
			if (this.selector != null) {
				this.selector.wakeup();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Ends all waiting, and gives the descriptors back. The socket, which keeps its own
	 * as long as somebody may wait for it, is to be closed before.
	 */
	@Override
	public void close() {
		Selector current;
		this.lock.lock();
		try {
			this.closed = true;
			current = this.selector;
		}
		finally {
			this.lock.unlock();
		}
		if (current != null) {
			Closeables.closeQuietly(current);
		}
	}

}
