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

import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.AccountDatabase;
import io.namedpipe.transport.ConnectOptions;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * Who must own the pipe that a client connects to. Whoever may not create an instance of
 * a pipe name that exists may still create the name while it does not.
 *
 * @param description the user as configured
 * @param sids the owners that are accepted
 */
record ServerOwner(String description, Set<String> sids) {

	/**
	 * Finds the user.
	 * @param user the user as configured
	 * @param accounts the accounts of this machine
	 * @return the owner, or {@code null} to trust any
	 * @throws TransportException with {@link Reason#INVALID_ACCESS} if there is no such
	 * user
	 */
	static @Nullable ServerOwner of(@Nullable String user, AccountDatabase accounts) throws TransportException {
		if (user == null) {
			return null;
		}
		if (user.equalsIgnoreCase(ConnectOptions.CURRENT_USER)) {
			// what an elevated process creates belongs to the administrators
			return new ServerOwner("the current user", Set.of(Tokens.currentUser(), Tokens.currentOwner()));
		}
		if (user.startsWith("S-1-")) {
			return new ServerOwner(user, Set.of(user));
		}
		String sid = accounts.userId(user)
			.or(() -> accounts.groupId(user))
			.orElseThrow(() -> new TransportException(Reason.INVALID_ACCESS,
					"There is no account '" + user + "', which is to own the server's end"));
		return new ServerOwner(user, Set.of(sid));
	}

	void verify(String address, long pipe) throws TransportException {
		String owner = PipeSecurity.owner(pipe);
		if (owner == null || !this.sids.contains(owner)) {
			throw new TransportException(Reason.UNTRUSTED_SERVER, "The pipe " + address + " belongs to "
					+ ((owner != null) ? owner : "nobody") + " and not to " + this.description);
		}
	}

}
