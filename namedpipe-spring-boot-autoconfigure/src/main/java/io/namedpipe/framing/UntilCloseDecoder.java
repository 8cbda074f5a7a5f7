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
 * All that comes until the stream ends is one frame; nothing at all is none.
 */
final class UntilCloseDecoder extends Decoder {

	private final int maxMessageSize;

	UntilCloseDecoder(int maxMessageSize, PayloadFormat format) {
		super(format);
		this.maxMessageSize = maxMessageSize;
	}

	@Override
	@Nullable Object decode(ByteBuffer input) throws FramingException {
		int count = input.remaining();
		long total = (long) received() + count;
		if (total > this.maxMessageSize) {
			throw FramingException.endless(total, this.maxMessageSize);
		}
		if (count > 0) {
			keep(input, count, this.maxMessageSize);
		}
		return null;
	}

	@Override
	@Nullable Object endOfStream() throws FramingException {
		int received = received();
		return (received > 0) ? release(received) : null;
	}

}
