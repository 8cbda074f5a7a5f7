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
 * Why a message was dropped.
 */
public enum DropReason {

	/** There was no connection to broadcast to. */
	NO_CONNECTION("no-connection"),

	/** The queue was full and the message itself was dropped. */
	DROP_NEWEST("drop-newest"),

	/** The queue was full and the message was dropped for a newer one. */
	DROP_OLDEST("drop-oldest"),

	/** The connection was closed while the message waited. */
	CLOSED("closed"),

	/** A message was received, and there was no receiver for it. */
	NO_RECEIVER("no-receiver"),

	/** The connection that the message was for is gone. */
	UNKNOWN_CONNECTION("unknown-connection");

	private final String tag;

	DropReason(String tag) {
		this.tag = tag;
	}

	/**
	 * The value as it is written in meters, health and log lines.
	 * @return lower case with hyphens
	 */
	public String tag() {
		return this.tag;
	}

}
