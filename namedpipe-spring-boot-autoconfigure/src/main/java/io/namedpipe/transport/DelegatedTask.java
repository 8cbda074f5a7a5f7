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

package io.namedpipe.transport;

import java.util.concurrent.CountDownLatch;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.ProcessIdentity.Task;

/**
 * A task that one thread runs for another thread, with the class loader of the other
 * thread.
 */
final class DelegatedTask<T extends @Nullable Object, E extends Exception> implements Runnable {

	private final Task<T, E> task;

	private final @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

	private final CountDownLatch done = new CountDownLatch(1);

	private @Nullable Thread runner;

	private boolean interrupted;

	private @Nullable T result;

	private @Nullable Throwable failure;

	DelegatedTask(Task<T, E> task) {
		this.task = task;
	}

	@Override
	public void run() {
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		begin(thread);
		try {
			thread.setContextClassLoader(this.classLoader);
			this.result = this.task.run();
		}
		catch (Throwable ex) {
			this.failure = ex;
		}
		finally {
			thread.setContextClassLoader(before);
			end();
			this.done.countDown();
		}
	}

	private synchronized void begin(Thread thread) {
		this.runner = thread;
		if (this.interrupted) {
			thread.interrupt();
		}
	}

	private synchronized void end() {
		this.runner = null;
		Thread.interrupted();
	}

	private synchronized void interrupt() {
		this.interrupted = true;
		if (this.runner != null) {
			this.runner.interrupt();
		}
	}

	/**
	 * Waits for the end of the task, also when interrupted: a resource that the task
	 * acquires must not be lost.
	 */
	T await() throws E {
		boolean wasInterrupted = false;
		while (true) {
			try {
				this.done.await();
				break;
			}
			catch (InterruptedException ex) {
				wasInterrupted = true;
				interrupt();
			}
		}
		if (wasInterrupted) {
			Thread.currentThread().interrupt();
		}
		return outcome();
	}

	// the result is there when nothing was thrown, and null only where T may be
	@SuppressWarnings({ "unchecked", "NullAway" })
	private T outcome() throws E {
		Throwable thrown = this.failure;
		if (thrown instanceof Error error) {
			throw error;
		}
		if (thrown != null) {
			// the task can throw nothing else
			throw (E) thrown;
		}
		return this.result;
	}

}
