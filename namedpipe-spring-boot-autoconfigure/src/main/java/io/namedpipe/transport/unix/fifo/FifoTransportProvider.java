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

package io.namedpipe.transport.unix.fifo;

import java.util.Optional;
import java.util.Set;

import io.namedpipe.transport.Capability;
import io.namedpipe.transport.Obstacle;
import io.namedpipe.transport.Transport;
import io.namedpipe.transport.TransportProvider;
import io.namedpipe.transport.unix.libc.NativeLinux;

/**
 * Offers FIFOs on Linux.
 */
public final class FifoTransportProvider implements TransportProvider {

	/**
	 * For {@link java.util.ServiceLoader}.
	 */
	public FifoTransportProvider() {
	}

	@Override
	public Set<Capability> capabilities() {
		return FifoTransport.CAPABILITIES;
	}

	@Override
	public boolean isForThisPlatform() {
		return !NativeLinux.isWindows();
	}

	@Override
	public Optional<Obstacle> obstacle() {
		return NativeLinux.obstacle("A FIFO", "Linux");
	}

	@Override
	public Transport create() {
		return new FifoTransport();
	}

}
