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

	private static final byte[] LF = { '\n' };

	LineDecoder(int maxMessageSize, PayloadFormat format) {
		super(LF, 1, maxMessageSize, format);
	}

	@Override
	int terminatorLength(ByteBuffer input, int start, int end) {
		return precedes(input, start, end - 1, (byte) '\r') ? 2 : 1;
	}

	@Override
	@Nullable Object endOfStream() throws FramingException {
		int received = received();
		if (received == 0) {
			return null;
		}
		int length = (partialAt(received - 1) == '\r') ? received - 1 : received;
		checkSize(length);
		return release(length);
	}

}
