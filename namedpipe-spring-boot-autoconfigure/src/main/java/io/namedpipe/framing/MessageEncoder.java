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

import java.io.ByteArrayOutputStream;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

import org.springframework.core.serializer.Serializer;

/**
 * Turns payloads into the bytes of a message and checks that they can be sent, apart from
 * any connection: what goes to many connections is encoded once. May be used by any
 * number of threads.
 */
public class MessageEncoder {

	private static final byte[] NOTHING = {};

	private final PayloadFormat format;

	private final int maxMessageSize;

	private final int headerSize;

	private final ByteOrder byteOrder;

	private final byte[] trailer;

	MessageEncoder(PayloadFormat format, int maxMessageSize, int headerSize, ByteOrder byteOrder, byte[] trailer) {
		this.format = format;
		this.maxMessageSize = maxMessageSize;
		this.headerSize = headerSize;
		this.byteOrder = byteOrder;
		this.trailer = trailer;
	}

	static MessageEncoder plain(PayloadFormat format, int maxMessageSize) {
		return new MessageEncoder(format, maxMessageSize, 0, ByteOrder.BIG_ENDIAN, NOTHING);
	}

	static MessageEncoder lengthHeader(PayloadFormat format, int maxMessageSize, int headerSize, ByteOrder byteOrder) {
		return new LengthHeaderEncoder(format, maxMessageSize, headerSize, byteOrder);
	}

	static MessageEncoder line(PayloadFormat format, int maxMessageSize, LineTerminator terminator) {
		return new LineEncoder(format, maxMessageSize, terminator);
	}

	static MessageEncoder delimiter(PayloadFormat format, int maxMessageSize, byte[] delimiter) {
		return new DelimiterEncoder(format, maxMessageSize, delimiter);
	}

	static MessageEncoder codec(PayloadFormat format, int maxMessageSize, FrameCodec codec, String description) {
		return new CodecEncoder(format, maxMessageSize, codec, description);
	}

	static MessageEncoder serializer(int maxMessageSize, Serializer<Object> serializer, String description) {
		return new SerializerEncoder(maxMessageSize, serializer, description);
	}

	/**
	 * Encodes a payload.
	 * @param payload the payload, or a {@link Frame} with it
	 * @return bytes for a {@link MessageWriter} of the same framing; for a byte array
	 * often that array itself
	 * @throws FramingException if the payload is too large, the framing cannot tell it
	 * from the end of a frame, the charset lacks one of its characters, or a codec failed
	 * @throws IllegalArgumentException if the payload is of a type that cannot be sent
	 */
	public byte[] encode(Object payload) throws FramingException {
		byte[] message = this.format.toBytes(Frame.payloadOf(payload));
		checkSize(message.length, this.maxMessageSize);
		check(message);
		return message;
	}

	void check(byte[] message) throws FramingException {
	}

	/**
	 * Whether a message ends with the stream, so that no other can follow it.
	 */
	boolean endsStream() {
		return false;
	}

	/**
	 * The number of bytes that a message takes on the wire beyond its own.
	 */
	final int overhead() {
		return this.headerSize + this.trailer.length;
	}

	/**
	 * Puts a whole frame.
	 */
	final void put(byte[] message, ByteBuffer target) {
		putHeader(message.length, target);
		target.put(message).put(this.trailer);
	}

	final void putHeader(int length, ByteBuffer target) {
		switch (this.headerSize) {
			case 0 -> {
			}
			case 1 -> target.put((byte) length);
			case 2 -> target.order(this.byteOrder).putShort((short) length);
			default -> target.order(this.byteOrder).putInt(length);
		}
	}

	final byte[] trailer() {
		return this.trailer;
	}

	private static void checkSize(int size, int limit) throws FramingException {
		if (size > limit) {
			throw FramingException.tooLarge(size, limit);
		}
	}

	private static final class LengthHeaderEncoder extends MessageEncoder {

		private final int headerSize;

		private final int largest;

		private LengthHeaderEncoder(PayloadFormat format, int maxMessageSize, int headerSize, ByteOrder byteOrder) {
			super(format, maxMessageSize, headerSize, byteOrder, NOTHING);
			this.headerSize = headerSize;
			this.largest = (headerSize == 4) ? Integer.MAX_VALUE : (1 << (8 * headerSize)) - 1;
		}

		@Override
		void check(byte[] message) throws FramingException {
			if (message.length > this.largest) {
				throw FramingException.tooLargeForHeader(message.length, this.largest, this.headerSize);
			}
		}

	}

	private static final class LineEncoder extends MessageEncoder {

		private final byte[] lineFeed;

		private final byte[] carriageReturn;

		private final CodeUnits units;

		private LineEncoder(PayloadFormat format, int maxMessageSize, LineTerminator terminator) {
			super(format, maxMessageSize, 0, ByteOrder.BIG_ENDIAN,
					CodeUnits.encode(terminator.characters(), format.charset()));
			this.lineFeed = CodeUnits.encode("\n", format.charset());
			this.carriageReturn = CodeUnits.encode("\r", format.charset());
			this.units = CodeUnits.of(format.charset());
		}

		@Override
		void check(byte[] message) throws FramingException {
			this.units.check(message);
			int found = this.units.indexOf(message, this.lineFeed);
			if (found >= 0) {
				throw new FramingException("A payload with a line feed (at byte " + found
						+ ") cannot be sent as one line: the receiver would see two");
			}
			int last = message.length - this.carriageReturn.length;
			if (last >= 0 && Arrays.equals(message, last, message.length, this.carriageReturn, 0,
					this.carriageReturn.length)) {
				throw new FramingException("A payload that ends with a carriage return cannot be sent as a line: "
						+ "the receiver would take it for a part of the line's end");
			}
		}

	}

	private static final class DelimiterEncoder extends MessageEncoder {

		private final CodeUnits units;

		private DelimiterEncoder(PayloadFormat format, int maxMessageSize, byte[] delimiter) {
			super(format, maxMessageSize, 0, ByteOrder.BIG_ENDIAN, delimiter);
			this.units = CodeUnits.of(format.charset());
		}

		@Override
		void check(byte[] message) throws FramingException {
			this.units.check(message);
			int found = this.units.indexOf(message, trailer());
			if (found >= 0) {
				throw new FramingException("A payload that contains the delimiter (at byte " + found
						+ ") cannot be sent as one frame: the receiver would see it end there");
			}
		}

	}

	private static final class CodecEncoder extends MessageEncoder {

		private final FrameCodec codec;

		private final String description;

		private CodecEncoder(PayloadFormat format, int maxMessageSize, FrameCodec codec, String description) {
			super(format, maxMessageSize, 0, ByteOrder.BIG_ENDIAN, NOTHING);
			this.codec = codec;
			this.description = description;
		}

		@Override
		public byte[] encode(Object payload) throws FramingException {
			byte[] message = super.encode(payload);
			ByteBuffer frame = frame(message);
			byte[] bytes = frame.array();
			return (frame.position() == bytes.length) ? bytes : Arrays.copyOf(bytes, frame.position());
		}

		private ByteBuffer frame(byte[] message) throws FramingException {
			try {
				ByteBuffer frame = ByteBuffer.allocate(this.codec.maxFrameSize(message.length));
				this.codec.encode(ByteBuffer.wrap(message).asReadOnlyBuffer(), frame);
				return frame;
			}
			catch (FramingException ex) {
				throw ex;
			}
			catch (BufferOverflowException ex) {
				throw new FramingException(this.description + " writes a payload of " + message.length
						+ " bytes as a frame that is larger than its maxFrameSize tells", ex);
			}
			catch (Exception | Error ex) {
				CodecException.passIfNotOfCodec(ex);
				throw new FramingException(
						this.description + " failed to write a payload of " + message.length + " bytes: " + ex, ex);
			}
		}

	}

	private static final class SerializerEncoder extends MessageEncoder {

		private final Serializer<Object> serializer;

		private final String description;

		private final int limit;

		private SerializerEncoder(int maxMessageSize, Serializer<Object> serializer, String description) {
			super(PayloadFormat.bytes(), maxMessageSize, 0, ByteOrder.BIG_ENDIAN, NOTHING);
			this.serializer = serializer;
			this.description = description;
			this.limit = maxMessageSize;
		}

		@Override
		public byte[] encode(Object payload) throws FramingException {
			ByteArrayOutputStream output = new ByteArrayOutputStream(256);
			try {
				this.serializer.serialize(payload, output);
			}
			catch (FramingException ex) {
				throw ex;
			}
			catch (Exception | Error ex) {
				CodecException.passIfNotOfCodec(ex);
				throw new FramingException(this.description + " failed to write a payload of type "
						+ payload.getClass().getName() + ": " + ex, ex);
			}
			checkSize(output.size(), this.limit);
			return output.toByteArray();
		}

	}

}
