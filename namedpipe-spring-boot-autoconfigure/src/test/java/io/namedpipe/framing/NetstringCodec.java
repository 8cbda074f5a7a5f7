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
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * The framing of an application, {@code 5:hello,} on the wire. Its decoder keeps nothing
 * and leaves what is incomplete.
 */
class NetstringCodec implements FrameCodec {

	private static final int LONGEST_HEADER = 11;

	@Override
	public FrameDecoder decoder(int maxMessageSize) {
		return (input) -> decode(input, maxMessageSize);
	}

	private static byte @Nullable [] decode(ByteBuffer input, int maxMessageSize) throws FramingException {
		long length = 0;
		for (int i = input.position(); i < input.limit(); i++) {
			byte next = input.get(i);
			if (next == ':') {
				return take(input, i + 1, (int) length);
			}
			if (next < '0' || next > '9') {
				throw new FramingException("Not a digit: " + next);
			}
			length = 10 * length + (next - '0');
			if (length > maxMessageSize) {
				throw FramingException.tooLarge(length, maxMessageSize);
			}
		}
		return null;
	}

	private static byte @Nullable [] take(ByteBuffer input, int start, int length) throws FramingException {
		if (input.limit() - start < length + 1) {
			return null;
		}
		byte[] payload = new byte[length];
		input.position(start).get(payload);
		if (input.get() != ',') {
			throw new FramingException("No comma after the payload");
		}
		return payload;
	}

	@Override
	public int maxFrameSize(int payloadSize) {
		return payloadSize + LONGEST_HEADER + 1;
	}

	@Override
	public void encode(ByteBuffer payload, ByteBuffer target) {
		target.put((payload.remaining() + ":").getBytes(StandardCharsets.US_ASCII)).put(payload).put((byte) ',');
	}

}
