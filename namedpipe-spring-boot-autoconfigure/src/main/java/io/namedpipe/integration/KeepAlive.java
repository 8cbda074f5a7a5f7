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

package io.namedpipe.integration;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

import org.jspecify.annotations.Nullable;

/**
 * Keeps the virtual machine up while pipes run that wait for peers: by a thread that is
 * no daemon, from the start of the first pipe to the end of the last. All methods may be
 * called from any thread.
 */
public final class KeepAlive implements AutoCloseable {

	private final Set<NamedPipe> running = new HashSet<>();

	private @Nullable CountDownLatch end;

	private boolean closed;

	/**
	 * Looks again at whether a pipe runs and waits for others.
	 * @param pipe a pipe that has started, stopped or got another receiver
	 */
	synchronized void update(NamedPipe pipe) {
		if (pipe.isRunning() && pipe.isWaitingForOthers() && !this.closed) {
			this.running.add(pipe);
		}
		else {
			this.running.remove(pipe);
		}
		if (this.running.isEmpty()) {
			end();
		}
		else if (this.end == null) {
			this.end = begin();
		}
	}

	private static CountDownLatch begin() {
		CountDownLatch end = new CountDownLatch(1);
		Thread thread = new Thread(() -> awaitEnd(end), "namedpipe-keep-alive");
		thread.setDaemon(false);
		thread.start();
		return end;
	}

	private static void awaitEnd(CountDownLatch end) {
		try {
			end.await();
		}
		catch (InterruptedException ex) {
			// all threads are asked to end
		}
	}

	private void end() {
		if (this.end != null) {
			this.end.countDown();
			this.end = null;
		}
	}

	/**
	 * Stops keeping the virtual machine up, whether or not pipes run.
	 */
	@Override
	public synchronized void close() {
		this.closed = true;
		this.running.clear();
		end();
	}

}
