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

import java.nio.file.Path;
import java.util.OptionalInt;

import org.jspecify.annotations.Nullable;

/**
 * The options that a client passes to a transport.
 *
 * @param pipeName the name as configured: short, rooted or {@code \\.\pipe\name}
 * @param directory the folder for short names on POSIX systems, or {@code null} for the
 * rule of .NET
 * @param serverName {@code "."} for this machine, or the name of another one where the
 * transport has {@link Capability#REMOTE_SERVER}
 * @param message whether the client reads messages
 * @param readable whether the client reads
 * @param writable whether the client writes
 * @param inBufferSize kernel buffer in bytes for what the client reads; empty for the
 * platform's default
 * @param outBufferSize kernel buffer in bytes for what the client writes; empty for the
 * platform's default
 * @param maxMessageSize largest message in bytes, in either direction
 * @param verifyServerUser user name or id (uid, SID) that must own the server end,
 * {@code "current-user"}, or {@code null} to trust any
 * @param impersonationLevel what the server may do with our identity
 */
public record ConnectOptions(String pipeName, @Nullable Path directory, String serverName, boolean message,
		boolean readable, boolean writable, OptionalInt inBufferSize, OptionalInt outBufferSize, int maxMessageSize,
		@Nullable String verifyServerUser, ImpersonationLevel impersonationLevel) {

	/**
	 * The value of {@code verifyServerUser} that stands for the user of this process, in
	 * upper or lower case.
	 */
	public static final String CURRENT_USER = "current-user";

}
