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

package io.namedpipe.integration.event;

import org.jspecify.annotations.Nullable;
import org.springframework.integration.events.IntegrationEvent;

/**
 * Something happened on a pipe. A listener that takes its time delays what the thread is
 * for, and nothing else: neither other connections nor accepting them nor time limits.
 * <table>
 * <caption>Where events are published</caption>
 * <tr>
 * <th>event</th>
 * <th>thread</th>
 * </tr>
 * <tr>
 * <td>opened</td>
 * <td>on a server that of the connection, before its first message is read; on a client
 * the one that connects. What the listener reads or writes there is under
 * {@code connect-timeout} (client) or {@code handshake-timeout} (server): the connection
 * is closed when the time is up</td>
 * </tr>
 * <tr>
 * <td>rejected</td>
 * <td>that of the connection, which ends then; one of its own where a time limit
 * decided</td>
 * </tr>
 * <tr>
 * <td>closed</td>
 * <td>whichever closes the connection, mostly its own; another one where a time limit
 * decided</td>
 * </tr>
 * <tr>
 * <td>error</td>
 * <td>where the failure was met; for accepting and for the name of a server one that does
 * neither</td>
 * </tr>
 * <tr>
 * <td>exited</td>
 * <td>the one that reads from the child</td>
 * </tr>
 * </table>
 */
public abstract class NamedPipeEvent extends IntegrationEvent {

	private final String pipe;

	NamedPipeEvent(Object source, String pipe, @Nullable Throwable cause) {
		super(source, cause);
		this.pipe = pipe;
	}

	/**
	 * The logical name of the server or client.
	 * @return the name
	 */
	public String getPipe() {
		return this.pipe;
	}

}
