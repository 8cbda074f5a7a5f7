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

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.namedpipe.transport.ProcessIdentity;
import io.namedpipe.transport.TimeLimit;

/**
 * The one thread of this library that looks after time limits. It exists only while there
 * is something to look after. It never waits: not for a listener, a device, or a lock
 * that somebody holds while doing so. What is due is done by {@link Workers}.
 */
final class Supervisor {

	private static final Log logger = LogFactory.getLog(Supervisor.class);

	private static final ScheduledThreadPoolExecutor executor = executor();

	private Supervisor() {
	}

	private static ScheduledThreadPoolExecutor executor() {
		ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, "namedpipe-supervisor");
			thread.setDaemon(true);
			// not that of the application that happened to be the first
			thread.setContextClassLoader(Supervisor.class.getClassLoader());
			return thread;
		});
		executor.setKeepAliveTime(2, TimeUnit.SECONDS);
		executor.allowCoreThreadTimeOut(true);
		executor.setRemoveOnCancelPolicy(true);
		return executor;
	}

	/**
	 * Does something again and again.
	 * @param period the pause between two rounds
	 * @param round what to do; must not wait
	 */
	static Future<?> every(Duration period, Runnable round) {
		Runnable guarded = () -> {
			try {
				round.run();
			}
			catch (RuntimeException | Error ex) {
				tell(ex);
			}
		};
		long nanos = TimeLimit.nanos(period);
		// which may start the thread
		return ProcessIdentity.call(() -> executor.scheduleWithFixedDelay(guarded, nanos, nanos, TimeUnit.NANOSECONDS));
	}

	/**
	 * Has a task done later, by a thread of its own.
	 */
	static Future<?> after(Duration delay, Runnable task) {
		return ProcessIdentity
			.call(() -> executor.schedule(() -> Workers.run(task), TimeLimit.nanos(delay), TimeUnit.NANOSECONDS));
	}

	private static void tell(Throwable failure) {
		Workers.run(() -> logger.warn("Supervision of a pipe failed", failure));
	}

}
