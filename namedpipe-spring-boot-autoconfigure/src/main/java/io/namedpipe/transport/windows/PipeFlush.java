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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.TransportException;

/**
 * FlushFileBuffers with a bound. The call returns when the peer has read everything,
 * which may be never, and there is no overlapped form of it.
 */
final class PipeFlush implements Runnable {

	private static final int MOST_ATTEMPTS = 200;

	private static final int ATTEMPT_MILLIS = 5;

	private final long pipe;

	private final CountDownLatch done = new CountDownLatch(1);

	private long thread;

	private volatile boolean cancelled;

	private volatile @Nullable TransportException failure;

	private volatile Completion completion = Completion.PENDING;

	PipeFlush(long pipe) {
		this.pipe = pipe;
	}

	@Override
	public void run() {
		try {
			this.completion = this.cancelled ? Completion.CANCELLED : Win32Error.completion(flush(), "flush the pipe");
		}
		catch (TransportException ex) {
			this.failure = ex;
		}
		finally {
			this.done.countDown();
		}
	}

	// Between begin and end all that this thread waits for is cancelled, the loading of a
	// class too
	private int flush() throws TransportException {
		begin();
		try {
			return Kernel32.FlushFileBuffers(this.pipe) ? 0 : Win32Error.last();
		}
		finally {
			end();
		}
	}

	private synchronized void begin() throws TransportException {
		this.thread = SynchronousCall.openCurrentThread();
	}

	private synchronized void end() {
		Kernel32.CloseHandle(this.thread);
		this.thread = Kernel32.NULL;
	}

	/**
	 * Waits until the peer has read everything.
	 * @param timeout the longest time to wait
	 * @return {@link Completion#DONE}, {@link Completion#PEER_GONE}, or
	 * {@link Completion#CANCELLED} if the time was up, the thread was interrupted or
	 * {@link #cancel} was called
	 * @throws TransportException if the platform fails
	 */
	Completion await(Duration timeout) throws TransportException {
		Thread thread = new Thread(this, "namedpipe-flush");
		thread.setDaemon(true);
		thread.start();
		try {
			if (!this.done.await(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
				cancel();
			}
		}
		catch (InterruptedException ex) {
			cancel();
			Thread.currentThread().interrupt();
		}
		TransportException failed = this.failure;
		if (failed != null) {
			throw failed;
		}
		return (this.completion != Completion.PENDING) ? this.completion : Completion.CANCELLED;
	}

	/**
	 * Ends the call, and returns when it has ended. Should Windows not let go of it, this
	 * returns nevertheless: then closing or disconnecting the pipe ends it.
	 */
	void cancel() {
		this.cancelled = true;
		boolean interrupted = false;
		for (int i = 0; i < MOST_ATTEMPTS && this.done.getCount() > 0; i++) {
			cancelCall();
			try {
				// it may not have reached the kernel yet
				this.done.await(ATTEMPT_MILLIS, TimeUnit.MILLISECONDS);
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	private synchronized void cancelCall() {
		if (this.thread != Kernel32.NULL) {
			Kernel32.CancelSynchronousIo(this.thread);
		}
	}

}
