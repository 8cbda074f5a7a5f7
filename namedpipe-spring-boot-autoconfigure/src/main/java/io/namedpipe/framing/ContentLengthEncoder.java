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
import java.util.Map;

/**
 * Writes headers and a blank line in front of a message.
 */
final class ContentLengthEncoder extends FrameEncoder {

	private static final String END = "\r\n";

	ContentLengthEncoder(PayloadFormat format, int maxMessageSize) {
		super(format, maxMessageSize);
	}

	@Override
	byte[] frame(byte[] message, Frame frame) throws FramingException {
		StringBuilder headers = new StringBuilder(HeaderFields.CONTENT_LENGTH).append(": ")
			.append(message.length)
			.append(END);
		for (Map.Entry<String, String> header : frame.headers().entrySet()) {
			if (!header.getKey().equalsIgnoreCase(HeaderFields.CONTENT_LENGTH)) {
				append(headers, header.getKey(), header.getValue());
			}
		}
		byte[] head = headers.append(END).toString().getBytes(StandardCharsets.ISO_8859_1);
		if (head.length > ContentLengthDecoder.MAX_HEADER_SIZE) {
			throw new FramingException("Headers of " + head.length + " bytes exceed the maximum of "
					+ ContentLengthDecoder.MAX_HEADER_SIZE + " for one frame: take some out of the message");
		}
		byte[] bytes = Arrays.copyOf(head, head.length + message.length);
		System.arraycopy(message, 0, bytes, head.length, message.length);
		return bytes;
	}

	private static void append(StringBuilder headers, String name, String value) throws FramingException {
		if (!HeaderFields.isName(name)) {
			throw new FramingException("'" + name + "' cannot be the name of a header: it has a character that no "
					+ "such name may have");
		}
		if (!HeaderFields.isValue(value)) {
			throw new FramingException("The header " + name + " cannot be sent: its value has a control character or "
					+ "one that is not in ISO-8859-1. Take it out of the message, or encode it");
		}
		headers.append(name).append(": ").append(value).append(END);
	}

}
