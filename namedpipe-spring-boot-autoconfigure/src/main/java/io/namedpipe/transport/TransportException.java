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
 * meets this one, but only its reason and setting.
 */
public class TransportException extends IOException {

	private final Reason reason;

	private final @Nullable Setting setting;

	public TransportException(Reason reason, String message) {
		this(reason, message, null);
	}

	public TransportException(Reason reason, String message, @Nullable Throwable cause) {
		this(reason, null, message, cause);
	}

	public TransportException(Reason reason, @Nullable Setting setting, String message, @Nullable Throwable cause) {
		super(message, cause);
		this.reason = reason;
		this.setting = setting;
	}

	public final Reason getReason() {
		return this.reason;
	}

	/**
	 * The setting whose value is at fault.
	 * @return the setting, or {@code null} if no single one is
	 */
	public final @Nullable Setting getSetting() {
		return this.setting;
	}

	/**
	 * Why a call failed: the one list of reasons, from the platform's error code to the
	 * exceptions that an application gets.
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

		/** A message or frame is larger than allowed. */
		MESSAGE_TOO_LARGE,

		/** A limit of the platform is reached (descriptors, memory, socket buffer). */
		RESOURCE_LIMIT,

		/** An optional library that is needed is not on the class path. */
		MISSING_LIBRARY,

		/** This platform, or this process, cannot do what was asked. */
		UNSUPPORTED,

		/** The peer has left; nothing more can be written. */
		PEER_GONE,

		/** The listener or channel has been closed on this side. */
		CLOSED,

		/** The time was up. */
		TIMEOUT,

		/** The stream ended in the middle of a frame. */
		TRUNCATED,

		/** The bytes follow no rule of the framing, or a payload cannot be framed. */
		MALFORMED,

		/** The peer has not said what a handshake expects. */
		HANDSHAKE,

		/** Anything else. */
		IO

	}

}
