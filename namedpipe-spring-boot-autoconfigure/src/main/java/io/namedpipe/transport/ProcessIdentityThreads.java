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

import java.util.ArrayDeque;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Threads with the identity of this process, which run tasks for threads that have
 * another one. A thread inherits the identity of the thread that creates it, so one
 * thread (the starter) is created before any thread takes on another identity, and
 * creates the others.
 */
final class ProcessIdentityThreads {

	private static final Log logger = LogFactory.getLog(ProcessIdentityThreads.class);

	private static final long KEPT_SECONDS = 5;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

	private final AtomicInteger count = new AtomicInteger();

	private final ThreadPoolExecutor workers = new ThreadPoolExecutor(0, Integer.MAX_VALUE, KEPT_SECONDS,
			TimeUnit.SECONDS, new SynchronousQueue<>(),
			(task) -> newThread(task, "namedpipe-own-identity-" + this.count.incrementAndGet()));

	private boolean starting;

	private int away;

	/**
	 * The calling thread is about to take on another identity.
	 */
	void departs() {
		this.lock.lock();
		try {
			ensureStarter();
			this.away++;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void ensureStarter() {
		if (!this.starting) {
			newThread(this::startWorkers, "namedpipe-own-identity").start();
			this.starting = true;
		}
	}

	/**
	 * The calling thread has its own identity again.
	 */
	void isBack() {
		this.lock.lock();
		try {
			this.away--;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Runs a task on a thread of this process's identity. For a thread that has departed,
	 * or that is on Windows, where a thread begins with the identity of the process.
	 */
	void execute(Runnable task) {
		this.lock.lock();
		try {
			ensureStarter();
			this.tasks.add(task);
			this.changed.signal();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void startWorkers() {
		Runnable task = next();
		while (task != null) {
			start(task);
			task = next();
		}
	}

	private void start(Runnable task) {
		try {
			this.workers.execute(task);
		}
		catch (RuntimeException | Error ex) {
			// somebody waits for it
			logger.debug("No thread for a task of this process", ex);
			task.run();
		}
	}

	// null once there is nothing to do for a while
	private @Nullable Runnable next() {
		this.lock.lock();
		try {
			while (this.tasks.isEmpty()) {
				if (!awaitTask() && this.away == 0 && this.tasks.isEmpty()) {
					this.starting = false;
					return null;
				}
			}
			return this.tasks.remove();
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean awaitTask() {
		try {
			return this.changed.await(KEPT_SECONDS, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			// by application code, which must not end this thread
			return true;
		}
	}

	// without inheriting thread locals of the creating thread
	private static Thread newThread(Runnable task, String name) {
		Thread thread = new Thread(null, task, name, 0, false);
		thread.setDaemon(true);
		thread.setContextClassLoader(ProcessIdentityThreads.class.getClassLoader());
		return thread;
	}

}
