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

package io.namedpipe.autoconfigure;

import io.namedpipe.ConnectionInitializer;
import io.namedpipe.PipeConnection;

/**
 * A bean that has the first word on each new connection of the configured servers and
 * clients, before any message is read or sent: a login, a greeting, a version to agree
 * on. Several run in their order.
 * <p>
 * Under {@code connect-timeout} on a client, whose failure is a failed attempt to
 * connect, and under {@code handshake-timeout} on a server, whose failure turns the peer
 * away with reason {@code handshake}. See {@link ConnectionInitializer} for the thread.
 */
@FunctionalInterface
public interface NamedPipeConnectionInitializer {

	/**
	 * Prepares a connection.
	 * @param name the logical name of the server or client
	 * @param connection the connection, on which nothing has been read or written
	 * @throws Exception if the connection is of no use; it is closed
	 */
	void initialize(String name, PipeConnection connection) throws Exception;

}
