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
 * The options that a server passes to a transport.
 *
 * @param pipeName the name as configured: short, rooted or {@code \\.\pipe\name}
 * @param directory the folder for short names on POSIX systems, or {@code null} for the
 * rule of .NET (env {@code TMPDIR}, else {@code /tmp})
 * @param message whether the pipe keeps message boundaries
 * @param readable whether the server reads
 * @param writable whether the server writes
 * @param maxInstances clients at once, or -1 for no limit. The caller stops accepting at
 * the limit; a transport with instances of its own plans for it
 * @param pendingInstances Windows: instances kept waiting for a client
 * @param backlog POSIX: connections that may wait for accept
 * @param inBufferSize kernel buffer in bytes for what the server reads; empty for the
 * platform's default
 * @param outBufferSize kernel buffer in bytes for what the server writes; empty for the
 * platform's default
 * @param maxMessageSize largest message in bytes, in either direction
 * @param rejectRemoteClients whether clients from the network are refused
 * @param access who may connect
 */
public record ListenOptions(String pipeName, @Nullable Path directory, boolean message, boolean readable,
		boolean writable, int maxInstances, int pendingInstances, int backlog, OptionalInt inBufferSize,
		OptionalInt outBufferSize, int maxMessageSize, boolean rejectRemoteClients, AccessPolicy access) {
}
