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
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.namedpipe.PipeDirection;
import io.namedpipe.PipeProcess;
import io.namedpipe.PipeType;
import io.namedpipe.autoconfigure.NamedPipeProperties.FromChild;
import io.namedpipe.autoconfigure.NamedPipeProperties.OneWayFraming;
import io.namedpipe.autoconfigure.NamedPipeProperties.Process;
import io.namedpipe.autoconfigure.NamedPipeProperties.Restart;
import io.namedpipe.autoconfigure.NamedPipeProperties.Streams;
import io.namedpipe.autoconfigure.NamedPipeProperties.ToChild;
import io.namedpipe.framing.FramingType;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.framing.PayloadFormat;
import io.namedpipe.integration.NamedPipeProcess;
import io.namedpipe.integration.RestartPolicy;

/**
 * Checks the properties of a process and sets them on its builder, in one pass.
 */
final class ProcessPropertiesMapper {

	private final Framings framings;

	ProcessPropertiesMapper(Framings framings) {
		this.framings = framings;
	}

	/**
	 * Checks the properties and sets them.
	 * @param name the logical name
	 * @param properties the properties
	 * @return the builder of the process
	 */
	NamedPipeProcess.Builder map(String name, Process properties) {
		PropertyPath path = PropertyPath.process(name);
		verifySections(path, properties);
		PipeProcess.Builder pipe = PipeProcess.builder(command(path, properties))
			.workingDirectory(path.resolved("working-directory", properties.getWorkingDirectory()))
			.environment(environment(path, properties.getEnvironment()))
			.direction(direction(properties))
			.handshakeTimeout(path.positive("handshake-timeout", properties.getHandshakeTimeout()))
			.maxMessageSize(path.size("max-message-size", properties.getMaxMessageSize()))
			.writeTimeout(path.positive("write-timeout", properties.getWriteTimeout()))
			.drainTimeout(path.notNegative("stop-timeout", properties.getStopTimeout()));
		NamedPipeProcess.Builder process = NamedPipeProcess.builder(name, pipe)
			.autoStartup(properties.isAutoStartup())
			.standardError(properties.getStandardError())
			.restart(restart(path.child("restart"), properties.getRestart()));
		mapMessages(path, properties, pipe, process);
		return process;
	}

	private void mapMessages(PropertyPath path, Process properties, PipeProcess.Builder pipe,
			NamedPipeProcess.Builder process) {
		Messages read = read(path.child("from-child"), fromChild(properties));
		if (read != null) {
			process.framing(read.framing()).payload(read.format());
		}
		Messages written = written(path.child("to-child"), toChild(properties));
		if (properties.getGateway() != null && written != null && read != null) {
			verifyExchanges(path, written.type(), read.type(), properties.getRestart().getPolicy());
		}
		if (written != null) {
			process.outboundFraming(written.framing()).outboundPayload(written.format());
		}
		if (properties.getToChild() != null) {
			mapQueue(path.child("to-child"), properties.getToChild(), process);
		}
		HandshakeSettings handshake = HandshakeSettings.from(path, properties.getHandshake(), direction(properties),
				PipeType.NATIVE);
		if (!handshake.steps().isEmpty()) {
			Messages in = (read != null) ? read : Objects.requireNonNull(written);
			Messages out = (written != null) ? written : in;
			pipe.initializer(handshake.over(MessageFraming.of(in.framing(), out.framing()), in.payload().charset()));
		}
	}

	private @Nullable Messages read(PropertyPath path, @Nullable FromChild properties) {
		return (properties != null) ? messages(path, properties.getFraming(),
				PayloadSettings.from(path.child("payload"), properties.getPayload())) : null;
	}

	private @Nullable Messages written(PropertyPath path, @Nullable ToChild properties) {
		return (properties != null) ? messages(path, properties.getFraming(),
				PayloadSettings.from(path.child("payload"), properties.getPayload())) : null;
	}

	private Messages messages(PropertyPath path, @Nullable OneWayFraming properties, PayloadSettings payload) {
		FramingSettings framing = FramingSettings.from(path.child("framing"), properties, FramingType.LINE,
				payload.charset());
		return new Messages(framing.in().type(), this.framings.framing(path.child("framing"), framing, payload),
				this.framings.format(path.child("payload"), payload), payload);
	}

	private static void mapQueue(PropertyPath path, ToChild properties, NamedPipeProcess.Builder process) {
		process.queueCapacity(path.atLeast(1, "queue-capacity", properties.getQueueCapacity()))
			.overflow(properties.getOverflow());
	}

	private static @Nullable ToChild toChild(Process properties) {
		return (properties.getToChild() == null && properties.getGateway() != null) ? new ToChild()
				: properties.getToChild();
	}

	private static @Nullable FromChild fromChild(Process properties) {
		return (properties.getFromChild() == null && properties.getGateway() != null) ? new FromChild()
				: properties.getFromChild();
	}

	private static PipeDirection direction(Process properties) {
		if (toChild(properties) == null) {
			return PipeDirection.IN;
		}
		return (fromChild(properties) != null) ? PipeDirection.DUPLEX : PipeDirection.OUT;
	}

	private static void verifySections(PropertyPath path, Process properties) {
		FromChild fromChild = properties.getFromChild();
		if (properties.getGateway() != null && fromChild != null && fromChild.getChannel() != null) {
			throw path.invalid("from-child.channel", fromChild.getChannel(),
					"All that the process writes are replies, as there is '%s'; remove one of them"
						.formatted(path.name("gateway")));
		}
		if (toChild(properties) == null && fromChild(properties) == null) {
			throw path.invalid("to-child.channel", null,
					"A process needs this channel, '%s' or both".formatted(path.name("from-child.channel")));
		}
	}

	/**
	 * A reply has to have an end, and what ends with its pipe takes a child of its own.
	 */
	private static void verifyExchanges(PropertyPath path, FramingType toChild, FramingType fromChild,
			RestartPolicy.When restart) {
		if (fromChild == FramingType.RAW) {
			throw path.invalid("from-child.framing.type", "raw",
					"Nothing tells where a reply ends, as there is '%s'; set another framing, or remove that"
						.formatted(path.name("gateway")));
		}
		boolean once = toChild == FramingType.UNTIL_CLOSE || fromChild == FramingType.UNTIL_CLOSE;
		if (once && restart != RestartPolicy.When.ALWAYS) {
			throw path.invalid(
					(fromChild == FramingType.UNTIL_CLOSE) ? "from-child.framing.type" : "to-child.framing.type",
					"until-close",
					"Each child answers one request only, as there is '%s'; set '%s' to 'always', or another framing"
						.formatted(path.name("gateway"), path.name("restart.policy")));
		}
	}

	private static RestartPolicy restart(PropertyPath path, Restart properties) {
		Duration delay = path.positive("delay", properties.getDelay());
		return new RestartPolicy(properties.getPolicy(), delay, path.factor("multiplier", properties.getMultiplier()),
				path.atLeast("delay", delay, "max-delay", properties.getMaxDelay()),
				path.atLeast(-1, "max-attempts", properties.getMaxAttempts()));
	}

	private static Map<String, String> environment(PropertyPath path, Map<String, String> environment) {
		environment.forEach((name, value) -> {
			if (name.indexOf('=') != -1 || name.indexOf('\0') != -1 || value.indexOf('\0') != -1) {
				throw path.invalid("environment", name,
						"The name of a variable must not contain '=' or NUL, nor its value NUL");
			}
		});
		return environment;
	}

	private static List<String> command(PropertyPath path, Process properties) {
		List<String> command = properties.getCommand();
		if (command.isEmpty() || command.get(0).isBlank()) {
			throw path.invalid("command", command, "It must name a program, followed by its arguments");
		}
		path.resolved("command", command.get(0));
		if (properties.getStreams() == Streams.STDIO) {
			command.stream()
				.filter((argument) -> argument.contains("{in}") || argument.contains("{out}"))
				.findFirst()
				.ifPresent((argument) -> {
					throw path.invalid("streams", "stdio",
							"The standard input and output have no handles, as in '%s'; set 'pipes', or remove that from '%s'"
								.formatted(argument, path.name("command")));
				});
		}
		verifyPlaceholder(path, command, "{in}", toChild(properties) != null, "to-child");
		verifyPlaceholder(path, command, "{out}", fromChild(properties) != null, "from-child");
		return command;
	}

	private static void verifyPlaceholder(PropertyPath path, List<String> command, String placeholder,
			boolean configured, String section) {
		if (!configured && command.stream().anyMatch((argument) -> argument.contains(placeholder))) {
			throw path.invalid("command", command, "%s stands for a pipe that is not configured; add '%s', or remove %s"
				.formatted(placeholder, path.name(section + ".channel"), placeholder));
		}
	}

	/**
	 * What messages in one direction are like.
	 *
	 * @param type the kind of framing
	 * @param framing how they are marked
	 * @param format what flows get
	 * @param payload what flows get, as configured
	 */
	private record Messages(FramingType type, MessageFraming framing, PayloadFormat format, PayloadSettings payload) {
	}

}
