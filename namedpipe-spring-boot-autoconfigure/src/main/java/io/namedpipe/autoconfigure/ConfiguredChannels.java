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

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.namedpipe.autoconfigure.NamedPipeProperties.Client;
import io.namedpipe.autoconfigure.NamedPipeProperties.Pipe;
import io.namedpipe.autoconfigure.NamedPipeProperties.Process;
import io.namedpipe.autoconfigure.NamedPipeProperties.ProcessChannel;
import io.namedpipe.autoconfigure.NamedPipeProperties.Server;

/**
 * The channels that enabled entries name. The properties need not have been checked yet.
 *
 * @param written properties of channels that messages from pipes are sent to, by channel,
 * of entries that start with the application
 * @param all properties of all channels but those for errors, by channel
 * @param errors properties of channels for errors, by channel
 * @param consumers properties of channels that messages to pipes are taken from, by
 * channel
 */
record ConfiguredChannels(Map<String, String> written, Map<String, String> all, Map<String, String> errors,
		Map<String, List<String>> consumers) {

	static ConfiguredChannels of(NamedPipeProperties properties) {
		ConfiguredChannels channels = new ConfiguredChannels(new LinkedHashMap<>(), new LinkedHashMap<>(),
				new LinkedHashMap<>(), new LinkedHashMap<>());
		for (Map.Entry<String, Server> server : properties.getServer().entrySet()) {
			channels.addServer(PropertyPath.server(server.getKey()), server.getValue());
		}
		for (Map.Entry<String, Client> client : properties.getClient().entrySet()) {
			channels.addClient(PropertyPath.client(client.getKey()), client.getValue());
		}
		for (Map.Entry<String, Process> process : properties.getProcess().entrySet()) {
			channels.addProcess(PropertyPath.process(process.getKey()), process.getValue());
		}
		return channels;
	}

	private void addServer(PropertyPath path, Server server) {
		if (server.isEnabled()) {
			addPipe(path, server);
			if (server.getGateway() != null) {
				add(path.name("gateway.channel"), server.getGateway().getChannel(), server.isAutoStartup());
				addErrors(path.name("gateway.error-channel"), server.getGateway().getErrorChannel());
			}
		}
	}

	private void addClient(PropertyPath path, Client client) {
		if (client.isEnabled()) {
			addPipe(path, client);
			if (client.getGateway() != null) {
				add(path.name("gateway.channel"), client.getGateway().getChannel(), false);
				addConsumer(path.name("gateway.channel"), client.getGateway().getChannel());
			}
		}
	}

	private void addPipe(PropertyPath path, Pipe pipe) {
		if (pipe.getInbound() != null) {
			add(path.name("inbound.channel"), pipe.getInbound().getChannel(), pipe.isAutoStartup());
			addErrors(path.name("inbound.error-channel"), pipe.getInbound().getErrorChannel());
		}
		if (pipe.getOutbound() != null) {
			add(path.name("outbound.channel"), pipe.getOutbound().getChannel(), false);
			addConsumer(path.name("outbound.channel"), pipe.getOutbound().getChannel());
		}
	}

	private void addProcess(PropertyPath path, Process process) {
		if (process.isEnabled()) {
			add(path.name("to-child.channel"), channel(process.getToChild()), false);
			addConsumer(path.name("to-child.channel"), channel(process.getToChild()));
			add(path.name("from-child.channel"), channel(process.getFromChild()), process.isAutoStartup());
			if (process.getGateway() != null) {
				add(path.name("gateway.channel"), process.getGateway().getChannel(), false);
				addConsumer(path.name("gateway.channel"), process.getGateway().getChannel());
			}
		}
	}

	private static @Nullable String channel(@Nullable ProcessChannel channel) {
		return (channel != null) ? channel.getChannel() : null;
	}

	private void add(String property, @Nullable String channel, boolean written) {
		if (channel != null && !channel.isBlank()) {
			this.all.putIfAbsent(channel, property);
			if (written) {
				this.written.putIfAbsent(channel, property);
			}
		}
	}

	private void addConsumer(String property, @Nullable String channel) {
		if (channel != null && !channel.isBlank()) {
			this.consumers.computeIfAbsent(channel, (key) -> new ArrayList<>()).add(property);
		}
	}

	private void addErrors(String property, @Nullable String channel) {
		if (channel != null && !channel.isBlank()) {
			this.errors.putIfAbsent(channel, property);
		}
	}

}
