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
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;

/**
 * Makes bytes of text that is to be sent, or tells what the charset does not have. May be
 * used by any number of threads.
 */
final class TextEncoder {

	private final Charset charset;

	private final byte suspect;

	// lacks nothing but half of a pair of surrogates
	private final boolean unicode;

	TextEncoder(Charset charset) {
		this.charset = charset;
		this.unicode = charset.name().startsWith("UTF-");
		this.suspect = charset.canEncode() ? largest(charset.newEncoder().replacement()) : 0;
	}

	// of several bytes the one that is least often in a text
	private static byte largest(byte[] bytes) {
		byte largest = 0;
		for (byte next : bytes) {
			if (Byte.toUnsignedInt(next) > Byte.toUnsignedInt(largest)) {
				largest = next;
			}
		}
		return largest;
	}

	/**
	 * Encodes text.
	 * @throws FramingException if the charset lacks one of its characters
	 */
	byte[] encode(String text) throws FramingException {
		if (!this.charset.canEncode()) {
			throw new FramingException("The charset " + this.charset
					+ " can be read but not written: set payload.charset to another one, or send bytes");
		}
		byte[] bytes = text.getBytes(this.charset);
		if (ByteSearch.indexOf(bytes, 0, this.suspect) >= 0 && (!this.unicode || hasSurrogate(text))) {
			verify(text);
		}
		return bytes;
	}

	private static boolean hasSurrogate(String text) {
		for (int i = 0; i < text.length(); i++) {
			if (Character.isSurrogate(text.charAt(i))) {
				return true;
			}
		}
		return false;
	}

	private void verify(String text) throws FramingException {
		CharsetEncoder encoder = this.charset.newEncoder();
		CharBuffer input = CharBuffer.wrap(text);
		ByteBuffer output = ByteBuffer.allocate(1024);
		CoderResult result = encoder.encode(input, output, true);
		while (result.isOverflow()) {
			result = encoder.encode(input, output.clear(), true);
		}
		if (result.isError()) {
			throw FramingException.unknownCharacter(text, input.position(), this.charset);
		}
	}

}
