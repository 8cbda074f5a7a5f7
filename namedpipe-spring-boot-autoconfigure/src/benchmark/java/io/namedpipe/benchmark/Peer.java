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

package io.namedpipe.benchmark;

import java.nio.file.Path;

/**
 * A way to exchange bytes between two ends on this machine, ours or somebody else's.
 */
interface Peer extends AutoCloseable {

	/**
	 * Starts the end that answers or receives.
	 * @param folder where sockets may be created
	 * @param clients how many clients there will be
	 */
	void start(Path folder, int clients) throws Exception;

	/**
	 * Connects another client. A client is used by one thread.
	 */
	Client connect() throws Exception;

	@Override
	void close() throws Exception;

	/**
	 * One client.
	 */
	interface Client extends AutoCloseable {

		/**
		 * Sends a payload; for a peer that echoes, waits for it to come back.
		 */
		void exchange(byte[] payload) throws Exception;

		@Override
		void close() throws Exception;

	}

}
