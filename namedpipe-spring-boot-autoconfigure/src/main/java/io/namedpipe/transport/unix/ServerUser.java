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

package io.namedpipe.transport.unix;

import java.nio.file.Path;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.ConnectOptions;
import io.namedpipe.transport.PeerCredentials;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * The user that a client wants its server to be.
 */
final class ServerUser {

	private ServerUser() {
	}

	/**
	 * The uid of the user asked for.
	 * @return the uid, or {@code null} if any will do
	 */
	static @Nullable String idOf(@Nullable String user) throws TransportException {
		if (user == null) {
			return null;
		}
		if (user.equalsIgnoreCase(ConnectOptions.CURRENT_USER)) {
			return PosixAccounts.get().currentUserId();
		}
		Optional<String> id = PosixAccounts.get().userId(user);
		return id.orElseThrow(() -> new TransportException(Reason.INVALID_ACCESS,
				"There is no user '" + user + "' on this machine to verify the server against"));
	}

	static void verify(Path path, @Nullable String expected, PeerCredentials server) throws TransportException {
		if (expected != null && !expected.equals(server.userId())) {
			throw new TransportException(Reason.UNTRUSTED_SERVER, path + " is served by " + server.describe()
					+ ", not by user " + expected + " as required: nothing was sent to it");
		}
	}

}
