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

package io.namedpipe.transport.unix;

import io.namedpipe.transport.TransportException;

/**
 * Ends the waiting of another thread for a descriptor.
 */
final class Wakeup {

	private static final int COUNTER_SIZE = 8;

	private final int counter;

	Wakeup() throws TransportException {
		this.counter = Errno.checked("create an event counter", () -> LibC.eventfd(0, LibC.EFD_NONBLOCK_CLOEXEC));
	}

	/**
	 * Waits until a descriptor can be read, or has hung up, or {@link #signal()} is
	 * called.
	 * @param descriptor the descriptor
	 * @throws TransportException if the platform fails
	 */
	void awaitReadable(int descriptor) throws TransportException {
		int[] polled = { descriptor, LibC.POLLIN, this.counter, LibC.POLLIN };
		if (LibC.poll(polled, 2, -1) < 0 && Errno.last() != Errno.EINTR) {
			throw Errno.failure("wait for a descriptor", Errno.last());
		}
	}

	void signal() {
		LibC.write(this.counter, new byte[] { 1, 0, 0, 0, 0, 0, 0, 0 }, COUNTER_SIZE);
	}

	void clear() {
		LibC.read(this.counter, new byte[COUNTER_SIZE], COUNTER_SIZE);
	}

	void close() {
		LibC.close(this.counter);
	}

}
