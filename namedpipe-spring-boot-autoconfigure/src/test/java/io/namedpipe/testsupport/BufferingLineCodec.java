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

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import io.namedpipe.framing.FrameDecoder;

/**
 * Lines, whose decoder takes all that comes and keeps what it has no use for yet. A line
 * that is an exclamation mark is more than it can bear.
 */
public final class BufferingLineCodec implements FrameDecoder {

	private byte[] kept = {};

	@Override
	public byte @Nullable [] decode(ByteBuffer input) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		all.writeBytes(this.kept);
		while (input.hasRemaining()) {
			all.write(input.get());
		}
		this.kept = all.toByteArray();
		for (int i = 0; i < this.kept.length; i++) {
			if (this.kept[i] == '\n') {
				byte[] line = Arrays.copyOf(this.kept, i);
				this.kept = Arrays.copyOfRange(this.kept, i + 1, this.kept.length);
				return verified(line);
			}
		}
		return null;
	}

	private static byte[] verified(byte[] line) {
		if (line.length == 1 && line[0] == '!') {
			throw new IllegalStateException("an exclamation mark");
		}
		return line;
	}

	@Override
	public int pending() {
		return this.kept.length;
	}

}
