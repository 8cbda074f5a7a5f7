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
 * Frames that begin with their length as a varint of Protocol Buffers: seven bits in each
 * byte, the lowest first, and the highest bit set in all but the last.
 */
final class VarintDecoder extends Decoder {

	private static final int UNKNOWN = -1;

	private static final int MAX_BYTES = 5;

	private final int maxMessageSize;

	private long value;

	private int headerReceived;

	private int length = UNKNOWN;

	VarintDecoder(int maxMessageSize, PayloadFormat format) {
		super(format);
		this.maxMessageSize = maxMessageSize;
	}

	@Override
	@Nullable Object decode(ByteBuffer input) throws FramingException {
		while (this.length == UNKNOWN) {
			if (!input.hasRemaining()) {
				return null;
			}
			readHeader(input.get());
		}
		Object payload = takeAll(input, this.length);
		if (payload != null) {
			this.length = UNKNOWN;
			this.value = 0;
			this.headerReceived = 0;
		}
		return payload;
	}

	private void readHeader(byte next) throws FramingException {
		this.value |= (next & 0x7FL) << (7 * this.headerReceived);
		this.headerReceived++;
		if (next < 0) {
			if (this.headerReceived == MAX_BYTES) {
				throw new FramingException("The length of a frame has more than " + MAX_BYTES
						+ " bytes: this is no varint of 32 bits, and the peer may not speak this framing");
			}
			return;
		}
		if (this.value > this.maxMessageSize) {
			throw FramingException.tooLarge(this.value, this.maxMessageSize);
		}
		this.length = (int) this.value;
	}

	@Override
	int pending() {
		return this.headerReceived + received();
	}

	@Override
	int missing() {
		return (this.length != UNKNOWN) ? this.length - received() : 0;
	}

}
