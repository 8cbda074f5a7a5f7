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
 * Netstrings, as D. J. Bernstein has specified them: {@code 5:hello,}.
 */
final class NetstringDecoder extends Decoder {

	private final int maxMessageSize;

	private State state = State.LENGTH;

	private long length;

	private int digits;

	private @Nullable Object payload;

	NetstringDecoder(int maxMessageSize, PayloadFormat format) {
		super(format);
		this.maxMessageSize = maxMessageSize;
	}

	@Override
	@Nullable Object decode(ByteBuffer input) throws FramingException {
		while (this.state == State.LENGTH) {
			if (!input.hasRemaining()) {
				return null;
			}
			readLength(input.get());
		}
		if (this.state == State.PAYLOAD) {
			this.payload = takeAll(input, (int) this.length);
			if (this.payload == null) {
				return null;
			}
			this.state = State.COMMA;
		}
		if (!input.hasRemaining()) {
			return null;
		}
		byte end = input.get();
		if (end != ',') {
			throw new FramingException("A netstring has to end with a comma, not with " + Hex.of(end));
		}
		Object frame = this.payload;
		this.payload = null;
		this.state = State.LENGTH;
		this.length = 0;
		this.digits = 0;
		return frame;
	}

	private void readLength(byte next) throws FramingException {
		if (next == ':' && this.digits > 0) {
			this.state = State.PAYLOAD;
			return;
		}
		if (next < '0' || next > '9') {
			throw new FramingException(
					"A netstring begins with its length in decimal digits and a colon, not with " + Hex.of(next));
		}
		if (this.digits > 0 && this.length == 0) {
			throw new FramingException("The length of a netstring has no zeros in front");
		}
		this.length = this.length * 10 + (next - '0');
		this.digits++;
		if (this.length > this.maxMessageSize) {
			throw FramingException.tooLarge(this.length, this.maxMessageSize);
		}
	}

	@Override
	int pending() {
		return switch (this.state) {
			case LENGTH -> this.digits;
			case PAYLOAD -> this.digits + 1 + received();
			case COMMA -> this.digits + 1 + (int) this.length;
		};
	}

	@Override
	int missing() {
		return (this.state == State.PAYLOAD) ? (int) this.length - received() : 0;
	}

	/** What is read next. */
	private enum State {

		LENGTH, PAYLOAD, COMMA

	}

}
