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

package io.namedpipe.integration;

import org.jspecify.annotations.Nullable;

import io.namedpipe.PipeException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * An exchange has failed, and its request cannot have been processed: nothing was sent,
 * for lack of a connection or since the request cannot be sent, or the server left before
 * it had read the request. Repeating it is safe. Of a request whose exchange failed with
 * any other exception that is not known.
 */
public class RequestNotProcessedException extends PipeException {

	public RequestNotProcessedException(String message, @Nullable String address, @Nullable Throwable cause) {
		super((cause instanceof PipeException failure) ? failure.getReason() : Reason.IO, message, address, cause);
	}

}
