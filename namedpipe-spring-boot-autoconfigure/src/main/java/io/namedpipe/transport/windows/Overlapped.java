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

package io.namedpipe.transport.windows;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;

import io.namedpipe.transport.TransportException;

/**
 * An OVERLAPPED structure with its event, for one operation at a time, and the number of
 * bytes that the operation has moved. It is plain memory: a JNA structure that copies
 * itself back and forth would overwrite what the kernel has written meanwhile.
 */
final class Overlapped {

	/**
	 * {@code OVERLAPPED} on 64 bit (minwinbase.h), and behind it the number of bytes.
	 * <pre>
	 *   0  ULONG_PTR Internal
	 *   8  ULONG_PTR InternalHigh
	 *  16  DWORD Offset, OffsetHigh
	 *  24  HANDLE hEvent
	 *  32  DWORD number of bytes, for GetOverlappedResultEx
	 * </pre>
	 */
	private static final int EVENT_OFFSET = 24;

	private static final int COUNT_OFFSET = 32;

	private static final int SIZE = 40;

	private final Memory memory = new Memory(SIZE);

	private final long address = Pointer.nativeValue(this.memory);

	private final long event;

	Overlapped() throws TransportException {
		this.event = Kernel32.CreateEventW(Kernel32.NULL, true, false, Kernel32.NULL);
		if (this.event == Kernel32.NULL) {
			int error = Win32Error.last();
			this.memory.close();
			throw Win32Error.failure("create an event", error);
		}
		this.memory.clear();
		this.memory.setLong(EVENT_OFFSET, this.event);
	}

	long address() {
		return this.address;
	}

	long event() {
		return this.event;
	}

	/**
	 * Tells how the operation went on, waiting for that long if it is pending.
	 * @param file the handle
	 * @param milliseconds the longest time to wait, 0 or {@link Kernel32#INFINITE}
	 * @param doing what the operation does, for the message
	 * @return how it went on
	 * @throws TransportException if the platform fails
	 */
	Completion result(long file, int milliseconds, String doing) throws TransportException {
		return Win32Error.completion(
				Kernel32.GetOverlappedResultEx(file, this.address, this.address + COUNT_OFFSET, milliseconds, false),
				doing);
	}

	/**
	 * The number of bytes moved, once the operation is done.
	 * @return the number
	 */
	int count() {
		return this.memory.getInt(COUNT_OFFSET);
	}

	/**
	 * Frees the structure, which no operation may use any longer.
	 */
	void free() {
		Kernel32.CloseHandle(this.event);
		this.memory.close();
	}

}
