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
 * What kind of error occurred.
 */
public enum PipeErrorType {

	/** Accepting a client failed; the server goes on. */
	ACCEPT("accept"),

	/** The name vanished or was taken over. */
	NAME_LOST("name-lost"),

	/** Connecting to a server failed. */
	CONNECT("connect"),

	/** Reading failed. */
	READ("read"),

	/** Writing failed. */
	WRITE("write"),

	/** A peer broke the framing. */
	FRAMING("framing"),

	/** A whole message is not what payloads are configured to be; the next one counts. */
	PAYLOAD("payload"),

	/** A stream ended in the middle of a frame. */
	TRUNCATED("truncated"),

	/** A frame or message is larger than allowed. */
	TOO_LARGE("too-large"),

	/** The flow behind an endpoint failed. */
	FLOW("flow"),

	/** A gateway got no reply in time. */
	NO_REPLY("no-reply"),

	/** A reply came after its time was up. */
	LATE_REPLY("late-reply"),

	/** A child process failed. */
	PROCESS("process");

	private final String tag;

	PipeErrorType(String tag) {
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
