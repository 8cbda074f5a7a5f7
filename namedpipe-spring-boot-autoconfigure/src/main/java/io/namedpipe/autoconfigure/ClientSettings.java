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
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.MutuallyExclusiveConfigurationPropertiesException;

import io.namedpipe.PipeDirection;
import io.namedpipe.TransmissionMode;
import io.namedpipe.autoconfigure.NamedPipeProperties.Client;
import io.namedpipe.autoconfigure.NamedPipeProperties.ClientGateway;
import io.namedpipe.autoconfigure.NamedPipeProperties.Reconnect;
import io.namedpipe.framing.FramingType;
import io.namedpipe.integration.ExchangeConnections;
import io.namedpipe.integration.StartupFailurePolicy;
import io.namedpipe.transport.ImpersonationLevel;

/**
 * A client entry, checked.
 *
 * @param pipe what it has in common with a server entry
 * @param serverName the machine that serves the pipe
 * @param connectTimeout how long an attempt to connect may take
 * @param waitForServer whether a missing pipe is waited for
 * @param startupFailure what happens when the server is not there at start
 * @param reconnect the delays between attempts
 * @param gateway the endpoint that waits for replies, or {@code null}
 * @param verifyServerUser who must own the server end, or {@code null}
 * @param impersonationLevel what the server may do with our identity
 * @param handle the handle of an anonymous pipe, or {@code null}
 */
record ClientSettings(PipeSettings pipe, String serverName, Duration connectTimeout, boolean waitForServer,
		StartupFailurePolicy startupFailure, ClientSettings.ReconnectSettings reconnect,
		ClientSettings.@Nullable GatewaySettings gateway, @Nullable String verifyServerUser,
		ImpersonationLevel impersonationLevel, @Nullable String handle) {

	static ClientSettings from(String name, @Nullable Path directory, Client properties) {
		PropertyPath path = PropertyPath.client(name);
		SocketFactoryRules.verify(path, properties);
		verifyHandle(path, properties);
		PipeSettings pipe = PipeSettings.from(path, name, directory, properties, direction(properties),
				properties.getGateway() != null);
		GatewaySettings gateway = GatewaySettings.from(path.child("gateway"), properties.getGateway());
		verifySingleUse(path, pipe, gateway);
		return new ClientSettings(pipe,
				path.text("server-name", properties.getServerName(), "It must not be blank; '.' is this machine"),
				path.positive("connect-timeout", properties.getConnectTimeout()), properties.isWaitForServer(),
				properties.getStartupFailure(),
				ReconnectSettings.from(path.child("reconnect"), properties.getReconnect()), gateway,
				path.optionalText("verify-server-user", properties.getVerifyServerUser(),
						"It must not be blank; use 'current-user', a user name or a user id, or leave it out"),
				properties.getImpersonationLevel(), path.optionalText("handle", properties.getHandle(),
						"It must not be blank; use what the parent process passed, or leave it out"));
	}

	private static void verifySingleUse(PropertyPath path, PipeSettings pipe, @Nullable GatewaySettings gateway) {
		FramingSettings framing = pipe.framing();
		if (framing != null && framing.in().type() == FramingType.UNTIL_CLOSE && gateway != null
				&& gateway.connections() != ExchangeConnections.SINGLE_USE) {
			throw path.child("gateway")
				.invalid("connections", gateway.connections().name().toLowerCase(Locale.ROOT),
						"A reply ends with its connection, as '%s' is 'until-close'; set 'single-use'"
							.formatted(framing.in().path().name("type")));
		}
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

	/** The direction is configured as the server sees it, and needed as we see it. */
	private static PipeDirection direction(Client properties) {
		return switch (properties.getDirection()) {
			case DUPLEX -> PipeDirection.DUPLEX;
			case IN -> PipeDirection.OUT;
			case OUT -> PipeDirection.IN;
		};
	}

	/**
	 * Delays between attempts to connect.
	 *
	 * @param delay before the second attempt
	 * @param multiplier factor by which it grows
	 * @param maxDelay the largest
	 * @param jitter the random part
	 */
	record ReconnectSettings(Duration delay, double multiplier, Duration maxDelay, Duration jitter) {

		static ReconnectSettings from(PropertyPath path, Reconnect properties) {
			Duration delay = path.positive("delay", properties.getDelay());
			if (!(properties.getMultiplier() >= 1) || Double.isInfinite(properties.getMultiplier())) {
				throw path.invalid("multiplier", properties.getMultiplier(), "It must be a number of 1 or more");
			}
			Duration maxDelay = path.positive("max-delay", properties.getMaxDelay());
			if (maxDelay.compareTo(delay) < 0) {
				throw path.invalid("max-delay", PropertyPath.text(maxDelay), "It must not be shorter than '%s' (%s)"
					.formatted(path.name("delay"), PropertyPath.text(delay)));
			}
			return new ReconnectSettings(delay, properties.getMultiplier(), maxDelay,
					path.notNegative("jitter", properties.getJitter()));
		}

	}

	/**
	 * Requests from a channel to the pipe.
	 *
	 * @param channel the name of the channel
	 * @param replyTimeout how long to wait for a reply
	 * @param maxConnections exchanges at once
	 * @param connections what becomes of a connection after an exchange
	 */
	record GatewaySettings(String channel, Duration replyTimeout, int maxConnections, ExchangeConnections connections) {

		static @Nullable GatewaySettings from(PropertyPath path, @Nullable ClientGateway properties) {
			if (properties == null) {
				return null;
			}
			return new GatewaySettings(path.text("channel", properties.getChannel(), PipeSettings.CHANNEL_NEEDED),
					path.positive("reply-timeout", properties.getReplyTimeout()),
					path.atLeast(1, "max-connections", properties.getMaxConnections()), properties.getConnections());
		}

	}

}
