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
import java.util.List;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;

import io.namedpipe.transport.TransportException;

/**
 * A STARTUPINFOEXW structure with the standard handles of a process and the list of those
 * that it inherits.
 */
final class StartupInformation implements Closeable {

	/**
	 * {@code STARTUPINFOEXW} on 64 bit (winbase.h), which begins with a
	 * {@code STARTUPINFOW} (processthreadsapi.h).
	 *
	 * <pre>
	 *    0  DWORD cb
	 *    8  LPWSTR lpReserved, lpDesktop, lpTitle
	 *   32  DWORD dwX, dwY, dwXSize, dwYSize, dwXCountChars, dwYCountChars,
	 *             dwFillAttribute
	 *   60  DWORD dwFlags
	 *   64  WORD wShowWindow, cbReserved2
	 *   72  LPBYTE lpReserved2
	 *   80  HANDLE hStdInput, hStdOutput, hStdError
	 *  104  LPPROC_THREAD_ATTRIBUTE_LIST lpAttributeList
	 * </pre>
	 */
	private static final int SIZE = 112;

	private static final int FLAGS_OFFSET = 60;

	private static final int INPUT_OFFSET = 80;

	private static final int OUTPUT_OFFSET = 88;

	private static final int ERROR_OFFSET = 96;

	private static final int ATTRIBUTES_OFFSET = 104;

	private final Memory structure = new Memory(SIZE);

	private final Memory handles;

	private final Memory attributes;

	StartupInformation(List<Long> inherited, long input, long output, long error) throws TransportException {
		this.handles = new Memory((long) inherited.size() * Long.BYTES);
		for (int i = 0; i < inherited.size(); i++) {
			this.handles.setLong((long) i * Long.BYTES, inherited.get(i));
		}
		long[] size = new long[1];
		// this call fails, as there is no room yet, and returns the size
		Kernel32.InitializeProcThreadAttributeList(Kernel32.NULL, 1, 0, size);
		this.attributes = new Memory(size[0]);
		long list = Pointer.nativeValue(this.attributes);
		Win32Error.check(Kernel32.InitializeProcThreadAttributeList(list, 1, 0, size), "prepare a process");
		Win32Error.check(
				Kernel32.UpdateProcThreadAttribute(list, 0, Kernel32.PROC_THREAD_ATTRIBUTE_HANDLE_LIST,
						Pointer.nativeValue(this.handles), this.handles.size(), Kernel32.NULL, Kernel32.NULL),
				"prepare the handles of a process");
		this.structure.clear();
		this.structure.setInt(0, SIZE);
		this.structure.setInt(FLAGS_OFFSET, Kernel32.STARTF_USESTDHANDLES);
		this.structure.setLong(INPUT_OFFSET, input);
		this.structure.setLong(OUTPUT_OFFSET, output);
		this.structure.setLong(ERROR_OFFSET, error);
		this.structure.setLong(ATTRIBUTES_OFFSET, list);
	}

	long address() {
		return Pointer.nativeValue(this.structure);
	}

	@Override
	public void close() {
		Kernel32.DeleteProcThreadAttributeList(Pointer.nativeValue(this.attributes));
		this.attributes.close();
		this.handles.close();
		this.structure.close();
	}

}
