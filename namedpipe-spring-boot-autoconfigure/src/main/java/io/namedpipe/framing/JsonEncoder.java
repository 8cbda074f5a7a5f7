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
import java.util.Arrays;

/**
 * Writes JSON values as they are. A number or a literal name gets a line feed, without
 * which the receiver would not see its end.
 */
final class JsonEncoder extends FrameEncoder {

	JsonEncoder(PayloadFormat format, int maxMessageSize) {
		super(format, maxMessageSize);
	}

	@Override
	byte[] frame(byte[] message, Frame frame) throws FramingException {
		int start = 0;
		while (start < message.length && JsonScanner.isSpace(message[start])) {
			start++;
		}
		if (start == message.length) {
			throw new FramingException("A payload without a JSON value cannot be sent as one");
		}
		JsonScanner scanner = new JsonScanner();
		scanner.begin(message[start]);
		int end = scanner.findEnd(ByteBuffer.wrap(message), start + 1);
		if (end == JsonScanner.NOT_ENDED && scanner.endsWithStream()) {
			byte[] ended = Arrays.copyOf(message, message.length + 1);
			ended[message.length] = '\n';
			return ended;
		}
		if (end == JsonScanner.NOT_ENDED) {
			throw new FramingException("A JSON value that has no end cannot be sent: the receiver would wait for it");
		}
		for (int i = end; i < message.length; i++) {
			if (!JsonScanner.isSpace(message[i])) {
				throw new FramingException("A payload with more than one JSON value (another one at byte " + i
						+ ") cannot be sent as one message: the receiver would see two");
			}
		}
		return message;
	}

}
