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

package io.namedpipe.transport.windows;

import java.util.Arrays;
import java.util.Locale;

import io.namedpipe.transport.Setting;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * The names of pipes (Win32 "Pipe Names"): {@code \\.\pipe\name}, 256 characters at most,
 * without a backslash in {@code name}, upper and lower case being the same.
 */
final class PipeNames {

	static final String LOCAL_SERVER = ".";

	private static final String LOCAL_PREFIX = "\\\\.\\pipe\\";

	private static final int LONGEST = 256;

	private PipeNames() {
	}

	/**
	 * The full name on this machine.
	 * @param pipeName the name as configured
	 * @return the full name
	 * @throws TransportException with {@link Reason#INVALID_NAME}
	 */
	static String resolve(String pipeName) throws TransportException {
		return checked(pipeName, LOCAL_PREFIX);
	}

	/**
	 * The full name on a machine.
	 * @param pipeName the name as configured
	 * @param serverName the machine, {@value #LOCAL_SERVER} for this one
	 * @return the full name
	 * @throws TransportException with {@link Reason#INVALID_NAME}
	 */
	static String resolve(String pipeName, String serverName) throws TransportException {
		if (serverName.isBlank() || containsAny(serverName, "\\/\0")) {
			throw new TransportException(Reason.INVALID_NAME, Setting.serverName(serverName),
					"The server name '" + serverName + "' is not the name of a machine", null);
		}
		return checked(pipeName, "\\\\" + serverName + "\\pipe\\");
	}

	private static String checked(String pipeName, String prefix) throws TransportException {
		if (pipeName.startsWith("/")) {
			throw invalid(pipeName, "is a path of a POSIX system; on Windows give a short name");
		}
		String name = isFull(pipeName) ? pipeName.substring(LOCAL_PREFIX.length()) : pipeName;
		if (name.startsWith("\\\\")) {
			throw invalid(pipeName, "names a pipe of another machine; give the machine as server-name");
		}
		// Win32 treats a slash as a backslash, and resolves dots and
		// empty parts, before it looks the pipe up
		if (name.isBlank() || containsAny(name, "/\0")
				|| Arrays.stream(name.split("\\\\", -1)).anyMatch(PipeNames::isResolved)) {
			throw invalid(pipeName, "must be a name without slash or NUL, of parts with a backslash between them"
					+ " that are neither empty nor dots, or such a name after " + LOCAL_PREFIX);
		}
		if (prefix.length() + name.length() > LONGEST) {
			throw invalid(pipeName, "is too long: " + prefix + "... may have " + LONGEST + " characters and has "
					+ (prefix.length() + name.length()));
		}
		return prefix + name;
	}

	private static boolean isResolved(String part) {
		return part.isEmpty() || part.equals(".") || part.equals("..");
	}

	private static boolean isFull(String pipeName) {
		return pipeName.toLowerCase(Locale.ROOT).startsWith(LOCAL_PREFIX);
	}

	private static boolean containsAny(String name, String characters) {
		return characters.chars().anyMatch((character) -> name.indexOf(character) >= 0);
	}

	private static TransportException invalid(String pipeName, String why) {
		return new TransportException(Reason.INVALID_NAME, Setting.pipeName(pipeName),
				"The pipe name '" + pipeName + "' " + why, null);
	}

}
