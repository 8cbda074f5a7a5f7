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
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Lets a {@link FrameDecoder} of the application do the work, and keeps what it leaves of
 * an incomplete frame.
 */
final class CodecDecoder extends Decoder {

	private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

	private final String codec;

	private final Object source;

	private final FrameDecoder delegate;

	private final int maxMessageSize;

	private final int maxFrameSize;

	private ByteBuffer rest = EMPTY;

	// set until the delegate needs more bytes
	private boolean mayHaveMore;

	// the frame that was found when a caller checked for more
	private @Nullable Object ahead;

	private @Nullable FramingException failure;

	/**
	 * Creates a decoder.
	 * @param codec makes the decoder of the application
	 * @param description what it is called in messages
	 * @param source where bytes come from
	 * @throws CodecException if the codec fails
	 */
	CodecDecoder(FrameCodec codec, String description, Object source, int maxMessageSize, PayloadFormat format) {
		super(format);
		this.codec = description;
		this.source = source;
		this.maxMessageSize = maxMessageSize;
		try {
			this.delegate = Objects.requireNonNull(codec.decoder(maxMessageSize), "its decoder is null");
			this.maxFrameSize = Math.max(maxMessageSize, codec.maxFrameSize(maxMessageSize));
		}
		catch (Exception | Error ex) {
			CodecException.passIfNotOfCodec(ex);
			throw new CodecException(failure(ex), ex);
		}
	}

	private String failure(Throwable failure) {
		return this.codec + " failed on " + this.source + ": " + failure;
	}

	@Override
	@Nullable Object decode(ByteBuffer input) throws FramingException {
		if (this.failure != null) {
			throw this.failure;
		}
		Object next = this.ahead;
		this.ahead = null;
		return (next != null) ? next : find(input);
	}

	private @Nullable Object find(ByteBuffer input) throws FramingException {
		boolean resumed = this.rest.hasRemaining();
		if (resumed) {
			append(input);
		}
		ByteBuffer source = resumed ? this.rest : input;
		byte[] frame = next(source);
		this.mayHaveMore = frame != null;
		if (frame != null) {
			return checked(frame);
		}
		if (source.remaining() > this.maxFrameSize) {
			throw FramingException.endless(source.remaining(), this.maxMessageSize);
		}
		if (!source.hasRemaining()) {
			this.rest = EMPTY;
		}
		else if (!resumed) {
			append(input);
		}
		return null;
	}

	private Object checked(byte[] frame) throws FramingException {
		if (frame.length > this.maxMessageSize) {
			throw FramingException.tooLarge(frame.length, this.maxMessageSize);
		}
		return payload(frame);
	}

	private void append(ByteBuffer input) {
		int count = input.remaining();
		int size = this.rest.remaining() + count;
		if (this.rest.capacity() - this.rest.limit() < count) {
			this.rest = ByteBuffer.allocate(size * 2).put(this.rest).flip();
		}
		int end = this.rest.limit();
		this.rest.limit(end + count);
		this.rest.put(end, input, input.position(), count);
		input.position(input.limit());
	}

	private byte @Nullable [] next(ByteBuffer source) throws FramingException {
		try {
			// whatever position the delegate left, in this buffer or another one
			return this.delegate.decode(source.order(ByteOrder.BIG_ENDIAN));
		}
		catch (FramingException ex) {
			throw ex;
		}
		catch (Exception | Error ex) {
			CodecException.passIfNotOfCodec(ex);
			throw new FramingException(failure(ex), ex);
		}
	}

	@Override
	@Nullable Object endOfStream() throws FramingException {
		if (this.rest.hasRemaining()) {
			throw FramingException.truncated(pending());
		}
		byte[] last = last();
		return (last != null) ? checked(last) : super.endOfStream();
	}

	private byte @Nullable [] last() throws FramingException {
		try {
			return this.delegate.endOfStream();
		}
		catch (FramingException ex) {
			throw ex;
		}
		catch (Exception | Error ex) {
			CodecException.passIfNotOfCodec(ex);
			throw new FramingException(failure(ex), ex);
		}
	}

	@Override
	int pending() {
		try {
			return this.rest.remaining() + Math.max(0, this.delegate.pending());
		}
		catch (Exception | Error ex) {
			CodecException.passIfNotOfCodec(ex);
			throw new CodecException(failure(ex), ex);
		}
	}

	@Override
	boolean hasMore() {
		if (this.mayHaveMore && this.ahead == null && this.failure == null && !super.hasMore()) {
			lookAhead();
		}
		return this.ahead != null || this.failure != null || super.hasMore();
	}

	// bytes that the delegate keeps without reporting them may be a whole frame
	private void lookAhead() {
		try {
			this.ahead = find(EMPTY);
		}
		catch (FramingException ex) {
			this.failure = ex;
		}
	}

}
