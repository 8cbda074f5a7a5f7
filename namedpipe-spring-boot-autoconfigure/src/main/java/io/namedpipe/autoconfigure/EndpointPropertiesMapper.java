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

package io.namedpipe.autoconfigure;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.namedpipe.autoconfigure.NamedPipeProperties.Client;
import io.namedpipe.autoconfigure.NamedPipeProperties.ClientGateway;
import io.namedpipe.autoconfigure.NamedPipeProperties.Inbound;
import io.namedpipe.autoconfigure.NamedPipeProperties.OnTimeout;
import io.namedpipe.autoconfigure.NamedPipeProperties.Outbound;
import io.namedpipe.autoconfigure.NamedPipeProperties.Pipe;
import io.namedpipe.autoconfigure.NamedPipeProperties.ProcessGateway;
import io.namedpipe.autoconfigure.NamedPipeProperties.Server;
import io.namedpipe.autoconfigure.NamedPipeProperties.ServerGateway;
import io.namedpipe.integration.inbound.NamedPipeInboundChannelAdapter;
import io.namedpipe.integration.inbound.NamedPipeInboundGateway;
import io.namedpipe.integration.outbound.NamedPipeOutboundChannelAdapter;
import io.namedpipe.integration.outbound.NamedPipeOutboundGateway;
import io.namedpipe.integration.outbound.NamedPipeProcessGateway;
import io.namedpipe.integration.outbound.WithoutConnectionPolicy;

/**
 * Checks the properties of endpoints and sets them, in one pass. A path is that of the
 * section of an endpoint. The channel of an endpoint that writes is set on its consumer.
 */
final class EndpointPropertiesMapper {

	private EndpointPropertiesMapper() {
	}

	/**
	 * Checks that there is the name of a channel.
	 * @param path where the endpoint is configured
	 * @param channel the name, as configured
	 * @return the name
	 */
	static String channel(PropertyPath path, @Nullable String channel) {
		return path.text("channel", channel, "The endpoint needs the name of a channel");
	}

	static void map(PropertyPath path, Inbound properties, NamedPipeInboundChannelAdapter adapter) {
		adapter.setOutputChannelName(channel(path, properties.getChannel()));
		adapter.setOnError(properties.getOnError());
		String errorChannel = errorChannel(path, properties.getErrorChannel());
		if (errorChannel != null) {
			adapter.setErrorChannelName(errorChannel);
		}
	}

	static void map(Pipe entry, Outbound properties, NamedPipeOutboundChannelAdapter adapter) {
		boolean receiving = entry.getInbound() != null || hasGateway(entry);
		WithoutConnectionPolicy unset = (entry instanceof Server && receiving) ? WithoutConnectionPolicy.ERROR
				: WithoutConnectionPolicy.BROADCAST;
		adapter.setWithoutConnection(Objects.requireNonNullElse(properties.getWithoutConnection(), unset));
		adapter.setUnknownConnection(properties.getUnknownConnection());
	}

	static void map(PropertyPath path, ServerGateway properties, NamedPipeInboundGateway gateway) {
		verifyInFlight(path, properties);
		gateway.setRequestChannelName(channel(path, properties.getChannel()));
		gateway.setReplyTimeout(path.positive("reply-timeout", properties.getReplyTimeout()));
		gateway.setImpersonateClient(properties.isImpersonateClient());
		gateway.setMaxInFlight(path.atLeast(1, "max-in-flight", properties.getMaxInFlight()));
		gateway.setOrdered(properties.isOrdered());
		String errorChannel = errorChannel(path, properties.getErrorChannel());
		if (errorChannel != null) {
			gateway.setErrorChannelName(errorChannel);
		}
	}

	private static void verifyInFlight(PropertyPath path, ServerGateway properties) {
		if (properties.getMaxInFlight() > 1 && properties.isImpersonateClient()) {
			throw path.invalid("max-in-flight", properties.getMaxInFlight(),
					"A flow that goes on on other threads cannot run as the client; set 1, or remove '%s'"
						.formatted(path.name("impersonate-client")));
		}
		if (properties.getMaxInFlight() == 1 && !properties.isOrdered()) {
			throw path.invalid("ordered", false, "With one request in flight replies are in order; "
					+ "set '%s' to more, or remove it".formatted(path.name("max-in-flight")));
		}
	}

	static void map(PropertyPath path, ClientGateway properties, NamedPipeOutboundGateway gateway) {
		gateway.setReplyTimeout(path.positive("reply-timeout", properties.getReplyTimeout()));
		gateway.setMaxConnections(path.atLeast(1, "max-connections", properties.getMaxConnections()));
		gateway.setConnections(properties.getConnections());
	}

	static void map(PropertyPath path, ProcessGateway properties, NamedPipeProcessGateway gateway) {
		gateway.setReplyTimeout(path.positive("reply-timeout", properties.getReplyTimeout()));
		gateway.setRestartOnTimeout(properties.getOnTimeout() == OnTimeout.RESTART);
	}

	/**
	 * Whether a server or client has an endpoint for requests and replies.
	 */
	static boolean hasGateway(Pipe properties) {
		return (properties instanceof Server server && server.getGateway() != null)
				|| (properties instanceof Client client && client.getGateway() != null);
	}

	private static @Nullable String errorChannel(PropertyPath path, @Nullable String errorChannel) {
		return path.optionalText("error-channel", errorChannel,
				"It must not be blank; leave it out to have exceptions logged");
	}

}
