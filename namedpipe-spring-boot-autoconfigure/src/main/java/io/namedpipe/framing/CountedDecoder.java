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
 * Frames with a header that is read byte by byte and contains the length of the payload.
 */
abstract class CountedDecoder extends Decoder {

	/** The length is not known yet. */
	static final int UNKNOWN = -1;

	private int headerReceived;

	private int length = UNKNOWN;

	CountedDecoder(PayloadFormat format) {
		super(format);
	}

	/**
	 * Takes the next byte of the header.
	 * @param next the byte
	 * @param received how many there are with it
	 * @return the length of the payload, or {@link #UNKNOWN} if the header goes on
	 */
	abstract int readHeader(byte next, int received) throws FramingException;

	/**
	 * Creates a frame of a payload, the header of which has been read.
	 */
	Object frame(Object payload) {
		return payload;
	}

	@Override
	final @Nullable Object decode(ByteBuffer input) throws FramingException {
		while (this.length == UNKNOWN) {
			if (!input.hasRemaining()) {
				return null;
			}
			this.headerReceived++;
			this.length = readHeader(input.get(), this.headerReceived);
		}
		Object payload = takeAll(input, this.length);
		if (payload == null) {
			return null;
		}
		this.length = UNKNOWN;
		this.headerReceived = 0;
		return frame(payload);
	}

	@Override
	final int pending() {
		return this.headerReceived + received();
	}

	@Override
	final int missing() {
		return (this.length != UNKNOWN) ? this.length - received() : 0;
	}

}
