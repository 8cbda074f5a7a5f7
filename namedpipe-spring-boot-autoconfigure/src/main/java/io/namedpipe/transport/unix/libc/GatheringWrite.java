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

package io.namedpipe.transport.unix.libc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;

/**
 * Writes all that is there, with as few calls as the system permits.
 */
public final class GatheringWrite {

	private GatheringWrite() {
	}

	public static void all(GatheringByteChannel channel, ByteBuffer[] sources, int offset, int length)
			throws IOException {
		all(channel, sources, offset, length, Room.AWAITED_BY_CHANNEL);
	}

	/**
	 * Writes to a channel that may not wait for room itself.
	 * @param channel the channel
	 * @param sources the buffers from {@code offset} on; afterwards nothing remains in
	 * them
	 * @param offset index of the first buffer
	 * @param length number of buffers
	 * @param room waits for room where the channel had none
	 * @throws IOException if that fails
	 */
	public static void all(GatheringByteChannel channel, ByteBuffer[] sources, int offset, int length, Room room)
			throws IOException {
		if (length == 1) {
			ByteBuffer source = sources[offset];
			while (source.hasRemaining()) {
				if (channel.write(source) == 0) {
					room.await();
				}
			}
			return;
		}
		int end = offset + length;
		int next = offset;
		while (next < end) {
			if (!sources[next].hasRemaining()) {
				next++;
			}
			else if (channel.write(sources, next, end - next) == 0) {
				room.await();
			}
		}
	}

	/**
	 * Waits until a channel has room.
	 */
	@FunctionalInterface
	public interface Room {

		/** Nothing to do: the channel waits. */
		Room AWAITED_BY_CHANNEL = () -> {
		};

		void await() throws IOException;

	}

}
