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

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * Who receives what comes through a pipe, and whether it may now: sessions wait here
 * while it may not. All methods may be called by any thread.
 */
final class ReceiverGate {

	private final String pipeName;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private @Nullable NamedPipeReceiver receiver;

	private volatile boolean open;

	ReceiverGate(String pipeName) {
		this.pipeName = pipeName;
	}

	void attach(NamedPipeReceiver newReceiver) {
		this.lock.lock();
		try {
			Assert.state(this.receiver == null || this.receiver == newReceiver, () -> "'" + this.pipeName
					+ "' has a receiver already: " + this.receiver + ". There can be one inbound adapter or gateway");
			this.receiver = newReceiver;
		}
		finally {
			this.lock.unlock();
		}
	}

	void detach(NamedPipeReceiver oldReceiver) {
		this.lock.lock();
		try {
			if (this.receiver == oldReceiver) {
				this.receiver = null;
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	@Nullable NamedPipeReceiver receiver() {
		this.lock.lock();
		try {
			return this.receiver;
		}
		finally {
			this.lock.unlock();
		}
	}

	void open() {
		set(true);
	}

	void close() {
		set(false);
	}

	private void set(boolean open) {
		this.lock.lock();
		try {
			this.open = open;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	boolean isOpen() {
		return this.open;
	}

	/**
	 * Waits until the receiver may receive.
	 * @param session who waits
	 * @return {@code false} if the session ended first
	 */
	boolean await(NamedPipeSession session) {
		this.lock.lock();
		try {
			while (!this.open && !session.hasEnded()) {
				this.changed.awaitUninterruptibly();
			}
			return this.open;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Lets the sessions that wait see that they have ended.
	 */
	void wake() {
		this.lock.lock();
		try {
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

}
