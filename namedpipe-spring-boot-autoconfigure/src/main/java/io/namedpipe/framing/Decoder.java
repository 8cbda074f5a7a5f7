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
 * Finds frames in the bytes of one connection and turns them into payloads. It always
 * takes all of its input when it returns {@code null}, so that the buffer can be reused,
 * and keeps of an incomplete frame what has arrived.
 */
abstract class Decoder {

	private static final byte[] EMPTY = {};

	// the factor by which more may be allocated than has arrived
	private static final int GROWTH = 10;

	private static final int MAX_SCRATCH = 4096;

	private final PayloadFormat format;

	private final @Nullable TextDecoder text;

	private byte[] scratch = EMPTY;

	private byte[] partial = EMPTY;

	private int received;

	Decoder(PayloadFormat format) {
		this.format = format;
		this.text = format.textDecoder();
	}

	/**
	 * Takes the next frame off the input.
	 * @return its payload, or {@code null} if more bytes are needed
	 */
	abstract @Nullable Object decode(ByteBuffer input) throws FramingException;

	/**
	 * The stream has ended.
	 * @return a last payload, or {@code null} if there is none
	 */
	@Nullable Object endOfStream() throws FramingException {
		if (pending() > 0) {
			throw FramingException.truncated(pending());
		}
		return null;
	}

	/**
	 * The number of bytes of an incomplete frame that have arrived.
	 */
	int pending() {
		return this.received;
	}

	/**
	 * Whether anything has arrived beyond the last frame that was returned.
	 */
	boolean hasMore() {
		return pending() > 0;
	}

	/**
	 * The number of bytes that the frame in progress still lacks, 0 if that is not known.
	 */
	int missing() {
		return 0;
	}

	/**
	 * The number of bytes that are allocated for an incomplete frame.
	 */
	final int capacity() {
		return this.partial.length;
	}

	final PayloadFormat format() {
		return this.format;
	}

	/**
	 * Whether what was kept is a byte order mark, and nothing else has arrived before.
	 */
	final boolean isMark() {
		return this.text != null && this.text.isMark(this.partial, this.received);
	}

	final byte partialAt(int index) {
		return this.partial[index];
	}

	final int received() {
		return this.received;
	}

	/**
	 * Takes the next bytes as a payload.
	 */
	final Object take(ByteBuffer input, int length) throws FramingException {
		if (this.text == null) {
			byte[] bytes = new byte[length];
			input.get(bytes);
			return bytes;
		}
		byte[] bytes = scratch(length);
		input.get(bytes, 0, length);
		return this.text.decode(bytes, length);
	}

	/**
	 * Makes a payload of all bytes of an array.
	 */
	final Object payload(byte[] bytes) throws FramingException {
		return (this.text != null) ? this.text.decode(bytes, bytes.length) : bytes;
	}

	/**
	 * Takes a payload of which the length is known, and keeps what has come of it.
	 * @return the payload, or {@code null} if it is not complete
	 */
	final @Nullable Object takeAll(ByteBuffer input, int length) throws FramingException {
		int missing = length - this.received;
		int available = input.remaining();
		if (available < missing) {
			if (available > 0) {
				keep(input, available, length);
			}
			return null;
		}
		if (this.received == 0) {
			return take(input, length);
		}
		keep(input, missing, length);
		return release(length);
	}

	private byte[] scratch(int length) {
		if (length > MAX_SCRATCH) {
			return new byte[length];
		}
		if (length > this.scratch.length) {
			this.scratch = new byte[Math.min(MAX_SCRATCH, length * 2)];
		}
		return this.scratch;
	}

	/**
	 * Keeps bytes of a frame that is not complete yet.
	 * @param limit the largest size that the frame can have
	 */
	final void keep(ByteBuffer input, int count, int limit) {
		int needed = this.received + count;
		if (needed > this.partial.length) {
			int capacity = (int) Math.min(limit, (long) needed * GROWTH);
			this.partial = Arrays.copyOf(this.partial, Math.max(needed, capacity));
		}
		input.get(this.partial, this.received, count);
		this.received = needed;
	}

	/**
	 * Returns the first bytes of what was kept as a payload, and discards the rest.
	 */
	final Object release(int length) throws FramingException {
		byte[] bytes = this.partial;
		this.partial = EMPTY;
		this.received = 0;
		if (this.text != null) {
			return this.text.decode(bytes, length);
		}
		return (bytes.length == length) ? bytes : Arrays.copyOf(bytes, length);
	}

}
