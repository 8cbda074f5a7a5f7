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
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.namedpipe.transport.ProcessIdentity;
import io.namedpipe.transport.TimeLimit;

/**
 * The thread that checks time limits, one for all pipes. It exists only while there are
 * any. It never blocks: neither on a listener, nor on a device, nor on a lock that is
 * held while waiting for one of them. What is due is done by {@link Workers}.
 */
final class Supervisor {

	private static final Log logger = LogFactory.getLog(Supervisor.class);

	private static final Duration RETRY = Duration.ofMillis(500);

	private static final ScheduledThreadPoolExecutor executor = executor();

	private Supervisor() {
	}

	private static ScheduledThreadPoolExecutor executor() {
		ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(null, task, "namedpipe-supervisor", 0, false);
			thread.setDaemon(true);
			// do not keep the class loader of the application that came first
			thread.setContextClassLoader(Supervisor.class.getClassLoader());
			return thread;
		});
		executor.setKeepAliveTime(2, TimeUnit.SECONDS);
		executor.allowCoreThreadTimeOut(true);
		executor.setRemoveOnCancelPolicy(true);
		return executor;
	}

	/**
	 * Runs a task periodically.
	 * @param period the pause between two rounds
	 * @param round what to do; must not wait
	 */
	static Future<?> every(Duration period, Runnable round) {
		AtomicBoolean refused = new AtomicBoolean();
		Runnable guarded = () -> {
			if (refused.get()) {
				throw new CancellationException();
			}
			try {
				round.run();
			}
			catch (RuntimeException | Error ex) {
				logFailure(ex);
			}
		};
		long nanos = TimeLimit.nanos(period);
		boolean scheduled = false;
		try {
			// this may start the thread
			Future<?> rounds = ProcessIdentity
				.call(() -> executor.scheduleWithFixedDelay(guarded, nanos, nanos, TimeUnit.NANOSECONDS));
			scheduled = true;
			return rounds;
		}
		finally {
			// the task is in the queue even if no thread could be started
			refused.set(!scheduled);
		}
	}

	/**
	 * Runs a task on a worker thread after a delay.
	 */
	static Future<?> after(Duration delay, Runnable task) {
		return ProcessIdentity
			.call(() -> executor.schedule(() -> handOver(task), TimeLimit.nanos(delay), TimeUnit.NANOSECONDS));
	}

	private static void handOver(Runnable task) {
		try {
			Workers.run(task);
		}
		catch (RuntimeException | Error ex) {
			executor.schedule(() -> handOver(task), RETRY.toNanos(), TimeUnit.NANOSECONDS);
		}
	}

	// an exception that is not caught here would end all later rounds
	private static void logFailure(Throwable failure) {
		try {
			Workers.run(() -> logger.warn("Supervision of a pipe failed", failure));
		}
		catch (RuntimeException | Error ex) {
			// no thread, which is probably the failure itself; the next round logs it
		}
	}

}
