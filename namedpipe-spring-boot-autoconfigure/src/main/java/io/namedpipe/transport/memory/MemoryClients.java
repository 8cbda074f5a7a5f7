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

package io.namedpipe.transport.memory;

import io.namedpipe.transport.GrantedAccess;
import io.namedpipe.transport.PeerCredentials;
import io.namedpipe.transport.TransportException;

/**
 * Who the clients of pipes in memory are, and what they may do.
 */
interface MemoryClients {

	/**
	 * Who both ends see as their peer.
	 * @return the credentials of the next connection
	 */
	PeerCredentials credentials();

	/**
	 * What a client may do.
	 * @return the rights of the next client
	 */
	GrantedAccess granted();

	/**
	 * What it takes to find out who a client is.
	 * @return the look-up, done by the thread that admits the client
	 */
	LookUp lookUp();

	/**
	 * Finds out who a client is, and may turn it away.
	 */
	@FunctionalInterface
	interface LookUp {

		/**
		 * Called on the thread that admits the client.
		 * @throws TransportException to turn it away
		 */
		void run() throws TransportException;

	}

}
