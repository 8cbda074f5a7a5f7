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
import java.util.Optional;
import java.util.Set;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.AccountDatabase;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * The accounts that LookupAccountName finds: of this machine, its domain and the domains
 * it trusts. Memberships are read from the token of the process.
 */
final class WindowsAccounts implements AccountDatabase {

	private static final int LONGEST_SID = 68;

	private static final int LONGEST_NAME = 1024;

	private static final AccountNames names = new AccountNames();

	private final Lookup lookup;

	WindowsAccounts() {
		this(WindowsAccounts::lookUp);
	}

	WindowsAccounts(Lookup lookup) {
		this.lookup = lookup;
	}

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

	private Optional<String> find(String name, Set<Integer> uses) {
		if (name.isBlank() || name.indexOf('\0') >= 0) {
			return Optional.empty();
		}
		Account account = ask(name);
		if (account != null && account.use() == Advapi32.SID_TYPE_DOMAIN && name.indexOf('\\') < 0) {
			// that was the machine itself, and an account may have its name
			account = ask(name + "\\" + name);
		}
		return (account != null && uses.contains(account.use())) ? Optional.of(account.id()) : Optional.empty();
	}

	private @Nullable Account ask(String name) {
		try {
			return this.lookup.find(name);
		}
		catch (TransportException ex) {
			throw new UncheckedIOException("Cannot look up account '" + name + "': " + ex.getMessage(), ex);
		}
	}

	private static @Nullable Account lookUp(String name) throws TransportException {
		try (Memory sid = new Memory(LONGEST_SID)) {
			int[] use = new int[1];
			if (Advapi32.LookupAccountNameW(Kernel32.NULL, WideString.encode(name), Pointer.nativeValue(sid),
					new int[] { LONGEST_SID }, new byte[2 * LONGEST_NAME], new int[] { LONGEST_NAME }, use)) {
				return new Account(Tokens.text(Pointer.nativeValue(sid)), use[0]);
			}
			int error = Win32Error.last();
			if (isUnknown(error)) {
				return null;
			}
			throw new TransportException(Reason.IO,
					"The machine or a domain controller does not answer: Win32 error " + error);
		}
	}

	/**
	 * Whether the answer to a look-up is that there is no such account. Any other error
	 * is that of somebody who could not be asked.
	 * @param error the code
	 * @return {@code true} if there is none
	 */
	static boolean isUnknown(int error) {
		return error == Win32Error.ERROR_NONE_MAPPED || error == Win32Error.ERROR_INVALID_NAME
				|| error == Win32Error.ERROR_INVALID_PARAMETER;
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
	 * @param user a TOKEN_USER
	 * @param sid its SID in words
	 * @return {@code DOMAIN\name}, or {@code null} if nobody knows it or has said so in
	 * time
	 */
	static @Nullable String nameOf(Memory user, String sid) {
		return names.nameOf(sid, () -> Optional.ofNullable(lookUp(user.getLong(0))));
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

	/**
	 * An account.
	 *
	 * @param id its SID
	 * @param use what it is, see SID_NAME_USE (winnt.h)
	 */
	record Account(String id, int use) {
	}

	/**
	 * Asks for accounts.
	 */
	interface Lookup {

		/**
		 * Finds an account.
		 * @param name its name
		 * @return the account, or {@code null} if there is none
		 * @throws TransportException if nobody could be asked
		 */
		@Nullable Account find(String name) throws TransportException;

	}

}
