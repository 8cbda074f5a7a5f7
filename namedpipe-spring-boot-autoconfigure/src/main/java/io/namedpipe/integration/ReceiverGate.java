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
 * Holds the receiver of the messages of a pipe, and holds sessions back while it is
 * paused. Without an attached receiver messages go to one that discards them. All methods
 * may be called by any thread.
 */
final class ReceiverGate {

	private final String pipeName;

	private final NamedPipeReceiver nobody;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private @Nullable NamedPipeReceiver attached;

	private boolean open;

	private long openings;

	private volatile @Nullable NamedPipeReceiver current;

	/**
	 * Creates a gate.
	 * @param pipeName the logical name of the pipe
	 * @param nobody receives while no receiver is attached
	 */
	ReceiverGate(String pipeName, NamedPipeReceiver nobody) {
		this.pipeName = pipeName;
		this.nobody = nobody;
		this.current = nobody;
	}

	void attach(NamedPipeReceiver receiver) {
		this.lock.lock();
		try {
			Assert.state(this.attached == null || this.attached == receiver, () -> "'" + this.pipeName
					+ "' has a receiver already: " + this.attached + ". There can be one inbound adapter or gateway");
			this.attached = receiver;
			changed();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Ends what {@link #attach} began. The next receiver has to open the gate anew.
	 */
	void detach(NamedPipeReceiver receiver) {
		this.lock.lock();
		try {
			if (this.attached == receiver) {
				this.attached = null;
				this.open = false;
				changed();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	boolean hasReceiver() {
		this.lock.lock();
		try {
			return this.attached != null;
		}
		finally {
			this.lock.unlock();
		}
	}

	void open() {
		this.lock.lock();
		try {
			this.open = true;
			this.openings++;
			changed();
		}
		finally {
			this.lock.unlock();
		}
	}

	void close() {
		this.lock.lock();
		try {
			this.open = false;
			changed();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * How often the gate has been opened.
	 * @return the number, for {@link #close(long)}
	 */
	long openings() {
		this.lock.lock();
		try {
			return this.openings;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Closes the gate unless somebody has opened it since.
	 * @param opening what {@link #openings()} returned when it was decided to close
	 */
	void close(long opening) {
		this.lock.lock();
		try {
			if (this.openings == opening) {
				close();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void changed() {
		this.current = (this.attached == null) ? this.nobody : (this.open) ? this.attached : null;
		this.changed.signalAll();
	}

	/**
	 * The receiver of the next message.
	 * @return the receiver, or {@code null} while it may not receive
	 */
	@Nullable NamedPipeReceiver current() {
		return this.current;
	}

	/**
	 * Waits until the receiver is not paused.
	 * @param session who waits
	 * @return {@code false} if the session ended first
	 */
	boolean await(NamedPipeSession session) {
		this.lock.lock();
		try {
			while (this.current == null && !session.hasEnded()) {
				this.changed.awaitUninterruptibly();
			}
			return this.current != null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wakes the sessions that wait, so that they notice that they have ended.
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
