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

package io.namedpipe;

/**
 * Waits between two attempts to connect.
 */
@FunctionalInterface
public interface ConnectPause {

	/** Waits for the server, and always tries again. */
	ConnectPause FOR_SERVER = (server) -> {
		server.await();
		return true;
	};

	/**
	 * Waits until another attempt is worth making, about 50 ms at most.
	 * @param server waits for the server or a free instance, as is usual
	 * @return {@code false} to give up connecting, because no connection is needed any
	 * more
	 * @throws InterruptedException if the thread is interrupted
	 */
	boolean await(ServerWait server) throws InterruptedException;

	/**
	 * Waits for the server or a free instance.
	 */
	@FunctionalInterface
	interface ServerWait {

		/**
		 * Waits, 50 ms at most.
		 * @throws InterruptedException if the thread is interrupted
		 */
		void await() throws InterruptedException;

	}

}
