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
 * Why a connection was closed.
 */
public enum CloseReason {

	/** The peer left, or ended its output and has got what was still due to it. */
	PEER("peer"),

	/** The server or client was stopped. */
	STOP("stop"),

	/** No traffic for the idle timeout. */
	IDLE("idle"),

	/** The peer did not read for the write timeout. */
	WRITE_TIMEOUT("write-timeout"),

	/** The peer sent what the framing or the rules of the conversation do not allow. */
	PROTOCOL("protocol"),

	/** The outbound queue was full and the policy is to disconnect. */
	OVERFLOW("overflow"),

	/** Closed by an operator or by the application. */
	OPERATOR("operator"),

	/** Anything else, with the cause. */
	ERROR("error");

	private final String tag;

	CloseReason(String tag) {
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
