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
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.springframework.core.serializer.Deserializer;
import org.springframework.core.serializer.Serializer;

import io.namedpipe.PipeConnection;
import io.namedpipe.TransmissionMode;

/**
 * How messages are told apart on a pipe. An instance is immutable and serves any number
 * of connections; the state of one connection is in its {@link MessageReader} and
 * {@link MessageWriter}.
 * <p>
 * Reading from a peer that sends more than the maximum message size for one message
 * raises a {@link FramingException}, and in message mode a
 * {@link io.namedpipe.MessageTooLargeException}. With {@link #raw() raw} it raises
 * nothing: a payload is cut at the maximum. With each framing a peer gets no more memory
 * than a small multiple of what it has really sent.
 */
public abstract class MessageFraming {

	private MessageFraming() {
	}

	/**
	 * Each message is preceded by its length, which may have more around it.
	 * @param header the length and what is around it
	 * @return the framing
	 * @throws IllegalArgumentException if the header is at odds with itself
	 */
	public static MessageFraming lengthHeader(LengthHeader header) {
		header.checked();
		if (header.isPlain()) {
			return new LengthHeaderFraming(header.bytes(), header.byteOrder());
		}
		return new Pair("length-header (" + header + ")", header.prefixSize() > 0,
				(maxMessageSize, format) -> new LengthFieldDecoder(header, maxMessageSize, format),
				(format, maxMessageSize) -> new LengthFieldEncoder(header, maxMessageSize, format));
	}

	/**
	 * Each message is preceded by headers, of which one is {@code Content-Length}, and a
	 * blank line, as language servers have it. The other headers are those of the
	 * {@link Frame}. All headers of a message have
	 * {@value ContentLengthDecoder#MAX_HEADER_SIZE} bytes at most.
	 * @return the framing
	 */
	public static MessageFraming contentLength() {
		return new Pair("content-length", true, ContentLengthDecoder::new, ContentLengthEncoder::new);
	}

	/**
	 * Each message is preceded by its length as a varint of Protocol Buffers.
	 * @return the framing
	 */
	public static MessageFraming varint() {
		return new Pair("varint", false, VarintDecoder::new, VarintEncoder::new);
	}

	/**
	 * Each message is a netstring: {@code 5:hello,}.
	 * @return the framing
	 */
	public static MessageFraming netstring() {
		return new Pair("netstring", false, NetstringDecoder::new, NetstringEncoder::new);
	}

	/**
	 * Each message is between STX (0x02) and ETX (0x03). A payload that contains one of
	 * them is refused when sending.
	 * @return the framing
	 */
	public static MessageFraming stxEtx() {
		return new Pair("stx-etx", false, StxEtxDecoder::new, StxEtxEncoder::new) {

			@Override
			public void check(PayloadFormat format) {
				FrameEncoder.checkSingleBytes(format, "stx-etx");
			}

		};
	}

	/**
	 * Each message is one JSON value in UTF-8; between two of them there may be white
	 * space. Only where a value ends is looked for, not whether it is right. A payload
	 * that is not one value is refused when sending. A number or a literal name is
	 * followed by a line feed, all other values by nothing.
	 * @return the framing
	 */
	public static MessageFraming json() {
		return new Pair("json", false, JsonDecoder::new, JsonEncoder::new) {

			@Override
			public void check(PayloadFormat format) {
				if (!format.charset().equals(StandardCharsets.UTF_8)
						&& !format.charset().equals(StandardCharsets.US_ASCII)) {
					throw new IllegalArgumentException("JSON is in UTF-8, not in " + format.charset());
				}
			}

		};
	}

	/**
	 * What comes until the peer ends its output is one message; where nothing comes there
	 * is none. Writing a message ends the output of this end: a second one cannot be
	 * written. That takes a pipe with a half-close; without it a server closes the
	 * connection, and a client cannot write.
	 * @return the framing
	 */
	public static MessageFraming untilClose() {
		return new Pair("until-close", false, UntilCloseDecoder::new, UntilCloseEncoder::new) {

			@Override
			public boolean endsWithStream() {
				return true;
			}

		};
	}

	/**
	 * What is read has one framing, and what is written has another.
	 * @param in the framing of what is read
	 * @param out the framing of what is written
	 * @return the framing
	 */
	public static MessageFraming of(MessageFraming in, MessageFraming out) {
		return new Directions(in, out);
	}

	/**
	 * Each message is preceded by its length.
	 * @param bytes the size of the length: 1, 2 or 3 bytes (unsigned), or 4 or 8 (signed;
	 * a negative one is an error)
	 * @param byteOrder the order of these bytes
	 * @return the framing
	 */
	public static MessageFraming lengthHeader(int bytes, ByteOrder byteOrder) {
		return lengthHeader(LengthHeader.of(bytes, byteOrder));
	}

	/**
	 * Each message is a line, read with LF or CRLF at its end, which is not part of the
	 * payload. If the stream ends in the middle of a line, that line is delivered as if
	 * its end had come: a peer that is killed may leave half a line.
	 * <p>
	 * A payload that contains a line feed, or ends with a carriage return, is refused
	 * when sending.
	 * @param terminator what is written
	 * @return the framing
	 */
	public static MessageFraming line(LineTerminator terminator) {
		return new Line(terminator);
	}

	/**
	 * Each message is followed by a delimiter, which is not part of the payload. A
	 * payload that contains the delimiter is refused when sending.
	 * @param delimiter one byte or more
	 * @return the framing
	 */
	public static MessageFraming delimiter(byte... delimiter) {
		if (delimiter.length == 0) {
			throw new IllegalArgumentException("A delimiter has at least one byte");
		}
		return new Delimiter(delimiter.clone());
	}

	/**
	 * Each message is followed by a delimiter.
	 * @param delimiter {@code 0x} and an even number of hexadecimal digits, or else the
	 * characters themselves, in the charset of payloads
	 * @return the framing
	 * @see #delimiter(byte...)
	 */
	public static MessageFraming delimiter(String delimiter) {
		if (delimiter.isEmpty()) {
			throw new IllegalArgumentException("A delimiter has at least one character");
		}
		if (!delimiter.toLowerCase(Locale.ROOT).startsWith("0x")) {
			return new Delimiter(delimiter);
		}
		try {
			return delimiter(HexFormat.of().parseHex(delimiter, 2, delimiter.length()));
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException("The delimiter '" + delimiter
					+ "' has to be 0x and an even number of hexadecimal digits, such as 0x00 or 0x0D0A", ex);
		}
	}

	/**
	 * There are no boundaries: what one read of the platform gives is one payload, which
	 * need not be what the peer wrote at once. A character of text that is split over two
	 * reads comes with the second. An empty payload sends nothing.
	 * @return the framing
	 */
	public static MessageFraming raw() {
		return new Raw();
	}

	/**
	 * The application finds the frames.
	 * @param codec the codec
	 * @return the framing
	 */
	public static MessageFraming codec(FrameCodec codec) {
		return new Codec(codec, className(codec));
	}

	/**
	 * The application finds the frames.
	 * @param codec the codec
	 * @param name what the codec is called in error messages, such as its bean's name
	 * @return the framing
	 */
	public static MessageFraming codec(FrameCodec codec, String name) {
		return new Codec(codec, "'" + name + "'");
	}

	/**
	 * Spring's serializer and deserializer write and read objects of any type; whatever
	 * tells the objects apart is theirs. The deserializer gets a blocking stream that
	 * gives no more than the maximum message size for one object, and should not read
	 * ahead.
	 * <p>
	 * Java deserialization of what an untrusted peer sends is dangerous.
	 * @param serializer what writes an object
	 * @param deserializer what reads an object
	 * @return the framing
	 */
	public static MessageFraming serializer(Serializer<?> serializer, Deserializer<?> deserializer) {
		return serializer(serializer, className(serializer), deserializer, className(deserializer));
	}

	/**
	 * Spring's serializer and deserializer write and read objects of any type, as with
	 * {@link #serializer(Serializer, Deserializer)}.
	 * @param serializer what writes an object
	 * @param deserializer what reads an object
	 * @param name what both are called in error messages, such as their bean's name
	 * @return the framing
	 */
	public static MessageFraming serializer(Serializer<?> serializer, Deserializer<?> deserializer, String name) {
		return serializer(serializer, "'" + name + "'", deserializer, "'" + name + "'");
	}

	@SuppressWarnings("unchecked")
	private static MessageFraming serializer(Serializer<?> serializer, String serializerName,
			Deserializer<?> deserializer, String deserializerName) {
		return new ObjectStream((Serializer<Object>) serializer, serializerName, deserializer, deserializerName);
	}

	// The name of a lambda's class tells where it is from, and then a number
	private static String className(Object object) {
		String name = object.getClass().getName();
		int lambda = name.indexOf("$$Lambda");
		return (lambda < 0) ? name : "of " + name.substring(0, lambda) + " (a lambda)";
	}

	/**
	 * The pipe itself keeps the boundaries: it is in message mode.
	 * @return the framing
	 */
	public static MessageFraming messageMode() {
		return new MessageMode();
	}

	/**
	 * Verifies that payloads of a format can be told apart in this framing.
	 * @param format the format of payloads
	 * @throws IllegalArgumentException if the charset does not go with the framing
	 */
	public void check(PayloadFormat format) {
	}

	/**
	 * The transmission mode that a pipe needs for this framing.
	 * @return the mode
	 */
	public TransmissionMode transmissionMode() {
		return TransmissionMode.BYTE;
	}

	/**
	 * Whether a receiver can tell where a message ends, so that one of which the end has
	 * not been read has not been received.
	 * @return {@code false} if what is written may be received in parts
	 */
	public boolean hasBoundaries() {
		return true;
	}

	/**
	 * Whether a frame can be read by itself, before the end of the stream and leaving to
	 * the next reader what comes after it.
	 */
	boolean hasFrames() {
		return hasBoundaries() && !endsWithStream();
	}

	/**
	 * Whether a message has more than its payload: what is read is a {@link Frame} where
	 * there is something in it.
	 * @return {@code true} if frames have headers or a prefix
	 */
	public boolean hasHeaders() {
		return false;
	}

	/**
	 * Whether payloads are objects that the framing itself makes, so that no format of
	 * payloads applies.
	 * @return {@code true} with a serializer
	 */
	public boolean makesObjects() {
		return false;
	}

	/**
	 * Whether a message ends with the stream, so that there is one in each direction.
	 * @return {@code true} if what is read ends when the peer ends its output
	 */
	public boolean endsWithStream() {
		return false;
	}

	/**
	 * The framing of what is written, where it is not that of what is read.
	 * @return this framing, or that of one direction
	 */
	public MessageFraming outbound() {
		return this;
	}

	/**
	 * The framing of the other end, which reads what is written here.
	 * @return this framing, or the same two the other way round where the directions
	 * differ
	 */
	public MessageFraming opposite() {
		return this;
	}

	/**
	 * Creates a reader for a connection. There should be one at a time, because it holds
	 * what it has read ahead until it is closed.
	 * @param connection the connection
	 * @param format what payloads are to be
	 * @return a new reader
	 * @throws CodecException if a codec of the application makes no decoder
	 */
	public MessageReader reader(PipeConnection connection, PayloadFormat format) {
		return new FrameReader(connection, decoder(format, connection.maxMessageSize()));
	}

	/**
	 * Creates an encoder.
	 * @param format what payloads are
	 * @param maxMessageSize the largest message in bytes
	 * @return an encoder
	 */
	public abstract MessageEncoder encoder(PayloadFormat format, int maxMessageSize);

	/**
	 * Creates a writer for a connection.
	 * @param connection the connection
	 * @param format what payloads are
	 * @return a new writer
	 */
	public MessageWriter writer(PipeConnection connection, PayloadFormat format) {
		return writer(connection, encoder(format, connection.maxMessageSize()));
	}

	/**
	 * Creates a writer for a connection.
	 * @param connection the connection
	 * @param encoder an encoder of this framing
	 * @return a new writer
	 */
	public MessageWriter writer(PipeConnection connection, MessageEncoder encoder) {
		return new MessageWriter(connection, encoder);
	}

	Decoder decoder(PayloadFormat format, int maxMessageSize) {
		throw new UnsupportedOperationException();
	}

	// Each frame has an end of its own, but the order of bytes is told once
	private static void checkByteOrder(PayloadFormat format, String framing) {
		OpenByteOrder order = OpenByteOrder.of(format.charset());
		if (order != null) {
			throw new IllegalArgumentException(
					"The charset " + format.charset() + " leaves the order of bytes open, which " + framing
							+ " framing has to know; use " + order + ", or a length header");
		}
	}

	/**
	 * Makes the decoder of one connection.
	 */
	@FunctionalInterface
	private interface DecoderFactory {

		Decoder create(int maxMessageSize, PayloadFormat format);

	}

	/**
	 * Makes the encoder of a pipe.
	 */
	@FunctionalInterface
	private interface EncoderFactory {

		MessageEncoder create(PayloadFormat format, int maxMessageSize);

	}

	/**
	 * A decoder and an encoder.
	 */
	private static class Pair extends MessageFraming {

		private final String description;

		private final boolean headers;

		private final DecoderFactory decoder;

		private final EncoderFactory encoder;

		Pair(String description, boolean headers, DecoderFactory decoder, EncoderFactory encoder) {
			this.description = description;
			this.headers = headers;
			this.decoder = decoder;
			this.encoder = encoder;
		}

		@Override
		Decoder decoder(PayloadFormat format, int maxMessageSize) {
			return this.decoder.create(maxMessageSize, format);
		}

		@Override
		public MessageEncoder encoder(PayloadFormat format, int maxMessageSize) {
			return this.encoder.create(format, maxMessageSize);
		}

		@Override
		public boolean hasHeaders() {
			return this.headers;
		}

		@Override
		public String toString() {
			return this.description;
		}

	}

	/**
	 * One framing for each direction.
	 */
	private static final class Directions extends MessageFraming {

		private final MessageFraming in;

		private final MessageFraming out;

		private Directions(MessageFraming in, MessageFraming out) {
			if (in.transmissionMode() != TransmissionMode.BYTE || out.transmissionMode() != TransmissionMode.BYTE) {
				throw new IllegalArgumentException("In message mode both directions have the framing of the pipe");
			}
			this.in = in;
			this.out = out.outbound();
		}

		@Override
		public void check(PayloadFormat format) {
			this.in.check(format);
			this.out.check(format);
		}

		@Override
		public boolean hasBoundaries() {
			return this.out.hasBoundaries();
		}

		@Override
		public boolean hasHeaders() {
			return this.in.hasHeaders();
		}

		@Override
		public boolean makesObjects() {
			return this.in.makesObjects() || this.out.makesObjects();
		}

		@Override
		public boolean endsWithStream() {
			return this.in.endsWithStream();
		}

		@Override
		boolean hasFrames() {
			return this.in.hasFrames();
		}

		@Override
		public MessageFraming outbound() {
			return this.out;
		}

		@Override
		public MessageFraming opposite() {
			return new Directions(this.out, this.in);
		}

		@Override
		public MessageReader reader(PipeConnection connection, PayloadFormat format) {
			return this.in.reader(connection, format);
		}

		@Override
		Decoder decoder(PayloadFormat format, int maxMessageSize) {
			return this.in.decoder(format, maxMessageSize);
		}

		@Override
		public MessageEncoder encoder(PayloadFormat format, int maxMessageSize) {
			return this.out.encoder(format, maxMessageSize);
		}

		@Override
		public String toString() {
			return this.in + " in, " + this.out + " out";
		}

	}

	private static final class LengthHeaderFraming extends MessageFraming {

		private final int bytes;

		private final ByteOrder byteOrder;

		private LengthHeaderFraming(int bytes, ByteOrder byteOrder) {
			this.bytes = bytes;
			this.byteOrder = byteOrder;
		}

		@Override
		Decoder decoder(PayloadFormat format, int maxMessageSize) {
			return new LengthHeaderDecoder(this.bytes, this.byteOrder, maxMessageSize, format);
		}

		@Override
		public MessageEncoder encoder(PayloadFormat format, int maxMessageSize) {
			return MessageEncoder.lengthHeader(format, maxMessageSize, this.bytes, this.byteOrder);
		}

		@Override
		public String toString() {
			return "length-header (" + this.bytes + " bytes, " + this.byteOrder + ")";
		}

	}

	private static final class Line extends MessageFraming {

		private final LineTerminator terminator;

		private Line(LineTerminator terminator) {
			this.terminator = terminator;
		}

		@Override
		public void check(PayloadFormat format) {
			checkByteOrder(format, "line");
		}

		@Override
		Decoder decoder(PayloadFormat format, int maxMessageSize) {
			return new LineDecoder(maxMessageSize, format);
		}

		@Override
		public MessageEncoder encoder(PayloadFormat format, int maxMessageSize) {
			return MessageEncoder.line(format, maxMessageSize, this.terminator);
		}

		@Override
		public String toString() {
			return "line (" + this.terminator + ")";
		}

	}

	private static final class Delimiter extends MessageFraming {

		private final byte[] bytes;

		private final @Nullable String characters;

		private Delimiter(byte[] bytes) {
			this.bytes = bytes;
			this.characters = null;
		}

		private Delimiter(String characters) {
			this.bytes = characters.getBytes(StandardCharsets.UTF_8);
			this.characters = characters;
		}

		@Override
		public void check(PayloadFormat format) {
			checkByteOrder(format, "delimiter");
			CodeUnits units = CodeUnits.of(format.charset());
			units.checkDelimiter(bytes(format));
			if (format.isText()) {
				units.checkDelimiterOfText(bytes(format));
			}
		}

		private byte[] bytes(PayloadFormat format) {
			try {
				return (this.characters != null) ? format.toBytes(this.characters) : this.bytes;
			}
			catch (FramingException ex) {
				throw new IllegalArgumentException("The charset " + format.charset() + " does not have the delimiter '"
						+ this.characters + "'; give its bytes, such as 0x00", ex);
			}
		}

		@Override
		Decoder decoder(PayloadFormat format, int maxMessageSize) {
			byte[] delimiter = bytes(format);
			return new DelimiterDecoder(delimiter, delimiter.length - 1, maxMessageSize, format);
		}

		@Override
		public MessageEncoder encoder(PayloadFormat format, int maxMessageSize) {
			return MessageEncoder.delimiter(format, maxMessageSize, bytes(format));
		}

		@Override
		public String toString() {
			return "delimiter (0x" + HexFormat.of().formatHex(this.bytes) + ")";
		}

	}

	private static final class Raw extends MessageFraming {

		@Override
		Decoder decoder(PayloadFormat format, int maxMessageSize) {
			return format.isText() ? new RawTextDecoder(maxMessageSize, format)
					: new RawDecoder(maxMessageSize, format);
		}

		@Override
		public MessageEncoder encoder(PayloadFormat format, int maxMessageSize) {
			return MessageEncoder.plain(format, maxMessageSize);
		}

		@Override
		public boolean hasBoundaries() {
			return false;
		}

		@Override
		public String toString() {
			return "raw";
		}

	}

	private static final class Codec extends MessageFraming {

		private final FrameCodec codec;

		private final String name;

		private Codec(FrameCodec codec, String name) {
			this.codec = codec;
			this.name = name;
		}

		// it may keep what it has read ahead
		@Override
		boolean hasFrames() {
			return false;
		}

		@Override
		public MessageReader reader(PipeConnection connection, PayloadFormat format) {
			return new FrameReader(connection, decoder(format, connection.maxMessageSize(), connection));
		}

		@Override
		Decoder decoder(PayloadFormat format, int maxMessageSize) {
			return decoder(format, maxMessageSize, "a stream");
		}

		private Decoder decoder(PayloadFormat format, int maxMessageSize, Object source) {
			return new CodecDecoder(this.codec, describe(), source, maxMessageSize, format);
		}

		@Override
		public MessageEncoder encoder(PayloadFormat format, int maxMessageSize) {
			return MessageEncoder.codec(format, maxMessageSize, this.codec, describe());
		}

		private String describe() {
			return "The codec " + this.name;
		}

		@Override
		public String toString() {
			return "codec (" + this.name + ")";
		}

	}

	private static final class ObjectStream extends MessageFraming {

		private final Serializer<Object> serializer;

		private final String serializerName;

		private final Deserializer<?> deserializer;

		private final String deserializerName;

		private ObjectStream(Serializer<Object> serializer, String serializerName, Deserializer<?> deserializer,
				String deserializerName) {
			this.serializer = serializer;
			this.serializerName = serializerName;
			this.deserializer = deserializer;
			this.deserializerName = deserializerName;
		}

		@Override
		public boolean makesObjects() {
			return true;
		}

		// it may keep what it has read ahead
		@Override
		boolean hasFrames() {
			return false;
		}

		@Override
		public MessageReader reader(PipeConnection connection, PayloadFormat format) {
			return new ObjectReader(connection, this.deserializer, "The deserializer " + this.deserializerName,
					connection.maxMessageSize());
		}

		@Override
		public MessageEncoder encoder(PayloadFormat format, int maxMessageSize) {
			return MessageEncoder.serializer(maxMessageSize, this.serializer, "The serializer " + this.serializerName);
		}

		@Override
		public String toString() {
			return "serializer (" + this.serializerName + ")";
		}

	}

	private static final class MessageMode extends MessageFraming {

		@Override
		public TransmissionMode transmissionMode() {
			return TransmissionMode.MESSAGE;
		}

		@Override
		public MessageReader reader(PipeConnection connection, PayloadFormat format) {
			return new WholeMessageReader(connection, format);
		}

		@Override
		public MessageEncoder encoder(PayloadFormat format, int maxMessageSize) {
			return MessageEncoder.plain(format, maxMessageSize);
		}

		@Override
		public String toString() {
			return "message mode";
		}

	}

}
