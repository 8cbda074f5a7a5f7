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

import io.namedpipe.CloseReason;
import io.namedpipe.PipeErrorType;
import io.namedpipe.framing.MalformedPayloadException;

/**
 * Takes the messages that come from the connections of a {@link NamedPipe}: the inbound
 * adapter or gateway of that pipe.
 */
public interface NamedPipeReceiver {

	/**
	 * Takes a message. Called by the reading thread of the connection, for one message
	 * after the other; the next one is read when this returns.
	 * @param payload the payload
	 * @param session where it came from
	 */
	void receive(Object payload, NamedPipeSession session);

	/**
	 * Takes a message whose bytes are not what payloads are configured to be. Called like
	 * {@link #receive}, in its place. Closes the connection by default.
	 * @param failure what is wrong, with the bytes
	 * @param session where it came from
	 */
	default void receiveMalformed(MalformedPayloadException failure, NamedPipeSession session) {
		session.pipe().reportFailure(PipeErrorType.PAYLOAD, session.connection(), failure);
		session.connection().close(CloseReason.PROTOCOL, failure);
	}

	/**
	 * Whether it takes another message of a connection now. Called by the reading thread
	 * of the connection before each message.
	 * @param session where the message came from
	 * @return {@code false} if {@link #awaitRoom(NamedPipeSession)} is to be called first
	 */
	default boolean hasRoom(NamedPipeSession session) {
		return true;
	}

	/**
	 * Waits until it takes another message of a connection, or the connection has been
	 * closed. Called by the reading thread of the connection.
	 * @param session where the message came from
	 */
	default void awaitRoom(NamedPipeSession session) {
	}

}
