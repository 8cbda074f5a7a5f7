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

import java.util.OptionalLong;

import com.sun.jna.Memory;

import io.namedpipe.transport.GrantedAccess;
import io.namedpipe.transport.PeerCredentials;
import io.namedpipe.transport.TransportException;

/**
 * The user of a client, and what the security descriptor of the pipe grants to it.
 *
 * @param user its TOKEN_USER
 * @param sid the SID of its user
 * @param granted what it may do
 */
record ConnectedClient(Memory user, String sid, GrantedAccess granted) {

	/**
	 * Identifies the client.
	 * @param pipe the server's end
	 * @return the client
	 * @throws TransportException if that cannot be known yet, or the client stays
	 * anonymous
	 */
	static ConnectedClient of(long pipe) throws TransportException {
		long token = ClientIdentity.openToken(pipe);
		try {
			Memory user = Tokens.information(token, Advapi32.TOKEN_USER);
			GrantedAccess granted = PipeSecurity.granted(pipe, token);
			// it is connected, so that something was granted to it, be it by a privilege
			return new ConnectedClient(user, Tokens.text(user.getLong(0)),
					granted.isNone() ? GrantedAccess.FULL : granted);
		}
		finally {
			Kernel32.CloseHandle(token);
		}
	}

	/**
	 * Its credentials. May ask a directory server for the name.
	 * @param processId the process that it is
	 * @return the credentials
	 */
	PeerCredentials credentials(OptionalLong processId) {
		return new PeerCredentials(WindowsAccounts.nameOf(this.user, this.sid), this.sid, null, null, processId);
	}

}
