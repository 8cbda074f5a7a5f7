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

import com.sun.jna.Native;

/**
 * The function of {@code ntdll} that reports what those of {@code kernel32} do not report
 * of a pipe, mapped directly.
 */
final class Ntdll {

	/** {@code FILE_INFORMATION_CLASS}. */
	static final int FILE_PIPE_LOCAL_INFORMATION = 24;

	static {
		Native.register(Ntdll.class, "ntdll");
	}

	private Ntdll() {
	}

	/** See NtQueryInformationFile (ntifs.h). Returns an NTSTATUS: 0 is success. */
	static native int NtQueryInformationFile(long file, long[] ioStatusBlock, int[] information, int length,
			int informationClass);

}
