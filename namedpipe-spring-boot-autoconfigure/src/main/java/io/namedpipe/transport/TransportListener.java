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

import java.io.Closeable;
import java.util.List;

/**
 * A name that is being served. One thread accepts at a time; any thread may close.
 */
public interface TransportListener extends Closeable {

	/**
	 * The path or full pipe name.
	 * @return the address as a log line shows it
	 */
	String address();

	/**
	 * Waits for the next client. On return the name can still be connected to: a
	 * transport with instances creates the next one first. Waits for nothing else: who
	 * the client is, and whether it may stay, is for {@link TransportChannel#admit()},
	 * which another thread calls.
	 * @return the channel to the client, to be admitted
	 * @throws PeerRejectedException if a peer was turned away without a look-up; accept
	 * again
	 * @throws TransportException with {@link TransportException.Reason#CLOSED} once the
	 * listener is closed, with {@link TransportException.Reason#RESOURCE_LIMIT} where
	 * backing off may help, or with another reason
	 */
	TransportChannel accept() throws TransportException;

	/**
	 * Verifies that the name still leads to this listener, and takes it again where it
	 * has vanished (a cleaner of temporary files deleted the socket file). Accepted
	 * channels are not affected. Called about twice a second.
	 * @return {@code true} if the name had vanished and was taken again
	 * @throws TransportException if the name is lost and cannot be taken again now
	 */
	default boolean restoreName() throws TransportException {
		return false;
	}

	/**
	 * What an operator should know about the access policy on this platform, to be logged
	 * once at start.
	 * @return the warnings
	 */
	default List<String> warnings() {
		return List.of();
	}

	/**
	 * Gives the name up and ends a pending {@link #accept()} at once. Clients that wait
	 * in the queue see a close. Channels already accepted stay open. Idempotent.
	 */
	@Override
	void close();

}
