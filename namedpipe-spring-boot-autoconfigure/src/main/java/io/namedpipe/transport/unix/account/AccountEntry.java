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

package io.namedpipe.transport.unix.account;

import java.io.IOException;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.unix.libc.Errno;

/**
 * An entry of the account database, as {@code getpwuid_r(3)} returns it:
 * {@code char *pw_name, *pw_passwd; uid_t pw_uid; gid_t pw_gid; ...}.
 */
final class AccountEntry {

	private static final int SIZE = 256;

	private static final int LARGEST_STRINGS = 1 << 20;

	private static final int GID_OFFSET = 2 * Native.POINTER_SIZE + 4;

	private final Memory entry;

	/**
	 * The memory that the pointers of the entry point into, kept as long as the entry.
	 */
	private final Memory strings;

	private AccountEntry(Memory entry, Memory strings) {
		this.entry = entry;
		this.strings = strings;
	}

	/**
	 * Looks a user up.
	 * @param uid the uid
	 * @return the entry, or {@code null} if there is no such user
	 * @throws IOException if the account database cannot be asked
	 */
	static @Nullable AccountEntry of(int uid) throws IOException {
		Memory entry = new Memory(SIZE);
		PointerByReference result = new PointerByReference();
		for (int size = 1024; size <= LARGEST_STRINGS; size *= 4) {
			Memory strings = new Memory(size);
			int error = NativeMemberships.getpwuid_r(uid, entry, strings, new NativeLong(size), result);
			if (error == 0) {
				return (result.getValue() != null) ? new AccountEntry(entry, strings) : null;
			}
			if (error != Errno.ERANGE) {
				throw new IOException("getpwuid_r failed with error " + error);
			}
		}
		throw new IOException("The account entry is larger than " + LARGEST_STRINGS + " bytes");
	}

	String name() {
		return namePointer().getString(0, Native.getDefaultStringEncoding());
	}

	/**
	 * The name as the system has it, valid as long as this entry is used.
	 */
	Pointer namePointer() {
		Pointer name = this.entry.getPointer(0);
		long offset = Pointer.nativeValue(name) - Pointer.nativeValue(this.strings);
		return this.strings.share(offset);
	}

	int groupId() {
		return this.entry.getInt(GID_OFFSET);
	}

}
