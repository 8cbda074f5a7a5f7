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

import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;

import org.jspecify.annotations.Nullable;

import io.namedpipe.autoconfigure.NamedPipeProperties.Server;
import io.namedpipe.autoconfigure.NamedPipeProperties.ServerGateway;

/**
 * A server entry, checked.
 *
 * @param pipe what it has in common with a client entry
 * @param maxInstances clients at once, or -1
 * @param pendingInstances instances kept waiting on Windows
 * @param backlog clients that may wait on POSIX systems
 * @param maxConnectionsPerUser clients of one user at once, empty for no limit
 * @param handshakeTimeout time for a first message, or {@code null}
 * @param rejectRemoteClients whether clients from the network are refused
 * @param access who may connect
 * @param gateway the endpoint that replies, or {@code null}
 */
record ServerSettings(PipeSettings pipe, int maxInstances, int pendingInstances, int backlog,
		OptionalInt maxConnectionsPerUser, @Nullable Duration handshakeTimeout, boolean rejectRemoteClients,
		AccessSettings access, ServerSettings.@Nullable GatewaySettings gateway) {

	static ServerSettings from(String name, @Nullable Path directory, Server properties) {
		PropertyPath path = PropertyPath.server(name);
		PipeSettings pipe = PipeSettings.from(path, name, directory, properties, properties.getDirection(),
				properties.getGateway() != null);
		return new ServerSettings(pipe, maxInstances(path, properties.getMaxInstances()),
				path.atLeast(1, "pending-instances", properties.getPendingInstances()),
				path.atLeast(1, "backlog", properties.getBacklog()),
				maxConnectionsPerUser(path, properties.getMaxConnectionsPerUser()),
				handshakeTimeout(path, properties.getHandshakeTimeout(), pipe.handshake()),
				properties.isRejectRemoteClients(), AccessSettings.from(path.child("access"), properties.getAccess()),
				GatewaySettings.from(path.child("gateway"), properties.getGateway()));
	}

	private static int maxInstances(PropertyPath path, int maxInstances) {
		if (maxInstances < -1 || maxInstances == 0) {
			throw path.invalid("max-instances", maxInstances, "It must be 1 or more, or -1 for no limit");
		}
		return maxInstances;
	}

	private static @Nullable Duration handshakeTimeout(PropertyPath path, @Nullable Duration value,
			HandshakeSettings handshake) {
		if (value == null && handshake.expects()) {
			return HandshakeSettings.DEFAULT_TIMEOUT;
		}
		return path.optionalPositive("handshake-timeout", value);
	}

	private static OptionalInt maxConnectionsPerUser(PropertyPath path, @Nullable Integer value) {
		if (value == null) {
			return OptionalInt.empty();
		}
		if (value < 1) {
			throw path.invalid("max-connections-per-user", value, "It must be 1 or more; leave it out for no limit");
		}
		return OptionalInt.of(value);
	}

	/**
	 * Requests from the pipe to a channel.
	 *
	 * @param channel the name of the channel
	 * @param errorChannel the name of the error channel, or {@code null}
	 * @param replyTimeout how long the flow may take
	 * @param impersonateClient whether the flow runs as the client's user
	 */
	record GatewaySettings(String channel, @Nullable String errorChannel, Duration replyTimeout,
			boolean impersonateClient) {

		static @Nullable GatewaySettings from(PropertyPath path, @Nullable ServerGateway properties) {
			if (properties == null) {
				return null;
			}
			return new GatewaySettings(path.text("channel", properties.getChannel(), PipeSettings.CHANNEL_NEEDED),
					path.optionalText("error-channel", properties.getErrorChannel(), PipeSettings.ERROR_CHANNEL_BLANK),
					path.positive("reply-timeout", properties.getReplyTimeout()), properties.isImpersonateClient());
		}

	}

}
