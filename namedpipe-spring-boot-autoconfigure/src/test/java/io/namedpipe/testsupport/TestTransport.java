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

package io.namedpipe.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.condition.OS;

import io.namedpipe.PipeClient;
import io.namedpipe.PipeServer;
import io.namedpipe.TransmissionMode;
import io.namedpipe.transport.Capability;
import io.namedpipe.transport.Transport;
import io.namedpipe.transport.Transports;
import io.namedpipe.transport.memory.MemoryTransport;

/**
 * The transports that tests above the pipe API run on.
 */
public enum TestTransport {

	/** In this process, byte mode. */
	MEMORY(TransmissionMode.BYTE),

	/** In this process, message mode. */
	MEMORY_MESSAGE(TransmissionMode.MESSAGE),

	/**
	 * What the platform has for bytes: Unix domain sockets, or the pipes of Windows.
	 */
	PLATFORM(TransmissionMode.BYTE);

	/** The name that many tests have for {@link #PLATFORM}. */
	public static final TestTransport UNIX = PLATFORM;

	private static final AtomicInteger names = new AtomicInteger();

	private static final MemoryTransport memory = new MemoryTransport();

	private final TransmissionMode mode;

	TestTransport(TransmissionMode mode) {
		this.mode = mode;
	}

	/**
	 * A name that nobody serves.
	 * @return a new name
	 */
	public String newPipeName() {
		String name = "np-" + ProcessHandle.current().pid() + "-" + names.incrementAndGet();
		return isSocket() ? Path.of(System.getProperty("java.io.tmpdir"), name).toString() : name;
	}

	/**
	 * Starts to build a server on this transport.
	 * @param pipeName the name
	 * @return the builder
	 */
	public PipeServer.Builder server(String pipeName) {
		return PipeServer.builder(pipeName).transport(transport()).transmissionMode(this.mode);
	}

	/**
	 * Starts to build a client on this transport.
	 * @param pipeName the name
	 * @return the builder
	 */
	public PipeClient.Builder client(String pipeName) {
		return PipeClient.builder(pipeName).transport(transport()).transmissionMode(this.mode);
	}

	/**
	 * The transport itself.
	 * @return the transport
	 */
	public Transport transport() {
		try {
			if (this != PLATFORM) {
				return memory;
			}
			return Transports.select(isSocket() ? Set.of(Capability.BYTE_MODE, Capability.FILE_SYSTEM_NAME)
					: Set.of(Capability.BYTE_MODE, Capability.DUPLEX));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private boolean isSocket() {
		return this == PLATFORM && OS.current() != OS.WINDOWS;
	}

	/**
	 * Removes what a server leaves on purpose, such as its lock file.
	 * @param pipeName the name that was served
	 */
	public void cleanUp(String pipeName) {
		if (isSocket()) {
			try {
				Files.deleteIfExists(Path.of(pipeName + ".lock"));
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
	}

}
