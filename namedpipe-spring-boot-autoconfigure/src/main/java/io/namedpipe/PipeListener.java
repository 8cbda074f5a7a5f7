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
 * Told of what happens to the connections of a server or client. Calls come on the thread
 * where it happened and must return soon; what a listener throws is logged and goes no
 * further.
 */
public interface PipeListener {

	/** A listener that does nothing. */
	PipeListener NONE = new PipeListener() {
	};

	/**
	 * A connection was opened. Called before anything is read from it.
	 * @param connection the connection
	 */
	default void opened(PipeConnection connection) {
	}

	/**
	 * A connection was closed. Called once for each {@link #opened}, after it was removed
	 * from its server or client and counted.
	 * @param connection the connection
	 * @param reason why
	 * @param cause what went wrong, or {@code null} if nothing did
	 */
	default void closed(PipeConnection connection, CloseReason reason, @Nullable Throwable cause) {
	}

	/**
	 * A peer was turned away.
	 * @param peer who
	 * @param reason why
	 * @param message why in words
	 */
	default void rejected(PipePeer peer, RejectReason reason, String message) {
	}

	/**
	 * Something failed that a caller does not get to see.
	 * @param type what kind of failure
	 * @param connection the connection that it happened on, or {@code null}
	 * @param failure the failure
	 */
	default void failed(PipeErrorType type, @Nullable PipeConnection connection, Throwable failure) {
	}

}
