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

import java.util.Optional;
import java.util.Set;

import com.sun.jna.Native;

import io.namedpipe.transport.Capability;
import io.namedpipe.transport.Obstacle;
import io.namedpipe.transport.Transport;
import io.namedpipe.transport.TransportProvider;

/**
 * Offers the named pipes of Windows, which need JNA.
 */
public final class WindowsTransportProvider implements TransportProvider {

	static final Set<Capability> CAPABILITIES = Set.of(Capability.BYTE_MODE, Capability.MESSAGE_MODE, Capability.DUPLEX,
			Capability.REMOTE_SERVER, Capability.ACCESS_RULES, Capability.PEER_USER, Capability.PEER_USER_ID,
			Capability.PEER_PROCESS_ID, Capability.RUN_AS_CLIENT, Capability.TIMED_READS);

	private static final int ADDRESS_SIZE = 8;

	@Override
	public Set<Capability> capabilities() {
		return CAPABILITIES;
	}

	@Override
	public boolean isForThisPlatform() {
		return System.getProperty("os.name", "").startsWith("Windows");
	}

	@Override
	public Optional<Obstacle> obstacle() {
		try {
			return (Native.POINTER_SIZE == ADDRESS_SIZE) ? Optional.empty()
					: Optional.of(Obstacle.unsupported("Named pipes on Windows need a 64-bit JVM"));
		}
		catch (LinkageError ex) {
			return Optional.of(Obstacle.missingLibrary(
					"Named pipes on Windows need JNA (net.java.dev.jna:jna, which the starter brings): " + ex));
		}
	}

	@Override
	public Transport create() {
		return new WindowsTransport();
	}

}
