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

import io.namedpipe.PipeException;

/**
 * What the payload of a message is to the application: a {@code byte[]}, a {@code String}
 * or an object that a converter makes, as {@link JsonPayloads} does. For sending,
 * {@code byte[]}, {@code String}, any other {@code CharSequence}, {@code ByteBuffer} and
 * the {@code JsonNode} of Jackson 3 are accepted with each format, and with a format of
 * objects all that its converter can write.
 */
public final class PayloadFormat {

	private final boolean text;

	private final Charset charset;

	private final Malformed malformed;

	private final @Nullable PayloadConverter converter;

	private final TextEncoder encoder;

	private PayloadFormat(boolean text, Charset charset, Malformed malformed, @Nullable PayloadConverter converter) {
		this.text = text;
		this.charset = charset;
		this.malformed = malformed;
		this.converter = converter;
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
		return new PayloadFormat(false, charset, Malformed.REPORT, null);
	}

	/**
	 * Payloads are strings. A message with bytes that are no text in the charset is an
	 * error, see {@link #replacingMalformed()}. A byte order mark at the start of what a
	 * connection receives is not part of the first message.
	 * @param charset the charset, for receiving and sending
	 * @return the format
	 */
	public static PayloadFormat text(Charset charset) {
		return new PayloadFormat(true, charset, Malformed.REPORT, null);
	}

	/**
	 * Payloads are objects. A message that is none is a {@link MalformedPayloadException}
	 * of its reader, who can go on with the next one, see {@link #closingOnMalformed()}.
	 * Text is sent as UTF-8.
	 * @param converter makes objects of bytes, and the other way round
	 * @return the format
	 */
	public static PayloadFormat objects(PayloadConverter converter) {
		return new PayloadFormat(false, StandardCharsets.UTF_8, Malformed.REPORT, converter);
	}

	/**
	 * The same format, where a message that is no object is a {@link FramingException}
	 * rather than a {@link MalformedPayloadException}, so that its connection is closed.
	 * Nothing changes for bytes and text.
	 * @return the format
	 */
	public PayloadFormat closingOnMalformed() {
		return new PayloadFormat(this.text, this.charset, Malformed.CLOSE, this.converter);
	}

	/**
	 * The same format, where received bytes that are no text in the charset become
	 * replacement characters (U+FFFD) rather than an error. Nothing is replaced in what
	 * is sent.
	 * @return the format
	 */
	public PayloadFormat replacingMalformed() {
		return new PayloadFormat(this.text, this.charset, Malformed.REPLACE, this.converter);
	}

	boolean replacesMalformed() {
		return this.malformed == Malformed.REPLACE;
	}

	/**
	 * Whether payloads are objects that a converter makes.
	 * @return {@code false} for bytes and text
	 */
	public boolean isObjects() {
		return this.converter != null;
	}

	/**
	 * Makes what a reader returns of what it has read.
	 * @param read a payload or a {@link Frame}, or {@code null}
	 */
	@Nullable Object received(@Nullable Object read) throws PipeException {
		if (this.converter == null || read == null) {
			return read;
		}
		try {
			return convert(this.converter, read);
		}
		catch (MalformedPayloadException ex) {
			if (this.malformed == Malformed.CLOSE) {
				throw new FramingException(String.valueOf(ex.getMessage()), ex.getCause());
			}
			throw ex;
		}
	}

	private static Object convert(PayloadConverter converter, Object read) throws MalformedPayloadException {
		if (!(read instanceof Frame frame)) {
			return toObject(converter, (byte[]) read);
		}
		try {
			return new Frame(toObject(converter, (byte[]) frame.payload()), frame.prefix(), frame.headers());
		}
		catch (MalformedPayloadException ex) {
			throw ex.of(frame);
		}
	}

	private static Object toObject(PayloadConverter converter, byte[] bytes) throws MalformedPayloadException {
		try {
			return converter.toObject(bytes);
		}
		catch (RuntimeException | Error ex) {
			CodecException.passIfNotOfCodec(ex);
			throw new MalformedPayloadException("A message of " + bytes.length + " bytes cannot be read (" + converter
					+ "): " + ex.getClass().getName(), bytes, null, ex);
		}
	}

	private static byte[] toBytes(PayloadConverter converter, Object payload) throws FramingException {
		try {
			return converter.toBytes(payload);
		}
		catch (RuntimeException | Error ex) {
			CodecException.passIfNotOfCodec(ex);
			throw new FramingException("A payload of type " + payload.getClass().getName() + " cannot be written ("
					+ converter + "): " + ex, ex);
		}
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
	 * @param payload a byte array (which is not copied), text, a byte buffer (whose
	 * position is not moved) or an object
	 * @return the bytes
	 * @throws FramingException if the charset lacks a character of the text, or the
	 * object cannot be written
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
		if (this.converter != null) {
			return toBytes(this.converter, payload);
		}
		if (JsonTree.isNode(payload)) {
			return this.encoder.encode(payload.toString());
		}
		throw new IllegalArgumentException("A payload of type " + payload.getClass().getName()
				+ " cannot be sent: it has to be a byte[], a String or a ByteBuffer. Convert it in the flow, "
				+ "set payload.type to 'json', or use framing with a Serializer as codec");
	}

	/**
	 * Makes what decodes the text of one connection.
	 * @return a new decoder, or {@code null} if payloads are bytes
	 */
	@Nullable TextDecoder textDecoder() {
		return this.text ? new TextDecoder(this.charset, replacesMalformed()) : null;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof PayloadFormat that && this.text == that.text && this.charset.equals(that.charset)
				&& this.malformed == that.malformed && Objects.equals(this.converter, that.converter);
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.text, this.charset, this.malformed, this.converter);
	}

	@Override
	public String toString() {
		if (this.converter != null) {
			return this.converter + ((this.malformed == Malformed.CLOSE) ? ", malformed closes" : "");
		}
		return (this.text ? "text" : "bytes") + " (" + this.charset
				+ (replacesMalformed() ? ", malformed replaced)" : ")");
	}

	/**
	 * What becomes of a message that is not in the format.
	 */
	private enum Malformed {

		REPORT, REPLACE, CLOSE

	}

}
