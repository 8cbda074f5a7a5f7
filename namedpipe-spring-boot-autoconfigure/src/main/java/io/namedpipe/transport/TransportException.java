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

package io.namedpipe.transport;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/**
 * A failure at the border to the platform, with the error code already turned into a
 * {@link Reason}. The pipe API translates it into its own exceptions, so that no user
 * meets this one.
 */
public class TransportException extends IOException {

	private final Reason reason;

	public TransportException(Reason reason, String message) {
		this(reason, message, null);
	}

	public TransportException(Reason reason, String message, @Nullable Throwable cause) {
		super(message, cause);
		this.reason = reason;
	}

	public final Reason getReason() {
		return this.reason;
	}

	/**
	 * Why a call failed.
	 */
	public enum Reason {

		/** The name breaks a rule of the platform. */
		INVALID_NAME,

		/** The name is served by somebody else, or occupied by another kind of file. */
		NAME_IN_USE,

		/** The folder of the name is missing, not writable or not safe. */
		UNUSABLE_FOLDER,

		/** Nobody serves the name; a later attempt may succeed. */
		NO_SERVER,

		/** All instances are busy or the backlog is full; a later attempt may succeed. */
		BUSY,

		/** The platform refuses us. */
		ACCESS_DENIED,

		/** The server end belongs to another user than the one asked for. */
		UNTRUSTED_SERVER,

		/** The other end uses another transmission mode. */
		MODE_MISMATCH,

		/** An access rule or security descriptor cannot be used. */
		INVALID_ACCESS,

		/** A message is larger than what the pipe can carry. */
		MESSAGE_TOO_LARGE,

		/** A limit of the platform is reached (descriptors, memory, socket buffer). */
		RESOURCE_LIMIT,

		/** This platform, or this class path, cannot do what was asked. */
		UNSUPPORTED,

		/** The peer has left; nothing more can be written. */
		PEER_GONE,

		/** The listener or channel has been closed on this side. */
		CLOSED,

		/** Anything else that the platform reported. */
		IO

	}

}
