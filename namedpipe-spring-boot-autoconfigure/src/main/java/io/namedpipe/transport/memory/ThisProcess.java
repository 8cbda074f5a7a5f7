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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.GrantedAccess;
import io.namedpipe.transport.PeerCredentials;

/**
 * Clients that are this process itself, as they are outside of our own tests.
 */
final class ThisProcess implements MemoryClients {

	// belongs to whoever runs the process
	private static final Path SELF = Path.of("/proc/self");

	private final PeerCredentials credentials = new PeerCredentials(System.getProperty("user.name"), id("unix:uid"),
			id("unix:gid"), null, OptionalLong.of(ProcessHandle.current().pid()));

	private static @Nullable String id(String attribute) {
		try {
			return String.valueOf(Files.getAttribute(SELF, attribute));
		}
		catch (IOException | UnsupportedOperationException | IllegalArgumentException ex) {
			return null;
		}
	}

	@Override
	public PeerCredentials credentials() {
		return this.credentials;
	}

	@Override
	public GrantedAccess granted() {
		return GrantedAccess.FULL;
	}

	@Override
	public LookUp lookUp() {
		return () -> {
		};
	}

}
