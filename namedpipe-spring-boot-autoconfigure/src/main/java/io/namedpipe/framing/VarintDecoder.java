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
 * Frames that begin with their length as a varint of Protocol Buffers: seven bits in each
 * byte, the lowest first, and the highest bit set in all but the last.
 */
final class VarintDecoder extends CountedDecoder {

	private static final int MAX_BYTES = 5;

	private final int maxMessageSize;

	private long value;

	VarintDecoder(int maxMessageSize, PayloadFormat format) {
		super(format);
		this.maxMessageSize = maxMessageSize;
	}

	@Override
	int readHeader(byte next, int received) throws FramingException {
		this.value |= (next & 0x7FL) << (7 * (received - 1));
		if (next < 0) {
			if (received == MAX_BYTES) {
				throw new FramingException("The length of a frame has more than " + MAX_BYTES
						+ " bytes: this is no varint of 32 bits, and the peer may not speak this framing");
			}
			return UNKNOWN;
		}
		if (this.value > this.maxMessageSize) {
			throw FramingException.tooLarge(this.value, this.maxMessageSize);
		}
		int length = (int) this.value;
		this.value = 0;
		return length;
	}

}
