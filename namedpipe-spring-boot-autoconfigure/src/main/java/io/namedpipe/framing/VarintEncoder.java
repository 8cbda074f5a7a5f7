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

/**
 * Writes the length as a varint in front of the message.
 */
final class VarintEncoder extends FrameEncoder {

	VarintEncoder(PayloadFormat format, int maxMessageSize) {
		super(format, maxMessageSize);
	}

	@Override
	byte[] frame(byte[] message, Frame frame) {
		int headerSize = size(message.length);
		byte[] bytes = new byte[headerSize + message.length];
		int rest = message.length;
		for (int i = 0; i < headerSize - 1; i++) {
			bytes[i] = (byte) (rest | 0x80);
			rest >>>= 7;
		}
		bytes[headerSize - 1] = (byte) rest;
		System.arraycopy(message, 0, bytes, headerSize, message.length);
		return bytes;
	}

	private static int size(int value) {
		int bits = Integer.SIZE - Integer.numberOfLeadingZeros(value | 1);
		return (bits + 6) / 7;
	}

}
