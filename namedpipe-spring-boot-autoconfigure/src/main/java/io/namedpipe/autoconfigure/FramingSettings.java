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

import java.nio.charset.Charset;
import java.util.HexFormat;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import io.namedpipe.autoconfigure.NamedPipeProperties.Framing;
import io.namedpipe.autoconfigure.NamedPipeProperties.Length;
import io.namedpipe.autoconfigure.NamedPipeProperties.OneWayFraming;
import io.namedpipe.autoconfigure.NamedPipeProperties.WrittenFraming;
import io.namedpipe.framing.FramingException;
import io.namedpipe.framing.FramingType;
import io.namedpipe.framing.LengthHeader;
import io.namedpipe.framing.LineTerminator;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.framing.PayloadFormat;

/**
 * How messages are marked in a stream of bytes, checked.
 *
 * @param in what is read
 * @param out what is written; the same object where both are the same
 */
record FramingSettings(OneWay in, OneWay out) {

	private static final String HEX_PREFIX = "0x";

	static FramingSettings from(PropertyPath path, @Nullable OneWayFraming configured, FramingType defaultType,
			Charset charset) {
		OneWayFraming common = (configured != null) ? configured : new OneWayFraming();
		OneWayFraming in = (common instanceof Framing framing) ? framing.getIn() : null;
		OneWayFraming out = (common instanceof Framing framing) ? framing.getOut() : null;
		if (!(common instanceof WrittenFraming) || (in == null && out != null)) {
			refusePrefix(path, common);
		}
		if (in != null) {
			refusePrefix(path.child("in"), in);
		}
		if (in == null && out == null) {
			OneWay both = oneWay(path, common, defaultType, charset);
			return new FramingSettings(both, both);
		}
		if (in != null && out != null) {
			refuseBeside(path, common);
		}
		return new FramingSettings(
				(in != null) ? oneWay(path.child("in"), in, defaultType, charset)
						: oneWay(path, common, defaultType, charset),
				(out != null) ? oneWay(path.child("out"), out, defaultType, charset)
						: oneWay(path, common, defaultType, charset));
	}

	// A direction with a framing of its own takes nothing from the common one
	private static void refuseBeside(PropertyPath path, OneWayFraming common) {
		String reason = "Both directions have a framing of their own in '%s' and '%s'; remove it, or one of them"
			.formatted(path.name("in"), path.name("out"));
		refuse(path, "type", common.getType(), null, reason);
		refuse(path, "delimiter", common.getDelimiter(), null, reason);
		refuse(path, "codec", common.getCodec(), null, reason);
		refuseLength(path.child("length"), common.getLength(), reason);
		if (common instanceof WrittenFraming written) {
			refuse(path.child("line"), "terminator", written.getLine().getTerminator(), LineTerminator.LF, reason);
		}
	}

	// The frames that are read have their own
	private static void refusePrefix(PropertyPath path, OneWayFraming read) {
		refuse(path.child("length"), "prefix", read.getLength().getPrefix(), null,
				"It is for what is written, and this is the framing of what is read only; remove it");
	}

	private static OneWay oneWay(PropertyPath path, OneWayFraming properties, FramingType defaultType,
			Charset charset) {
		FramingType type = (properties.getType() != null) ? properties.getType() : defaultType;
		LengthHeader length = lengthHeader(path.child("length"), type, properties.getLength());
		LineTerminator terminator = terminator(path.child("line"), type, properties);
		byte[] delimiter = delimiter(path, type, properties.getDelimiter(), charset);
		String codec = codec(path, type, properties.getCodec());
		MessageFraming framing = switch (type) {
			case LENGTH_HEADER -> MessageFraming.lengthHeader(length);
			case LINE -> MessageFraming.line(terminator);
			case DELIMITER -> MessageFraming.delimiter(delimiter);
			case CONTENT_LENGTH -> MessageFraming.contentLength();
			case VARINT -> MessageFraming.varint();
			case NETSTRING -> MessageFraming.netstring();
			case STX_ETX -> MessageFraming.stxEtx();
			case JSON -> MessageFraming.json();
			case UNTIL_CLOSE -> MessageFraming.untilClose();
			case RAW -> MessageFraming.raw();
			case CUSTOM -> null;
		};
		return new OneWay(path, type, framing, codec);
	}

	private static LineTerminator terminator(PropertyPath path, FramingType type, OneWayFraming properties) {
		LineTerminator terminator = (properties instanceof WrittenFraming written) ? written.getLine().getTerminator()
				: LineTerminator.LF;
		if (type != FramingType.LINE) {
			refuse(path, "terminator", terminator, LineTerminator.LF, usedWith(path, FramingType.LINE));
		}
		return terminator;
	}

	private static LengthHeader lengthHeader(PropertyPath path, FramingType type, Length properties) {
		if (type != FramingType.LENGTH_HEADER) {
			refuseLength(path, properties, usedWith(path, FramingType.LENGTH_HEADER));
		}
		LengthHeader header = path.checked("bytes", properties.getBytes(),
				(bytes) -> LengthHeader.of(bytes, properties.getByteOrder().order()));
		header = path.checked("offset", properties.getOffset(), header::offset).adjustment(properties.getAdjustment());
		if (properties.getStrip() != null) {
			header = path.checked("strip", properties.getStrip(), header::strip);
			path.check("strip", properties.getStrip(), header::checkStrip);
		}
		String prefix = properties.getPrefix();
		if (prefix != null) {
			header = header.prefix(hex(path, "prefix", prefix));
			path.check("prefix", prefix, header::checkPrefix);
		}
		return header;
	}

	private static void refuseLength(PropertyPath path, Length properties, String reason) {
		refuse(path, "bytes", properties.getBytes(), new Length().getBytes(), reason);
		refuse(path, "byte-order", properties.getByteOrder(), new Length().getByteOrder(), reason);
		refuse(path, "offset", properties.getOffset(), 0, reason);
		refuse(path, "adjustment", properties.getAdjustment(), 0, reason);
		refuse(path, "strip", properties.getStrip(), null, reason);
		refuse(path, "prefix", properties.getPrefix(), null, reason);
	}

	private static void refuse(PropertyPath path, String property, @Nullable Object value, @Nullable Object unset,
			String reason) {
		if (value != null && !value.equals(unset)) {
			throw path.invalid(property, (value instanceof Enum<?> constant) ? text(constant) : value, reason);
		}
	}

	private static String usedWith(PropertyPath path, FramingType type) {
		return "It is used with '%s' set to '%s' only; set that, or remove it".formatted(path.sibling("type").prefix(),
				text(type));
	}

	private static byte[] delimiter(PropertyPath path, FramingType type, @Nullable String delimiter, Charset charset) {
		if (type != FramingType.DELIMITER) {
			if (delimiter != null) {
				throw path.invalid("delimiter", delimiter,
						"It is used with '%s' set to 'delimiter' only; set that, ".formatted(path.name("type"))
								+ "or remove the delimiter");
			}
			return new byte[0];
		}
		if (delimiter == null || delimiter.isEmpty()) {
			throw path.invalid("delimiter", delimiter,
					"Framing of type 'delimiter' needs one: bytes in hexadecimal digits, for example \"0x00\" "
							+ "(in quotes, or YAML makes a number of it), or the characters themselves");
		}
		path.resolved("delimiter", delimiter);
		return delimiter.toLowerCase(Locale.ROOT).startsWith(HEX_PREFIX) ? hex(path, "delimiter", delimiter)
				: characters(path, delimiter, charset);
	}

	private static byte[] hex(PropertyPath path, String property, String value) {
		try {
			int start = value.toLowerCase(Locale.ROOT).startsWith(HEX_PREFIX) ? HEX_PREFIX.length() : 0;
			byte[] bytes = HexFormat.of().parseHex(value, start, value.length());
			if (bytes.length != 0) {
				return bytes;
			}
		}
		catch (IllegalArgumentException ex) {
			// not pairs of digits
		}
		throw path.invalid(property, value,
				"After 0x it must consist of pairs of hexadecimal digits, for example \"0x0d0a\"");
	}

	private static byte[] characters(PropertyPath path, String delimiter, Charset charset) {
		try {
			return PayloadFormat.bytes(charset).toBytes(delimiter);
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

	private static String text(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * The framing of one direction.
	 *
	 * @param path where it is configured
	 * @param type the kind of framing
	 * @param framing the framing, {@code null} for that of a codec
	 * @param codec name of the codec bean, {@code null} unless the type is custom
	 */
	record OneWay(PropertyPath path, FramingType type, @Nullable MessageFraming framing, @Nullable String codec) {
	}

}
