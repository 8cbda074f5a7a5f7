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

/**
 * A custom framing: writes payloads as frames, and creates decoders that find frames in
 * what arrives. One codec serves all connections of a pipe and may be used by several
 * threads at once; what belongs to one connection is kept in its {@link FrameDecoder}.
 */
public interface FrameCodec {

	/**
	 * Creates the decoder of one connection.
	 * @param maxMessageSize the largest payload allowed, in bytes
	 * @return a new decoder
	 */
	FrameDecoder decoder(int maxMessageSize);

	/**
	 * The most bytes that a payload takes as a frame. Room for so many is made before
	 * {@link #encode}, and no more are kept of a frame that is still incomplete.
	 * @param payloadSize the size of the payload in bytes
	 * @return the size of its largest possible frame in bytes
	 */
	int maxFrameSize(int payloadSize);

	/**
	 * Writes a payload as a frame.
	 * @param payload the payload, from its position to its limit
	 * @param target receives the frame; has room for {@link #maxFrameSize}
	 * @throws FramingException if the payload cannot be written as a frame
	 */
	void encode(ByteBuffer payload, ByteBuffer target) throws FramingException;

}
