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

import java.util.OptionalLong;

import org.jspecify.annotations.Nullable;

import io.namedpipe.PipeErrorType;
import io.namedpipe.PipeException;

/**
 * Bytes that are no frame, or a payload that cannot be one. When reading, the position in
 * the stream is lost: the connection is of no more use. When writing, nothing was sent
 * and the connection is still usable.
 */
public class FramingException extends PipeException {

	private static final long NONE = Long.MIN_VALUE;

	private final Reason reason;

	private final long length;

	private final long limit;

	/**
	 * Creates an exception for a frame that does not follow the rules.
	 * @param message what is wrong
	 */
	public FramingException(String message) {
		this(message, null);
	}

	/**
	 * Creates an exception for a frame that does not follow the rules.
	 * @param message what is wrong
	 * @param cause what a codec threw, or {@code null}
	 */
	public FramingException(String message, @Nullable Throwable cause) {
		this(Reason.MALFORMED, message, NONE, NONE, cause);
	}

	private FramingException(Reason reason, String message, long length, long limit, @Nullable Throwable cause) {
		super(message, null, cause);
		this.reason = reason;
		this.length = length;
		this.limit = limit;
	}

	/**
	 * A frame is larger than allowed.
	 * @param length the length of the frame, as far as it is known
	 * @param limit the largest length allowed
	 * @return the exception
	 */
	public static FramingException tooLarge(long length, long limit) {
		return new FramingException(Reason.TOO_LARGE,
				"A frame of " + length + " bytes exceeds the maximum of " + limit + " bytes (max-message-size)", length,
				limit, null);
	}

	static FramingException tooLargeForHeader(long length, long limit, int headerSize) {
		return new FramingException(Reason.TOO_LARGE,
				"A frame of " + length + " bytes exceeds the maximum of " + limit + " bytes that a length header of "
						+ headerSize + ((headerSize == 1) ? " byte" : " bytes") + " can tell (framing.length.bytes)",
				length, limit, null);
	}

	/**
	 * A frame has not ended within the size allowed.
	 * @param length the number of bytes that have come so far
	 * @param limit the largest length allowed
	 * @return the exception
	 */
	public static FramingException endless(long length, long limit) {
		return new FramingException(Reason.TOO_LARGE, "A frame has not ended after " + length
				+ " bytes and exceeds the maximum of " + limit + " bytes (max-message-size)", length, limit, null);
	}

	static FramingException negativeLength(int length, long limit) {
		return new FramingException(Reason.MALFORMED,
				"The header of a frame claims a length of " + length + " bytes; 0 to " + limit + " are allowed", length,
				limit, null);
	}

	/**
	 * The stream has ended in the middle of a frame.
	 * @param received the number of bytes of the frame that had come
	 * @return the exception
	 */
	public static FramingException truncated(long received) {
		return truncated(received, null);
	}

	static FramingException truncated(long received, @Nullable Throwable cause) {
		return new FramingException(Reason.TRUNCATED,
				"The stream ended in the middle of a frame, after " + received + " bytes of it", received, NONE, cause);
	}

	/**
	 * What is wrong.
	 * @return the reason
	 */
	public Reason getReason() {
		return this.reason;
	}

	/**
	 * The length that was claimed, or that had been reached.
	 * @return the number of bytes, or empty where there is none to tell
	 */
	public OptionalLong getLength() {
		return (this.length != NONE) ? OptionalLong.of(this.length) : OptionalLong.empty();
	}

	/**
	 * The largest length that is allowed.
	 * @return the number of bytes, or empty where the limit is not the matter
	 */
	public OptionalLong getLimit() {
		return (this.limit != NONE) ? OptionalLong.of(this.limit) : OptionalLong.empty();
	}

	/**
	 * The kind of error as it is counted.
	 * @return the type
	 */
	public PipeErrorType errorType() {
		return switch (this.reason) {
			case TOO_LARGE -> PipeErrorType.TOO_LARGE;
			case TRUNCATED -> PipeErrorType.TRUNCATED;
			case MALFORMED -> PipeErrorType.FRAMING;
		};
	}

	/**
	 * What is wrong with a frame.
	 */
	public enum Reason {

		/** The frame is larger than allowed. */
		TOO_LARGE,

		/** The stream ended in the middle of the frame. */
		TRUNCATED,

		/** The bytes follow no rule of the framing. */
		MALFORMED

	}

}
