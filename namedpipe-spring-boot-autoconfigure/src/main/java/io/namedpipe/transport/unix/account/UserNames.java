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

import java.util.LinkedHashMap;
import java.util.Map;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.ptr.PointerByReference;

import io.namedpipe.transport.unix.libc.Errno;

/**
 * The names behind numeric user ids. An answer is kept for 30 seconds: the account
 * database may be on another machine. Thread-safe.
 */
public final class UserNames {

	private static final long LIFETIME = 30_000_000_000L;

	private static final int CACHE_SIZE = 256;

	private static final int ENTRY_SIZE = 256;

	private static final int LARGEST_ENTRY = 1 << 20;

	private final Map<Integer, Name> names = new LinkedHashMap<>() {

		@Override
		protected boolean removeEldestEntry(Map.Entry<Integer, Name> eldest) {
			return size() > CACHE_SIZE;
		}

	};

	/**
	 * The name of a user.
	 * @param uid the id
	 * @return the name, or the id in digits where there is no account
	 */
	public String nameOf(int uid) {
		long now = System.nanoTime();
		synchronized (this.names) {
			Name known = this.names.get(uid);
			if (known != null && now - known.nanoTime() < LIFETIME) {
				return known.name();
			}
		}
		String name = lookUp(uid);
		synchronized (this.names) {
			this.names.put(uid, new Name(name, now));
		}
		return name;
	}

	private static String lookUp(int uid) {
		Memory entry = new Memory(ENTRY_SIZE);
		PointerByReference result = new PointerByReference();
		for (int size = 1024; size <= LARGEST_ENTRY; size *= 4) {
			Memory strings = new Memory(size);
			int error = NativeMemberships.getpwuid_r(uid, entry, strings, new NativeLong(size), result);
			if (error == 0 && result.getValue() != null) {
				return entry.getPointer(0).getString(0, Native.getDefaultStringEncoding());
			}
			if (error != Errno.ERANGE) {
				break;
			}
		}
		return Integer.toUnsignedString(uid);
	}

	private record Name(String name, long nanoTime) {
	}

}
