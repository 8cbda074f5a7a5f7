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

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Finds a byte in a buffer, eight at a time.
 */
final class ByteSearch {

	private static final long ONES = 0x0101010101010101L;

	private static final long HIGHS = 0x8080808080808080L;

	private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

	private ByteSearch() {
	}

	/**
	 * The index of the first occurrence of a byte.
	 * @return the index, or -1 if there is none
	 */
	static int indexOf(ByteBuffer buffer, int from, int to, byte value) {
		long pattern = (value & 0xFFL) * ONES;
		int index = from;
		for (; index <= to - Long.BYTES; index += Long.BYTES) {
			if (contains(buffer.getLong(index), pattern)) {
				break;
			}
		}
		for (; index < to; index++) {
			if (buffer.get(index) == value) {
				return index;
			}
		}
		return -1;
	}

	/**
	 * The index of the first occurrence of a byte.
	 * @return the index, or -1 if there is none
	 */
	static int indexOf(byte[] bytes, int from, byte value) {
		long pattern = (value & 0xFFL) * ONES;
		int index = from;
		for (; index <= bytes.length - Long.BYTES; index += Long.BYTES) {
			if (contains((long) LONGS.get(bytes, index), pattern)) {
				break;
			}
		}
		for (; index < bytes.length; index++) {
			if (bytes[index] == value) {
				return index;
			}
		}
		return -1;
	}

	// "Bit Twiddling Hacks" by Sean Eron Anderson: a zero byte borrows its highest bit
	private static boolean contains(long eight, long pattern) {
		long difference = eight ^ pattern;
		return ((difference - ONES) & ~difference & HIGHS) != 0;
	}

}
