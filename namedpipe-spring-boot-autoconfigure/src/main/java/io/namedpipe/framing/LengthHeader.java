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

import java.nio.ByteOrder;
import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

/**
 * A length in front of a message, with what may be around it. It has the settings of
 * Netty's {@code LengthFieldBasedFrameDecoder}, for both directions. Immutable.
 * <p>
 * A frame consists of {@code offset} bytes, the length field, and as many bytes as its
 * value and the {@code adjustment} come to. The first {@code strip} bytes of it are not
 * part of the payload. Those of them that are not the length are the
 * {@linkplain Frame#prefix() prefix}. What is written takes them from the frame, or else
 * from {@link #prefix(byte...)}.
 */
public final class LengthHeader {

	/** The most that {@link #offset(int)} and {@link #strip(int)} may be: 64 KiB. */
	public static final int MAX_HEADER_SIZE = 64 * 1024;

	private static final int DEFAULT_STRIP = -1;

	private final int bytes;

	private final ByteOrder byteOrder;

	private final int offset;

	private final int adjustment;

	private final int strip;

	private final byte @Nullable [] prefix;

	private LengthHeader(int bytes, ByteOrder byteOrder, int offset, int adjustment, int strip,
			byte @Nullable [] prefix) {
		this.bytes = bytes;
		this.byteOrder = byteOrder;
		this.offset = offset;
		this.adjustment = adjustment;
		this.strip = strip;
		this.prefix = prefix;
	}

	/**
	 * A length alone.
	 * @param bytes the size of the length: 1, 2 or 3 bytes (unsigned), or 4 or 8 (signed;
	 * a negative one is an error)
	 * @param byteOrder the order of these bytes
	 * @return the header
	 */
	public static LengthHeader of(int bytes, ByteOrder byteOrder) {
		if (bytes != 1 && bytes != 2 && bytes != 3 && bytes != 4 && bytes != 8) {
			throw new IllegalArgumentException("A length has 1, 2, 3, 4 or 8 bytes, not " + bytes);
		}
		return new LengthHeader(bytes, byteOrder, 0, 0, DEFAULT_STRIP, null);
	}

	/**
	 * The same with bytes before the length.
	 * @param newOffset how many, at most {@link #MAX_HEADER_SIZE}. Default: 0
	 * @return the header
	 */
	public LengthHeader offset(int newOffset) {
		checkSize("The offset", newOffset);
		return new LengthHeader(this.bytes, this.byteOrder, newOffset, this.adjustment, this.strip, this.prefix);
	}

	/**
	 * The same with another count of what the length includes.
	 * @param newAdjustment what is added to the length to get the number of bytes that
	 * follow it. Negative where the length counts itself. Default: 0
	 * @return the header
	 */
	public LengthHeader adjustment(int newAdjustment) {
		return new LengthHeader(this.bytes, this.byteOrder, this.offset, newAdjustment, this.strip, this.prefix);
	}

	/**
	 * The same with another start of the payload.
	 * @param newStrip how many bytes of the frame precede the payload, at most
	 * {@link #MAX_HEADER_SIZE}; the length is among them or not, but not half of it.
	 * Default: what precedes the length, and the length
	 * @return the header
	 */
	public LengthHeader strip(int newStrip) {
		checkSize("What is stripped", newStrip);
		return new LengthHeader(this.bytes, this.byteOrder, this.offset, this.adjustment, newStrip, this.prefix);
	}

	/**
	 * The same with a prefix for frames that have none.
	 * @param newPrefix the bytes that precede the payload, without the length
	 * @return the header
	 */
	public LengthHeader prefix(byte... newPrefix) {
		return new LengthHeader(this.bytes, this.byteOrder, this.offset, this.adjustment, this.strip,
				newPrefix.clone());
	}

	private static void checkSize(String what, int size) {
		if (size < 0 || size > MAX_HEADER_SIZE) {
			throw new IllegalArgumentException(what + " has to be 0 to " + MAX_HEADER_SIZE + " bytes, not " + size);
		}
	}

	/**
	 * Verifies that all goes together.
	 * @return this header
	 * @throws IllegalArgumentException if the length would be stripped in part, or the
	 * prefix is of another size
	 */
	LengthHeader checked() {
		checkStrip();
		checkPrefix();
		return this;
	}

	/**
	 * Verifies that what is stripped does not cut the length in two.
	 */
	public void checkStrip() {
		if (strip() > this.offset && strip() < fieldEnd()) {
			throw new IllegalArgumentException(
					"The payload would begin in the middle of the length, which is bytes " + this.offset + " to "
							+ (fieldEnd() - 1) + " of the frame; strip " + this.offset + " or " + fieldEnd());
		}
	}

	/**
	 * Verifies that the prefix has as many bytes as there is room for.
	 */
	public void checkPrefix() {
		if (this.prefix != null && this.prefix.length != prefixSize()) {
			throw new IllegalArgumentException("The prefix has to have " + prefixSize()
					+ " bytes, which is what precedes the payload without the length, not " + this.prefix.length);
		}
	}

	int bytes() {
		return this.bytes;
	}

	ByteOrder byteOrder() {
		return this.byteOrder;
	}

	int offset() {
		return this.offset;
	}

	int adjustment() {
		return this.adjustment;
	}

	int strip() {
		return (this.strip == DEFAULT_STRIP) ? fieldEnd() : this.strip;
	}

	int fieldEnd() {
		return this.offset + this.bytes;
	}

	byte @Nullable [] prefix() {
		return this.prefix;
	}

	/**
	 * Whether the length is among what is stripped.
	 */
	boolean stripsLength() {
		return strip() >= fieldEnd();
	}

	int prefixSize() {
		return stripsLength() ? strip() - this.bytes : strip();
	}

	/**
	 * Whether there is nothing but a length, and then the payload.
	 */
	boolean isPlain() {
		return this.offset == 0 && this.adjustment == 0 && strip() == this.bytes && this.bytes != 3 && this.bytes != 8;
	}

	/**
	 * The largest number that the length can be.
	 */
	long largest() {
		return (this.bytes >= 4) ? (1L << (8 * this.bytes - 1)) - 1 : (1L << (8 * this.bytes)) - 1;
	}

	/**
	 * The length among the bytes of a frame.
	 */
	long read(byte[] frame, int position) {
		long value = 0;
		for (int i = 0; i < this.bytes; i++) {
			value = (value << 8) | (frame[position + index(i)] & 0xFF);
		}
		return (this.bytes == 4) ? (int) value : value;
	}

	void write(long value, byte[] frame, int position) {
		for (int i = 0; i < this.bytes; i++) {
			frame[position + index(i)] = (byte) (value >>> (8 * (this.bytes - 1 - i)));
		}
	}

	// of the byte with that rank, the most significant first
	private int index(int rank) {
		return (this.byteOrder == ByteOrder.BIG_ENDIAN) ? rank : this.bytes - 1 - rank;
	}

	@Override
	public String toString() {
		StringBuilder text = new StringBuilder().append(this.bytes).append(" bytes, ").append(this.byteOrder);
		if (this.offset != 0) {
			text.append(", offset ").append(this.offset);
		}
		if (this.adjustment != 0) {
			text.append(", adjustment ").append(this.adjustment);
		}
		if (strip() != fieldEnd()) {
			text.append(", strip ").append(strip());
		}
		if (this.prefix != null) {
			text.append(", prefix 0x").append(HexFormat.of().formatHex(this.prefix));
		}
		return text.toString();
	}

}
