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

import java.util.Locale;

import org.jspecify.annotations.Nullable;

import io.namedpipe.PipeDirection;
import io.namedpipe.PipeType;
import io.namedpipe.TransmissionMode;
import io.namedpipe.autoconfigure.NamedPipeProperties.Client;
import io.namedpipe.autoconfigure.NamedPipeProperties.Payload;
import io.namedpipe.autoconfigure.NamedPipeProperties.Reconnect;

/**
 * What a client entry cannot have that is a factory of sockets: they are streams of both
 * directions, whose content and lifetime are the business of who uses them.
 */
final class SocketFactoryRules {

	static final String PROPERTY = "socket-factory";

	private final PropertyPath path;

	private SocketFactoryRules(PropertyPath path) {
		this.path = path;
	}

	/**
	 * Checks an entry, if it is a factory of sockets.
	 * @param path where the entry is configured
	 * @param properties the entry, whose other rules need not have been checked
	 */
	static void verify(PropertyPath path, Client properties) {
		if (properties.isSocketFactory()) {
			SocketFactoryRules rules = new SocketFactoryRules(path);
			rules.verifyPipe(properties);
			rules.verifyConversation(properties);
			rules.verifyLifetime(properties);
		}
	}

	private void verifyPipe(Client properties) {
		if (properties.getType() == PipeType.FIFO) {
			throw invalid("type", "fifo", "A FIFO carries no sockets; set 'native'");
		}
		if (properties.getTransmissionMode() == TransmissionMode.MESSAGE) {
			throw invalid("transmission-mode", "message", "A socket is a stream of bytes; set 'byte'");
		}
		if (properties.getDirection() != PipeDirection.DUPLEX) {
			throw invalid("direction", properties.getDirection().name().toLowerCase(Locale.ROOT),
					"A socket reads and writes; set 'duplex'");
		}
		verifyAbsent("handle", properties.getHandle(), "An anonymous pipe is one way, and a socket is not");
	}

	private void verifyConversation(Client properties) {
		String reason = "Who has the sockets reads and writes them";
		verifyAbsent("inbound", properties.getInbound(), reason);
		verifyAbsent("outbound", properties.getOutbound(), reason);
		verifyAbsent("gateway", properties.getGateway(), reason);
		verifyAbsent("framing", properties.getFraming(), reason);
		verifyAbsent("handshake", (properties.getHandshake().isEmpty()) ? null : "steps", reason);
		PropertyPath payload = this.path.child("payload");
		verifyDefault("payload", PayloadSettings.from(payload, properties.getPayload()),
				PayloadSettings.from(payload, new Payload()), reason);
	}

	private void verifyLifetime(Client properties) {
		Client defaults = new Client();
		String reason = "A socket is connected when it is asked for, and once";
		verifyDefault("auto-startup", properties.isAutoStartup(), defaults.isAutoStartup(), reason);
		verifyDefault("startup-failure", properties.getStartupFailure(), defaults.getStartupFailure(), reason);
		PropertyPath reconnect = this.path.child("reconnect");
		verifyDefault("reconnect", ClientPropertiesMapper.reconnect(reconnect, properties.getReconnect()),
				ClientPropertiesMapper.reconnect(reconnect, new Reconnect()), reason);
		verifyDefault("drain-timeout", properties.getDrainTimeout(), defaults.getDrainTimeout(),
				"Sockets end with the application, when all that uses them has ended");
		verifyDefault("max-message-size", properties.getMaxMessageSize(), defaults.getMaxMessageSize(),
				"A socket knows no messages");
	}

	private void verifyAbsent(String other, @Nullable Object value, String reason) {
		if (value != null) {
			throw notWith(other, reason);
		}
	}

	private void verifyDefault(String other, Object value, Object expected, String reason) {
		if (!value.equals(expected)) {
			throw notWith(other, reason);
		}
	}

	private RuntimeException notWith(String other, String reason) {
		return this.path.invalid(PROPERTY, true, "%s; remove '%s'".formatted(reason, this.path.name(other)));
	}

	private RuntimeException invalid(String property, String value, String reason) {
		return this.path.invalid(property, value, "%s, or remove '%s'".formatted(reason, this.path.name(PROPERTY)));
	}

}
