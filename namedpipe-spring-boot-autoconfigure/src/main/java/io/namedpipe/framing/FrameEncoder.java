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
import java.nio.charset.Charset;
import java.util.Map;

/**
 * Creates the whole frame of a message. For framings with more around a message than a
 * plain length or a delimiter.
 */
abstract class FrameEncoder extends MessageEncoder {

	private static final byte[] NOTHING = {};

	private static final int ONE_BYTE = 1;

	FrameEncoder(PayloadFormat format, int maxMessageSize) {
		super(format, maxMessageSize, 0, ByteOrder.BIG_ENDIAN, NOTHING);
	}

	@Override
	public final byte[] encode(Object payload) throws FramingException {
		Frame frame = (payload instanceof Frame given) ? given : new Frame(payload, Map.of());
		return frame(super.encode(frame.payload()), frame);
	}

	/**
	 * Makes a frame.
	 * @param message the bytes of the payload, no more than allowed
	 * @param frame what else there is to be written
	 * @return the whole frame
	 * @throws FramingException if that cannot be a frame
	 */
	abstract byte[] frame(byte[] message, Frame frame) throws FramingException;

	/**
	 * Verifies that no byte of a character can be taken for one of the frame.
	 */
	static void checkSingleBytes(PayloadFormat format, String framing) {
		Charset charset = format.charset();
		if (CodeUnits.size(charset) != ONE_BYTE || OpenByteOrder.of(charset) != null) {
			throw new IllegalArgumentException("The charset " + charset + " has bytes in its characters that " + framing
					+ " framing takes for its own; use UTF-8, or a length header");
		}
	}

}
