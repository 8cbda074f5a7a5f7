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

package io.namedpipe;

import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.ProcessIdentity;

/**
 * Runs tasks that may block on a listener, a lock or a device on short-lived threads, one
 * for each task, so that they do not delay the thread that found them to be due.
 */
final class Workers {

	private static final Log logger = LogFactory.getLog(Workers.class);

	private static final AtomicInteger count = new AtomicInteger();

	static final ThreadPoolExecutor executor = new ThreadPoolExecutor(0, Integer.MAX_VALUE, 2, TimeUnit.SECONDS,
			new SynchronousQueue<>(), Workers::thread);

	private Workers() {
	}

	private static Thread thread(Runnable task) {
		Thread thread = new Thread(null, task, "namedpipe-worker-" + count.incrementAndGet(), 0, false);
		thread.setDaemon(true);
		// do not keep the class loader of the application that came first
		thread.setContextClassLoader(Workers.class.getClassLoader());
		return thread;
	}

	/**
	 * Loads the classes that are needed when no descriptor is left to load them with.
	 */
	static void preload() {
		run(() -> {
		});
	}

	/**
	 * Runs a task on another thread.
	 * @throws OutOfMemoryError if there is no thread for it; it has not run then
	 */
	static void run(Runnable task) {
		// this may start a thread
		ProcessIdentity.<@Nullable Void, RuntimeException>call(() -> {
			executor.execute(() -> runGuarded(task));
			return null;
		});
	}

	private static void runGuarded(Runnable task) {
		try {
			task.run();
		}
		catch (RuntimeException | Error ex) {
			logger.warn("Background work for a pipe failed", ex);
		}
	}

}
