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

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.PeerCredentials;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * One end of a pipe that goes one way. Nothing is known of who is at the other one:
 * whoever could open or inherit it.
 */
public abstract class OneWayChannel implements TransportChannel {

	private final String pipe;

	/**
	 * An end.
	 * @param pipe what it is the end of, in the middle of a sentence
	 */
	protected OneWayChannel(String pipe) {
		this.pipe = pipe;
	}

	final String pipe() {
		return this.pipe;
	}

	protected final TransportException oneWay(String participle) {
		return new TransportException(Reason.UNSUPPORTED,
				"This end of " + this.pipe + " is " + participle + ": it goes one way");
	}

	protected final TransportException closedException(@Nullable Throwable cause) {
		return new TransportException(Reason.CLOSED, "This end of " + this.pipe + " is closed", cause);
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
		return new TransportException(Reason.MODE_MISMATCH,
				"There are no messages on " + this.pipe + ": it is in byte mode");
	}

	@Override
	public void endOutput() throws TransportException {
		throw new TransportException(Reason.UNSUPPORTED, "There is no half to close of " + this.pipe);
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
		throw new TransportException(Reason.UNSUPPORTED, "Who is at the other end of " + this.pipe + " is not known");
	}

}
