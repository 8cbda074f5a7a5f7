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

package io.namedpipe.socket;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;

import io.namedpipe.PipeDirection;
import io.namedpipe.PipeEndpoint;
import io.namedpipe.PipeNameInUseException;
import io.namedpipe.PipeNotFoundException;
import io.namedpipe.PipeTimeoutException;
import io.namedpipe.TransmissionMode;

/**
 * Failures of pipes as {@code java.net} names them. The failure itself is the cause, but
 * of a read that timed out: libraries look for that at the end of the causes.
 */
final class SocketErrors {

	/** What a pipe must be, before the one that is not. */
	static final String NEEDED = "A socket needs a pipe in byte mode and of both directions, whose reads can time out, which ";

	private SocketErrors() {
	}

	static boolean canCarrySockets(PipeEndpoint pipe, boolean timedReads) {
		return timedReads && pipe.transmissionMode() == TransmissionMode.BYTE
				&& pipe.direction() == PipeDirection.DUPLEX;
	}

	static SocketException closed() {
		return new SocketException("Socket closed");
	}

	static IOException ofConnect(IOException failure, boolean limited) {
		if (failure instanceof PipeTimeoutException) {
			return caused(limited ? new SocketTimeoutException(failure.getMessage())
					: new ConnectException(failure.getMessage()), failure);
		}
		if (failure instanceof PipeNotFoundException) {
			return caused(new ConnectException(failure.getMessage()), failure);
		}
		return of(failure);
	}

	static IOException ofBind(IOException failure) {
		return (failure instanceof PipeNameInUseException) ? caused(new BindException(failure.getMessage()), failure)
				: of(failure);
	}

	static IOException ofRead(IOException failure) {
		return (failure instanceof PipeTimeoutException) ? new SocketTimeoutException("Read timed out") : of(failure);
	}

	static IOException of(IOException failure) {
		return caused(new SocketException(failure.getMessage()), failure);
	}

	private static IOException caused(IOException exception, IOException cause) {
		exception.initCause(cause);
		return exception;
	}

}
