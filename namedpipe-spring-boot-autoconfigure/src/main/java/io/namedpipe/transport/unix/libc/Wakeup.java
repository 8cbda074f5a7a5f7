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

package io.namedpipe.transport.unix.libc;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;

import io.namedpipe.transport.TransportException;

/**
 * Waits for a descriptor until another thread ends the wait.
 */
public final class Wakeup {

	private static final int COUNTER_SIZE = 8;

	private static final int FOR_EVER = -1;

	private final int counter;

	public Wakeup() throws TransportException {
		this.counter = Errno.checked("create an event counter", () -> LibC.eventfd(0, LibC.EFD_NONBLOCK_CLOEXEC));
	}

	/**
	 * Waits until something happens to a descriptor, or {@link #signal()} is called.
	 * @param descriptor the descriptor
	 * @param events what to wait for; errors and hang-ups are always waited for
	 * @return what has happened, which may be nothing
	 * @throws TransportException if the platform fails
	 */
	public int await(int descriptor, int events) throws TransportException {
		return await(descriptor, events, FOR_EVER);
	}

	/**
	 * Waits until something happens to a descriptor, or {@link #signal()} is called, or a
	 * time is over.
	 * @param descriptor the descriptor
	 * @param events what to wait for; errors and hang-ups are always waited for
	 * @param milliseconds the longest time to wait
	 * @return what has happened, which may be nothing
	 * @throws TransportException if the platform fails
	 */
	public int await(int descriptor, int events, int milliseconds) throws TransportException {
		int[] polled = { descriptor, events, this.counter, LibC.POLLIN };
		if (LibC.poll(polled, 2, milliseconds) < 0) {
			if (Errno.last() == Errno.EINTR) {
				return 0;
			}
			throw Errno.failure("wait for a descriptor", Errno.last());
		}
		return polled[1] >>> Short.SIZE;
	}

	/**
	 * What has happened to a descriptor by now.
	 * @param descriptor the descriptor
	 * @param events what to look for; errors and hang-ups are always looked for
	 * @return what has happened, which may be nothing
	 */
	public static int happened(int descriptor, int events) {
		int[] polled = { descriptor, events };
		return (LibC.poll(polled, 1, 0) > 0) ? polled[1] >>> Short.SIZE : 0;
	}

	public void signal() {
		Memory one = new Memory(COUNTER_SIZE);
		one.setLong(0, 1);
		LibC.write(this.counter, Pointer.nativeValue(one), COUNTER_SIZE);
		one.close();
	}

	public void clear() {
		Memory value = new Memory(COUNTER_SIZE);
		LibC.read(this.counter, Pointer.nativeValue(value), COUNTER_SIZE);
		value.close();
	}

	public void close() {
		LibC.close(this.counter);
	}

}
