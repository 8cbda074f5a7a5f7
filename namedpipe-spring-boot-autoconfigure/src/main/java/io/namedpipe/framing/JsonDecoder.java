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
 * JSON values one after the other, with or without white space between them (JSON text
 * sequences and lines as well). Brackets or quotes that do not match are reported by the
 * parser of the payload.
 */
final class JsonDecoder extends Decoder {

	private static final byte[] BYTE_ORDER_MARK = { (byte) 0xEF, (byte) 0xBB, (byte) 0xBF };

	private final int maxMessageSize;

	private final JsonScanner scanner = new JsonScanner();

	private int markReceived;

	JsonDecoder(int maxMessageSize, PayloadFormat format) {
		super(format);
		this.maxMessageSize = maxMessageSize;
	}

	@Override
	@Nullable Object decode(ByteBuffer input) throws FramingException {
		int from = input.position();
		if (!this.scanner.isInside()) {
			if (!skipSpace(input)) {
				return null;
			}
			from = input.position();
			this.scanner.begin(input.get(from));
			from++;
		}
		int end = this.scanner.findEnd(input, from);
		int until = (end != JsonScanner.NOT_ENDED) ? end : input.limit();
		long total = (long) received() + until - input.position();
		if (total > this.maxMessageSize) {
			throw (end != JsonScanner.NOT_ENDED) ? FramingException.tooLarge(total, this.maxMessageSize)
					: FramingException.endless(total, this.maxMessageSize);
		}
		if (end != JsonScanner.NOT_ENDED) {
			Object payload = takeAll(input, (int) total);
			skipEnd(input);
			return payload;
		}
		if (input.hasRemaining()) {
			keep(input, input.remaining(), this.maxMessageSize);
		}
		return null;
	}

	// the end of a line belongs to the value before it, so that it is no pending input
	private static void skipEnd(ByteBuffer input) {
		while (input.hasRemaining() && JsonScanner.isSpace(input.get(input.position()))) {
			input.get();
		}
	}

	private boolean skipSpace(ByteBuffer input) throws FramingException {
		while (input.hasRemaining()) {
			byte next = input.get(input.position());
			if (this.markReceived < BYTE_ORDER_MARK.length && next == BYTE_ORDER_MARK[this.markReceived]) {
				this.markReceived++;
			}
			else if (this.markReceived > 0 && this.markReceived < BYTE_ORDER_MARK.length) {
				throw new FramingException("No JSON value begins with " + Hex.of(BYTE_ORDER_MARK[0]));
			}
			else {
				// a mark is at the start of a stream only
				this.markReceived = BYTE_ORDER_MARK.length;
				if (!JsonScanner.isSpace(next)) {
					return true;
				}
			}
			input.get();
		}
		return false;
	}

	@Override
	@Nullable Object endOfStream() throws FramingException {
		if (this.scanner.endsWithStream() && received() > 0) {
			return release(received());
		}
		return super.endOfStream();
	}

}
