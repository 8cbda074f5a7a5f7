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

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;

/**
 * Memory outside of the heap that the kernel reads and writes while a call is pending. A
 * small one is what an idle connection keeps; large ones are shared.
 */
final class NativeBuffer {

	static final int SMALL = 4 * 1024;

	static final int LARGE = 64 * 1024;

	private static final int MOST_SHARED = 16;

	private static final Deque<NativeBuffer> shared = new ArrayDeque<>(MOST_SHARED);

	private final Memory memory;

	private final ByteBuffer view;

	private final long address;

	private NativeBuffer(int size) {
		this.memory = new Memory(size);
		this.view = this.memory.getByteBuffer(0, size);
		this.address = Pointer.nativeValue(this.memory);
	}

	/**
	 * Finds a buffer of at least that size.
	 * @param size the size needed
	 * @return the buffer, to be given back
	 */
	static NativeBuffer take(int size) {
		if (size <= SMALL) {
			return new NativeBuffer(SMALL);
		}
		if (size > LARGE) {
			return new NativeBuffer(size);
		}
		synchronized (shared) {
			NativeBuffer buffer = shared.poll();
			if (buffer != null) {
				return buffer;
			}
		}
		return new NativeBuffer(LARGE);
	}

	/**
	 * Gives a buffer back that the kernel does not use any longer.
	 */
	void giveBack() {
		if (size() == LARGE) {
			synchronized (shared) {
				if (shared.size() < MOST_SHARED) {
					shared.push(this);
					return;
				}
			}
		}
		this.memory.close();
	}

	long address() {
		return this.address;
	}

	int size() {
		return this.view.capacity();
	}

	boolean isSmall() {
		return size() <= SMALL;
	}

	void get(int length, ByteBuffer target) {
		target.put(this.view.clear().limit(length));
	}

	void get(int length, byte[] target, int offset) {
		this.view.clear().get(target, offset, length);
	}

	void clear() {
		this.view.clear();
	}

	/**
	 * Appends as much of the source as there is room for.
	 */
	void fill(ByteBuffer source) {
		int limit = source.limit();
		source.limit(source.position() + Math.min(source.remaining(), this.view.remaining()));
		this.view.put(source);
		source.limit(limit);
	}

	/**
	 * The number of bytes appended since {@link #clear()}.
	 */
	int filled() {
		return this.view.position();
	}

}
