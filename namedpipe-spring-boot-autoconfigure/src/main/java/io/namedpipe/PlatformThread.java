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

import java.util.concurrent.CountDownLatch;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.TransportException;

/**
 * Makes system calls that may block on a platform thread: on a virtual thread they would
 * pin its carrier.
 */
final class PlatformThread {

	private PlatformThread() {
	}

	/**
	 * Makes a call on the calling thread, or, if that is virtual, on a platform thread
	 * that the calling one waits for.
	 * @param call the call
	 * @param name of the platform thread
	 * @throws TransportException what the call throws
	 */
	static void run(Call call, String name) throws TransportException {
		if (!isVirtual(Thread.currentThread())) {
			call.run();
			return;
		}
		Outcome outcome = new Outcome(call);
		Thread thread = new Thread(null, outcome, name, 0, false);
		thread.setDaemon(true);
		thread.start();
		outcome.await();
	}

	// Thread.isVirtual() came with Java 21, and documents this name of the thread group
	private static boolean isVirtual(Thread thread) {
		ThreadGroup group = thread.getThreadGroup();
		return group != null && group.getName().equals("VirtualThreads");
	}

	/**
	 * What may take long.
	 */
	@FunctionalInterface
	interface Call {

		void run() throws TransportException;

	}

	private static final class Outcome implements Runnable {

		private final Call call;

		private final CountDownLatch done = new CountDownLatch(1);

		private @Nullable Throwable failure;

		Outcome(Call call) {
			this.call = call;
		}

		@Override
		public void run() {
			try {
				this.call.run();
			}
			catch (Throwable ex) {
				this.failure = ex;
			}
			finally {
				this.done.countDown();
			}
		}

		void await() throws TransportException {
			boolean interrupted = false;
			boolean ended = false;
			while (!ended) {
				try {
					this.done.await();
					ended = true;
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
			rethrow(this.failure);
		}

		private static void rethrow(@Nullable Throwable failure) throws TransportException {
			if (failure instanceof TransportException ex) {
				throw ex;
			}
			if (failure instanceof RuntimeException ex) {
				throw ex;
			}
			if (failure instanceof Error ex) {
				throw ex;
			}
		}

	}

}
