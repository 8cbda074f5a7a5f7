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

package io.namedpipe.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Set;

import io.namedpipe.PipeClient;
import io.namedpipe.PipeServer;
import io.namedpipe.TransmissionMode;
import io.namedpipe.transport.Capability;
import io.namedpipe.transport.Transport;
import io.namedpipe.transport.Transports;
import io.namedpipe.transport.memory.MemoryTransport;

/**
 * What a test of races runs over.
 */
enum TransportUnderTest {

	MEMORY_BYTE(TransmissionMode.BYTE), MEMORY_MESSAGE(TransmissionMode.MESSAGE), UNIX_BYTE(TransmissionMode.BYTE),
	UNIX_MESSAGE(TransmissionMode.MESSAGE);

	private static final MemoryTransport memory = new MemoryTransport();

	private final TransmissionMode mode;

	TransportUnderTest(TransmissionMode mode) {
		this.mode = mode;
	}

	TransmissionMode mode() {
		return this.mode;
	}

	PipeServer.Builder server(Path path) {
		return PipeServer.builder(path.toString()).transport(transport()).transmissionMode(this.mode);
	}

	PipeClient.Builder client(Path path) {
		return PipeClient.builder(path.toString()).transport(transport()).transmissionMode(this.mode);
	}

	private Transport transport() {
		try {
			return switch (this) {
				case MEMORY_BYTE, MEMORY_MESSAGE -> memory;
				case UNIX_BYTE -> Transports.select(Set.of(Capability.BYTE_MODE, Capability.FILE_SYSTEM_NAME));
				case UNIX_MESSAGE -> Transports.select(Set.of(Capability.MESSAGE_MODE, Capability.FILE_SYSTEM_NAME));
			};
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
