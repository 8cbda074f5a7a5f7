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
import java.util.Locale;

import org.springframework.boot.context.properties.source.MutuallyExclusiveConfigurationPropertiesException;

import io.namedpipe.AnonymousPipeClient;
import io.namedpipe.PipeClient;
import io.namedpipe.PipeDirection;
import io.namedpipe.TransmissionMode;
import io.namedpipe.autoconfigure.NamedPipeProperties.Client;
import io.namedpipe.autoconfigure.NamedPipeProperties.ClientGateway;
import io.namedpipe.autoconfigure.NamedPipeProperties.Reconnect;
import io.namedpipe.framing.FramingType;
import io.namedpipe.integration.ExchangeConnections;
import io.namedpipe.integration.NamedPipeClient;
import io.namedpipe.integration.ReconnectBackoff;

/**
 * Checks the properties of a client and sets them on its builder, in one pass.
 */
final class ClientPropertiesMapper {

	private final PipePropertiesMapper common;

	ClientPropertiesMapper(PipePropertiesMapper common) {
		this.common = common;
	}

	/**
	 * Checks the properties and sets them.
	 * @param name the logical name
	 * @param properties the properties
	 * @return the builder of the client
	 */
	NamedPipeClient.Builder map(String name, Client properties) {
		PropertyPath path = PropertyPath.client(name);
		SocketFactoryRules.verify(path, properties);
		verifyHandle(path, properties);
		PipePropertiesMapper.verifyCombination(path, properties);
		PipeClient.Builder pipe = pipe(path, name, properties);
		NamedPipeClient.Builder client = NamedPipeClient.builder(name, pipe);
		this.common.map(path, name, properties, pipe, client);
		verifySingleUse(path, properties);
		mapConnect(path, properties, pipe);
		return client.startupFailure(properties.getStartupFailure())
			.reconnect(reconnect(path.child("reconnect"), properties.getReconnect()))
			.once(properties.getHandle() != null);
	}

	/**
	 * Checks the properties of a factory of sockets and sets them.
	 * @param name the logical name
	 * @param properties the properties
	 * @return the builder of the pipe that is below the sockets
	 */
	PipeClient.Builder mapSockets(String name, Client properties) {
		PropertyPath path = PropertyPath.client(name);
		SocketFactoryRules.verify(path, properties);
		PipeClient.Builder pipe = pipe(path, name, properties);
		this.common.map(path, name, properties, pipe);
		mapConnect(path, properties, pipe);
		return pipe;
	}

	private static void mapConnect(PropertyPath path, Client properties, PipeClient.Builder pipe) {
		pipe.serverName(
				path.text("server-name", properties.getServerName(), "It must not be blank; '.' is this machine"))
			.connectTimeout(path.positive("connect-timeout", properties.getConnectTimeout()))
			.waitForServer(properties.isWaitForServer())
			.verifyServerUser(path.optionalText("verify-server-user", properties.getVerifyServerUser(),
					"It must not be blank; use 'current-user', a user name or a user id, or leave it out"))
			.impersonationLevel(properties.getImpersonationLevel());
	}

	private static PipeClient.Builder pipe(PropertyPath path, String name, Client properties) {
		String pipeName = PipePropertiesMapper.pipeName(path, name, properties);
		String handle = path.optionalText("handle", properties.getHandle(),
				"It must not be blank; use what the parent process passed, or leave it out");
		return (handle != null) ? AnonymousPipeClient.builder(PipePropertiesMapper.direction(properties), handle)
				: PipeClient.builder(pipeName);
	}

	private static void verifyHandle(PropertyPath path, Client properties) {
		MutuallyExclusiveConfigurationPropertiesException.throwIfMultipleNonNullValuesIn((entries) -> {
			entries.put(path.name("handle"), properties.getHandle());
			entries.put(path.name("pipe-name"), properties.getPipeName());
		});
		if (properties.getHandle() == null) {
			return;
		}
		if (properties.getDirection() == PipeDirection.DUPLEX) {
			throw path.invalid("direction", "duplex",
					"An anonymous pipe is one way; set 'out' to read from the parent or 'in' to write to it");
		}
		if (properties.getTransmissionMode() == TransmissionMode.MESSAGE) {
			throw path.invalid("transmission-mode", "message", "An anonymous pipe carries bytes; set 'byte'");
		}
	}

	private static void verifySingleUse(PropertyPath path, Client properties) {
		FramingSettings framing = PipePropertiesMapper.framing(path, properties);
		ClientGateway gateway = properties.getGateway();
		if (framing != null && framing.in().type() == FramingType.UNTIL_CLOSE && gateway != null
				&& gateway.getConnections() != ExchangeConnections.SINGLE_USE) {
			throw path.child("gateway")
				.invalid("connections", gateway.getConnections().name().toLowerCase(Locale.ROOT),
						"A reply ends with its connection, as '%s' is 'until-close'; set 'single-use'"
							.formatted(framing.in().path().name("type")));
		}
	}

	/**
	 * Checks how a client connects again.
	 * @param path where that is configured
	 * @param properties the properties
	 * @return the waits
	 */
	static ReconnectBackoff reconnect(PropertyPath path, Reconnect properties) {
		Duration delay = path.positive("delay", properties.getDelay());
		return new ReconnectBackoff(delay, path.factor("multiplier", properties.getMultiplier()),
				path.atLeast("delay", delay, "max-delay", properties.getMaxDelay()),
				path.notNegative("jitter", properties.getJitter()));
	}

}
