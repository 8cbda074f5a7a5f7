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

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalInt;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.MutuallyExclusiveConfigurationPropertiesException;

import io.namedpipe.PipeDirection;
import io.namedpipe.PipeType;
import io.namedpipe.TransmissionMode;
import io.namedpipe.autoconfigure.NamedPipeProperties.Inbound;
import io.namedpipe.autoconfigure.NamedPipeProperties.OnMalformed;
import io.namedpipe.autoconfigure.NamedPipeProperties.Outbound;
import io.namedpipe.autoconfigure.NamedPipeProperties.Payload;
import io.namedpipe.autoconfigure.NamedPipeProperties.PayloadType;
import io.namedpipe.autoconfigure.NamedPipeProperties.Pipe;
import io.namedpipe.autoconfigure.NamedPipeProperties.SentPayload;
import io.namedpipe.autoconfigure.NamedPipeProperties.Server;
import io.namedpipe.framing.FramingType;
import io.namedpipe.framing.PayloadFormat;
import io.namedpipe.integration.OverflowPolicy;
import io.namedpipe.integration.inbound.FlowErrorPolicy;
import io.namedpipe.integration.outbound.UnknownConnectionPolicy;
import io.namedpipe.integration.outbound.WithoutConnectionPolicy;

/**
 * What the server and the client end of a pipe have in common, checked.
 *
 * @param path where the entry is configured
 * @param name the logical name
 * @param autoStartup whether the pipe starts with the application
 * @param pipeName the name of the pipe
 * @param directory the folder for short names, or {@code null} for the default
 * @param type the kind of pipe
 * @param direction the direction as this end sees it
 * @param transmissionMode bytes or messages
 * @param inBufferSize kernel buffer for what is read
 * @param outBufferSize kernel buffer for what is written
 * @param maxMessageSize largest message in bytes
 * @param idleTimeout when a silent connection is closed, or {@code null} for never
 * @param writeTimeout how long a write may take
 * @param drainTimeout how long a stop may take
 * @param framing how messages are marked, or {@code null} in message mode
 * @param payload what flows get
 * @param handshake the frames before the first message
 * @param inbound the one-way endpoint that reads, or {@code null}
 * @param outbound the one-way endpoint that writes, or {@code null}
 */
record PipeSettings(PropertyPath path, String name, boolean autoStartup, String pipeName, @Nullable Path directory,
		PipeType type, PipeDirection direction, TransmissionMode transmissionMode, OptionalInt inBufferSize,
		OptionalInt outBufferSize, int maxMessageSize, @Nullable Duration idleTimeout, Duration writeTimeout,
		Duration drainTimeout, @Nullable FramingSettings framing, PayloadSettings payload, HandshakeSettings handshake,
		PipeSettings.@Nullable InboundSettings inbound, PipeSettings.@Nullable OutboundSettings outbound) {

	static final String CHANNEL_NEEDED = "The endpoint needs the name of a channel";

	static final String ERROR_CHANNEL_BLANK = "It must not be blank; leave it out to have exceptions logged";

	private static final String RESERVED_NAME = "anonymous";

	static PipeSettings from(PropertyPath path, String name, @Nullable Path directory, Pipe properties,
			PipeDirection direction, boolean gateway) {
		verifyCombination(path, properties, direction, gateway);
		PayloadSettings payload = PayloadSettings.from(path.child("payload"), properties.getPayload());
		return new PipeSettings(path, name, properties.isAutoStartup(), pipeName(path, name, properties),
				directory(directory), properties.getType(), direction, properties.getTransmissionMode(),
				path.optionalSize("in-buffer-size", properties.getInBufferSize()),
				path.optionalSize("out-buffer-size", properties.getOutBufferSize()),
				path.size("max-message-size", properties.getMaxMessageSize()),
				path.optionalPositive("idle-timeout", properties.getIdleTimeout()),
				path.positive("write-timeout", properties.getWriteTimeout()),
				path.notNegative("drain-timeout", properties.getDrainTimeout()),
				framing(path, properties, payload.charset()), payload,
				HandshakeSettings.from(path, properties.getHandshake(), direction, properties.getType()),
				InboundSettings.from(path.child("inbound"), properties.getInbound()),
				OutboundSettings.from(path.child("outbound"), properties.getOutbound(), properties instanceof Server,
						properties.getInbound() != null || gateway));
	}

	private static void verifyCombination(PropertyPath path, Pipe properties, PipeDirection direction,
			boolean gateway) {
		Inbound inbound = properties.getInbound();
		if (inbound != null && gateway) {
			MutuallyExclusiveConfigurationPropertiesException.throwIfMultipleNonNullValuesIn((entries) -> {
				entries.put(path.name("inbound.channel"), true);
				entries.put(path.name("gateway.channel"), true);
			});
		}
		if (properties.getTransmissionMode() == TransmissionMode.MESSAGE && properties.getFraming() != null) {
			throw path.invalid("transmission-mode", "message", "The pipe keeps the boundaries of messages itself; "
					+ "remove '%s', or set 'byte'".formatted(path.name("framing")));
		}
		if (properties.getType() == PipeType.FIFO) {
			verifyFifo(path, properties);
		}
		if (gateway && direction != PipeDirection.DUPLEX) {
			throw path.invalid("direction", text(properties.getDirection()),
					"A gateway needs both directions; set 'duplex', or remove '%s'".formatted(path.name("gateway")));
		}
		if (inbound != null && !direction.canRead()) {
			throw path.invalid("direction", text(properties.getDirection()),
					"Nothing can be read by this end, as the direction is that of the server; remove '%s', or set '%s' "
						.formatted(path.name("inbound"), opposite(properties.getDirection())) + "or 'duplex'");
		}
		if (properties.getOutbound() != null && !direction.canWrite()) {
			throw path.invalid("direction", text(properties.getDirection()),
					"Nothing can be written by this end, as the direction is that of the server; remove '%s', or set "
						.formatted(path.name("outbound"))
							+ "'%s' or 'duplex'".formatted(opposite(properties.getDirection())));
		}
	}

	private static void verifyFifo(PropertyPath path, Pipe properties) {
		if (properties.getTransmissionMode() == TransmissionMode.MESSAGE) {
			throw path.invalid("transmission-mode", "message",
					"A FIFO carries bytes; set 'byte', or set '%s' to 'native'".formatted(path.name("type")));
		}
		if (properties.getDirection() == PipeDirection.DUPLEX) {
			throw path.invalid("direction", "duplex",
					"A FIFO is one way; set 'in' (the server reads) or 'out' (the server writes)");
		}
	}

	private static String pipeName(PropertyPath path, String name, Pipe properties) {
		String pipeName = (properties.getPipeName() != null) ? properties.getPipeName() : name;
		path.text("pipe-name", pipeName, "It must not be blank; leave it out to use the logical name '" + name + "'");
		if (RESERVED_NAME.equalsIgnoreCase(pipeName)) {
			throw path.invalid("pipe-name", pipeName, "The name is reserved; choose another one");
		}
		return pipeName;
	}

	private static @Nullable Path directory(@Nullable Path directory) {
		PropertyPath path = new PropertyPath(NamedPipeProperties.PREFIX);
		path.resolved("directory", directory);
		if (directory != null && !directory.isAbsolute()) {
			throw path.invalid("directory", directory,
					"It must be an absolute path, for example " + directory.toAbsolutePath());
		}
		return directory;
	}

	private static @Nullable FramingSettings framing(PropertyPath path, Pipe properties, Charset charset) {
		if (properties.getTransmissionMode() == TransmissionMode.MESSAGE) {
			return null;
		}
		return FramingSettings.from(path.child("framing"), properties.getFraming(), FramingType.LENGTH_HEADER, charset);
	}

	private static String text(PipeDirection direction) {
		return direction.name().toLowerCase(Locale.ROOT);
	}

	private static String opposite(PipeDirection direction) {
		return (direction == PipeDirection.IN) ? "out" : "in";
	}

	/**
	 * What flows get as payload.
	 *
	 * @param type bytes, text or JSON
	 * @param charset the charset of text
	 * @param onMalformed what happens with bytes that are no text, or no JSON
	 * @param targetType what JSON becomes, or {@code null} for a tree
	 */
	record PayloadSettings(PayloadType type, Charset charset, OnMalformed onMalformed, @Nullable String targetType) {

		PayloadSettings(PayloadType type, Charset charset, OnMalformed onMalformed) {
			this(type, charset, onMalformed, null);
		}

		static PayloadSettings from(PropertyPath path, Payload properties) {
			PayloadSettings settings = new PayloadSettings(properties.getType(), properties.getCharset(),
					properties.getOnMalformed(), path.optionalText("target-type", properties.getTargetType(),
							"It must not be blank; leave it out to get trees of JSON"));
			settings.verify(path);
			return settings;
		}

		static PayloadSettings from(PropertyPath path, SentPayload properties) {
			PayloadSettings settings = new PayloadSettings(properties.getType(), properties.getCharset(),
					OnMalformed.REPORT);
			settings.verify(path);
			return settings;
		}

		private void verify(PropertyPath path) {
			boolean json = this.type == PayloadType.JSON;
			if (json && !this.charset.equals(StandardCharsets.UTF_8)) {
				throw path.invalid("charset", this.charset,
						"JSON is in UTF-8, as '%s' is 'json'; remove it".formatted(path.name("type")));
			}
			if (json && this.onMalformed == OnMalformed.REPLACE) {
				throw path.invalid("on-malformed", "replace",
						"Nothing can take the place of JSON, as '%s' is 'json'; set 'report' or 'close'"
							.formatted(path.name("type")));
			}
			if (!json && this.onMalformed == OnMalformed.CLOSE) {
				throw path.invalid("on-malformed", "close",
						"It is used with '%s' set to 'json' only; set that, or 'report', which closes as well"
							.formatted(path.name("type")));
			}
			if (!json && this.targetType != null) {
				throw path.invalid("target-type", this.targetType,
						"It is used with '%s' set to 'json' only; set that, or remove it".formatted(path.name("type")));
			}
		}

		/**
		 * What payloads are on the pipe: bytes that are no text are bytes here, also if
		 * something else is made of them.
		 */
		PayloadFormat format() {
			PayloadFormat format = (this.type == PayloadType.TEXT) ? PayloadFormat.text(this.charset)
					: PayloadFormat.bytes(this.charset);
			return (this.onMalformed == OnMalformed.REPLACE) ? format.replacingMalformed() : format;
		}

	}

	/**
	 * One-way messages from the pipe to a channel.
	 *
	 * @param channel the name of the channel
	 * @param errorChannel the name of the error channel, or {@code null}
	 * @param onError what happens to the connection when the flow throws
	 */
	record InboundSettings(String channel, @Nullable String errorChannel, FlowErrorPolicy onError) {

		static @Nullable InboundSettings from(PropertyPath path, @Nullable Inbound properties) {
			if (properties == null) {
				return null;
			}
			return new InboundSettings(path.text("channel", properties.getChannel(), CHANNEL_NEEDED),
					path.optionalText("error-channel", properties.getErrorChannel(), ERROR_CHANNEL_BLANK),
					properties.getOnError());
		}

	}

	/**
	 * One-way messages from a channel to the pipe.
	 *
	 * @param channel the name of the channel
	 * @param queueCapacity how many messages may wait for each connection
	 * @param overflow what happens when a queue is full
	 * @param withoutConnection what happens to a message that names no connection
	 * @param unknownConnection what happens to a message whose connection is gone
	 */
	record OutboundSettings(String channel, int queueCapacity, OverflowPolicy overflow,
			WithoutConnectionPolicy withoutConnection, UnknownConnectionPolicy unknownConnection) {

		static @Nullable OutboundSettings from(PropertyPath path, @Nullable Outbound properties, boolean server,
				boolean receiving) {
			if (properties == null) {
				return null;
			}
			return new OutboundSettings(path.text("channel", properties.getChannel(), CHANNEL_NEEDED),
					path.atLeast(1, "queue-capacity", properties.getQueueCapacity()),
					Objects.requireNonNullElse(properties.getOverflow(),
							server ? OverflowPolicy.DISCONNECT : OverflowPolicy.BLOCK),
					Objects.requireNonNullElse(properties.getWithoutConnection(),
							(server && receiving) ? WithoutConnectionPolicy.ERROR : WithoutConnectionPolicy.BROADCAST),
					properties.getUnknownConnection());
		}

	}

}
