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
import java.nio.charset.Charset;
import java.util.HexFormat;
import java.util.Objects;
import java.util.OptionalLong;

import org.jspecify.annotations.Nullable;

import io.namedpipe.PipeErrorType;
import io.namedpipe.PipeException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * Bytes that are not a frame, or a payload that cannot be written as one. When reading,
 * the position in the stream is lost: the connection is of no more use. When writing,
 * nothing was sent and the connection is still usable. The reason is
 * {@link Reason#MESSAGE_TOO_LARGE}, {@link Reason#TRUNCATED} or {@link Reason#MALFORMED}.
 */
public class FramingException extends PipeException {

	private static final long NONE = Long.MIN_VALUE;

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
		super(reason, message, null,
				hidesUnchecked(cause) ? new CodecException(message, Objects.requireNonNull(cause)) : cause);
		this.length = length;
		this.limit = limit;
	}

	// Spring's messaging gateways throw the first unchecked exception among the causes,
	// whatever it is about
	private static boolean hidesUnchecked(@Nullable Throwable cause) {
		for (Throwable next = cause; next != null && !(next instanceof CodecException); next = next.getCause()) {
			if (next instanceof RuntimeException) {
				return true;
			}
		}
		return false;
	}

	/**
	 * A frame is larger than allowed.
	 * @param length the length of the frame, as far as it is known
	 * @param limit the largest length allowed
	 * @return the exception
	 */
	public static FramingException tooLarge(long length, long limit) {
		return new FramingException(Reason.MESSAGE_TOO_LARGE,
				"A frame of " + length + " bytes exceeds the maximum of " + limit + " bytes (max-message-size)", length,
				limit, null);
	}

	static FramingException tooLargeForHeader(long length, long limit, int headerSize) {
		return new FramingException(Reason.MESSAGE_TOO_LARGE,
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
		return new FramingException(Reason.MESSAGE_TOO_LARGE, "A frame has not ended after " + length
				+ " bytes and exceeds the maximum of " + limit + " bytes (max-message-size)", length, limit, null);
	}

	static FramingException negativeLength(long length, long limit) {
		return new FramingException(Reason.MALFORMED,
				"The header of a frame claims a length of " + length + " bytes; 0 to " + limit + " are allowed", length,
				limit, null);
	}

	/**
	 * Bytes of a message are no text.
	 * @param input the bytes, from the malformed ones on
	 * @param length how many are malformed
	 */
	static FramingException malformedText(ByteBuffer input, int length, Charset charset) {
		return new FramingException(hex(input, length) + " at byte " + input.position() + " of a message is no text in "
				+ charset + ": set payload.charset to that of the peer, "
				+ "payload.on-malformed to 'replace', or payload.type to 'bytes'");
	}

	/**
	 * The stream has ended in the middle of a character.
	 */
	static FramingException truncatedCharacter(ByteBuffer input, Charset charset) {
		return new FramingException(Reason.TRUNCATED, "The stream ended in the middle of a character in " + charset
				+ ", after " + hex(input, input.remaining()), input.remaining(), NONE, null);
	}

	private static String hex(ByteBuffer input, int length) {
		byte[] bytes = new byte[Math.min(length, input.remaining())];
		input.get(input.position(), bytes);
		return "0x" + HexFormat.of().withUpperCase().formatHex(bytes);
	}

	/**
	 * A charset lacks a character of a text that is to be sent.
	 */
	static FramingException unknownCharacter(String text, int index, Charset charset) {
		int character = text.codePointAt(index);
		boolean half = Character.MIN_SURROGATE <= character && character <= Character.MAX_SURROGATE;
		String shown = half ? "half of a surrogate pair" : "'" + Character.toString(character) + "'";
		return new FramingException("A payload with the character U+%04X (%s) at index %d cannot be sent in %s"
			.formatted(character, shown, index, charset)
				+ (half ? "" : ": set payload.charset to one that has it, such as UTF-8, or take it out"));
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
	 * The length that was claimed, or that had been reached.
	 * @return the number of bytes, or empty if it is not known
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
		return switch (getReason()) {
			case MESSAGE_TOO_LARGE -> PipeErrorType.TOO_LARGE;
			case TRUNCATED -> PipeErrorType.TRUNCATED;
			default -> PipeErrorType.FRAMING;
		};
	}

}
