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

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Direct buffers of one size that connections borrow while they need them, big-endian as
 * new ones are. Only the thread that uses a buffer may give it back, and not before its
 * last system call with it has returned.
 */
final class BufferPool {

	private final int size;

	private final ArrayBlockingQueue<ByteBuffer> free;

	BufferPool(int size, int kept) {
		this.size = size;
		this.free = new ArrayBlockingQueue<>(kept);
	}

	int size() {
		return this.size;
	}

	/**
	 * The number of buffers that are not borrowed.
	 */
	int idle() {
		return this.free.size();
	}

	ByteBuffer borrow() {
		ByteBuffer buffer = this.free.poll();
		return (buffer != null) ? buffer.clear().order(ByteOrder.BIG_ENDIAN) : ByteBuffer.allocateDirect(this.size);
	}

	void giveBack(ByteBuffer buffer) {
		this.free.offer(buffer);
	}

}
