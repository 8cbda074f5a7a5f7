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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.namedpipe.transport.TimeLimit;

/**
 * Checks at intervals that the name of one server is still its own. Has one thread per
 * server, as the file system, locks and listeners may block.
 */
final class PipeNameMonitor {

	private static final Log logger = LogFactory.getLog(PipeNameMonitor.class);

	private final CountDownLatch stopped = new CountDownLatch(1);

	private final Thread thread;

	PipeNameMonitor(String pipeName, Duration period, Runnable check) {
		this.thread = new Thread(() -> keep(period, check), "namedpipe-" + pipeName + "-name");
		this.thread.setDaemon(true);
	}

	void start() {
		this.thread.start();
	}

	/**
	 * Ends the checks. Does not wait for one in progress.
	 */
	void stop() {
		this.stopped.countDown();
	}

	private void keep(Duration period, Runnable check) {
		while (!awaitStop(period)) {
			try {
				check.run();
			}
			catch (RuntimeException | Error ex) {
				logger.warn("Looking after the name of a pipe failed", ex);
			}
		}
	}

	private boolean awaitStop(Duration period) {
		try {
			return this.stopped.await(TimeLimit.nanos(period), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			// left behind by a listener, as nothing else knows this thread
			return false;
		}
	}

}
