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

/**
 * What a {@link Transport} can do. Asked by the selection of a transport, by the code
 * that offers an optional operation, and by the behaviour suite to know what a transport
 * has to show.
 */
public enum Capability {

	/** Carries a stream of bytes. */
	BYTE_MODE,

	/** Keeps the boundaries of what was written in one call. */
	MESSAGE_MODE,

	/** Carries bytes in one direction through a POSIX FIFO. */
	FIFO,

	/** Carries everything within this process, without the platform. */
	MEMORY,

	/** Both directions on one connection. */
	DUPLEX,

	/** One side can end its output and still read. */
	HALF_CLOSE,

	/** A read can end because its time is up, with nothing lost. */
	TIMED_READS,

	/** The name is a file that is visible in a folder while the server listens. */
	FILE_SYSTEM_NAME,

	/** The server end can be on another machine. */
	REMOTE_SERVER,

	/** Access rules are enforced, be it by the kernel or by the transport. */
	ACCESS_RULES,

	/** The name of the peer's user is known. */
	PEER_USER,

	/** The id of the peer's user (uid, SID) is known. */
	PEER_USER_ID,

	/** The process id of the peer is known. */
	PEER_PROCESS_ID,

	/** The supplementary groups of the peer come from the kernel. */
	PEER_GROUPS,

	/** A callable can run under the identity of the peer. */
	RUN_AS_CLIENT,

	/** A blocked call parks a virtual thread rather than pinning its carrier. */
	VIRTUAL_THREADS

}
