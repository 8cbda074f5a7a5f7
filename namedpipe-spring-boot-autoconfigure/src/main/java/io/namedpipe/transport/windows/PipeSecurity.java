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

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.GrantedAccess;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * Reads and checks the security descriptor of an open pipe.
 */
final class PipeSecurity {

	private static final int FILE_CREATE_PIPE_INSTANCE = 4;

	/**
	 * The parts that AccessCheck evaluates. Of the SACL it is the mandatory label: a
	 * descriptor without one lets nobody write whose integrity level is low.
	 */
	private static final int FOR_ACCESS_CHECK = Advapi32.OWNER_SECURITY_INFORMATION
			| Advapi32.GROUP_SECURITY_INFORMATION | Advapi32.DACL_SECURITY_INFORMATION
			| Advapi32.LABEL_SECURITY_INFORMATION;

	/** What the generic rights read, write, execute and all mean for a file or pipe. */
	private static final int[] FILE_MAPPING = { 0x00120089, 0x00120116, 0x001200a0, 0x001f01ff };

	private PipeSecurity() {
	}

	/**
	 * The SID of the owner.
	 * @param pipe a handle of either end
	 * @return the SID, or {@code null} if the pipe has no owner
	 * @throws TransportException if the kernel refuses
	 */
	static @Nullable String owner(long pipe) throws TransportException {
		long[] owner = new long[1];
		long descriptor = descriptor(pipe, Advapi32.OWNER_SECURITY_INFORMATION, owner);
		try {
			return (owner[0] != Kernel32.NULL) ? Tokens.text(owner[0]) : null;
		}
		finally {
			Kernel32.LocalFree(descriptor);
		}
	}

	/**
	 * Checks that this process may create further instances. Windows does not check that
	 * for the first one; creating the second would fail.
	 * @param pipe the first instance
	 * @param readable whether the server reads
	 * @param writable whether the server writes
	 * @throws TransportException with {@link Reason#INVALID_ACCESS} if it may not
	 */
	static void checkFurtherInstances(long pipe, boolean readable, boolean writable) throws TransportException {
		int access = FILE_CREATE_PIPE_INSTANCE | (readable ? FILE_MAPPING[0] : 0) | (writable ? FILE_MAPPING[1] : 0);
		long descriptor = forAccessCheck(pipe);
		try {
			if (!isGranted(descriptor, access)) {
				throw new TransportException(Reason.INVALID_ACCESS,
						"The security descriptor does not let the server's own account (" + Tokens.currentUser()
								+ ") create a second instance of the pipe: it needs full control");
			}
		}
		finally {
			Kernel32.LocalFree(descriptor);
		}
	}

	/**
	 * The security descriptor as AccessCheck takes it.
	 * @param pipe a handle of either end
	 * @return its address, to be freed
	 * @throws TransportException if the kernel refuses
	 */
	static long forAccessCheck(long pipe) throws TransportException {
		return descriptor(pipe, FOR_ACCESS_CHECK, new long[1]);
	}

	private static long descriptor(long pipe, int information, long[] owner) throws TransportException {
		long[] descriptor = new long[1];
		int error = Advapi32.GetSecurityInfo(pipe, Advapi32.SE_KERNEL_OBJECT, information, owner, new long[1],
				new long[1], new long[1], descriptor);
		if (error != 0) {
			throw Win32Error.failure("read the security descriptor of the pipe", error);
		}
		return descriptor[0];
	}

	/**
	 * What the pipe grants a client.
	 * @param pipe the server's end
	 * @param token the client's token, an impersonation token
	 * @return the directions that it may use
	 * @throws TransportException if the kernel refuses
	 */
	static GrantedAccess granted(long pipe, long token) throws TransportException {
		long descriptor = forAccessCheck(pipe);
		try {
			return grantedBy(descriptor, token);
		}
		finally {
			Kernel32.LocalFree(descriptor);
		}
	}

	static GrantedAccess grantedBy(long descriptor, long token) throws TransportException {
		return new GrantedAccess(isGranted(descriptor, token, Kernel32.FILE_READ_DATA),
				isGranted(descriptor, token, Kernel32.FILE_WRITE_DATA));
	}

	/**
	 * Asks AccessCheck for this process.
	 * @param descriptor a security descriptor with owner and group
	 * @param access the rights
	 * @return whether it grants them all
	 * @throws TransportException if the kernel refuses
	 */
	static boolean isGranted(long descriptor, int access) throws TransportException {
		long token = Tokens.openForAccessCheck();
		try {
			return isGranted(descriptor, token, access);
		}
		finally {
			Kernel32.CloseHandle(token);
		}
	}

	private static boolean isGranted(long descriptor, long token, int access) throws TransportException {
		int[] granted = new int[1];
		int[] status = new int[1];
		byte[] privileges = new byte[256];
		Win32Error.check(Advapi32.AccessCheck(descriptor, token, access, FILE_MAPPING, privileges,
				new int[] { privileges.length }, granted, status), "check the access of an account");
		return status[0] != 0;
	}

}
