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
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.AccountDatabase;
import io.namedpipe.transport.TransportException;

/**
 * The accounts that LookupAccountName finds: of this machine, its domain and the domains
 * it trusts. Memberships are in the token of each process, and nowhere else as true.
 */
final class WindowsAccounts implements AccountDatabase {

	private static final int LONGEST_SID = 68;

	private static final int LONGEST_NAME = 1024;

	private static final int MOST_NAMES = 256;

	/** One that does not answer costs seconds. */
	private static final Duration UNKNOWN_FOR = Duration.ofSeconds(30);

	/** A name costs a question to a domain controller. */
	private static final Map<String, Name> names = new LinkedHashMap<>() {

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Name> eldest) {
			return size() > MOST_NAMES;
		}

	};

	@Override
	public String currentUserId() {
		try {
			return Tokens.currentUser();
		}
		catch (TransportException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public Optional<String> userId(String name) {
		return find(name, Set.of(Advapi32.SID_TYPE_USER, Advapi32.SID_TYPE_COMPUTER,
				// services and SYSTEM
				Advapi32.SID_TYPE_WELL_KNOWN_GROUP));
	}

	@Override
	public Optional<String> groupId(String name) {
		return find(name, Set.of(Advapi32.SID_TYPE_GROUP, Advapi32.SID_TYPE_ALIAS, Advapi32.SID_TYPE_WELL_KNOWN_GROUP));
	}

	private static Optional<String> find(String name, Set<Integer> uses) {
		if (name.isBlank() || name.indexOf('\0') >= 0) {
			return Optional.empty();
		}
		try (Memory sid = new Memory(LONGEST_SID)) {
			int[] use = new int[1];
			boolean found = Advapi32.LookupAccountNameW(Kernel32.NULL, WideString.encode(name),
					Pointer.nativeValue(sid), new int[] { LONGEST_SID }, new byte[2 * LONGEST_NAME],
					new int[] { LONGEST_NAME }, use);
			return (found && uses.contains(use[0])) ? Optional.of(Tokens.text(Pointer.nativeValue(sid)))
					: Optional.empty();
		}
		catch (TransportException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public boolean knowsMemberships() {
		return false;
	}

	@Override
	public Set<String> groupIdsOf(String userId) {
		return Set.of();
	}

	/**
	 * The name of an account.
	 * @param sid address of the SID
	 * @param text the SID in words
	 * @return {@code DOMAIN\name}, or {@code null} if nobody knows it
	 */
	static @Nullable String nameOf(long sid, String text) {
		long now = System.nanoTime();
		synchronized (names) {
			Name known = names.get(text);
			if (known != null && known.isCurrent(now)) {
				return known.account();
			}
		}
		Name found = new Name(lookUp(sid), now);
		synchronized (names) {
			names.put(text, found);
		}
		return found.account();
	}

	private static @Nullable String lookUp(long sid) {
		byte[] name = new byte[2 * LONGEST_NAME];
		byte[] domain = new byte[2 * LONGEST_NAME];
		int[] nameLength = { LONGEST_NAME };
		int[] domainLength = { LONGEST_NAME };
		if (!Advapi32.LookupAccountSidW(Kernel32.NULL, sid, name, nameLength, domain, domainLength, new int[1])) {
			return null;
		}
		String account = WideString.decode(name, nameLength[0]);
		return (domainLength[0] > 0) ? WideString.decode(domain, domainLength[0]) + "\\" + account : account;
	}

	private record Name(@Nullable String account, long since) {

		boolean isCurrent(long now) {
			return this.account != null || now - this.since < UNKNOWN_FOR.toNanos();
		}

	}

}
