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

package io.namedpipe.testsupport;

import java.nio.ByteBuffer;
import java.util.function.Supplier;

import io.namedpipe.framing.FrameCodec;
import io.namedpipe.framing.FrameDecoder;

/**
 * A codec for what is read. What is written goes as it is.
 */
public final class DecodeOnlyCodec implements FrameCodec {

	private final Supplier<FrameDecoder> decoders;

	public DecodeOnlyCodec(Supplier<FrameDecoder> decoders) {
		this.decoders = decoders;
	}

	@Override
	public FrameDecoder decoder(int maxMessageSize) {
		return this.decoders.get();
	}

	@Override
	public int maxFrameSize(int payloadSize) {
		return payloadSize;
	}

	@Override
	public void encode(ByteBuffer payload, ByteBuffer target) {
		target.put(payload);
	}

}
