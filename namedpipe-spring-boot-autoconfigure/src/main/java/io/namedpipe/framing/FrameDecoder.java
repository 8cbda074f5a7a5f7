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

import org.jspecify.annotations.Nullable;

/**
 * Finds the frames in what one connection delivers. Used by one thread at a time, and no
 * more after it has thrown an exception.
 */
@FunctionalInterface
public interface FrameDecoder {

	/**
	 * Takes the next frame off the input. Called again until it returns {@code null},
	 * then again when more bytes have come. A decoder may leave an incomplete frame in
	 * the input, whose bytes then come again in front of the next ones, or take them and
	 * keep them itself, which is faster for large frames.
	 * @param input the bytes, from position to limit, big-endian at each call; its
	 * position is moved beyond what was taken
	 * @return the payload of the frame, or {@code null} if there is no whole frame yet
	 * @throws FramingException if the bytes are no frame; the connection is closed then
	 */
	byte @Nullable [] decode(ByteBuffer input) throws FramingException;

	/**
	 * The stream has ended. Called once, after {@link #decode} has had all bytes; never
	 * after a stop on our side. What was left in the input is reported as truncated
	 * without asking.
	 * @return a last payload, or {@code null} if there is none
	 * @throws FramingException if the stream ended in the middle of a frame
	 */
	default byte @Nullable [] endOfStream() throws FramingException {
		return null;
	}

	/**
	 * How much this decoder has taken and not given in a payload yet, whether of an
	 * incomplete frame or of whole ones. Nothing of that may be there when a reply has
	 * been read, since it would be taken for the next one. To be implemented by a decoder
	 * that keeps bytes itself.
	 * @return the number of bytes; 0 by default
	 */
	default int pending() {
		return 0;
	}

}
