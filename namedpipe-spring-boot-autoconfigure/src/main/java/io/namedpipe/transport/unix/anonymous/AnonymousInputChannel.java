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

package io.namedpipe.transport.unix.anonymous;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;

import io.namedpipe.transport.unix.fifo.OneWayChannel;
import io.namedpipe.transport.unix.libc.Closeables;

/**
 * The reading end of an anonymous pipe. Closing the channel wakes a blocked read, which
 * is why no stream is used.
 */
final class AnonymousInputChannel extends OneWayChannel {

	private final FileChannel channel;

	private volatile boolean inputEnded;

	private volatile boolean closed;

	AnonymousInputChannel(String pipe, FileChannel channel) {
		super(pipe);
		this.channel = channel;
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		try {
			return this.channel.read(target);
		}
		catch (ClosedChannelException ex) {
			if (this.inputEnded && !this.closed) {
				return -1;
			}
			throw closedException(ex);
		}
	}

	@Override
	public void write(ByteBuffer[] sources, int offset, int length) throws IOException {
		throw oneWay("read");
	}

	/**
	 * There is no other way to end a read while the other end is there than to close this
	 * one: who writes meets {@code EPIPE}.
	 */
	@Override
	public void endInput() {
		this.inputEnded = true;
		Closeables.closeQuietly(this.channel);
	}

	@Override
	public void close() {
		this.closed = true;
		Closeables.closeQuietly(this.channel);
	}

}
