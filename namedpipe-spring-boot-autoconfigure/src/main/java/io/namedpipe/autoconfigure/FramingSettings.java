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

package io.namedpipe.autoconfigure;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.HexFormat;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import io.namedpipe.autoconfigure.NamedPipeProperties.Framing;
import io.namedpipe.autoconfigure.NamedPipeProperties.FramingType;
import io.namedpipe.autoconfigure.NamedPipeProperties.Terminator;
import io.namedpipe.framing.FramingException;
import io.namedpipe.framing.PayloadFormat;

/**
 * How messages are marked in a stream of bytes, checked.
 *
 * @param type the kind of framing
 * @param lengthBytes size of a length header
 * @param bigEndian whether a length header is big-endian
 * @param crlf whether lines are written with carriage return and line feed
 * @param delimiter what ends a message, {@code null} unless the type is delimiter
 * @param codec name of the codec bean, {@code null} unless the type is custom
 */
record FramingSettings(FramingType type, int lengthBytes, boolean bigEndian, boolean crlf,
		@Nullable ByteBuffer delimiter, @Nullable String codec) {

	private static final String HEX_PREFIX = "0x";

	byte[] delimiterBytes() {
		return (this.delimiter != null) ? this.delimiter.array() : new byte[0];
	}

	static FramingSettings from(PropertyPath path, @Nullable Framing configured, FramingType defaultType,
			Charset charset) {
		Framing properties = (configured != null) ? configured : new Framing();
		FramingType type = (properties.getType() != null) ? properties.getType() : defaultType;
		return new FramingSettings(type, lengthBytes(path.child("length"), properties),
				properties.getLength().getByteOrder() == NamedPipeProperties.ByteOrder.BIG_ENDIAN,
				properties.getLine().getTerminator() == Terminator.CRLF,
				delimiter(path, type, properties.getDelimiter(), charset), codec(path, type, properties.getCodec()));
	}

	private static int lengthBytes(PropertyPath path, Framing properties) {
		int bytes = properties.getLength().getBytes();
		if (bytes != 1 && bytes != 2 && bytes != 4) {
			throw path.invalid("bytes", bytes, "It must be 1, 2 or 4");
		}
		return bytes;
	}

	private static @Nullable ByteBuffer delimiter(PropertyPath path, FramingType type, @Nullable String delimiter,
			Charset charset) {
		if (type != FramingType.DELIMITER) {
			if (delimiter != null) {
				throw path.invalid("delimiter", delimiter,
						"It is used with '%s' set to 'delimiter' only; set that, ".formatted(path.name("type"))
								+ "or remove the delimiter");
			}
			return null;
		}
		if (delimiter == null || delimiter.isEmpty()) {
			throw path.invalid("delimiter", delimiter,
					"Framing of type 'delimiter' needs one: bytes in hexadecimal digits, for example \"0x00\" "
							+ "(in quotes, or YAML makes a number of it), or the characters themselves");
		}
		if (!delimiter.toLowerCase(Locale.ROOT).startsWith(HEX_PREFIX)) {
			return characters(path, delimiter, charset);
		}
		try {
			byte[] bytes = HexFormat.of().parseHex(delimiter, HEX_PREFIX.length(), delimiter.length());
			if (bytes.length != 0) {
				return ByteBuffer.wrap(bytes);
			}
		}
		catch (IllegalArgumentException ex) {
			// not pairs of digits
		}
		throw path.invalid("delimiter", delimiter,
				"After 0x it must consist of pairs of hexadecimal digits, for example \"0x0d0a\"");
	}

	private static ByteBuffer characters(PropertyPath path, String delimiter, Charset charset) {
		try {
			return ByteBuffer.wrap(PayloadFormat.bytes(charset).toBytes(delimiter));
		}
		catch (FramingException ex) {
			throw path.invalid("delimiter", delimiter,
					"The charset " + charset + " of the payload does not have it; give its bytes, for example \"0x00\"",
					ex);
		}
	}

	private static @Nullable String codec(PropertyPath path, FramingType type, @Nullable String codec) {
		if (type == FramingType.CUSTOM) {
			return path.text("codec", codec, "Framing of type 'custom' needs the name of a bean that is a FrameCodec, "
					+ "or a Serializer and a Deserializer");
		}
		if (codec != null) {
			throw path.invalid("codec", codec,
					"It is used with '%s' set to 'custom' only; set that, or remove the codec"
						.formatted(path.name("type")));
		}
		return null;
	}

}
