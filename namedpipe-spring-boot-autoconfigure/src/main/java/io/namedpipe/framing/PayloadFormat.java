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
import java.nio.charset.StandardCharsets;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * What the payload of a message is to the application: a {@code byte[]} or a
 * {@code String}. For sending, {@code byte[]}, {@code String}, any other
 * {@code CharSequence} and {@code ByteBuffer} are accepted with each format.
 */
public final class PayloadFormat {

	private final boolean text;

	private final Charset charset;

	private final boolean replaceMalformed;

	private final TextEncoder encoder;

	private PayloadFormat(boolean text, Charset charset, boolean replaceMalformed) {
		this.text = text;
		this.charset = charset;
		this.replaceMalformed = replaceMalformed;
		this.encoder = new TextEncoder(charset);
	}

	/**
	 * Payloads are byte arrays; text is sent as UTF-8.
	 * @return the format
	 */
	public static PayloadFormat bytes() {
		return bytes(StandardCharsets.UTF_8);
	}

	/**
	 * Payloads are byte arrays.
	 * @param charset the charset in which text is sent
	 * @return the format
	 */
	public static PayloadFormat bytes(Charset charset) {
		return new PayloadFormat(false, charset, false);
	}

	/**
	 * Payloads are strings. A message with bytes that are no text in the charset is an
	 * error, see {@link #replacingMalformed()}. A byte order mark at the start of what a
	 * connection receives is not part of the first message.
	 * @param charset the charset, for receiving and sending
	 * @return the format
	 */
	public static PayloadFormat text(Charset charset) {
		return new PayloadFormat(true, charset, false);
	}

	/**
	 * The same format, where received bytes that are no text in the charset become
	 * replacement characters (U+FFFD) rather than an error. Nothing is replaced in what
	 * is sent.
	 * @return the format
	 */
	public PayloadFormat replacingMalformed() {
		return new PayloadFormat(this.text, this.charset, true);
	}

	boolean replacesMalformed() {
		return this.replaceMalformed;
	}

	/**
	 * Whether payloads are strings.
	 * @return {@code true} for text, {@code false} for bytes
	 */
	public boolean isText() {
		return this.text;
	}

	/**
	 * The charset of text.
	 * @return the charset
	 */
	public Charset charset() {
		return this.charset;
	}

	/**
	 * The bytes of a payload that is to be sent.
	 * @param payload a byte array (which is not copied), text or a byte buffer (whose
	 * position is not moved)
	 * @return the bytes
	 * @throws FramingException if the charset lacks a character of the text
	 * @throws IllegalArgumentException if the payload is of another type
	 */
	public byte[] toBytes(Object payload) throws FramingException {
		if (payload instanceof byte[] bytes) {
			return bytes;
		}
		if (payload instanceof CharSequence chars) {
			return this.encoder.encode(chars.toString());
		}
		if (payload instanceof ByteBuffer buffer) {
			byte[] bytes = new byte[buffer.remaining()];
			buffer.get(buffer.position(), bytes);
			return bytes;
		}
		throw new IllegalArgumentException("A payload of type " + payload.getClass().getName()
				+ " cannot be sent: it has to be a byte[], a String or a ByteBuffer. Convert it in the flow, "
				+ "or use framing with a Serializer as codec");
	}

	/**
	 * Makes what decodes the text of one connection.
	 * @return a new decoder, or {@code null} if payloads are bytes
	 */
	@Nullable TextDecoder textDecoder() {
		return this.text ? new TextDecoder(this.charset, this.replaceMalformed) : null;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof PayloadFormat that && this.text == that.text && this.charset.equals(that.charset)
				&& this.replaceMalformed == that.replaceMalformed;
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.text, this.charset, this.replaceMalformed);
	}

	@Override
	public String toString() {
		return (this.text ? "text" : "bytes") + " (" + this.charset
				+ (this.replaceMalformed ? ", malformed replaced)" : ")");
	}

}
