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

import io.namedpipe.transport.TransportException.Reason;

/**
 * The child's end of an anonymous pipe, with the semantics of .NET's
 * {@code AnonymousPipeClientStream}: the parent passed a string, which names an end that
 * this process was started with.
 */
public final class AnonymousPipeClient {

	private AnonymousPipeClient() {
	}

	/**
	 * Opens the end of a pipe. It is taken over: the string is of no use afterwards.
	 * @param direction the direction as this end, the child's, sees it: {@code IN} to
	 * read
	 * @param handle the string as the parent passed it: the number of a descriptor on
	 * POSIX systems, the value of a handle on Windows, in decimal digits
	 * @return the connection
	 * @throws PipeException with {@link Reason#INVALID_NAME} if the string is not such a
	 * number, or what it names is not open, not a pipe, or the end of the other direction
	 * @throws PipeUnsupportedException if it is to be duplex, or this platform has no
	 * anonymous pipes
	 * @throws PipeException if the pipe cannot be opened
	 */
	public static PipeConnection open(PipeDirection direction, String handle) throws PipeException {
		return builder(direction, handle).build().connect();
	}

	/**
	 * Starts to build a client whose only connection is such a pipe. Connecting a second
	 * time fails with a {@link PipeClosedException}: a new pipe comes with a new process.
	 * @param direction the direction as this end, the child's, sees it
	 * @param handle the string as the parent passed it
	 * @return the builder
	 */
	public static PipeClient.Builder builder(PipeDirection direction, String handle) {
		return PipeClient.builder(AnonymousPipeClientTransport.address(handle))
			.direction(direction)
			.transport(new AnonymousPipeClientTransport(handle));
	}

}
