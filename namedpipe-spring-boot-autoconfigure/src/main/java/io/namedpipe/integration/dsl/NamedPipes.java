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

import io.namedpipe.integration.NamedPipe;
import io.namedpipe.integration.NamedPipeClient;

/**
 * Adapters and gateways for integration flows. The server or client is a bean of its own.
 */
public final class NamedPipes {

	private NamedPipes() {
	}

	/**
	 * An adapter that sends what comes from a pipe to the flow.
	 * @param pipe the server or client
	 * @return the specification
	 */
	public static NamedPipeInboundChannelAdapterSpec inboundAdapter(NamedPipe pipe) {
		return new NamedPipeInboundChannelAdapterSpec(pipe);
	}

	/**
	 * A gateway that sends what comes from a pipe to the flow and the reply back.
	 * @param pipe the server or client
	 * @return the specification
	 */
	public static NamedPipeInboundGatewaySpec inboundGateway(NamedPipe pipe) {
		return new NamedPipeInboundGatewaySpec(pipe);
	}

	/**
	 * An adapter that sends messages of the flow to a pipe.
	 * @param pipe the server or client
	 * @return the specification
	 */
	public static NamedPipeOutboundChannelAdapterSpec outboundAdapter(NamedPipe pipe) {
		return new NamedPipeOutboundChannelAdapterSpec(pipe);
	}

	/**
	 * A gateway that sends messages of the flow to a pipe and goes on with the replies.
	 * @param client the client
	 * @return the specification
	 */
	public static NamedPipeOutboundGatewaySpec outboundGateway(NamedPipeClient client) {
		return new NamedPipeOutboundGatewaySpec(client);
	}

}
