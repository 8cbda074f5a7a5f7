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

/**
 * The state or result of an overlapped operation.
 */
enum Completion {

	/** All of it is done. */
	DONE,

	/** It is still under way. */
	PENDING,

	/** The buffer is full, and the message goes on. */
	MORE_DATA,

	/** The other end is closed, or the server has disconnected us. */
	PEER_GONE,

	/** It was cancelled, or the thread that began it has ended. */
	CANCELLED

}
