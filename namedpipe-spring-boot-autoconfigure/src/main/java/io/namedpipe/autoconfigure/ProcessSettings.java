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
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.namedpipe.PipeDirection;
import io.namedpipe.PipeType;
import io.namedpipe.autoconfigure.NamedPipeProperties.FromChild;
import io.namedpipe.autoconfigure.NamedPipeProperties.OnTimeout;
import io.namedpipe.autoconfigure.NamedPipeProperties.OneWayFraming;
import io.namedpipe.autoconfigure.NamedPipeProperties.Process;
import io.namedpipe.autoconfigure.NamedPipeProperties.ProcessChannel;
import io.namedpipe.autoconfigure.NamedPipeProperties.ProcessGateway;
import io.namedpipe.autoconfigure.NamedPipeProperties.Restart;
import io.namedpipe.autoconfigure.NamedPipeProperties.Streams;
import io.namedpipe.autoconfigure.NamedPipeProperties.ToChild;
import io.namedpipe.autoconfigure.PipeSettings.PayloadSettings;
import io.namedpipe.framing.FramingType;
import io.namedpipe.integration.OverflowPolicy;
import io.namedpipe.integration.RestartPolicy;
import io.namedpipe.integration.StandardError;

/**
 * A process entry, checked.
 *
 * @param path where the entry is configured
 * @param name the logical name
 * @param autoStartup whether the process starts with the application
 * @param command the command line
 * @param workingDirectory where the process runs, or {@code null} for our own directory
 * @param environment environment variables to add
 * @param stopTimeout how long the process may take to end by itself
 * @param toChild messages to the process, or {@code null}
 * @param fromChild messages from the process, or {@code null}
 */
record ProcessSettings(PropertyPath path, String name, boolean autoStartup, List<String> command,
		@Nullable Path workingDirectory, Map<String, String> environment, Duration stopTimeout, int maxMessageSize,
		Duration writeTimeout, StandardError standardError, RestartPolicy restart, HandshakeSettings handshake,
		Duration handshakeTimeout, ProcessSettings.@Nullable GatewaySettings gateway,
		ProcessSettings.@Nullable QueueSettings queue, ProcessSettings.@Nullable ChannelSettings toChild,
		ProcessSettings.@Nullable ChannelSettings fromChild) {

	static ProcessSettings from(String name, Process properties) {
		PropertyPath path = PropertyPath.process(name);
		GatewaySettings gateway = GatewaySettings.from(path.child("gateway"), properties.getGateway());
		ChannelSettings toChild = ChannelSettings.from(path.child("to-child"), toChild(properties), gateway != null);
		ChannelSettings fromChild = ChannelSettings.from(path.child("from-child"), fromChild(properties),
				gateway != null);
		if (gateway != null && fromChild != null && fromChild.channel() != null) {
			throw path.invalid("from-child.channel", fromChild.channel(),
					"All that the process writes are replies, as there is '%s'; remove one of them"
						.formatted(path.name("gateway")));
		}
		if (toChild == null && fromChild == null) {
			throw path.invalid("to-child.channel", null,
					"A process needs this channel, '%s' or both".formatted(path.name("from-child.channel")));
		}
		RestartPolicy restart = restart(path.child("restart"), properties.getRestart());
		if (gateway != null && toChild != null && fromChild != null) {
			verifyExchanges(path, toChild.framing(), fromChild.framing(), restart);
		}
		return new ProcessSettings(path, name, properties.isAutoStartup(),
				command(path, properties, toChild, fromChild),
				path.resolved("working-directory", properties.getWorkingDirectory()),
				environment(path, properties.getEnvironment()),
				path.notNegative("stop-timeout", properties.getStopTimeout()),
				path.size("max-message-size", properties.getMaxMessageSize()),
				path.positive("write-timeout", properties.getWriteTimeout()), properties.getStandardError(), restart,
				HandshakeSettings.from(path, properties.getHandshake(), direction(toChild, fromChild), PipeType.NATIVE),
				path.positive("handshake-timeout", properties.getHandshakeTimeout()), gateway,
				QueueSettings.from(path.child("to-child"), properties.getToChild()), toChild, fromChild);
	}

	/**
	 * A reply has to have an end, and what ends with its pipe takes a child of its own.
	 */
	private static void verifyExchanges(PropertyPath path, FramingSettings toChild, FramingSettings fromChild,
			RestartPolicy restart) {
		if (fromChild.in().type() == FramingType.RAW) {
			throw path.invalid("from-child.framing.type", "raw",
					"Nothing tells where a reply ends, as there is '%s'; set another framing, or remove that"
						.formatted(path.name("gateway")));
		}
		boolean once = toChild.out().type() == FramingType.UNTIL_CLOSE
				|| fromChild.in().type() == FramingType.UNTIL_CLOSE;
		if (once && restart.when() != RestartPolicy.When.ALWAYS) {
			throw path.invalid(
					(fromChild.in().type() == FramingType.UNTIL_CLOSE) ? "from-child.framing.type"
							: "to-child.framing.type",
					"until-close",
					"Each child answers one request only, as there is '%s'; set '%s' to 'always', or another framing"
						.formatted(path.name("gateway"), path.name("restart.policy")));
		}
	}

	private static @Nullable ToChild toChild(Process properties) {
		return (properties.getToChild() == null && properties.getGateway() != null) ? new ToChild()
				: properties.getToChild();
	}

	private static @Nullable FromChild fromChild(Process properties) {
		return (properties.getFromChild() == null && properties.getGateway() != null) ? new FromChild()
				: properties.getFromChild();
	}

	private static PipeDirection direction(@Nullable ChannelSettings toChild, @Nullable ChannelSettings fromChild) {
		if (toChild == null) {
			return PipeDirection.IN;
		}
		return (fromChild != null) ? PipeDirection.DUPLEX : PipeDirection.OUT;
	}

	PipeDirection direction() {
		return direction(this.toChild, this.fromChild);
	}

	private static RestartPolicy restart(PropertyPath path, Restart properties) {
		Duration delay = path.positive("delay", properties.getDelay());
		if (!(properties.getMultiplier() >= 1) || Double.isInfinite(properties.getMultiplier())) {
			throw path.invalid("multiplier", properties.getMultiplier(), "It must be a number of 1 or more");
		}
		Duration maxDelay = path.positive("max-delay", properties.getMaxDelay());
		if (maxDelay.compareTo(delay) < 0) {
			throw path.invalid("max-delay", PropertyPath.text(maxDelay),
					"It must not be shorter than '%s' (%s)".formatted(path.name("delay"), PropertyPath.text(delay)));
		}
		return new RestartPolicy(properties.getPolicy(), delay, properties.getMultiplier(), maxDelay,
				path.atLeast(-1, "max-attempts", properties.getMaxAttempts()));
	}

	private static Map<String, String> environment(PropertyPath path, Map<String, String> environment) {
		environment.forEach((name, value) -> {
			if (name.indexOf('=') != -1 || name.indexOf('\0') != -1 || value.indexOf('\0') != -1) {
				throw path.invalid("environment", name,
						"The name of a variable must not contain '=' or NUL, nor its value NUL");
			}
		});
		return Map.copyOf(environment);
	}

	private static List<String> command(PropertyPath path, Process properties, @Nullable ChannelSettings toChild,
			@Nullable ChannelSettings fromChild) {
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
		verifyPlaceholder(path, command, "{in}", toChild, "to-child");
		verifyPlaceholder(path, command, "{out}", fromChild, "from-child");
		return List.copyOf(command);
	}

	private static void verifyPlaceholder(PropertyPath path, List<String> command, String placeholder,
			@Nullable ChannelSettings channel, String section) {
		if (channel == null && command.stream().anyMatch((argument) -> argument.contains(placeholder))) {
			throw path.invalid("command", command, "%s stands for a pipe that is not configured; add '%s', or remove %s"
				.formatted(placeholder, path.name(section + ".channel"), placeholder));
		}
	}

	/**
	 * Messages to or from the process.
	 *
	 * @param channel the name of the channel; {@code null} where a gateway has messages
	 * @param framing how messages are marked
	 * @param payload what flows get
	 */
	record ChannelSettings(@Nullable String channel, FramingSettings framing, PayloadSettings payload) {

		static @Nullable ChannelSettings from(PropertyPath path, @Nullable ToChild properties, boolean gateway) {
			return (properties != null) ? from(path, properties, properties.getFraming(),
					PayloadSettings.from(path.child("payload"), properties.getPayload()), gateway) : null;
		}

		static @Nullable ChannelSettings from(PropertyPath path, @Nullable FromChild properties, boolean gateway) {
			return (properties != null) ? from(path, properties, properties.getFraming(),
					PayloadSettings.from(path.child("payload"), properties.getPayload()), gateway) : null;
		}

		private static ChannelSettings from(PropertyPath path, ProcessChannel properties,
				@Nullable OneWayFraming framing, PayloadSettings payload, boolean gateway) {
			return new ChannelSettings(
					(gateway) ? path.optionalText("channel", properties.getChannel(), PipeSettings.CHANNEL_NEEDED)
							: path.text("channel", properties.getChannel(), PipeSettings.CHANNEL_NEEDED),
					FramingSettings.from(path.child("framing"), framing, FramingType.LINE, payload.charset()), payload);
		}

	}

	/**
	 * Requests from a channel to the process.
	 *
	 * @param channel the name of the channel
	 * @param replyTimeout how long to wait for a reply
	 * @param onTimeout what happens to a process that gives none
	 */
	record GatewaySettings(String channel, Duration replyTimeout, OnTimeout onTimeout) {

		static @Nullable GatewaySettings from(PropertyPath path, @Nullable ProcessGateway properties) {
			return (properties != null)
					? new GatewaySettings(path.text("channel", properties.getChannel(), PipeSettings.CHANNEL_NEEDED),
							path.positive("reply-timeout", properties.getReplyTimeout()), properties.getOnTimeout())
					: null;
		}

	}

	/**
	 * What waits for the process.
	 *
	 * @param capacity how many messages may wait
	 * @param overflow what happens when so many wait
	 */
	record QueueSettings(int capacity, OverflowPolicy overflow) {

		static @Nullable QueueSettings from(PropertyPath path, @Nullable ToChild properties) {
			return (properties != null) ? new QueueSettings(
					path.atLeast(1, "queue-capacity", properties.getQueueCapacity()), properties.getOverflow()) : null;
		}

	}

}
