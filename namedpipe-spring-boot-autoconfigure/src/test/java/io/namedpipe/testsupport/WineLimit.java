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

package io.namedpipe.testsupport;

/**
 * What Wine 8 does not do as Windows does. Tests that need it run on Windows only.
 */
public enum WineLimit {

	/** A client is let in whatever the DACL says. */
	DACL_IS_NOT_ENFORCED("it checks no DACL when a client opens a pipe"),

	/** FILE_READ_DATA opens a pipe that only the server reads. */
	DIRECTION_OF_GENERIC_RIGHTS_ONLY("it compares a pipe's direction with the generic rights to read and write only"),

	/** FSCTL_PIPE_IMPERSONATE impersonates the server itself. */
	IMPERSONATION_IS_OF_SELF("it impersonates the server's own user, whatever the client allows and has written"),

	/** In byte mode a reader never gets nothing. */
	EMPTY_WRITES_ARE_DROPPED("it does not tell the reader in byte mode of a write of no bytes"),

	/** What there is for it has the modules that applications need. */
	JDK_IS_NOT_WHOLE("the JDK for it has neither a compiler nor the charsets of jdk.charsets"),

	/** Programs of the system that Wine runs on are not for Windows. */
	COMMANDS_ARE_NOT_HERE("it has only the programs for Windows that the build makes"),

	/** There is no redirector, so no \\machine\pipe. */
	NO_NETWORK_NAMES("it has no pipes under network names");

	private final String reason;

	WineLimit(String reason) {
		this.reason = reason;
	}

	/**
	 * What is said of a test that is skipped for it.
	 * @return the reason, with the version of Wine
	 */
	public String reason() {
		return "Not shown by " + Wine.version().orElse("Wine") + ": " + name() + ", " + this.reason;
	}

}
