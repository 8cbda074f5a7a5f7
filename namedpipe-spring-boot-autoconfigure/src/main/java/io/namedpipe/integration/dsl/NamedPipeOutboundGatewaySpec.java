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

package io.namedpipe.integration.dsl;

import java.time.Duration;

import org.springframework.integration.dsl.MessageHandlerSpec;

import io.namedpipe.integration.ExchangeConnections;
import io.namedpipe.integration.NamedPipeClient;
import io.namedpipe.integration.outbound.NamedPipeOutboundGateway;

/**
 * Specifies a {@link NamedPipeOutboundGateway}.
 */
public class NamedPipeOutboundGatewaySpec
		extends MessageHandlerSpec<NamedPipeOutboundGatewaySpec, NamedPipeOutboundGateway> {

	NamedPipeOutboundGatewaySpec(NamedPipeClient client) {
		this.target = new NamedPipeOutboundGateway(client);
	}

	/**
	 * The longest time until the reply is there.
	 * @param timeout the time
	 * @return this specification
	 * @see NamedPipeOutboundGateway#setReplyTimeout
	 */
	public NamedPipeOutboundGatewaySpec replyTimeout(Duration timeout) {
		this.target.setReplyTimeout(timeout);
		return this;
	}

	/**
	 * How many exchanges can go on at once.
	 * @param maxConnections the number, at least 1
	 * @return this specification
	 * @see NamedPipeOutboundGateway#setMaxConnections
	 */
	public NamedPipeOutboundGatewaySpec maxConnections(int maxConnections) {
		this.target.setMaxConnections(maxConnections);
		return this;
	}

	/**
	 * Which connections the exchanges have.
	 * @param connections the kind
	 * @return this specification
	 * @see NamedPipeOutboundGateway#setConnections
	 */
	public NamedPipeOutboundGatewaySpec connections(ExchangeConnections connections) {
		this.target.setConnections(connections);
		return this;
	}

}
