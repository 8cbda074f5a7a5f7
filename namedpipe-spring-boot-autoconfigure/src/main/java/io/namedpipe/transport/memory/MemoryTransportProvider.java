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

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

import io.namedpipe.transport.Capability;
import io.namedpipe.transport.Obstacle;
import io.namedpipe.transport.Transport;
import io.namedpipe.transport.TransportProvider;

/**
 * Offers pipes in memory to those who ask for exactly that. All of them are in one name
 * space, so that the servers and clients of this process meet.
 */
public final class MemoryTransportProvider implements TransportProvider {

	/**
	 * For {@link java.util.ServiceLoader}.
	 */
	public MemoryTransportProvider() {
	}

	// nobody who asks for a pipe of the platform may get one of these
	@Override
	public Set<Capability> capabilities() {
		return EnumSet.of(Capability.MEMORY);
	}

	@Override
	public boolean isForThisPlatform() {
		return true;
	}

	@Override
	public Optional<Obstacle> obstacle() {
		return Optional.empty();
	}

	@Override
	public Transport create() {
		return Shared.TRANSPORT;
	}

	/** Made when it is asked for first. */
	private static final class Shared {

		private static final MemoryTransport TRANSPORT = new MemoryTransport();

	}

}
