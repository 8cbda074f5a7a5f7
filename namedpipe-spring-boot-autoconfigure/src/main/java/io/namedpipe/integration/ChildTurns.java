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

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.namedpipe.PipeConnection;

/**
 * Whose turn it is to ask a child process, and what that still owes. One for each
 * process: a gateway that takes the place of another one waits for what the other one's
 * callers have asked.
 */
final class ChildTurns {

	/** A child that is ending closes its input first. */
	private static final long DYING = TimeUnit.SECONDS.toNanos(1);

	private final ReentrantLock turn = new ReentrantLock(true);

	// the last request, until it has its reply
	private volatile @Nullable ChildRequest current;

	private volatile @Nullable LeavingChild leaving;

	boolean tryEnter(long nanos) throws InterruptedException {
		return this.turn.tryLock(nanos, TimeUnit.NANOSECONDS);
	}

	void leave() {
		this.turn.unlock();
	}

	@Nullable ChildRequest current() {
		return this.current;
	}

	/**
	 * Called by whoever has the turn, before the request is queued.
	 */
	synchronized void begin(ChildRequest request) {
		this.current = request;
	}

	synchronized void forgetIfOver(ChildRequest request) {
		if (this.current == request && request.isOver()) {
			this.current = null;
		}
	}

	/**
	 * Takes what has come for the reply to the last request, whoever asked.
	 * @param received the payload, or why it cannot be read
	 * @return {@code false} if no reply is expected there
	 */
	boolean take(Object received, PipeConnection connection) {
		ChildRequest asked = this.current;
		if (asked == null || asked.connection() != connection || !asked.answer(received)) {
			return false;
		}
		forgetIfOver(asked);
		return true;
	}

	/**
	 * A connection has come to its end.
	 */
	void ended(PipeConnection connection) {
		ChildRequest asked = this.current;
		if (asked != null && asked.connection() == connection) {
			asked.childGone();
			forgetIfOver(asked);
		}
	}

	/**
	 * A child is not to be asked any more.
	 * @param why what it has done, for when it has to be killed
	 * @param restart whether it is started again then, whatever the policy says
	 */
	void leaving(PipeConnection connection, String why, boolean restart) {
		LeavingChild before = this.leaving;
		if (before == null || before.connection != connection) {
			this.leaving = new LeavingChild(connection, why, restart, System.nanoTime());
		}
	}

	/**
	 * Whether a child is not to be asked any more.
	 * @param process the process, which kills one that is there for too long after that
	 */
	boolean isLeaving(PipeConnection connection, NamedPipeProcess process) {
		LeavingChild child = this.leaving;
		if (child == null || child.connection != connection) {
			return false;
		}
		if (System.nanoTime() - child.since > DYING) {
			this.leaving = new LeavingChild(connection, child.why, child.restart, System.nanoTime());
			process.kill(connection, child.why, child.restart);
		}
		return true;
	}

	private record LeavingChild(PipeConnection connection, String why, boolean restart, long since) {
	}

}
