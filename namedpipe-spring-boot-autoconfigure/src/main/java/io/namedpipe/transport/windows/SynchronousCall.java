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

package io.namedpipe.transport.windows;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import io.namedpipe.transport.TransportException;

/**
 * A call that blocks in the kernel, made by one thread at a time, which another one can
 * end. There is no overlapped form of it, as the handle may be somebody else's making.
 */
final class SynchronousCall {

	/** How long {@link #end()} waits. */
	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private static final int ATTEMPT_MILLIS = 5;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition left = this.lock.newCondition();

	/** The thread of the call under way: an id could become that of another. */
	private long thread;

	private boolean ended;

	/**
	 * Begins a call of this thread, to be followed by {@link #leave()} if it may.
	 * @return {@code false} if there are to be no calls any more
	 * @throws TransportException if the call could not be ended
	 */
	boolean enter() throws TransportException {
		this.lock.lock();
		try {
			if (!this.ended) {
				this.thread = openCurrentThread();
			}
			return !this.ended;
		}
		finally {
			this.lock.unlock();
		}
	}

	void leave() {
		// not while end() cancels: that would hit the next call of this thread
		this.lock.lock();
		try {
			Kernel32.CloseHandle(this.thread);
			this.thread = Kernel32.NULL;
			this.left.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Ends the call under way and refuses all later ones. Returns when it has ended, or
	 * after some seconds.
	 */
	void end() {
		end(PATIENCE);
	}

	/**
	 * Ends the call under way and refuses all later ones. Returns when it has ended, or
	 * when the time is up: Windows cannot cancel every call at every moment.
	 * @param atMost the longest time to wait
	 */
	void end(Duration atMost) {
		boolean interrupted = false;
		long deadline = System.nanoTime() + atMost.toNanos();
		this.lock.lock();
		try {
			this.ended = true;
			while (this.thread != Kernel32.NULL && deadline - System.nanoTime() > 0) {
				Kernel32.CancelSynchronousIo(this.thread);
				try {
					// it may not have reached the kernel yet
					this.left.await(ATTEMPT_MILLIS, TimeUnit.MILLISECONDS);
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
		}
		finally {
			this.lock.unlock();
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * A handle by which the calling thread's calls can be cancelled.
	 * @return the handle, to be closed by this thread
	 * @throws TransportException if there is none to be had
	 */
	static long openCurrentThread() throws TransportException {
		// A copy of the thread's own handle: opening it would be checked against the
		// client
		// that the thread runs as
		long[] thread = new long[1];
		Win32Error.check(Kernel32.DuplicateHandle(Kernel32.CURRENT_PROCESS, Kernel32.CURRENT_THREAD,
				Kernel32.CURRENT_PROCESS, thread, 0, false, Kernel32.DUPLICATE_SAME_ACCESS),
				"prepare a call that can be cancelled");
		return thread[0];
	}

}
