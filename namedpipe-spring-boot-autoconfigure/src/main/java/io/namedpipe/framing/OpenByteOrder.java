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

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A charset that leaves the order of its bytes open: a byte order mark tells it, and
 * without one it has a default.
 *
 * @param big the charset with the most significant byte first
 * @param little the charset with the least significant byte first
 * @param otherwise which of both it is without a mark
 */
record OpenByteOrder(Charset big, Charset little, Charset otherwise) {

	private static final String MARK = "\uFEFF";

	private static final Charset UTF_32BE = Charset.forName("UTF-32BE");

	private static final Charset UTF_32LE = Charset.forName("UTF-32LE");

	private static final Map<String, OpenByteOrder> BY_NAME = Map.of("UTF-16", utf16(StandardCharsets.UTF_16BE),
			"x-UTF-16LE-BOM", utf16(StandardCharsets.UTF_16LE), "UTF-32", utf32(UTF_32BE), "X-UTF-32BE-BOM",
			utf32(UTF_32BE), "X-UTF-32LE-BOM", utf32(UTF_32LE));

	private static OpenByteOrder utf16(Charset otherwise) {
		return new OpenByteOrder(StandardCharsets.UTF_16BE, StandardCharsets.UTF_16LE, otherwise);
	}

	private static OpenByteOrder utf32(Charset otherwise) {
		return new OpenByteOrder(UTF_32BE, UTF_32LE, otherwise);
	}

	/**
	 * What is open about a charset.
	 * @return its orders, or {@code null} if it has one only
	 */
	static @Nullable OpenByteOrder of(Charset charset) {
		return BY_NAME.get(charset.name());
	}

	/**
	 * The charset that a mark at the start of some bytes tells.
	 * @return one of both, or {@code null} if there is no mark
	 */
	@Nullable Charset marked(byte[] bytes, int length) {
		for (Charset charset : new Charset[] { this.big, this.little }) {
			byte[] mark = MARK.getBytes(charset);
			if (length >= mark.length && Arrays.equals(bytes, 0, mark.length, mark, 0, mark.length)) {
				return charset;
			}
		}
		return null;
	}

	/**
	 * The number of bytes that a mark takes.
	 */
	int markLength() {
		return MARK.getBytes(this.big).length;
	}

	@Override
	public String toString() {
		return this.little + " or " + this.big;
	}

}
