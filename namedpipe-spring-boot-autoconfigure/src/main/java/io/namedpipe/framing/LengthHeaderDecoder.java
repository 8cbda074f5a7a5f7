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
import java.nio.ByteOrder;

import org.jspecify.annotations.Nullable;

/**
 * Frames that begin with their length.
 */
final class LengthHeaderDecoder extends Decoder {

	private static final int UNKNOWN = -1;

	private final int headerSize;

	private final boolean bigEndian;

	private final int maxMessageSize;

	private int header;

	private int headerReceived;

	private int length = UNKNOWN;

	LengthHeaderDecoder(int headerSize, ByteOrder byteOrder, int maxMessageSize, PayloadFormat format) {
		super(format);
		this.headerSize = headerSize;
		this.bigEndian = byteOrder == ByteOrder.BIG_ENDIAN;
		this.maxMessageSize = maxMessageSize;
	}

	@Override
	@Nullable Object decode(ByteBuffer input) throws FramingException {
		if (this.length == UNKNOWN) {
			readHeader(input);
			if (this.length == UNKNOWN) {
				return null;
			}
		}
		Object payload = takeAll(input, this.length);
		if (payload != null) {
			this.length = UNKNOWN;
		}
		return payload;
	}

	private void readHeader(ByteBuffer input) throws FramingException {
		while (this.headerReceived < this.headerSize && input.hasRemaining()) {
			int next = input.get() & 0xFF;
			this.header = this.bigEndian ? (this.header << 8) | next
					: this.header | (next << (8 * this.headerReceived));
			this.headerReceived++;
		}
		if (this.headerReceived < this.headerSize) {
			return;
		}
		int claimed = this.header;
		this.header = 0;
		this.headerReceived = 0;
		if (claimed < 0) {
			throw FramingException.negativeLength(claimed, this.maxMessageSize);
		}
		if (claimed > this.maxMessageSize) {
			throw FramingException.tooLarge(claimed, this.maxMessageSize);
		}
		this.length = claimed;
	}

	@Override
	int pending() {
		return (this.length != UNKNOWN) ? this.headerSize + received() : this.headerReceived;
	}

	@Override
	int missing() {
		return (this.length != UNKNOWN) ? this.length - received() : 0;
	}

}
