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

package io.namedpipe.framing;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

import io.namedpipe.PipeConnection;

/**
 * Reads from a connection that keeps message boundaries, and counts them, itself.
 */
final class WholeMessageReader extends MessageReader {

	private final PipeConnection connection;

	private final PayloadFormat format;

	WholeMessageReader(PipeConnection connection, PayloadFormat format) {
		this.connection = connection;
		this.format = format;
	}

	@Override
	public @Nullable Object read() throws IOException {
		byte[] message = this.connection.readMessage();
		return (message != null) ? this.format.fromBytes(message) : null;
	}

	@Override
	public boolean hasPending() {
		return false;
	}

}
