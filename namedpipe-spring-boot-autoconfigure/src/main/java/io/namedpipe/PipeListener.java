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

import org.jspecify.annotations.Nullable;

/**
 * Receives the events of the connections of a server or client. An exception of a
 * listener is logged and has no further effect; a {@link ConnectionInitializer} can
 * decide on a connection.
 * <p>
 * A slow call delays only the connection that it is about: no call is made on the thread
 * that accepts clients, or on the thread that supervises time limits.
 */
public interface PipeListener {

	/** A listener that does nothing. */
	PipeListener NONE = new PipeListener() {
	};

	/**
	 * A connection was opened. Called before anything but an initializer has read from
	 * it: on a server by the thread of the conversation, on a client by the one that
	 * connects. What is read or written here is under the handshake timeout or the
	 * connect timeout: the connection is closed when the time is up.
	 * @param connection the connection
	 */
	default void opened(PipeConnection connection) {
	}

	/**
	 * A connection was closed. Called once for each {@link #opened}, after it was removed
	 * from its server or client and counted, by the thread that closes it, or by a worker
	 * thread where a time limit decided.
	 * @param connection the connection
	 * @param reason why
	 * @param cause what went wrong, or {@code null} if nothing did
	 */
	default void closed(PipeConnection connection, CloseReason reason, @Nullable Throwable cause) {
	}

	/**
	 * A peer was rejected. Called by the thread that would have served the connection, or
	 * by a worker thread where a time limit decided.
	 * @param peer who
	 * @param reason why
	 * @param message why in words
	 */
	default void rejected(PipePeer peer, RejectReason reason, String message) {
	}

	/**
	 * Something failed that a caller does not get to see. Called by the thread that met
	 * the failure, but for failures to accept, which have a thread of their own.
	 * @param type what kind of failure
	 * @param connection the connection that it happened on, or {@code null}
	 * @param failure the failure
	 */
	default void failed(PipeErrorType type, @Nullable PipeConnection connection, Throwable failure) {
	}

}
