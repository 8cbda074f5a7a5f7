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

package io.namedpipe.transport.unix;

import java.io.Closeable;
import java.io.IOException;

/**
 * What writers have left in a FIFO whose reading end was closed before they had gone. It
 * is there for as long as one of them is, and would come before what the next one writes.
 */
interface FifoRest extends Closeable {

	/**
	 * Opens the reading end again, and throws the rest away if that can be told from what
	 * comes after it.
	 * @return the reading end, in its first period
	 * @throws IOException if the FIFO cannot be opened; the rest is as it was then
	 */
	FifoSource reopen() throws IOException;

	/**
	 * Releases what is kept to tell the rest from what comes after it. Idempotent.
	 */
	@Override
	default void close() {
	}

}
