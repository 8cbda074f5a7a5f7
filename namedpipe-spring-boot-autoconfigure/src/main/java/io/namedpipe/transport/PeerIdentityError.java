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

import org.jspecify.annotations.Nullable;

/**
 * A thread that ran as a peer could not get its own identity back. It must not run
 * anything more: code that catches this error has to let the thread end.
 */
public class PeerIdentityError extends Error {

	/**
	 * Creates the error.
	 * @param message what failed
	 * @param cause why, which may be a failure of the task itself, or {@code null}
	 */
	public PeerIdentityError(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
