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
 * Why a peer was rejected.
 */
public enum RejectReason {

	/** The access rules deny it. */
	ACCESS("access"),

	/** Its user has as many connections as one user may have. */
	USER_LIMIT("user-limit"),

	/** It did not send its first complete frame in time. */
	HANDSHAKE("handshake");

	private final String tag;

	RejectReason(String tag) {
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
