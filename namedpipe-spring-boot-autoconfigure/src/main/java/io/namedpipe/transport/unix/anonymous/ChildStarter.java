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

package io.namedpipe.transport.unix.anonymous;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.ProcessIdentity;

/**
 * Starts children on one thread. What the kernel takes for the parent of a child is the
 * thread that has started it, so that this one lives as long as any of them; it ends some
 * time after the last, and another one is made for the next child.
 */
final class ChildStarter {

	private static final Log logger = LogFactory.getLog(ChildStarter.class);

	private final Duration idleTime;

	private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

	private final List<Process> children = new ArrayList<>();

	private @Nullable Thread thread;

	/**
	 * Creates a starter without a thread.
	 * @param idleTime how often a thread that has nothing to do looks whether it may end
	 */
	ChildStarter(Duration idleTime) {
		this.idleTime = idleTime;
	}

	Process start(ProcessBuilder command) throws IOException {
		try {
			return run(() -> startHere(command));
		}
		catch (CompletionException ex) {
			if (ex.getCause() instanceof UncheckedIOException unchecked) {
				throw unchecked.getCause();
			}
			throw new IOException(String.valueOf(ex.getCause()), ex.getCause());
		}
	}

	private Process startHere(ProcessBuilder command) {
		try {
			Process child = command.start();
			synchronized (this) {
				this.children.add(child);
			}
			return child;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Runs a task on the thread.
	 * @throws CompletionException if it throws
	 */
	<T extends @Nullable Object> T run(Supplier<T> task) {
		// a thread that runs as a client would pass that on to the one that it creates
		return ProcessIdentity.call(() -> CompletableFuture.supplyAsync(task, this::execute)).join();
	}

	private synchronized void execute(Runnable task) {
		if (this.thread == null) {
			Thread created = new Thread(null, this::work, "namedpipe-children", 0, false);
			created.setDaemon(true);
			created.setContextClassLoader(null);
			created.start();
			this.thread = created;
		}
		this.tasks.add(task);
	}

	synchronized @Nullable Thread thread() {
		return this.thread;
	}

	private void work() {
		while (!isOver()) {
			try {
				Runnable task = this.tasks.poll(this.idleTime.toNanos(), TimeUnit.NANOSECONDS);
				if (task != null) {
					task.run();
				}
			}
			catch (InterruptedException | RuntimeException | Error ex) {
				// the end of this thread would be that of the children
				logger.debug("Starting a child process failed", ex);
			}
		}
	}

	private synchronized boolean isOver() {
		this.children.removeIf((child) -> !child.isAlive());
		if (this.thread == Thread.currentThread() && this.children.isEmpty() && this.tasks.isEmpty()) {
			this.thread = null;
			return true;
		}
		return false;
	}

}
