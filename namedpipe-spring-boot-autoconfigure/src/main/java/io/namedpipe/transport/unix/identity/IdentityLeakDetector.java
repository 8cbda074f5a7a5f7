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

package io.namedpipe.transport.unix.identity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.namedpipe.transport.unix.account.ProcStatus;

/**
 * Finds threads that were started by a thread that ran as a client, and so run as that
 * client until they end. {@link RunAs} prevents what it can; a pool that hides what its
 * threads inherit, as the common pool does since Java 19, escapes it. Looks only if a
 * thread was started since it looked last, and ten times a second at most.
 */
final class IdentityLeakDetector {

	private static final Log logger = LogFactory.getLog(IdentityLeakDetector.class);

	private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private static final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

	private final Path threadsOfProcess;

	// threads that run as a client now and then; they were root when they did so for the
	// first time, so they are no leaks
	private final Set<Long> trusted = ConcurrentHashMap.newKeySet();

	// threads that were checked already; a thread keeps the identity that it began with
	private final Set<Long> seen = ConcurrentHashMap.newKeySet();

	private final AtomicLong lastLook = new AtomicLong(System.nanoTime() - PAUSE_NANOS);

	private volatile long startedThen = threads.getTotalStartedThreadCount();

	IdentityLeakDetector() {
		this(Path.of("/proc/self/task"));
	}

	IdentityLeakDetector(Path threadsOfProcess) {
		this.threadsOfProcess = threadsOfProcess;
	}

	/**
	 * Notes that a thread is about to run as another user on purpose.
	 * @param threadId its id in the kernel
	 */
	void expect(long threadId) {
		this.trusted.add(threadId);
	}

	/**
	 * Notes that a thread has its own identity again, and looks for threads that have
	 * not.
	 */
	void restored() {
		long started = threads.getTotalStartedThreadCount();
		long last = this.lastLook.get();
		if (started != this.startedThen && System.nanoTime() - last >= PAUSE_NANOS
				&& this.lastLook.compareAndSet(last, System.nanoTime())) {
			this.startedThen = started;
			find().forEach(logger::error);
		}
	}

	List<String> find() {
		List<String> found = new ArrayList<>();
		Set<Long> alive = new HashSet<>();
		try (DirectoryStream<Path> all = Files.newDirectoryStream(this.threadsOfProcess)) {
			for (Path thread : all) {
				long id = Long.parseLong(thread.getFileName().toString());
				alive.add(id);
				if (this.seen.add(id)) {
					String userId = effectiveUser(thread);
					// in this order: a thread is noted before it runs as another user
					if (!userId.equals("0") && !this.trusted.contains(id)) {
						found.add("Thread " + id + " (" + Files.readString(thread.resolve("comm")).trim()
								+ ") runs as user " + userId + " until it ends, as it was started while running as that"
								+ " client. Do not use pools there that may start threads");
					}
				}
			}
			this.seen.retainAll(alive);
			// threads that began after the list was made are checked next time
			this.trusted.removeIf((id) -> !alive.contains(id) && Files.notExists(thread(id)));
		}
		catch (IOException | UncheckedIOException ex) {
			logger.debug("Cannot look for threads that run as a client", ex);
		}
		return found;
	}

	private Path thread(long id) {
		return this.threadsOfProcess.resolve(Long.toString(id));
	}

	private static String effectiveUser(Path thread) {
		try {
			String userId = ProcStatus.of(thread).effectiveUserId();
			return (userId != null) ? userId : "0";
		}
		catch (IOException ex) {
			return "0"; // has ended
		}
	}

}
