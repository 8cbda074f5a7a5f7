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

package io.namedpipe.integration;

import org.jspecify.annotations.Nullable;

/**
 * A message in an {@link OutboundQueue} whose sender wants to know what becomes of it.
 * All methods but {@link #bytes()} are called by the thread that writes, or by whoever
 * closes the queue, and must not block.
 */
interface TrackedMessage {

	/**
	 * The encoded message, the same array each time.
	 */
	byte[] bytes();

	/**
	 * It is going to be written now. Called with the lock of the queue.
	 */
	void writing();

	/**
	 * All of it has been written.
	 */
	void written();

	/**
	 * It will not be written, or not to its end.
	 * @param cause why writing it failed, or {@code null} if it was still in the queue
	 */
	void notWritten(@Nullable Throwable cause);

}
