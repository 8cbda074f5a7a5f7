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
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadFactory;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.MutuallyExclusiveConfigurationPropertiesException;

import io.namedpipe.PipeBuilder;
import io.namedpipe.PipeDirection;
import io.namedpipe.PipeType;
import io.namedpipe.TransmissionMode;
import io.namedpipe.autoconfigure.NamedPipeProperties.Client;
import io.namedpipe.autoconfigure.NamedPipeProperties.Outbound;
import io.namedpipe.autoconfigure.NamedPipeProperties.Pipe;
import io.namedpipe.framing.FramingType;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.integration.NamedPipeBuilder;

/**
 * Checks what server and client entries have in common and sets it on their builders, in
 * one pass.
 */
final class PipePropertiesMapper {

	private static final String RESERVED_NAME = "anonymous";

	private final @Nullable Path directory;

	private final Framings framings;

	private final @Nullable ThreadFactory virtualThreads;

	private final List<NamedPipeConnectionInitializer> initializers;

	PipePropertiesMapper(@Nullable Path directory, Framings framings, @Nullable ThreadFactory virtualThreads,
			List<NamedPipeConnectionInitializer> initializers) {
		this.directory = directory;
		this.framings = framings;
		this.virtualThreads = virtualThreads;
		this.initializers = initializers;
	}

	/**
	 * Checks that properties go together.
	 * @param path where the entry is configured
	 * @param properties the properties
	 */
	static void verifyCombination(PropertyPath path, Pipe properties) {
		PipeDirection direction = direction(properties);
		boolean gateway = EndpointPropertiesMapper.hasGateway(properties);
		if (properties.getInbound() != null && gateway) {
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
		if (properties.getInbound() != null && !direction.canRead()) {
			throw path.invalid("direction", text(properties.getDirection()),
					"Nothing can be read by this end, as the direction is that of the server; remove '%s', or set '%s' "
						.formatted(path.name("inbound"), text(properties.getDirection().opposite())) + "or 'duplex'");
		}
		if (properties.getOutbound() != null && !direction.canWrite()) {
			throw path.invalid("direction", text(properties.getDirection()),
					"Nothing can be written by this end, as the direction is that of the server; remove '%s', or set "
						.formatted(path.name("outbound"))
							+ "'%s' or 'duplex'".formatted(text(properties.getDirection().opposite())));
		}
	}

	/**
	 * Checks the name of a pipe.
	 * @param path where the entry is configured
	 * @param name the logical name
	 * @param properties the properties
	 * @return the name of the pipe
	 */
	static String pipeName(PropertyPath path, String name, Pipe properties) {
		String pipeName = (properties.getPipeName() != null) ? properties.getPipeName() : name;
		path.text("pipe-name", pipeName, "It must not be blank; leave it out to use the logical name '" + name + "'");
		if (RESERVED_NAME.equalsIgnoreCase(pipeName)) {
			throw path.invalid("pipe-name", pipeName, "The name is reserved; choose another one");
		}
		return pipeName;
	}

	/**
	 * Checks the properties and sets them.
	 * @param path where the entry is configured
	 * @param name the logical name
	 * @param properties the properties
	 * @param pipe the builder of the pipe
	 * @param builder the builder of the bean
	 */
	void map(PropertyPath path, String name, Pipe properties, PipeBuilder<?> pipe, NamedPipeBuilder<?> builder) {
		mapPipe(path, properties, pipe);
		builder.autoStartup(properties.isAutoStartup()).virtualThreads(this.virtualThreads);
		mapMessages(path, properties, pipe, builder);
		addInitializers(name, pipe);
		Outbound outbound = properties.getOutbound();
		if (outbound != null) {
			mapQueue(path.child("outbound"), outbound, builder);
		}
	}

	/**
	 * Checks the properties and sets them on the builder of a pipe without messages.
	 * @param path where the entry is configured
	 * @param name the logical name
	 * @param properties the properties
	 * @param pipe the builder of the pipe
	 */
	void map(PropertyPath path, String name, Pipe properties, PipeBuilder<?> pipe) {
		mapPipe(path, properties, pipe);
		addInitializers(name, pipe);
	}

	private void mapPipe(PropertyPath path, Pipe properties, PipeBuilder<?> pipe) {
		pipe.directory(directory())
			.type(properties.getType())
			.direction(direction(properties))
			.transmissionMode(properties.getTransmissionMode())
			.maxMessageSize(path.size("max-message-size", properties.getMaxMessageSize()))
			.idleTimeout(path.optionalPositive("idle-timeout", properties.getIdleTimeout()))
			.writeTimeout(path.positive("write-timeout", properties.getWriteTimeout()))
			.drainTimeout(path.notNegative("drain-timeout", properties.getDrainTimeout()));
		path.optionalSize("in-buffer-size", properties.getInBufferSize()).ifPresent(pipe::inBufferSize);
		path.optionalSize("out-buffer-size", properties.getOutBufferSize()).ifPresent(pipe::outBufferSize);
	}

	private void addInitializers(String name, PipeBuilder<?> pipe) {
		for (NamedPipeConnectionInitializer initializer : this.initializers) {
			pipe.initializer((connection) -> initializer.initialize(name, connection));
		}
	}

	/** The direction is configured as the server sees it, and needed as we see it. */
	static PipeDirection direction(Pipe properties) {
		PipeDirection direction = properties.getDirection();
		return (properties instanceof Client) ? direction.opposite() : direction;
	}

	/**
	 * How messages are marked.
	 * @param path where the entry is configured
	 * @param properties the properties
	 * @return the framing, or {@code null} in message mode
	 */
	static @Nullable FramingSettings framing(PropertyPath path, Pipe properties) {
		if (properties.getTransmissionMode() == TransmissionMode.MESSAGE) {
			return null;
		}
		return FramingSettings.from(path.child("framing"), properties.getFraming(), FramingType.LENGTH_HEADER,
				properties.getPayload().getCharset());
	}

	private void mapMessages(PropertyPath path, Pipe properties, PipeBuilder<?> pipe, NamedPipeBuilder<?> builder) {
		PayloadSettings payload = PayloadSettings.from(path.child("payload"), properties.getPayload());
		HandshakeSettings handshake = HandshakeSettings.from(path, properties.getHandshake(), direction(properties),
				properties.getType());
		MessageFraming framing = this.framings.framing(path.child("framing"), framing(path, properties), payload);
		builder.framing(framing).payload(this.framings.format(path.child("payload"), payload));
		if (!handshake.steps().isEmpty()) {
			pipe.initializer(handshake.over(framing, payload.charset()));
		}
	}

	private static void mapQueue(PropertyPath path, Outbound properties, NamedPipeBuilder<?> builder) {
		builder.queueCapacity(path.atLeast(1, "queue-capacity", properties.getQueueCapacity()));
		if (properties.getOverflow() != null) {
			builder.overflow(properties.getOverflow());
		}
	}

	private @Nullable Path directory() {
		PropertyPath path = new PropertyPath(NamedPipeProperties.PREFIX);
		path.resolved("directory", this.directory);
		if (this.directory != null && !this.directory.isAbsolute()) {
			throw path.invalid("directory", this.directory,
					"It must be an absolute path, for example " + this.directory.toAbsolutePath());
		}
		return this.directory;
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

	private static String text(PipeDirection direction) {
		return direction.name().toLowerCase(Locale.ROOT);
	}

}
