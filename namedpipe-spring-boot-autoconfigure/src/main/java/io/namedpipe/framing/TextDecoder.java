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
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;

import org.jspecify.annotations.Nullable;

/**
 * Makes strings of the messages of one connection, one after the other. A byte order mark
 * at the start of the first one is no part of it, and may tell the order of bytes in all
 * of them.
 */
final class TextDecoder {

	static final char BYTE_ORDER_MARK = '\uFEFF';

	private static final char REPLACEMENT = '\uFFFD';

	private final @Nullable OpenByteOrder openOrder;

	private final boolean replaceMalformed;

	private Charset charset;

	private boolean first = true;

	TextDecoder(Charset charset, boolean replaceMalformed) {
		this.openOrder = OpenByteOrder.of(charset);
		this.charset = (this.openOrder != null) ? this.openOrder.otherwise() : charset;
		this.replaceMalformed = replaceMalformed;
	}

	/**
	 * Decodes the next message.
	 * @param bytes the message, from the first byte on
	 * @param length how many bytes it has
	 * @return the text; without a character although there are bytes if these are a mark
	 * only
	 * @throws FramingException if the bytes are no text in the charset
	 */
	String decode(byte[] bytes, int length) throws FramingException {
		int start = (this.openOrder != null) ? readMark(this.openOrder, bytes, length) : 0;
		String text = new String(bytes, start, length - start, this.charset);
		if (text.indexOf(REPLACEMENT) >= 0 && !this.replaceMalformed) {
			verify(ByteBuffer.wrap(bytes, start, length - start));
		}
		boolean marked = this.first && start == 0 && !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK;
		this.first = false;
		return marked ? text.substring(1) : text;
	}

	/**
	 * Whether bytes are a mark at the start, and no text.
	 */
	boolean isMark(byte[] bytes, int length) {
		if (!this.first || length == 0) {
			return false;
		}
		// some charsets of Java take it away themselves
		String text = new String(bytes, 0, length, this.charset);
		return text.isEmpty() || (text.length() == 1 && text.charAt(0) == BYTE_ORDER_MARK);
	}

	// Java marks each string that it encodes in such a charset
	private int readMark(OpenByteOrder order, byte[] bytes, int length) {
		Charset marked = order.marked(bytes, length);
		if (marked == null) {
			return 0;
		}
		this.charset = marked;
		return order.markLength();
	}

	// A replacement character may also be what the peer sent
	private void verify(ByteBuffer input) throws FramingException {
		CharsetDecoder decoder = this.charset.newDecoder();
		CharBuffer output = CharBuffer.allocate(1024);
		CoderResult result = decoder.decode(input, output, true);
		while (result.isOverflow()) {
			result = decoder.decode(input, output.clear(), true);
		}
		if (result.isError()) {
			throw FramingException.malformedText(input, result.length(), this.charset);
		}
	}

}
