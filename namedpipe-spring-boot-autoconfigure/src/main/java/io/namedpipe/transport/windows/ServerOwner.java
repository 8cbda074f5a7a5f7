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
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.AccountDatabase;
import io.namedpipe.transport.ConnectOptions;
import io.namedpipe.transport.Setting;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * The user that must own the pipe that a client connects to. A user that may not create
 * an instance of an existing pipe may still create the pipe while there is none.
 *
 * @param user the user as configured
 * @param sids the owners that are accepted, as the kernel writes them
 */
record ServerOwner(String user, Set<String> sids) {

	private static final Pattern SID = Pattern.compile("S-[0-9].*", Pattern.CASE_INSENSITIVE);

	private static final Pattern AUTHORITY = Pattern.compile("^(NT AUTHORITY|BUILTIN)\\\\", Pattern.CASE_INSENSITIVE);

	private static final Map<String, String> WELL_KNOWN = Map.of("administrators", "S-1-5-32-544", "system", "S-1-5-18",
			"local system", "S-1-5-18", "local service", "S-1-5-19", "network service", "S-1-5-20");

	/**
	 * Finds the user.
	 * @param user the user as configured
	 * @param accounts the accounts of this machine
	 * @return the owner
	 * @throws TransportException with {@link Reason#INVALID_ACCESS} if there is no such
	 * user, with {@link Reason#IO} if that cannot be found out
	 */
	static ServerOwner of(String user, AccountDatabase accounts) throws TransportException {
		if (user.equalsIgnoreCase(ConnectOptions.CURRENT_USER)) {
			// what an elevated process creates belongs to the administrators by default
			return new ServerOwner(user, Set.of(Tokens.currentUser(), Tokens.currentOwner()));
		}
		return new ServerOwner(user, Set.of(sid(user, accounts)));
	}

	private static String sid(String user, AccountDatabase accounts) throws TransportException {
		if (SID.matcher(user).matches()) {
			try {
				return Tokens.canonical(user.toUpperCase(Locale.ROOT));
			}
			catch (TransportException ex) {
				throw unknown(user, ex);
			}
		}
		// by their SIDs, as the names depend on the language
		String name = AUTHORITY.matcher(user).replaceFirst("").toLowerCase(Locale.ROOT);
		String wellKnown = WELL_KNOWN.get(name);
		if (wellKnown != null) {
			return wellKnown;
		}
		try {
			return accounts.userId(user).or(() -> accounts.groupId(user)).orElseThrow(() -> unknown(user, null));
		}
		catch (UncheckedIOException ex) {
			throw new TransportException(Reason.IO,
					"Cannot find out who '" + user + "' is, which is to own the server's end: " + reason(ex), ex);
		}
	}

	private static @Nullable String reason(UncheckedIOException ex) {
		Throwable cause = ex.getCause();
		return (cause != null) ? cause.getMessage() : ex.getMessage();
	}

	private static TransportException unknown(String user, @Nullable Throwable cause) {
		return new TransportException(Reason.INVALID_ACCESS, Setting.verifyServerUser(user),
				"There is no account '" + user + "', which is to own the server's end", cause);
	}

	void verify(String address, long pipe) throws TransportException {
		String owner = PipeSecurity.owner(pipe);
		if (owner == null || !this.sids.contains(owner)) {
			throw new TransportException(Reason.UNTRUSTED_SERVER,
					"The pipe " + address + " belongs to " + ((owner != null) ? owner : "nobody") + " and not to "
							+ ((this.sids.contains(this.user)) ? this.user
									: this.user + " (" + String.join(", ", this.sids) + ")"));
		}
	}

}
