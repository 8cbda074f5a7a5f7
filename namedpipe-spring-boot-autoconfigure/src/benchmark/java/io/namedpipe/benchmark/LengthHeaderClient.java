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

package io.namedpipe.benchmark;

import java.io.EOFException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * A bare client that speaks frames with a four byte length header, so that only the
 * server end differs between those it is used against.
 */
final class LengthHeaderClient implements Peer.Client {

	private final SocketChannel channel;

	private ByteBuffer buffer = ByteBuffer.allocateDirect(0);

	LengthHeaderClient(Path path) throws Exception {
		this.channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
	}

	@Override
	public void exchange(byte[] payload) throws Exception {
		if (this.buffer.capacity() != payload.length + 4) {
			this.buffer = ByteBuffer.allocateDirect(payload.length + 4);
		}
		this.buffer.clear();
		this.buffer.putInt(payload.length).put(payload).flip();
		while (this.buffer.hasRemaining()) {
			this.channel.write(this.buffer);
		}
		this.buffer.clear();
		while (this.buffer.hasRemaining()) {
			if (this.channel.read(this.buffer) < 0) {
				throw new EOFException();
			}
		}
	}

	@Override
	public void close() throws Exception {
		this.channel.close();
	}

}
