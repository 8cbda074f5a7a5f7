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

/**
 * Writes frames between STX and ETX.
 */
final class StxEtxEncoder extends FrameEncoder {

	StxEtxEncoder(PayloadFormat format, int maxMessageSize) {
		super(format, maxMessageSize);
	}

	@Override
	byte[] frame(byte[] message, Frame frame) throws FramingException {
		refuse(message, StxEtxDecoder.STX, "STX (0x02)");
		refuse(message, StxEtxDecoder.ETX, "ETX (0x03)");
		return ByteBuffer.allocate(message.length + 2)
			.put(StxEtxDecoder.STX)
			.put(message)
			.put(StxEtxDecoder.ETX)
			.array();
	}

	private static void refuse(byte[] message, byte control, String name) throws FramingException {
		int found = ByteSearch.indexOf(message, 0, control);
		if (found >= 0) {
			throw new FramingException("A payload that contains " + name + ", at byte " + found
					+ ", cannot be sent between STX and ETX: the receiver would see another frame");
		}
	}

}
