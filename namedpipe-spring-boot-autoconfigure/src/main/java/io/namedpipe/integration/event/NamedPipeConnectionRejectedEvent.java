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

import io.namedpipe.PipePeer;
import io.namedpipe.RejectReason;

/**
 * A peer was turned away.
 */
public class NamedPipeConnectionRejectedEvent extends NamedPipeEvent {

	private final PipePeer peer;

	private final RejectReason reason;

	private final String message;

	/**
	 * Creates an event.
	 * @param source the server
	 * @param pipe its logical name
	 * @param peer who was turned away
	 * @param reason why
	 * @param message why in words
	 */
	public NamedPipeConnectionRejectedEvent(Object source, String pipe, PipePeer peer, RejectReason reason,
			String message) {
		super(source, pipe, null);
		this.peer = peer;
		this.reason = reason;
		this.message = message;
	}

	/**
	 * Who was turned away.
	 * @return the peer
	 */
	public PipePeer getPeer() {
		return this.peer;
	}

	/**
	 * Why.
	 * @return the reason
	 */
	public RejectReason getReason() {
		return this.reason;
	}

	/**
	 * Why in words.
	 * @return a sentence for a log line
	 */
	public String getMessage() {
		return this.message;
	}

	@Override
	public String toString() {
		return "Rejected on '" + getPipe() + "': " + this.message;
	}

}
