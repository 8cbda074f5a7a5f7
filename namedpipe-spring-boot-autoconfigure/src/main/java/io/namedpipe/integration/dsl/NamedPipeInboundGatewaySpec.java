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

import org.springframework.integration.dsl.MessagingGatewaySpec;

import io.namedpipe.integration.NamedPipe;
import io.namedpipe.integration.inbound.NamedPipeInboundGateway;

/**
 * Specifies a {@link NamedPipeInboundGateway}.
 */
public class NamedPipeInboundGatewaySpec
		extends MessagingGatewaySpec<NamedPipeInboundGatewaySpec, NamedPipeInboundGateway> {

	NamedPipeInboundGatewaySpec(NamedPipe pipe) {
		super(new NamedPipeInboundGateway(pipe));
	}

	/**
	 * How long the flow may take.
	 * @param timeout the time
	 * @return this specification
	 * @see NamedPipeInboundGateway#setReplyTimeout(Duration)
	 */
	public NamedPipeInboundGatewaySpec replyTimeout(Duration timeout) {
		this.target.setReplyTimeout(timeout);
		return this;
	}

	/**
	 * Whether the flow runs under the identity of the connected client.
	 * @param impersonateClient whether to run as the client
	 * @return this specification
	 * @see NamedPipeInboundGateway#setImpersonateClient
	 */
	public NamedPipeInboundGatewaySpec impersonateClient(boolean impersonateClient) {
		this.target.setImpersonateClient(impersonateClient);
		return this;
	}

	/**
	 * How many requests of a connection may wait for their replies.
	 * @param maxInFlight the number, at least 1
	 * @return this specification
	 * @see NamedPipeInboundGateway#setMaxInFlight
	 */
	public NamedPipeInboundGatewaySpec maxInFlight(int maxInFlight) {
		this.target.setMaxInFlight(maxInFlight);
		return this;
	}

	/**
	 * Whether replies go out in the order of their requests, with more than one in
	 * flight.
	 * @param ordered whether replies are in order
	 * @return this specification
	 * @see NamedPipeInboundGateway#setOrdered
	 */
	public NamedPipeInboundGatewaySpec ordered(boolean ordered) {
		this.target.setOrdered(ordered);
		return this;
	}

}
