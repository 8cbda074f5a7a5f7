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
 * Frames that end with a delimiter, which is not part of the payload.
 */
class DelimiterDecoder extends Decoder {

	private final byte[] delimiter;

	private final int unit;

	private final int maxMessageSize;

	private final int tail;

	/**
	 * Creates a decoder.
	 * @param delimiter what ends a frame
	 * @param tail how many bytes of an incomplete frame may yet turn out to belong to its
	 * end rather than to its payload
	 */
	DelimiterDecoder(byte[] delimiter, int tail, int maxMessageSize, PayloadFormat format) {
		super(format);
		this.delimiter = delimiter;
		this.unit = CodeUnits.size(format.charset());
		this.tail = tail;
		this.maxMessageSize = maxMessageSize;
	}

	@Override
	@Nullable Object decode(ByteBuffer input) throws FramingException {
		int start = input.position();
		int limit = input.limit();
		byte last = this.delimiter[this.delimiter.length - 1];
		int from = start;
		while (true) {
			int found = ByteSearch.indexOf(input, from, limit, last);
			if (found < 0) {
				return keepAll(input);
			}
			if ((received() + found + 1 - start) % this.unit == 0 && precedes(input, start, found, this.delimiter)) {
				return frame(input, start, found);
			}
			from = found + 1;
		}
	}

	/**
	 * Whether the bytes up to an index are those given; an index before the start of the
	 * input means what was kept.
	 */
	final boolean precedes(ByteBuffer input, int start, int end, byte[] expected) {
		for (int i = expected.length - 1, index = end; i >= 0; i--, index--) {
			if (!precedes(input, start, index, expected[i])) {
				return false;
			}
		}
		return true;
	}

	private boolean precedes(ByteBuffer input, int start, int index, byte expected) {
		if (index >= start) {
			return input.get(index) == expected;
		}
		int kept = received() + (index - start);
		return kept >= 0 && partialAt(kept) == expected;
	}

	private Object frame(ByteBuffer input, int start, int end) throws FramingException {
		int terminator = terminatorLength(input, start, end);
		int total = received() + (end + 1 - start);
		int length = total - terminator;
		checkSize(length);
		if (received() == 0) {
			Object payload = take(input, length);
			input.position(end + 1);
			return payload;
		}
		int fromInput = Math.max(0, length - received());
		keep(input, fromInput, length);
		input.position(end + 1);
		return release(length);
	}

	/**
	 * The number of bytes that end the frame.
	 */
	int terminatorLength(ByteBuffer input, int start, int end) {
		return this.delimiter.length;
	}

	@Override
	@Nullable Object endOfStream() throws FramingException {
		return isMark() ? null : super.endOfStream();
	}

	final void checkSize(int length) throws FramingException {
		if (length > this.maxMessageSize) {
			throw FramingException.tooLarge(length, this.maxMessageSize);
		}
	}

	private @Nullable Object keepAll(ByteBuffer input) throws FramingException {
		int count = input.remaining();
		long total = (long) received() + count;
		if (total - this.tail > this.maxMessageSize) {
			throw FramingException.endless(total, this.maxMessageSize);
		}
		if (count > 0) {
			keep(input, count, (int) Math.min(Integer.MAX_VALUE - 8, (long) this.maxMessageSize + this.tail));
		}
		return null;
	}

}
