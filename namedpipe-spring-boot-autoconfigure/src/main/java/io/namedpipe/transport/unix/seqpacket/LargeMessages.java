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

package io.namedpipe.transport.unix.seqpacket;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Memory outside the heap for messages too large for a channel's own, shared by all
 * channels: as many buffers as threads can send at once are kept.
 */
final class LargeMessages {

	private static final BlockingQueue<ByteBuffer> BUFFERS = new ArrayBlockingQueue<>(
			Runtime.getRuntime().availableProcessors());

	private LargeMessages() {
	}

	/**
	 * Copies a message. The copy is to be given back.
	 * @param message the message; its position does not change
	 * @return a direct buffer with the message
	 */
	static ByteBuffer copy(ByteBuffer message) {
		ByteBuffer buffer = BUFFERS.poll();
		if (buffer == null || buffer.capacity() < message.remaining()) {
			buffer = ByteBuffer.allocateDirect(message.remaining());
		}
		buffer.clear().put(message.duplicate()).flip();
		return buffer;
	}

	static void giveBack(ByteBuffer buffer) {
		BUFFERS.offer(buffer);
	}

}
