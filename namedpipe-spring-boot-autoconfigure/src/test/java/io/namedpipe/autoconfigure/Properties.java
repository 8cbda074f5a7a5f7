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

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import io.namedpipe.PipeClient;
import io.namedpipe.PipeException;
import io.namedpipe.PipeProcess;
import io.namedpipe.PipeServer;
import io.namedpipe.autoconfigure.NamedPipeProperties.Client;
import io.namedpipe.autoconfigure.NamedPipeProperties.Pipe;
import io.namedpipe.autoconfigure.NamedPipeProperties.Process;
import io.namedpipe.autoconfigure.NamedPipeProperties.Server;
import io.namedpipe.integration.NamedPipe;
import io.namedpipe.integration.NamedPipeBuilder;
import io.namedpipe.integration.NamedPipeClient;
import io.namedpipe.integration.NamedPipeProcess;
import io.namedpipe.integration.NamedPipeServer;
import io.namedpipe.integration.inbound.NamedPipeInboundChannelAdapter;
import io.namedpipe.integration.inbound.NamedPipeInboundGateway;
import io.namedpipe.integration.outbound.NamedPipeOutboundChannelAdapter;
import io.namedpipe.integration.outbound.NamedPipeOutboundGateway;
import io.namedpipe.integration.outbound.NamedPipeProcessGateway;

/**
 * Binds {@code namedpipe.*} properties given as {@code key=value} pairs, and maps them.
 */
final class Properties {

	private Properties() {
	}

	static NamedPipeProperties bind(String... pairs) {
		Map<String, String> source = new LinkedHashMap<>();
		Arrays.stream(pairs)
			.map((pair) -> pair.split("=", 2))
			.forEach((pair) -> source.put("namedpipe." + pair[0], pair[1]));
		return new Binder(new MapConfigurationPropertySource(source)).bindOrCreate("namedpipe",
				NamedPipeProperties.class);
	}

	static Mapped<NamedPipeServer.Builder, NamedPipeInboundGateway> server(String... pairs) {
		return server("orders", bind(prefix("server.orders", pairs)));
	}

	static Mapped<NamedPipeServer.Builder, NamedPipeInboundGateway> server(String name,
			NamedPipeProperties properties) {
		Server server = properties.getServer().get(name);
		PropertyPath path = PropertyPath.server(name);
		NamedPipeServer.Builder builder = new ServerPropertiesMapper(common(properties)).map(name, server);
		NamedPipe pipe = build(NamedPipeServer.builder(name, PipeServer.builder("any")));
		NamedPipeInboundGateway gateway = null;
		if (server.getGateway() != null) {
			gateway = new NamedPipeInboundGateway(pipe);
			EndpointPropertiesMapper.map(path.child("gateway"), server.getGateway(), gateway);
		}
		return new Mapped<>(builder, inbound(path, server, pipe), outbound(path, server, pipe), gateway);
	}

	static Mapped<NamedPipeClient.Builder, NamedPipeOutboundGateway> client(String... pairs) {
		NamedPipeProperties properties = bind(prefix("client.billing", pairs));
		Client client = properties.getClient().get("billing");
		PropertyPath path = PropertyPath.client("billing");
		NamedPipeClient.Builder builder = new ClientPropertiesMapper(common(properties)).map("billing", client);
		NamedPipeClient pipe = build(NamedPipeClient.builder("billing", PipeClient.builder("any")));
		NamedPipeOutboundGateway gateway = null;
		if (client.getGateway() != null) {
			EndpointPropertiesMapper.channel(path.child("gateway"), client.getGateway().getChannel());
			gateway = new NamedPipeOutboundGateway(pipe);
			EndpointPropertiesMapper.map(path.child("gateway"), client.getGateway(), gateway);
		}
		return new Mapped<>(builder, inbound(path, client, pipe), outbound(path, client, pipe), gateway);
	}

	static PipeClient.Builder sockets(String... pairs) {
		NamedPipeProperties properties = bind(prefix("client.billing", pairs));
		Client client = properties.getClient().get("billing");
		client.setSocketFactory(true);
		return new ClientPropertiesMapper(common(properties)).mapSockets("billing", client);
	}

	static Mapped<NamedPipeProcess.Builder, NamedPipeProcessGateway> process(String... pairs) {
		Process process = bind(prefix("process.worker", pairs)).getProcess().get("worker");
		PropertyPath path = PropertyPath.process("worker");
		NamedPipeProcess.Builder builder = new ProcessPropertiesMapper(Framings.withoutBeans()).map("worker", process);
		NamedPipeProcessGateway gateway = null;
		if (process.getGateway() != null) {
			EndpointPropertiesMapper.channel(path.child("gateway"), process.getGateway().getChannel());
			gateway = new NamedPipeProcessGateway(
					build(NamedPipeProcess.builder("worker", PipeProcess.builder(List.of("any")))));
			EndpointPropertiesMapper.map(path.child("gateway"), process.getGateway(), gateway);
		}
		else {
			if (process.getToChild() != null) {
				EndpointPropertiesMapper.channel(path.child("to-child"), process.getToChild().getChannel());
			}
			if (process.getFromChild() != null) {
				EndpointPropertiesMapper.channel(path.child("from-child"), process.getFromChild().getChannel());
			}
		}
		return new Mapped<>(builder, null, null, gateway);
	}

	private static PipePropertiesMapper common(NamedPipeProperties properties) {
		return new PipePropertiesMapper(properties.getDirectory(), Framings.withoutBeans(), null, List.of());
	}

	private static @Nullable NamedPipeInboundChannelAdapter inbound(PropertyPath path, Pipe properties,
			NamedPipe pipe) {
		if (properties.getInbound() == null) {
			return null;
		}
		NamedPipeInboundChannelAdapter adapter = new NamedPipeInboundChannelAdapter(pipe);
		EndpointPropertiesMapper.map(path.child("inbound"), properties.getInbound(), adapter);
		return adapter;
	}

	private static @Nullable NamedPipeOutboundChannelAdapter outbound(PropertyPath path, Pipe properties,
			NamedPipe pipe) {
		if (properties.getOutbound() == null) {
			return null;
		}
		EndpointPropertiesMapper.channel(path.child("outbound"), properties.getOutbound().getChannel());
		NamedPipeOutboundChannelAdapter adapter = new NamedPipeOutboundChannelAdapter(pipe);
		EndpointPropertiesMapper.map(properties, properties.getOutbound(), adapter);
		return adapter;
	}

	@SuppressWarnings("unchecked")
	private static <P extends NamedPipe> P build(NamedPipeBuilder<?> builder) {
		try {
			return (P) builder.build();
		}
		catch (PipeException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String[] prefix(String prefix, String... pairs) {
		String[] result = new String[pairs.length + 1];
		result[0] = prefix + ".enabled=true";
		for (int i = 0; i < pairs.length; i++) {
			result[i + 1] = prefix + "." + pairs[i];
		}
		return result;
	}

	/**
	 * What has become of the properties of an entry.
	 *
	 * @param builder the builder of the server, client or process
	 * @param inbound the endpoint that reads, if there is one
	 * @param outbound the endpoint that writes, if there is one
	 * @param gateway the endpoint for requests and replies, if there is one
	 * @param <B> the type of the builder
	 * @param <G> the type of the endpoint for requests and replies
	 */
	record Mapped<B, G>(B builder, @Nullable NamedPipeInboundChannelAdapter inbound,
			@Nullable NamedPipeOutboundChannelAdapter outbound, @Nullable G gateway) {
	}

}
