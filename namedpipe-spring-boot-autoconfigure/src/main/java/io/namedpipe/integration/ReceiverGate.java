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
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * Holds the receiver of the messages of a pipe, and the state of the pause. Sessions wait
 * here, each with its {@link Passage}. All methods may be called by any thread. <pre>
 *                 attach                open
 *   DISCARDING  --------&gt;  HELD  --------------&gt;  RECEIVING
 *        ^                  |  ^      close           |
 *        |      detach      |  +----------------------+
 *        +------------------+-------------------------+
 *
 *   any of them  --pause--&gt;  PAUSED  --resume--&gt;  the state without the pause
 * </pre> While the receiver is held, a session waits with the message that it has read.
 * While reading is paused, a session reads none.
 */
final class ReceiverGate {

	private final String pipeName;

	private final NamedPipeReceiver nobody;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private @Nullable NamedPipeReceiver attached;

	private boolean open;

	private volatile boolean paused;

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

	/**
	 * Keeps sessions from reading, or no longer.
	 */
	void setPaused(boolean paused) {
		this.lock.lock();
		try {
			this.paused = paused;
			changed();
		}
		finally {
			this.lock.unlock();
		}
	}

	boolean isPaused() {
		return this.paused;
	}

	private void changed() {
		NamedPipeReceiver present = (this.attached == null) ? this.nobody : (this.open) ? this.attached : null;
		this.current = this.paused ? null : present;
		this.changed.signalAll();
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

	/**
	 * One session at the gate. But for questions, for the reading thread.
	 */
	final class Passage {

		private final NamedPipeSession session;

		private volatile @Nullable Thread dispatching;

		private volatile boolean heldBack;

		Passage(NamedPipeSession session) {
			this.session = session;
		}

		/**
		 * Waits while reading is paused.
		 * @return {@code false} if the session has ended meanwhile
		 */
		boolean awaitReading() {
			return !ReceiverGate.this.paused || await(() -> ReceiverGate.this.paused);
		}

		/**
		 * Announces a dispatch, then looks whether the receiver may receive, and waits
		 * until it may. Whoever holds the receiver says so, then looks for dispatches.
		 * @return who receives, or {@code null} if the session has ended first
		 */
		@Nullable NamedPipeReceiver enter(Thread thread) {
			this.dispatching = thread;
			NamedPipeReceiver receiver = ReceiverGate.this.current;
			while (receiver == null) {
				this.dispatching = null;
				if (!await(() -> ReceiverGate.this.current == null)) {
					return null;
				}
				this.dispatching = thread;
				receiver = ReceiverGate.this.current;
			}
			return receiver;
		}

		void leave() {
			this.dispatching = null;
		}

		private boolean await(BooleanSupplier isClosed) {
			this.heldBack = true;
			ReceiverGate.this.lock.lock();
			try {
				while (isClosed.getAsBoolean() && !this.session.hasEnded()) {
					ReceiverGate.this.changed.awaitUninterruptibly();
				}
				return !isClosed.getAsBoolean();
			}
			finally {
				ReceiverGate.this.lock.unlock();
				this.heldBack = false;
			}
		}

		/**
		 * Whether a flow is in progress, or what has come is not taken on purpose.
		 */
		boolean isBusy() {
			return this.dispatching != null || this.heldBack || ReceiverGate.this.paused;
		}

		/**
		 * Whether a flow of this session calls this.
		 */
		boolean isDispatchingHere() {
			return this.dispatching == Thread.currentThread();
		}

		/**
		 * Whether a flow is in progress on another thread than this one.
		 */
		boolean isDispatching() {
			Thread thread = this.dispatching;
			return thread != null && thread != Thread.currentThread();
		}

	}

}
