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
import java.util.LinkedHashSet;
import java.util.Set;

import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;

/**
 * Memberships by {@code getpwuid_r(3)} and {@code getgrouplist(3)}. Loading this class
 * fails with a {@link LinkageError} where JNA is missing.
 */
final class NativeMemberships implements Memberships {

	private static final int MOST_GROUPS = 65536;

	static {
		Native.register(NativeMemberships.class, Platform.C_LIBRARY_NAME);
	}

	@Override
	public Set<String> groupIdsOf(String userId) throws IOException {
		AccountEntry account = AccountEntry.of(Integer.parseUnsignedInt(userId));
		return (account != null) ? groupIdsOf(account) : Set.of();
	}

	private static Set<String> groupIdsOf(AccountEntry account) throws IOException {
		for (int size = 64; size <= MOST_GROUPS; size *= 4) {
			int[] groups = new int[size];
			IntByReference count = new IntByReference(size);
			if (getgrouplist(account.namePointer(), account.groupId(), groups, count) >= 0) {
				Set<String> ids = new LinkedHashSet<>();
				for (int i = 0; i < count.getValue(); i++) {
					ids.add(Integer.toUnsignedString(groups[i]));
				}
				return ids;
			}
		}
		throw new IOException("The user is in more than " + MOST_GROUPS + " groups");
	}

	// getpwnam(3). Errors are in the result
	static native int getpwuid_r(int uid, Pointer entry, Pointer strings, NativeLong size, PointerByReference result);

	// getgrouplist(3)
	private static native int getgrouplist(Pointer user, int group, int[] groups, IntByReference count);

}
