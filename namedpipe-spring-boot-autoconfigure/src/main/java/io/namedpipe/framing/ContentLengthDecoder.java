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

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Frames with headers, of which {@code Content-Length} is one, and a blank line in front
 * of the payload, as language servers and debug adapters have them. Lines may end with LF
 * alone.
 */
final class ContentLengthDecoder extends CountedDecoder {

	/** The most bytes that the headers of one frame may have. */
	static final int MAX_HEADER_SIZE = 8 * 1024;

	private static final int SHOWN = 40;

	private static final int LINE_SIZE = 64;

	private final int maxMessageSize;

	private final Map<String, String> headers = new LinkedHashMap<>();

	private byte[] line = new byte[LINE_SIZE];

	private int lineLength;

	private int claimed = UNKNOWN;

	ContentLengthDecoder(int maxMessageSize, PayloadFormat format) {
		super(format);
		this.maxMessageSize = maxMessageSize;
	}

	@Override
	Object frame(Object payload) {
		if (this.headers.isEmpty()) {
			return payload;
		}
		Object frame = new Frame(payload, this.headers);
		this.headers.clear();
		return frame;
	}

	@Override
	int readHeader(byte next, int received) throws FramingException {
		if (received > MAX_HEADER_SIZE) {
			throw new FramingException("The headers of a frame have not ended after " + MAX_HEADER_SIZE + " bytes");
		}
		if (next != '\n') {
			if (this.lineLength == this.line.length) {
				this.line = Arrays.copyOf(this.line, this.line.length * 2);
			}
			this.line[this.lineLength++] = next;
			return UNKNOWN;
		}
		boolean returned = this.lineLength > 0 && this.line[this.lineLength - 1] == '\r';
		String text = new String(this.line, 0, returned ? this.lineLength - 1 : this.lineLength,
				StandardCharsets.ISO_8859_1);
		this.lineLength = 0;
		if (!text.isEmpty()) {
			readField(text);
			return UNKNOWN;
		}
		if (this.claimed == UNKNOWN) {
			throw new FramingException("The headers of a frame have ended without a Content-Length");
		}
		this.line = (this.line.length > LINE_SIZE) ? new byte[LINE_SIZE] : this.line;
		int length = this.claimed;
		this.claimed = UNKNOWN;
		return length;
	}

	private void readField(String text) throws FramingException {
		int colon = text.indexOf(':');
		String name = (colon >= 0) ? text.substring(0, colon) : "";
		if (!HeaderFields.isName(name)) {
			throw new FramingException("A header of a frame is a name, a colon and a value, not '" + shown(text) + "'");
		}
		String value = HeaderFields.trim(text.substring(colon + 1));
		if (!HeaderFields.isValue(value)) {
			throw new FramingException("The header " + shown(name) + " of a frame has a control character in it");
		}
		if (name.equalsIgnoreCase(HeaderFields.CONTENT_LENGTH)) {
			readLength(value);
			return;
		}
		this.headers.merge(name, value, (first, second) -> first + ", " + second);
	}

	private void readLength(String value) throws FramingException {
		if (this.claimed != UNKNOWN) {
			throw new FramingException("A frame has two headers Content-Length");
		}
		long sum = 0;
		for (int i = 0; i < value.length(); i++) {
			int digit = value.charAt(i) - '0';
			if (digit < 0 || digit > 9) {
				throw notNumber(value);
			}
			sum = sum * 10 + digit;
			if (sum > this.maxMessageSize) {
				throw FramingException.tooLarge(sum, this.maxMessageSize);
			}
		}
		if (value.isEmpty()) {
			throw notNumber(value);
		}
		this.claimed = (int) sum;
	}

	private static FramingException notNumber(String value) {
		return new FramingException("Content-Length is a number of bytes, not '" + shown(value) + "'");
	}

	private static String shown(String text) {
		String start = (text.length() > SHOWN) ? text.substring(0, SHOWN) + "…" : text;
		return start.replaceAll("\\p{Cntrl}", "?");
	}

}
