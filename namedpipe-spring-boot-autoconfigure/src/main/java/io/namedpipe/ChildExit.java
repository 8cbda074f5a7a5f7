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

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Ends the connection to a child that has ended. What the child left in the pipe is read
 * before; then its end comes by itself, unless another process has inherited it.
 */
final class ChildExit {

	private static final Log logger = LogFactory.getLog(ChildExit.class);

	static final Duration GRACE = Duration.ofSeconds(1);

	/** More than a pipe holds, so that it cannot be what the child has left. */
	private static final long MOST_LEFT = 1024 * 1024;

	private final PipeConnection connection;

	private final Process process;

	private final long bytesAtExit;

	private long seenBytes;

	private ChildExit(PipeConnection connection, Process process) {
		this.connection = connection;
		this.process = process;
		this.bytesAtExit = connection.statistics().bytesIn();
		this.seenBytes = this.bytesAtExit;
	}

	/**
	 * Watches over a child.
	 */
	static void follow(Process process, PipeConnection connection) {
		// on a new thread: the JDK reports the exit on a thread of the common pool,
		// which may have none free for as long as tasks of the application wait there
		Workers.run(() -> {
			awaitExit(process);
			exited(process, connection);
		});
	}

	private static void awaitExit(Process process) {
		while (process.isAlive()) {
			try {
				process.waitFor();
			}
			catch (InterruptedException ex) {
				// by application code, which must not end this thread
			}
		}
	}

	private static void exited(Process process, PipeConnection connection) {
		if (!connection.canRead()) {
			// otherwise nothing would show that the child has left before the next write
			connection.close(CloseReason.PEER);
			return;
		}
		new ChildExit(connection, process).checkLater();
	}

	private void checkLater() {
		Supervisor.after(GRACE, this::check);
	}

	private void check() {
		if (!this.connection.isOpen()) {
			return;
		}
		long bytes = this.connection.statistics().bytesIn();
		// whoever waits in a read has read all that there was
		boolean empty = this.connection.isBeingRead() && bytes == this.seenBytes && !this.connection.isBusy();
		if (!empty && bytes - this.bytesAtExit <= MOST_LEFT) {
			this.seenBytes = bytes;
			checkLater();
			return;
		}
		logger.warn("Closing the pipes of child process " + this.process.pid() + " on " + this.connection.address()
				+ ": it has ended (exit code " + this.process.exitValue()
				+ "), and another process, which it must have started, keeps its end of the pipe open");
		// who reads gets the end of the stream, and closes
		this.connection.endInput();
		Supervisor.after(GRACE, () -> this.connection.close(CloseReason.PEER));
	}

}
