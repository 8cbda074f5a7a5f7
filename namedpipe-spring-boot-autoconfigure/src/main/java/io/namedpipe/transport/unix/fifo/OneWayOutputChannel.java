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

package io.namedpipe.transport.unix.fifo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.GatheringByteChannel;
import java.util.concurrent.atomic.AtomicBoolean;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.unix.libc.Closeables;
import io.namedpipe.transport.unix.libc.GatheringWrite;
import io.namedpipe.transport.unix.libc.SystemError;

/**
 * The writing end of a pipe that goes one way, until a write finds that nobody reads any
 * more.
 */
public final class OneWayOutputChannel extends OneWayChannel {

	private final GatheringByteChannel channel;

	private final Runnable release;

	private final AtomicBoolean closed = new AtomicBoolean();

	public OneWayOutputChannel(String pipe, GatheringByteChannel channel, Runnable release) {
		super(pipe);
		this.channel = channel;
		this.release = release;
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		throw oneWay("written");
	}

	@Override
	public void write(ByteBuffer[] sources, int offset, int length) throws IOException {
		try {
			GatheringWrite.all(this.channel, sources, offset, length);
		}
		catch (ClosedChannelException ex) {
			throw closedException(ex);
		}
		catch (IOException ex) {
			if (ex instanceof TransportException transportException
					&& transportException.getReason() == Reason.CLOSED) {
				throw closedException(ex);
			}
			if (SystemError.isPeerGone(ex)) {
				throw new TransportException(Reason.PEER_GONE, "The last reader of " + pipe() + " has left", ex);
			}
			throw ex;
		}
	}

	@Override
	public void endInput() {
		// there is none
	}

	@Override
	public void close() {
		if (this.closed.compareAndSet(false, true)) {
			Closeables.closeQuietly(this.channel);
			this.release.run();
		}
	}

}
