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

package io.namedpipe;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import io.namedpipe.transport.Capability;
import io.namedpipe.transport.Transport;
import io.namedpipe.transport.Transports;

/**
 * The behaviour suite over {@code SOCK_SEQPACKET}: message mode on Linux.
 */
@EnabledOnOs(OS.LINUX)
class SeqPacketPipeBehaviourTests extends PipeBehaviourTests {

	@TempDir
	private Path folder;

	@Override
	Transport transport() {
		try {
			return Transports.select(Set.of(Capability.MESSAGE_MODE, Capability.FILE_SYSTEM_NAME));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	TransmissionMode mode() {
		return TransmissionMode.MESSAGE;
	}

	@Override
	String newPipeName() {
		return this.folder.resolve("pipe").toString();
	}

}
