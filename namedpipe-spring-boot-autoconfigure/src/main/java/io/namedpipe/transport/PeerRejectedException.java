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
 * Thrown by {@link TransportChannel#admit()} when the access policy rejects a peer. The
 * listener goes on: the caller counts, and closes the channel.
 */
public class PeerRejectedException extends TransportException {

	private final PeerCredentials peer;

	public PeerRejectedException(PeerCredentials peer, String message) {
		super(Reason.ACCESS_DENIED, message);
		this.peer = peer;
	}

	public final PeerCredentials getPeer() {
		return this.peer;
	}

}
