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

package io.namedpipe.socket;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.namedpipe.PipeConnection;
import io.namedpipe.PipeException;
import io.namedpipe.PipeServer;

/**
 * Accepts clients one ahead on a thread of its own, so that who waits for one can stop
 * waiting and no client is lost.
 */
final class PipeAcceptor implements Runnable {

	private final PipeServer server;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private @Nullable PipeConnection next;

	private @Nullable PipeException failure;

	private boolean closed;

	PipeAcceptor(PipeServer server) {
		this.server = server;
	}

	void start() {
		Thread thread = new Thread(this, "namedpipe-" + this.server.pipeName() + "-accept");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void run() {
		boolean open = true;
		while (open) {
			PipeConnection connection = null;
			PipeException failed = null;
			try {
				connection = this.server.accept();
			}
			catch (PipeException ex) {
				failed = ex;
			}
			catch (RuntimeException | Error ex) {
				// no memory, say: no reason to leave those waiting who accept
				failed = new PipeException("Accepting clients of " + this.server.address() + " failed: " + ex,
						this.server.address(), ex);
			}
			open = offer(connection, failed);
			if (!open && connection != null) {
				connection.close();
			}
		}
	}

	private boolean offer(@Nullable PipeConnection connection, @Nullable PipeException failed) {
		this.lock.lock();
		try {
			while (!this.closed && hasNext()) {
				this.changed.awaitUninterruptibly();
			}
			if (!this.closed) {
				this.next = connection;
				this.failure = failed;
				this.changed.signalAll();
			}
			return !this.closed;
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean hasNext() {
		return this.next != null || this.failure != null;
	}

	/**
	 * Waits for the next client.
	 * @param nanos the longest time to wait in nanoseconds
	 * @return the connection
	 * @throws SocketTimeoutException if the time was up first
	 * @throws SocketException if this is closed, the thread is interrupted, which it
	 * stays, or the platform fails
	 */
	PipeConnection accept(long nanos) throws IOException {
		this.lock.lock();
		try {
			long left = nanos;
			while (!this.closed && !hasNext()) {
				if (left <= 0) {
					throw new SocketTimeoutException("Accept timed out");
				}
				left = this.changed.awaitNanos(left);
			}
			return take();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new SocketException("Closed by interrupt");
		}
		finally {
			this.lock.unlock();
		}
	}

	private PipeConnection take() throws IOException {
		if (this.closed) {
			throw SocketErrors.closed();
		}
		PipeConnection connection = this.next;
		PipeException failed = this.failure;
		this.next = null;
		this.failure = null;
		this.changed.signalAll();
		if (connection == null) {
			throw (failed != null) ? SocketErrors.of(failed) : SocketErrors.closed();
		}
		return connection;
	}

	/**
	 * Ends accepting, also of those who wait. Connections that were accepted stay open.
	 */
	void close() {
		PipeConnection unwanted;
		this.lock.lock();
		try {
			this.closed = true;
			unwanted = this.next;
			this.next = null;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
		if (unwanted != null) {
			unwanted.close();
		}
		this.server.stopAccepting();
	}

}
