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

/**
 * Prepares a new connection before anything else may use it: a login, a greeting, a
 * version to agree on.
 * <p>
 * Called on the thread that will serve the connection on a server, and on the thread that
 * connects on a client. Until it returns, the connection is not counted, not listed and
 * not reported to a {@link PipeListener}. On a client it has what is left of the connect
 * timeout, on a server the handshake timeout from the arrival of the peer (no limit where
 * there is none), with a child process its handshake timeout from the start of the child.
 * When the time is up the connection is closed, so that a read or write of the
 * initializer ends.
 */
@FunctionalInterface
public interface ConnectionInitializer {

	/** An initializer that does nothing. */
	ConnectionInitializer NONE = (connection) -> {
	};

	/**
	 * Prepares a connection.
	 * @param connection the connection
	 * @throws Exception if the connection is of no use. It is closed: on a client,
	 * connecting fails with this cause; on a server, the peer is turned away with
	 * {@link RejectReason#HANDSHAKE}
	 */
	void initialize(PipeConnection connection) throws Exception;

	/**
	 * Runs another initializer after this one.
	 * @param next the other one
	 * @return both
	 */
	default ConnectionInitializer andThen(ConnectionInitializer next) {
		return (connection) -> {
			initialize(connection);
			next.initialize(connection);
		};
	}

}
