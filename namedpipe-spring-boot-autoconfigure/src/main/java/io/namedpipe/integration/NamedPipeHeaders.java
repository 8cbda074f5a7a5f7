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
import org.springframework.messaging.MessageHeaders;

import io.namedpipe.integration.NamedPipeOperations.Role;

/**
 * Headers of the messages that come from pipes.
 */
public final class NamedPipeHeaders {

	/** Prefix of all headers. */
	public static final String PREFIX = "namedPipe_";

	/**
	 * The id of the connection that a message came on; an outbound adapter sends to the
	 * connection with that id only. The adapter of a client or process, which has but one
	 * connection, takes no notice of the id if {@link #NAME} says that it is from another
	 * pipe. A {@link String}.
	 */
	public static final String CONNECTION_ID = PREFIX + "connectionId";

	/** The logical name of the server or client that a message came from. */
	public static final String NAME = PREFIX + "name";

	/** The user name of the peer, where the platform knows it. */
	public static final String REMOTE_USER = PREFIX + "remoteUser";

	/**
	 * The uid or SID of the peer as a {@link String}, where the platform knows it.
	 */
	public static final String REMOTE_USER_ID = PREFIX + "remoteUserId";

	/** The process id of the peer as a {@link Long}, where the platform knows it. */
	public static final String REMOTE_PROCESS_ID = PREFIX + "remoteProcessId";

	/**
	 * The bytes that precede the payload in its frame, without the length among them, as
	 * a {@code byte[]}: where the framing is a length header with an offset, or strips
	 * more than the length. A message that is sent has them from here.
	 */
	public static final String FRAME_PREFIX = PREFIX + "framePrefix";

	private NamedPipeHeaders() {
	}

	/**
	 * The one connection of a pipe that a message is for. A client or process has only
	 * one, so that an id that came from another pipe cannot be meant.
	 * @param headers the headers of the message
	 * @param pipeName the logical name of the pipe that it is sent to
	 * @param role the end of that pipe
	 * @return the id of the connection, or {@code null} for all that there are
	 */
	public static @Nullable String connectionId(MessageHeaders headers, String pipeName, Role role) {
		Object id = headers.get(CONNECTION_ID);
		Object origin = headers.get(NAME);
		boolean meant = role == Role.SERVER || origin == null || origin.equals(pipeName);
		return (id != null && meant) ? id.toString() : null;
	}

}
