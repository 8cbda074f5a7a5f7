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

import org.jspecify.annotations.Nullable;

/**
 * Writes a length and what is around it in front of a message.
 */
final class LengthFieldEncoder extends FrameEncoder {

	private final LengthHeader header;

	LengthFieldEncoder(LengthHeader header, int maxMessageSize, PayloadFormat format) {
		super(format, maxMessageSize);
		this.header = header;
	}

	@Override
	byte[] frame(byte[] message, Frame frame) throws FramingException {
		byte[] prefix = prefix(frame);
		int strip = this.header.strip();
		long total = (long) strip + message.length;
		if (total > Integer.MAX_VALUE - 8) {
			throw FramingException.tooLarge(total, Integer.MAX_VALUE - 8);
		}
		byte[] bytes = new byte[(int) total];
		System.arraycopy(message, 0, bytes, strip, message.length);
		long value = total - this.header.fieldEnd() - this.header.adjustment();
		if (!this.header.stripsLength()) {
			System.arraycopy(prefix, 0, bytes, 0, strip);
			checkLength(bytes, message.length, value);
			return bytes;
		}
		System.arraycopy(prefix, 0, bytes, 0, this.header.offset());
		System.arraycopy(prefix, this.header.offset(), bytes, this.header.fieldEnd(),
				prefix.length - this.header.offset());
		if (value < 0) {
			throw new FramingException("A payload of " + message.length
					+ " bytes is too short for the length to be positive (framing.length.adjustment)");
		}
		if (value > this.header.largest()) {
			throw FramingException.tooLargeForHeader(value, this.header.largest(), this.header.bytes());
		}
		this.header.write(value, bytes, this.header.offset());
		return bytes;
	}

	private byte[] prefix(Frame frame) throws FramingException {
		int size = this.header.prefixSize();
		if (size == 0) {
			return new byte[0];
		}
		byte @Nullable [] prefix = (frame.prefix() != null) ? frame.prefix() : this.header.prefix();
		if (prefix == null) {
			throw new FramingException(
					"A message needs the " + size + " bytes that precede its payload: set the header "
							+ "namedPipe_framePrefix, or framing.length.prefix for all messages");
		}
		if (prefix.length != size) {
			throw new FramingException("The prefix of a message (namedPipe_framePrefix) has " + prefix.length
					+ " bytes; the framing has room for " + size);
		}
		return prefix;
	}

	// A payload that includes the length has been made as a whole frame
	private void checkLength(byte[] bytes, int payloadSize, long value) throws FramingException {
		if (bytes.length < this.header.fieldEnd()) {
			throw new FramingException("A payload of " + payloadSize
					+ " bytes is too short for the length that is part of it (framing.length.strip)");
		}
		long claimed = this.header.read(bytes, this.header.offset());
		if (claimed != value) {
			throw new FramingException("A payload that includes its length claims " + claimed + " there; with its size "
					+ "that has to be " + value + " (framing.length)");
		}
	}

}
