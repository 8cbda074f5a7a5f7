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

import org.jspecify.annotations.Nullable;

/**
 * What the payload of a message is to the application: a {@code byte[]} or a
 * {@code String}. For sending, {@code byte[]}, {@code String}, any other
 * {@code CharSequence} and {@code ByteBuffer} are accepted with each format.
 */
public final class PayloadFormat {

	private final boolean text;

	private final Charset charset;

	private PayloadFormat(boolean text, Charset charset) {
		this.text = text;
		this.charset = charset;
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
		return new PayloadFormat(false, charset);
	}

	/**
	 * Payloads are strings. Bytes that are not valid in the charset become its
	 * replacement character.
	 * @param charset the charset, for receiving and sending
	 * @return the format
	 */
	public static PayloadFormat text(Charset charset) {
		return new PayloadFormat(true, charset);
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
	 * @throws IllegalArgumentException if the payload is of another type
	 */
	public byte[] toBytes(Object payload) {
		if (payload instanceof byte[] bytes) {
			return bytes;
		}
		if (payload instanceof CharSequence chars) {
			return chars.toString().getBytes(this.charset);
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

	Object fromBytes(byte[] bytes) {
		return this.text ? new String(bytes, this.charset) : bytes;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof PayloadFormat that && this.text == that.text && this.charset.equals(that.charset);
	}

	@Override
	public int hashCode() {
		return 31 * this.charset.hashCode() + Boolean.hashCode(this.text);
	}

	@Override
	public String toString() {
		return (this.text ? "text" : "bytes") + " (" + this.charset + ")";
	}

}
