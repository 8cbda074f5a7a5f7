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

import org.jspecify.annotations.Nullable;

/**
 * Lines that end with LF or CRLF. The last one may lack its end.
 */
final class LineDecoder extends DelimiterDecoder {

	private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

	private final byte[] lineFeed;

	private final byte[] carriageReturn;

	LineDecoder(int maxMessageSize, PayloadFormat format) {
		this(CodeUnits.encode("\n", format.charset()), CodeUnits.encode("\r", format.charset()), maxMessageSize,
				format);
	}

	private LineDecoder(byte[] lineFeed, byte[] carriageReturn, int maxMessageSize, PayloadFormat format) {
		super(lineFeed, carriageReturn.length + lineFeed.length - 1, maxMessageSize, format);
		this.lineFeed = lineFeed;
		this.carriageReturn = carriageReturn;
	}

	@Override
	int terminatorLength(ByteBuffer input, int start, int end) {
		int length = this.lineFeed.length;
		boolean both = precedes(input, start, end - length, this.carriageReturn);
		return both ? length + this.carriageReturn.length : length;
	}

	@Override
	@Nullable Object endOfStream() throws FramingException {
		int received = received();
		if (received == 0) {
			return null;
		}
		boolean returned = precedes(NOTHING, 0, -1, this.carriageReturn);
		int length = returned ? received - this.carriageReturn.length : received;
		checkSize(length);
		Object payload = release(length);
		// nothing but a byte order mark
		return (length > 0 && "".equals(payload)) ? null : payload;
	}

}
