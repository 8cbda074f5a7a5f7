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

import java.util.OptionalLong;

import io.namedpipe.transport.GrantedAccess;
import io.namedpipe.transport.PeerCredentials;

/**
 * Pipes in memory of which a test says who the clients are, and what they may do.
 */
public class ControlledMemoryTransport extends MemoryTransport {

	private final Clients clients;

	/**
	 * Creates a name space of its own, with clients of the user {@code memory} (4242).
	 */
	public ControlledMemoryTransport() {
		this(new Clients());
	}

	private ControlledMemoryTransport(Clients clients) {
		super(clients);
		this.clients = clients;
	}

	/**
	 * What clients are granted from now on.
	 * @param granted their rights
	 */
	public void setGranted(GrantedAccess granted) {
		this.clients.granted = granted;
	}

	/**
	 * Has a look-up done for each client from now on.
	 * @param lookUp what it does, by default nothing
	 */
	public void setLookUp(MemoryClients.LookUp lookUp) {
		this.clients.lookUp = lookUp;
	}

	private static final class Clients implements MemoryClients {

		private final PeerCredentials credentials = new PeerCredentials("memory", "4242", "4242", null,
				OptionalLong.of(ProcessHandle.current().pid()));

		private volatile LookUp lookUp = () -> {
		};

		private volatile GrantedAccess granted = GrantedAccess.FULL;

		@Override
		public PeerCredentials credentials() {
			return this.credentials;
		}

		@Override
		public GrantedAccess granted() {
			return this.granted;
		}

		@Override
		public LookUp lookUp() {
			return this.lookUp;
		}

	}

}
