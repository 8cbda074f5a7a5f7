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
import java.util.Set;

import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import io.namedpipe.transport.Capability;
import io.namedpipe.transport.Transport;
import io.namedpipe.transport.Transports;

/**
 * The behaviour suite over pipes of Windows in message mode.
 */
@EnabledOnOs(OS.WINDOWS)
class WindowsPipeMessageModeBehaviourTests extends PipeBehaviourTests {

	@Override
	Transport transport() {
		try {
			return Transports.select(Set.of(Capability.MESSAGE_MODE, Capability.DUPLEX));
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
		return "suite-message-" + ProcessHandle.current().pid();
	}

}
