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

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * Turns what a transport throws into the exceptions of the pipe API.
 */
final class PipeExceptions {

	private PipeExceptions() {
	}

	/**
	 * Loads the classes that are needed when no descriptor is left to load them with.
	 */
	static void preload() {
		translate(new TransportException(Reason.RESOURCE_LIMIT, "none"), null);
	}

	static PipeException translate(IOException ex, @Nullable String address) {
		if (ex instanceof PipeException pipeException) {
			return pipeException;
		}
		String message = (ex.getMessage() != null) ? ex.getMessage() : ex.getClass().getSimpleName();
		if (!(ex instanceof TransportException transportException)) {
			return new PipeException(message, address, ex);
		}
		Reason reason = transportException.getReason();
		return switch (reason) {
			case NAME_IN_USE -> new PipeNameInUseException(message, address, ex);
			case NO_SERVER -> new PipeNotFoundException(message, address, ex);
			case ACCESS_DENIED -> new PipeAccessDeniedException(message, address, ex);
			case MESSAGE_TOO_LARGE -> new MessageTooLargeException(message, address, ex);
			case PEER_GONE -> new PeerGoneException(message, address, ex);
			case CLOSED -> new PipeClosedException(message, address, null, ex);
			case TIMEOUT -> new PipeTimeoutException(message, address, ex);
			case UNSUPPORTED, MISSING_LIBRARY ->
				new PipeUnsupportedException(reason, transportException.getSetting(), message, address, ex);
			default -> new PipeException(reason, transportException.getSetting(), message, address, ex);
		};
	}

}
