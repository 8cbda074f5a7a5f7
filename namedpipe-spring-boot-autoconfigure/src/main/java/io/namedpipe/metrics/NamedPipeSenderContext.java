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

import java.util.LinkedHashMap;
import java.util.Map;

import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;

import io.namedpipe.integration.NamedPipeHeaders;
import io.namedpipe.integration.NamedPipeOperations.Role;

/**
 * The context of a message that goes to a pipe. A trace context goes with those framings
 * only that have headers.
 */
public class NamedPipeSenderContext extends SenderContext<Message<?>> implements NamedPipeObservationContext {

	private final String pipeName;

	private final Role role;

	private final Map<String, String> headers;

	private final @Nullable String connectionId;

	/**
	 * Creates a context.
	 * @param message the message
	 * @param pipeName the logical name of the pipe
	 * @param role the end of the pipe
	 * @param replying whether a reply is waited for
	 */
	public NamedPipeSenderContext(Message<?> message, String pipeName, Role role, boolean replying) {
		this(message, pipeName, role, replying, new LinkedHashMap<>());
	}

	@SuppressWarnings("this-escape")
	private NamedPipeSenderContext(Message<?> message, String pipeName, Role role, boolean replying,
			Map<String, String> headers) {
		super((carrier, key, value) -> headers.put(key, value), (replying) ? Kind.CLIENT : Kind.PRODUCER);
		this.headers = headers;
		this.pipeName = pipeName;
		this.role = role;
		this.connectionId = (replying) ? null : NamedPipeHeaders.connectionId(message.getHeaders(), pipeName, role);
		setCarrier(message);
	}

	/**
	 * The headers that carry the trace to the peer.
	 * @return headers by name
	 */
	Map<String, String> headers() {
		return this.headers;
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
	public @Nullable String getConnectionId() {
		return this.connectionId;
	}

}
