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
import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * A security descriptor made from SDDL, in the SECURITY_ATTRIBUTES that CreateNamedPipe
 * takes.
 */
final class NativeSecurityDescriptor {

	/**
	 * {@code SECURITY_ATTRIBUTES} on 64 bit (wtypesbase.h).
	 *
	 * <pre>
	 *   0  DWORD nLength
	 *   8  LPVOID lpSecurityDescriptor
	 *  16  BOOL bInheritHandle
	 * </pre>
	 */
	private static final int ATTRIBUTES_SIZE = 24;

	private static final int DESCRIPTOR_OFFSET = 8;

	private final long descriptor;

	private final Memory attributes = new Memory(ATTRIBUTES_SIZE);

	private NativeSecurityDescriptor(long descriptor) {
		this.descriptor = descriptor;
		this.attributes.clear();
		this.attributes.setInt(0, ATTRIBUTES_SIZE);
		this.attributes.setLong(DESCRIPTOR_OFFSET, descriptor);
	}

	/**
	 * Makes a security descriptor.
	 * @param sddl its text
	 * @param owner the SID of its owner where the text names none. By default what an
	 * elevated process makes belongs to the administrators, and clients that verify the
	 * server would not find its user
	 * @return the security descriptor, to be freed
	 * @throws TransportException with {@link Reason#INVALID_ACCESS}
	 */
	static NativeSecurityDescriptor parse(String sddl, String owner) throws TransportException {
		NativeSecurityDescriptor asWritten = new NativeSecurityDescriptor(convert(sddl));
		boolean owned = false;
		try {
			owned = asWritten.owner() != null;
		}
		finally {
			if (!owned) {
				asWritten.free();
			}
		}
		return (owned) ? asWritten : new NativeSecurityDescriptor(convert("O:" + owner + sddl));
	}

	private static long convert(String sddl) throws TransportException {
		long[] descriptor = new long[1];
		if (!Advapi32.ConvertStringSecurityDescriptorToSecurityDescriptorW(WideString.encode(sddl),
				Advapi32.SDDL_REVISION_1, descriptor, new int[1])) {
			throw Win32Error.failure(Reason.INVALID_ACCESS, "use the security descriptor '" + sddl + "'",
					Win32Error.last());
		}
		return descriptor[0];
	}

	/**
	 * The SID of the owner.
	 * @return the SID, or {@code null} if there is no owner
	 * @throws TransportException if the descriptor cannot be read
	 */
	@Nullable String owner() throws TransportException {
		long[] owner = new long[1];
		Win32Error.check(Advapi32.GetSecurityDescriptorOwner(this.descriptor, owner, new int[1]),
				"read the owner of a security descriptor");
		return (owner[0] != Kernel32.NULL) ? Tokens.text(owner[0]) : null;
	}

	/**
	 * The address of the SECURITY_ATTRIBUTES. Handles made with it are not inherited by
	 * child processes.
	 * @return the address
	 */
	long attributes() {
		return Pointer.nativeValue(this.attributes);
	}

	void free() {
		this.attributes.close();
		Kernel32.LocalFree(this.descriptor);
	}

}
