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

import org.jspecify.annotations.Nullable;

import io.namedpipe.CloseReason;
import io.namedpipe.PipeConnection;

/**
 * A connection was closed. Published once for each
 * {@link NamedPipeConnectionOpenedEvent}.
 */
public class NamedPipeConnectionClosedEvent extends NamedPipeEvent {

	private final PipeConnection connection;

	private final CloseReason reason;

	/**
	 * Creates an event.
	 * @param source the server or client
	 * @param pipe its logical name
	 * @param connection the connection
	 * @param reason why it was closed
	 * @param cause what went wrong, or {@code null} if nothing did
	 */
	public NamedPipeConnectionClosedEvent(Object source, String pipe, PipeConnection connection, CloseReason reason,
			@Nullable Throwable cause) {
		super(source, pipe, cause);
		this.connection = connection;
		this.reason = reason;
	}

	/**
	 * The connection.
	 * @return the connection, which is closed
	 */
	public PipeConnection getConnection() {
		return this.connection;
	}

	/**
	 * Why it was closed.
	 * @return the reason
	 */
	public CloseReason getReason() {
		return this.reason;
	}

	@Override
	public String toString() {
		return "Closed " + this.connection + " on '" + getPipe() + "': " + this.reason.tag()
				+ ((getCause() != null) ? ", " + getCause() : "");
	}

}
