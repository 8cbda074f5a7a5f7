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

package io.namedpipe.transport.windows;

import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.spi.AbstractInterruptibleChannel;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * Calls that an interrupt of their thread ends, as it ends one of a channel of NIO. Only
 * the first interrupt does: who wants more makes another.
 */
final class InterruptibleCall extends AbstractInterruptibleChannel {

	private final Runnable cancel;

	/**
	 * Creates the call.
	 * @param cancel ends it, called by the thread that interrupts
	 */
	InterruptibleCall(Runnable cancel) {
		this.cancel = cancel;
	}

	/**
	 * Makes the call.
	 * @param call the call
	 * @param doing what it does, for the message
	 * @param <T> the type of its result
	 * @return its result
	 * @throws TransportException if the thread was interrupted, which it stays, or what
	 * the call throws
	 */
	<T> T make(Call<T> call, String doing) throws TransportException {
		try {
			begin();
			try {
				return call.make();
			}
			finally {
				end(true);
			}
		}
		catch (AsynchronousCloseException ex) {
			throw new TransportException(Reason.IO, "Cannot " + doing + ": the thread was interrupted", ex);
		}
	}

	@Override
	protected void implCloseChannel() {
		this.cancel.run();
	}

	/**
	 * What to call.
	 *
	 * @param <T> the type of its result
	 */
	@FunctionalInterface
	interface Call<T> {

		T make() throws TransportException;

	}

}
