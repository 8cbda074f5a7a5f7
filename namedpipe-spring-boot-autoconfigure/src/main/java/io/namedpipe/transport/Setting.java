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

import java.io.Serializable;

/**
 * A setting whose value is at fault.
 *
 * @param name what it is called in the configuration, below the entry of the pipe, such
 * as {@code transmission-mode}; {@code principal} for that of an access rule
 * @param value its value, in the form that it is configured in
 */
public record Setting(String name, String value) implements Serializable {

	/**
	 * The name of the pipe.
	 * @param value the value
	 * @return the setting
	 */
	public static Setting pipeName(String value) {
		return new Setting("pipe-name", value);
	}

	/**
	 * The name of the machine of the server.
	 * @param value the value
	 * @return the setting
	 */
	public static Setting serverName(String value) {
		return new Setting("server-name", value);
	}

	/**
	 * The handle of an anonymous pipe.
	 * @param value the value
	 * @return the setting
	 */
	public static Setting handle(String value) {
		return new Setting("handle", value);
	}

	/**
	 * The user that must own the end of the server.
	 * @param value the value
	 * @return the setting
	 */
	public static Setting verifyServerUser(String value) {
		return new Setting("verify-server-user", value);
	}

	/**
	 * The principal of an access rule.
	 * @param value the value
	 * @return the setting
	 */
	public static Setting principal(String value) {
		return new Setting("principal", value);
	}

}
