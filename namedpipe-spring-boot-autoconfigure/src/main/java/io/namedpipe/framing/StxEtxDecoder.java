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
 * Frames between STX and ETX.
 */
final class StxEtxDecoder extends Decoder {

	static final byte STX = 0x02;

	static final byte ETX = 0x03;

	private final int maxMessageSize;

	private boolean begun;

	StxEtxDecoder(int maxMessageSize, PayloadFormat format) {
		super(format);
		this.maxMessageSize = maxMessageSize;
	}

	@Override
	@Nullable Object decode(ByteBuffer input) throws FramingException {
		if (!this.begun) {
			if (!input.hasRemaining()) {
				return null;
			}
			byte start = input.get();
			if (start != STX) {
				throw new FramingException("A frame has to begin with STX (0x02), not with " + Hex.of(start));
			}
			this.begun = true;
		}
		int start = input.position();
		int end = ByteSearch.indexOf(input, start, input.limit(), ETX);
		int count = ((end < 0) ? input.limit() : end) - start;
		long total = (long) received() + count;
		if (total > this.maxMessageSize) {
			throw (end < 0) ? FramingException.endless(total, this.maxMessageSize)
					: FramingException.tooLarge(total, this.maxMessageSize);
		}
		if (end < 0) {
			if (count > 0) {
				keep(input, count, this.maxMessageSize);
			}
			return null;
		}
		Object payload = takeAll(input, (int) total);
		input.position(end + 1);
		this.begun = false;
		return payload;
	}

	@Override
	int pending() {
		return this.begun ? 1 + received() : 0;
	}

}
