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

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.namedpipe.PipeServer;
import io.namedpipe.autoconfigure.NamedPipeProperties.Server;
import io.namedpipe.integration.NamedPipeServer;

/**
 * Checks the properties of a server and sets them on its builder, in one pass.
 */
final class ServerPropertiesMapper {

	private final PipePropertiesMapper common;

	ServerPropertiesMapper(PipePropertiesMapper common) {
		this.common = common;
	}

	/**
	 * Checks the properties and sets them.
	 * @param name the logical name
	 * @param properties the properties
	 * @return the builder of the server
	 */
	NamedPipeServer.Builder map(String name, Server properties) {
		PropertyPath path = PropertyPath.server(name);
		PipePropertiesMapper.verifyCombination(path, properties);
		PipeServer.Builder pipe = PipeServer.builder(PipePropertiesMapper.pipeName(path, name, properties));
		NamedPipeServer.Builder server = NamedPipeServer.builder(name, pipe);
		this.common.map(path, name, properties, pipe, server);
		pipe.maxInstances(maxInstances(path, properties.getMaxInstances()))
			.pendingInstances(path.atLeast(1, "pending-instances", properties.getPendingInstances()))
			.backlog(path.atLeast(1, "backlog", properties.getBacklog()))
			.maxConnectionsPerUser(maxConnectionsPerUser(path, properties.getMaxConnectionsPerUser()))
			.handshakeTimeout(handshakeTimeout(path, properties))
			.rejectRemoteClients(properties.isRejectRemoteClients())
			.access(AccessPropertiesMapper.map(path.child("access"), properties.getAccess()));
		if (properties.getGateway() != null && properties.getGateway().isImpersonateClient()) {
			// the identity is that of a platform thread
			server.virtualThreads(null);
		}
		return server;
	}

	private static int maxInstances(PropertyPath path, int maxInstances) {
		if (maxInstances < -1 || maxInstances == 0) {
			throw path.invalid("max-instances", maxInstances, "It must be 1 or more, or -1 for no limit");
		}
		return maxInstances;
	}

	private static @Nullable Integer maxConnectionsPerUser(PropertyPath path, @Nullable Integer value) {
		if (value != null && value < 1) {
			throw path.invalid("max-connections-per-user", value, "It must be 1 or more; leave it out for no limit");
		}
		return value;
	}

	private static @Nullable Duration handshakeTimeout(PropertyPath path, Server properties) {
		if (properties.getHandshakeTimeout() == null && HandshakeSettings.expects(properties.getHandshake())) {
			return HandshakeSettings.DEFAULT_TIMEOUT;
		}
		return path.optionalPositive("handshake-timeout", properties.getHandshakeTimeout());
	}

}
