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

import org.jspecify.annotations.Nullable;

/**
 * Frames with their length among the first bytes, and more than that around it.
 */
final class LengthFieldDecoder extends Decoder {

	private static final int UNKNOWN = -1;

	private final LengthHeader header;

	private final int maxMessageSize;

	private final byte[] head;

	private int headReceived;

	private int length = UNKNOWN;

	LengthFieldDecoder(LengthHeader header, int maxMessageSize, PayloadFormat format) {
		super(format);
		this.header = header;
		this.maxMessageSize = maxMessageSize;
		this.head = new byte[Math.max(header.fieldEnd(), header.strip())];
	}

	@Override
	@Nullable Object decode(ByteBuffer input) throws FramingException {
		if (this.length == UNKNOWN) {
			if (!fillHead(input, this.header.fieldEnd())) {
				return null;
			}
			this.length = payloadLength();
			if (!this.header.stripsLength()) {
				int start = this.header.strip();
				keep(ByteBuffer.wrap(this.head, start, this.header.fieldEnd() - start), this.header.fieldEnd() - start,
						this.length);
			}
		}
		if (!fillHead(input, this.head.length)) {
			return null;
		}
		Object payload = takeAll(input, this.length);
		if (payload == null) {
			return null;
		}
		this.length = UNKNOWN;
		this.headReceived = 0;
		return (this.header.prefixSize() > 0) ? new Frame(payload, prefix()) : payload;
	}

	private boolean fillHead(ByteBuffer input, int size) {
		int count = Math.min(input.remaining(), size - this.headReceived);
		if (count > 0) {
			input.get(this.head, this.headReceived, count);
			this.headReceived += count;
		}
		return this.headReceived >= size;
	}

	private int payloadLength() throws FramingException {
		long claimed = this.header.read(this.head, this.header.offset());
		if (claimed < 0) {
			throw FramingException.negativeLength(claimed, this.maxMessageSize);
		}
		// far from an overflow with all that can be adjusted and stripped
		long follows = Math.min(claimed, Long.MAX_VALUE >> 1) + this.header.adjustment();
		long size = this.header.fieldEnd() + follows - this.header.strip();
		if (follows < 0 || size < 0) {
			throw new FramingException("The header of a frame claims a length of " + claimed
					+ " bytes, which is less than the header itself has (framing.length)");
		}
		if (size > this.maxMessageSize) {
			throw FramingException.tooLarge(size, this.maxMessageSize);
		}
		return (int) size;
	}

	private byte[] prefix() {
		if (!this.header.stripsLength()) {
			return Arrays.copyOf(this.head, this.header.strip());
		}
		byte[] prefix = new byte[this.header.prefixSize()];
		System.arraycopy(this.head, 0, prefix, 0, this.header.offset());
		System.arraycopy(this.head, this.header.fieldEnd(), prefix, this.header.offset(),
				prefix.length - this.header.offset());
		return prefix;
	}

	@Override
	int pending() {
		boolean kept = this.length != UNKNOWN && !this.header.stripsLength();
		return this.headReceived + received() - (kept ? this.header.fieldEnd() - this.header.strip() : 0);
	}

	@Override
	int missing() {
		return (this.length != UNKNOWN) ? this.head.length - this.headReceived + this.length - received() : 0;
	}

}
