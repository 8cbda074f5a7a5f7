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

import java.io.UncheckedIOException;
import java.util.OptionalInt;

import com.sun.jna.Native;
import com.sun.jna.Pointer;

import io.namedpipe.transport.TransportException;

/**
 * What a test asks of Win32 and the transport does not.
 */
final class NativeSecurity {

	/** Of a self-relative SECURITY_DESCRIPTOR. */
	private static final int SACL_OFFSET = 12;

	private static final int ACL_HEADER_SIZE = 8;

	private static final int SYSTEM_MANDATORY_LABEL_ACE_TYPE = 0x11;

	/** In an entry: header, mask, and a SID with one part. */
	private static final int LEVEL_OFFSET = 16;

	static {
		Native.register(NativeSecurity.class, "advapi32");
	}

	private NativeSecurity() {
	}

	/**
	 * The DACL of an open pipe as SDDL.
	 */
	static String dacl(long pipe) {
		long[] descriptor = read(pipe);
		long[] text = new long[1];
		boolean converted = ConvertSecurityDescriptorToStringSecurityDescriptorW(descriptor[0],
				Advapi32.SDDL_REVISION_1, Advapi32.DACL_SECURITY_INFORMATION, text, new int[1]);
		Kernel32.LocalFree(descriptor[0]);
		if (!converted) {
			throw new IllegalStateException("Win32 error " + Native.getLastError());
		}
		return WideString.takeLocal(text[0]);
	}

	/**
	 * The integrity level of the mandatory label in what AccessCheck is asked with.
	 */
	static OptionalInt integrityLevelForAccessCheck(long pipe) throws TransportException {
		long descriptor = PipeSecurity.forAccessCheck(pipe);
		try {
			Pointer relative = new Pointer(descriptor);
			int sacl = relative.getInt(SACL_OFFSET);
			int entry = sacl + ACL_HEADER_SIZE;
			return (sacl != 0 && relative.getByte(entry) == SYSTEM_MANDATORY_LABEL_ACE_TYPE)
					? OptionalInt.of(relative.getInt(entry + LEVEL_OFFSET)) : OptionalInt.empty();
		}
		finally {
			Kernel32.LocalFree(descriptor);
		}
	}

	/**
	 * Whether AccessCheck grants this process all of these rights.
	 */
	static boolean isGranted(long pipe, int access) {
		long[] descriptor = read(pipe);
		try {
			return PipeSecurity.isGranted(descriptor[0], access);
		}
		catch (TransportException ex) {
			throw new UncheckedIOException(ex);
		}
		finally {
			Kernel32.LocalFree(descriptor[0]);
		}
	}

	private static long[] read(long pipe) {
		long[] descriptor = new long[1];
		int error = Advapi32.GetSecurityInfo(pipe, Advapi32.SE_KERNEL_OBJECT,
				Advapi32.OWNER_SECURITY_INFORMATION | Advapi32.GROUP_SECURITY_INFORMATION
						| Advapi32.DACL_SECURITY_INFORMATION,
				new long[1], new long[1], new long[1], new long[1], descriptor);
		if (error != 0) {
			throw new IllegalStateException("Win32 error " + error);
		}
		return descriptor;
	}

	/** See ConvertSecurityDescriptorToStringSecurityDescriptorW (sddl.h). */
	private static native boolean ConvertSecurityDescriptorToStringSecurityDescriptorW(long descriptor, int revision,
			int information, long[] text, int[] size);

}
