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

package io.namedpipe.metrics;

import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import org.springframework.messaging.Message;

import io.namedpipe.integration.NamedPipeOperations.Role;

/**
 * The context of a message that came from a pipe. A trace context comes with those
 * framings only that have headers.
 */
public class NamedPipeReceiverContext extends ReceiverContext<Message<?>> implements NamedPipeObservationContext {

	private final String pipeName;

	private final Role role;

	private final String connectionId;

	/**
	 * Creates a context.
	 * @param message the message
	 * @param pipeName the logical name of the pipe
	 * @param role the end of the pipe
	 * @param connectionId the connection that the message came from
	 * @param replying whether a reply is written
	 */
	@SuppressWarnings("this-escape")
	public NamedPipeReceiverContext(Message<?> message, String pipeName, Role role, String connectionId,
			boolean replying) {
		super((carrier, key) -> (carrier.getHeaders().get(key) instanceof String value) ? value : null,
				(replying) ? Kind.SERVER : Kind.CONSUMER);
		this.pipeName = pipeName;
		this.role = role;
		this.connectionId = connectionId;
		setCarrier(message);
	}

	@Override
	public String getPipeName() {
		return this.pipeName;
	}

	@Override
	public Role getRole() {
		return this.role;
	}

	@Override
	public String getConnectionId() {
		return this.connectionId;
	}

}
