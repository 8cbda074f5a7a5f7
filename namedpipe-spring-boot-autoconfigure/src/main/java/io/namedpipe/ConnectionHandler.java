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
 * Serves one connection of a {@link PipeServer}.
 */
@FunctionalInterface
public interface ConnectionHandler {

	/**
	 * Called on the thread of the connection. When the method returns, the connection is
	 * closed, with {@link CloseReason#PEER} unless it was closed before or the server is
	 * being stopped; when it throws, with {@link CloseReason#ERROR}. During a stop, reads
	 * give end of stream: a handler that then finishes what it has begun and returns
	 * makes the stop graceful.
	 * @param connection the connection
	 * @throws Exception to close the connection as failed
	 */
	void handle(PipeConnection connection) throws Exception;

}
