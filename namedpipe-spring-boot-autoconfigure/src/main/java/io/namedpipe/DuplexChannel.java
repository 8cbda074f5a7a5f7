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

package io.namedpipe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.PeerCredentials;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * A channel of two one-way pipes, to and from the same process. One of them may be
 * missing.
 */
final class DuplexChannel implements TransportChannel {

	private final @Nullable TransportChannel in;

	private final @Nullable TransportChannel out;

	private final PeerCredentials peer;

	DuplexChannel(@Nullable TransportChannel in, @Nullable TransportChannel out, PeerCredentials peer) {
		this.in = in;
		this.out = out;
		this.peer = peer;
	}

	@Override
	public PeerCredentials peer() {
		return this.peer;
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		return existing(this.in).read(target);
	}

	@Override
	public void write(ByteBuffer[] sources, int offset, int length) throws IOException {
		existing(this.out).write(sources, offset, length);
	}

	@Override
	public byte @Nullable [] readMessage(int maxSize) throws IOException {
		return existing(this.in).readMessage(maxSize);
	}

	@Override
	public void writeMessage(ByteBuffer message) throws IOException {
		existing(this.out).writeMessage(message);
	}

	private static TransportChannel existing(@Nullable TransportChannel channel) throws TransportException {
		if (channel == null) {
			throw new TransportException(Reason.UNSUPPORTED, "There is no pipe in this direction");
		}
		return channel;
	}

	@Override
	public void endInput() {
		if (this.in != null) {
			this.in.endInput();
		}
	}

	@Override
	public void endOutput() {
		if (this.out != null) {
			this.out.close();
		}
	}

	@Override
	public void abortOutput() {
		endOutput();
	}

	@Override
	public boolean drain(Duration timeout) throws IOException {
		return this.out == null || this.out.drain(timeout);
	}

	@Override
	public <T extends @Nullable Object> T runAsPeer(Callable<T> task) throws TransportException {
		throw new TransportException(Reason.UNSUPPORTED, "A child process is no client to run as");
	}

	@Override
	public void close() {
		if (this.out != null) {
			this.out.close();
		}
		if (this.in != null) {
			this.in.close();
		}
	}

}
