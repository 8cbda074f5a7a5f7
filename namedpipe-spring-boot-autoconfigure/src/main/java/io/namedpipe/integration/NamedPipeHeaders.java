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

/**
 * Headers of the messages that come from pipes.
 */
public final class NamedPipeHeaders {

	/** Prefix of all headers. */
	public static final String PREFIX = "namedPipe_";

	/**
	 * The id of the connection that a message came on; an outbound adapter sends to the
	 * connection with that id only. A {@link String}.
	 */
	public static final String CONNECTION_ID = PREFIX + "connectionId";

	/** The logical name of the server or client that a message came from. */
	public static final String NAME = PREFIX + "name";

	/** The user name at the other end, where the platform tells it. */
	public static final String REMOTE_USER = PREFIX + "remoteUser";

	/**
	 * The uid or SID at the other end as a {@link String}, where the platform tells it.
	 */
	public static final String REMOTE_USER_ID = PREFIX + "remoteUserId";

	/** The process id at the other end as a {@link Long}, where the platform tells it. */
	public static final String REMOTE_PROCESS_ID = PREFIX + "remoteProcessId";

	private NamedPipeHeaders() {
	}

}
