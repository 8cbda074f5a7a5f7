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

import java.io.Closeable;
import java.util.ArrayList;
import java.util.List;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;

import io.namedpipe.transport.TransportException;

/**
 * The handles that a process is to inherit, and those among them that were opened for it.
 */
final class InheritedHandles implements Closeable {

	private static final int ATTRIBUTES_SIZE = 24;

	private static final int INHERIT_OFFSET = 16;

	private final List<Long> all = new ArrayList<>();

	private final List<Long> opened = new ArrayList<>();

	void add(long handle) {
		this.all.add(handle);
	}

	/**
	 * Opens the device that is always empty.
	 * @param access the access
	 * @return its handle
	 * @throws TransportException if it cannot be opened
	 */
	long openNothing(int access) throws TransportException {
		Memory attributes = new Memory(ATTRIBUTES_SIZE);
		attributes.clear();
		attributes.setInt(0, ATTRIBUTES_SIZE);
		attributes.setInt(INHERIT_OFFSET, 1);
		long handle = Kernel32.CreateFileW(WideString.encode("NUL"), access, Kernel32.FILE_SHARE_READ_WRITE,
				Pointer.nativeValue(attributes), Kernel32.OPEN_EXISTING, 0, Kernel32.NULL);
		attributes.close();
		Win32Error.check(handle != Kernel32.INVALID_HANDLE_VALUE, "open NUL");
		return opened(handle);
	}

	/**
	 * Copies our standard error. A service has none: what is printed is lost then.
	 * @return the copy
	 * @throws TransportException if there is nothing to print to
	 */
	long duplicateStandardError() throws TransportException {
		long[] copy = new long[1];
		long ours = Kernel32.GetStdHandle(Kernel32.STD_ERROR_HANDLE);
		boolean duplicated = ours != Kernel32.NULL && ours != Kernel32.INVALID_HANDLE_VALUE
				&& Kernel32.DuplicateHandle(Kernel32.CURRENT_PROCESS, ours, Kernel32.CURRENT_PROCESS, copy, 0, true,
						Kernel32.DUPLICATE_SAME_ACCESS);
		return (duplicated) ? opened(copy[0]) : openNothing(Kernel32.GENERIC_WRITE);
	}

	private long opened(long handle) {
		this.opened.add(handle);
		this.all.add(handle);
		return handle;
	}

	List<Long> all() {
		return this.all;
	}

	/**
	 * Closes what was opened for the process.
	 */
	@Override
	public void close() {
		this.opened.forEach(Kernel32::CloseHandle);
		this.opened.clear();
	}

}
