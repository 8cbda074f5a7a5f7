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

import java.io.UncheckedIOException;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.AccountDatabase;
import io.namedpipe.transport.ConnectOptions;
import io.namedpipe.transport.PeerCredentials;
import io.namedpipe.transport.Setting;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * The user that a client expects its server to run as.
 *
 * @param description the user as configured
 * @param id the uid
 */
public record ServerUser(String description, String id) {

	/**
	 * Finds the user.
	 * @param user the user as configured
	 * @return the user, or {@code null} if any will do
	 * @throws TransportException with {@link Reason#INVALID_ACCESS} if there is no such
	 * user, with {@link Reason#IO} if that cannot be found out
	 */
	public static @Nullable ServerUser of(@Nullable String user) throws TransportException {
		return (user != null) ? of(user, PosixAccounts.get()) : null;
	}

	static ServerUser of(String user, AccountDatabase accounts) throws TransportException {
		try {
			if (user.equalsIgnoreCase(ConnectOptions.CURRENT_USER)) {
				String id = accounts.currentUserId();
				return new ServerUser("the current user (" + id + ")", id);
			}
			String id = accounts.userId(user)
				.orElseThrow(() -> new TransportException(Reason.INVALID_ACCESS, Setting.verifyServerUser(user),
						"There is no user '" + user + "' on this machine to verify the server against", null));
			return new ServerUser("user " + ((user.equals(id)) ? id : user + " (" + id + ")"), id);
		}
		catch (UncheckedIOException ex) {
			throw new TransportException(Reason.IO,
					"The server cannot be verified, which is to run as '" + user + "': " + ex.getMessage(), ex);
		}
	}

	public void verify(Path path, PeerCredentials server) throws TransportException {
		if (!is(server.userId())) {
			throw new TransportException(Reason.UNTRUSTED_SERVER,
					path + " is served by " + server.describe() + ", not by " + this.description
							+ " as required: nothing was sent to it" + unmapped(server.userId()));
		}
	}

	public void verifyOwner(Path path, String owner) throws TransportException {
		if (!is(owner)) {
			throw new TransportException(Reason.UNTRUSTED_SERVER, path + " belongs to user " + owner + ", not to "
					+ this.description + " as required" + unmapped(owner));
		}
	}

	// a user without a number in this namespace may be any user
	private boolean is(@Nullable String userId) {
		return this.id.equals(userId) && !PosixAccounts.UNMAPPED.equals(userId);
	}

	private static String unmapped(@Nullable String userId) {
		return (PosixAccounts.UNMAPPED.equals(userId))
				? " (" + userId + " stands for every user that has no number here)" : "";
	}

}
