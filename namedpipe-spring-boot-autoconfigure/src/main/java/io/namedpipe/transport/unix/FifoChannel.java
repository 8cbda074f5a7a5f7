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

package io.namedpipe.transport.unix;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.PeerCredentials;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * One end of a FIFO. Nothing is known of who is at the other one: the permissions of the
 * file have decided.
 */
abstract class FifoChannel implements TransportChannel {

	private final FifoFile file;

	FifoChannel(FifoFile file) {
		this.file = file;
	}

	final FifoFile file() {
		return this.file;
	}

	final TransportException oneWay(String participle) {
		return new TransportException(Reason.UNSUPPORTED,
				"The FIFO " + this.file + " goes one way and is " + participle + " here");
	}

	final TransportException closedException(@Nullable Throwable cause) {
		return new TransportException(Reason.CLOSED, "This end of the FIFO " + this.file + " is closed", cause);
	}

	@Override
	public final PeerCredentials peer() {
		return PeerCredentials.UNKNOWN;
	}

	@Override
	public final byte @Nullable [] readMessage(int maxSize) throws TransportException {
		throw byteMode();
	}

	@Override
	public final void writeMessage(ByteBuffer message) throws TransportException {
		throw byteMode();
	}

	private TransportException byteMode() {
		return new TransportException(Reason.MODE_MISMATCH, "The FIFO " + this.file + " is in byte mode");
	}

	@Override
	public final void endOutput() throws TransportException {
		throw new TransportException(Reason.UNSUPPORTED, "A FIFO goes one way: there is no half to close");
	}

	/**
	 * The kernel keeps what was written for the reader, beyond a close.
	 */
	@Override
	public final boolean drain(Duration timeout) {
		return true;
	}

	@Override
	public final <T extends @Nullable Object> T runAsPeer(Callable<T> task) throws TransportException {
		throw new TransportException(Reason.UNSUPPORTED, "Who is at the other end of a FIFO is not known");
	}

}
