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

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

import io.namedpipe.transport.TransportChannel;

/**
 * Reads a channel as a stream.
 */
final class ChannelInputStream extends InputStream {

	private static final int BYTE_MASK = 0xFF;

	private final TransportChannel channel;

	ChannelInputStream(TransportChannel channel) {
		this.channel = channel;
	}

	@Override
	public int read() throws IOException {
		byte[] one = new byte[1];
		return (read(one, 0, 1) < 0) ? -1 : one[0] & BYTE_MASK;
	}

	@Override
	public int read(byte[] target, int offset, int length) throws IOException {
		return (length == 0) ? 0 : this.channel.read(ByteBuffer.wrap(target, offset, length));
	}

	@Override
	public void close() throws IOException {
		this.channel.close();
	}

}
