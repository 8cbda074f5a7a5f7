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
 * The server is to be on another machine, and pipes of this platform do not leave theirs.
 */
public class PipeServerNameException extends PipeUnsupportedException {

	private final String serverName;

	public PipeServerNameException(String serverName, String address) {
		super("The server name '" + serverName
				+ "' is not this machine: this platform has no pipes over the network, use '.'", address, null);
		this.serverName = serverName;
	}

	/**
	 * The name of the machine, as configured.
	 * @return the name
	 */
	public String getServerName() {
		return this.serverName;
	}

}
