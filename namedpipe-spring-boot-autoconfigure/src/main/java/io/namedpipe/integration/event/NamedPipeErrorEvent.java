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

package io.namedpipe.integration.event;

import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.namedpipe.PipeConnection;
import io.namedpipe.PipeErrorType;

/**
 * Something failed on a pipe. What the peer did wrong on the wire is told by the
 * {@link #getCause() cause}: a {@link io.namedpipe.framing.FramingException}, with the
 * length and the limit where they are known and matter, or, if a message is too large in
 * message mode, a {@link io.namedpipe.MessageTooLargeException}.
 */
public class NamedPipeErrorEvent extends NamedPipeEvent {

	private final PipeErrorType type;

	private final @Nullable PipeConnection connection;

	/**
	 * Creates an event.
	 * @param source the server or client
	 * @param pipe its logical name
	 * @param type what kind of error
	 * @param connection the connection that it happened on, or {@code null}
	 * @param cause the failure
	 */
	public NamedPipeErrorEvent(Object source, String pipe, PipeErrorType type, @Nullable PipeConnection connection,
			Throwable cause) {
		super(source, pipe, cause);
		this.type = type;
		this.connection = connection;
	}

	/**
	 * What kind of error.
	 * @return the type
	 */
	public PipeErrorType getType() {
		return this.type;
	}

	/**
	 * The connection that it happened on.
	 * @return the connection, or empty where it was none
	 */
	public Optional<PipeConnection> getConnection() {
		return Optional.ofNullable(this.connection);
	}

	@Override
	public String toString() {
		return "Error on '" + getPipe() + "': " + this.type.tag() + ", " + getCause();
	}

}
