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

import java.nio.charset.StandardCharsets;

import com.sun.jna.Pointer;

/**
 * Strings as Win32 takes and gives them: UTF-16, little-endian, ended by NUL.
 */
final class WideString {

	private WideString() {
	}

	static byte[] encode(String text) {
		return (text + "\0").getBytes(StandardCharsets.UTF_16LE);
	}

	static String decode(byte[] buffer, int length) {
		return new String(buffer, 0, 2 * length, StandardCharsets.UTF_16LE);
	}

	/**
	 * Reads a string that Win32 has allocated, and frees it.
	 * @param address where it is
	 * @return the string
	 */
	static String takeLocal(long address) {
		Pointer pointer = new Pointer(address);
		int size = 0;
		while (pointer.getShort(size) != 0) {
			size += 2;
		}
		String text = new String(pointer.getByteArray(0, size), StandardCharsets.UTF_16LE);
		Kernel32.LocalFree(address);
		return text;
	}

}
