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
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The smallest units that the characters of a charset consist of. In UTF-16 the bytes
 * that end a frame also occur where one unit ends and the next begins, so that they have
 * to be looked for at whole units.
 *
 * @param charset the charset
 * @param size bytes in each unit
 */
record CodeUnits(Charset charset, int size) {

	static CodeUnits of(Charset charset) {
		return new CodeUnits(charset, size(charset));
	}

	static int size(Charset charset) {
		return switch (charset.name()) {
			case "UTF-16LE", "UTF-16BE" -> 2;
			case "UTF-32LE", "UTF-32BE" -> 4;
			default -> 1;
		};
	}

	/**
	 * Encodes characters that each charset has.
	 */
	static byte[] encode(String characters, Charset charset) {
		return characters.getBytes(charset.canEncode() ? charset : StandardCharsets.US_ASCII);
	}

	/**
	 * Verifies that what follows a message is at a whole unit.
	 */
	void check(byte[] message) throws FramingException {
		if (message.length % this.size != 0) {
			throw new FramingException("A payload of " + message.length + " bytes is no text in " + this.charset
					+ " (payload.charset), so that its end would not be found");
		}
	}

	/**
	 * Verifies that a delimiter consists of whole units.
	 */
	void checkDelimiter(byte[] delimiter) {
		if (delimiter.length % this.size != 0) {
			throw new IllegalArgumentException("A character in " + this.charset + " has " + this.size
					+ " bytes or more, and the delimiter " + delimiter.length
					+ ((delimiter.length == 1) ? " byte" : " bytes") + "; give all bytes of its characters");
		}
	}

	/**
	 * Verifies that text has a delimiter nowhere but between characters: in some charsets
	 * the bytes of one are also the second halves of others.
	 */
	void checkDelimiterOfText(byte[] delimiter) {
		if (this.size > 1 || !this.charset.canEncode() || isAsciiInUtf8(delimiter)) {
			return;
		}
		CharsetEncoder encoder = this.charset.newEncoder();
		if (encoder.maxBytesPerChar() <= 1) {
			return;
		}
		ByteBuffer bytes = ByteBuffer.allocate(4 * (int) Math.ceil(encoder.maxBytesPerChar()));
		for (int character = 0; character <= Character.MAX_VALUE; character++) {
			CharBuffer text = CharBuffer.wrap(new char[] { (char) character });
			boolean encoded = !encoder.reset().encode(text, bytes.clear(), true).isError();
			if (encoded && !encoder.flush(bytes).isError() && hasPart(bytes.flip(), delimiter)) {
				throw new IllegalArgumentException(
						"The delimiter 0x%s is also a part of the character U+%04X in %s, so that a message with it would be cut there; use another one, such as 0x00, or a length header"
							.formatted(HexFormat.of().withUpperCase().formatHex(delimiter), character, this.charset));
			}
		}
	}

	private boolean isAsciiInUtf8(byte[] delimiter) {
		if (!this.charset.equals(StandardCharsets.UTF_8)) {
			return false;
		}
		for (byte next : delimiter) {
			if (next < 0) {
				return false;
			}
		}
		return true;
	}

	private static boolean hasPart(ByteBuffer character, byte[] delimiter) {
		// it may begin with the whole character
		int from = (delimiter.length >= character.limit()) ? 1 : 0;
		for (int start = from; start < character.limit(); start++) {
			int length = Math.min(delimiter.length, character.limit() - start);
			if (character.slice(start, length).equals(ByteBuffer.wrap(delimiter, 0, length))) {
				return true;
			}
		}
		return false;
	}

	/**
	 * The index of the first delimiter in a message that is followed by one, unless that
	 * is where the message ends.
	 * @return the index, or -1 if there is none before the end
	 */
	int indexOf(byte[] message, byte[] delimiter) {
		int index = ByteSearch.indexOf(message, 0, delimiter[0]);
		while (index >= 0) {
			if (index % this.size == 0 && isAt(message, index, delimiter)) {
				return index;
			}
			index = ByteSearch.indexOf(message, index + 1, delimiter[0]);
		}
		return -1;
	}

	// The delimiter that follows the message can be the second half of one that begins
	// inside the message
	private static boolean isAt(byte[] message, int from, byte[] delimiter) {
		for (int i = 1; i < delimiter.length; i++) {
			int index = from + i;
			byte next = (index < message.length) ? message[index] : delimiter[index - message.length];
			if (next != delimiter[i]) {
				return false;
			}
		}
		return true;
	}

}
