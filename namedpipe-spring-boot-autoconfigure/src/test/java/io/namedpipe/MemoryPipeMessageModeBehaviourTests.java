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

import io.namedpipe.transport.Transport;
import io.namedpipe.transport.memory.MemoryTransport;

/**
 * The behaviour suite over pipes in memory in message mode.
 */
class MemoryPipeMessageModeBehaviourTests extends PipeBehaviourTests {

	private final MemoryTransport transport = new MemoryTransport();

	@Override
	Transport transport() {
		return this.transport;
	}

	@Override
	TransmissionMode mode() {
		return TransmissionMode.MESSAGE;
	}

	@Override
	String newPipeName() {
		return "suite";
	}

}
