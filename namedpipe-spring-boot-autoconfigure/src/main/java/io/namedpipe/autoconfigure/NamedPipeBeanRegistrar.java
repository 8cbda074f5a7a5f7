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
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanRegistrar;
import org.springframework.beans.factory.BeanRegistry;
import org.springframework.beans.factory.BeanRegistry.SupplierContext;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.integration.config.ConsumerEndpointFactoryBean;
import org.springframework.messaging.MessageHandler;

import io.namedpipe.PipeClient;
import io.namedpipe.PipeException;
import io.namedpipe.autoconfigure.NamedPipeProperties.Client;
import io.namedpipe.autoconfigure.NamedPipeProperties.Pipe;
import io.namedpipe.autoconfigure.NamedPipeProperties.Process;
import io.namedpipe.autoconfigure.NamedPipeProperties.Server;
import io.namedpipe.integration.NamedPipe;
import io.namedpipe.integration.NamedPipeClient;
import io.namedpipe.integration.NamedPipeProcess;
import io.namedpipe.integration.NamedPipeServer;
import io.namedpipe.integration.inbound.NamedPipeInboundChannelAdapter;
import io.namedpipe.integration.inbound.NamedPipeInboundGateway;
import io.namedpipe.integration.outbound.NamedPipeOutboundChannelAdapter;
import io.namedpipe.integration.outbound.NamedPipeOutboundGateway;
import io.namedpipe.integration.outbound.NamedPipeProcessGateway;
import io.namedpipe.socket.NamedPipeSocketFactory;

/**
 * Registers the beans of each enabled entry: a server, client or process, and an endpoint
 * for each section that is there. What they are like is decided when they are created, by
 * the bound properties and the factories.
 */
class NamedPipeBeanRegistrar implements BeanRegistrar {

	@Override
	public void register(BeanRegistry registry, Environment environment) {
		if (!NamedPipeProperties.mayHavePipes(environment)) {
			return;
		}
		if (environment instanceof ConfigurableEnvironment configurable) {
			PinnedPropertyValues.keep(configurable);
		}
		NamedPipeProperties properties = NamedPipeProperties.from(environment);
		if (!properties.isEnabled()) {
			// the condition was met when the application was built, if it was processed
			// ahead of time: what it has of flows still needs its channels
			registerChannels(registry, ConfiguredChannels.of(properties));
			return;
		}
		LogicalNameValidator.verifyUnique(properties, ConfigurationPropertySources.get(environment));
		boolean any = false;
		for (Map.Entry<String, Server> server : properties.getServer().entrySet()) {
			if (server.getValue().isEnabled()) {
				registerServer(registry, server.getKey(), server.getValue());
				any = true;
			}
		}
		for (Map.Entry<String, Client> client : properties.getClient().entrySet()) {
			if (client.getValue().isEnabled()) {
				registerClient(registry, client.getKey(), client.getValue());
				any = true;
			}
		}
		for (Map.Entry<String, Process> process : properties.getProcess().entrySet()) {
			if (process.getValue().isEnabled()) {
				registerProcess(registry, process.getKey(), process.getValue());
				any = true;
			}
		}
		if (properties.getClient()
			.values()
			.stream()
			.anyMatch((client) -> client.isEnabled() && client.isSocketFactory())) {
			registerBean(registry, "namedPipeSocketClients", SocketClients.class, (context) -> new SocketClients());
		}
		if (any) {
			registerCommon(registry, ConfiguredChannels.of(properties));
		}
	}

	/**
	 * What the beans of the entries need, which is not there without any.
	 */
	private void registerCommon(BeanRegistry registry, ConfiguredChannels channels) {
		registerChannels(registry, channels);
		registerBean(registry, "namedPipeChannelConsumersCheck", ChannelConsumersCheck.class,
				(context) -> new ChannelConsumersCheck(context.bean(NamedPipeProperties.class),
						context.bean(MissingChannelsPostProcessor.class)));
		registerBean(registry, "namedPipeLazyInitializationExcludeFilter", LazyInitializationExcludeFilter.class,
				(context) -> new NamedPipeLazyInitializationExcludeFilter());
		registerBean(registry, "namedPipeEndpoints", Endpoints.class, (context) -> new Endpoints());
	}

	private void registerChannels(BeanRegistry registry, ConfiguredChannels channels) {
		registerBean(registry, "namedPipeMissingChannels", MissingChannelsPostProcessor.class,
				(context) -> new MissingChannelsPostProcessor(channels));
		registerBean(registry, "namedPipeFlowChannels", FlowChannelsPostProcessor.class,
				(context) -> new FlowChannelsPostProcessor(context.bean(MissingChannelsPostProcessor.class)));
	}

	private static <T> void registerBean(BeanRegistry registry, String name, Class<T> type,
			Function<SupplierContext, T> supplier) {
		registry.registerBean(name, type, (spec) -> spec.infrastructure().supplier(supplier));
	}

	private void registerServer(BeanRegistry registry, String name, Server server) {
		Entry<NamedPipeServer, Server> entry = new Entry<>(registry, PropertyPath.server(name),
				NamedPipeBeanNames.server(name), NamedPipeServer.class,
				(properties) -> get(properties.getServer(), name));
		entry.register("", NamedPipeServer.class, (context) -> context.bean(NamedPipeServerFactory.class)
			.createServer(name, CheckedProperties.server(name, directory(context), entry.properties(context))));
		registerAdapters(entry, server);
		if (server.getGateway() != null) {
			entry.register(NamedPipeBeanNames.GATEWAY, NamedPipeInboundGateway.class,
					(context) -> context.bean(Endpoints.class)
						.gateway(entry.path(), entry.pipe(context), entry.properties(context)));
		}
	}

	private void registerClient(BeanRegistry registry, String name, Client client) {
		if (client.isSocketFactory()) {
			registerSocketFactory(registry, name);
			return;
		}
		Entry<NamedPipeClient, Client> entry = new Entry<>(registry, PropertyPath.client(name),
				NamedPipeBeanNames.client(name), NamedPipeClient.class,
				(properties) -> get(properties.getClient(), name));
		entry.register("", NamedPipeClient.class, (context) -> context.bean(NamedPipeClientFactory.class)
			.createClient(name, CheckedProperties.client(name, directory(context), entry.properties(context))));
		registerAdapters(entry, client);
		if (client.getGateway() != null) {
			entry.registerConsumer(NamedPipeBeanNames.GATEWAY, NamedPipeOutboundGateway.class,
					(context) -> context.bean(Endpoints.class)
						.gateway(entry.path(), entry.pipe(context), entry.properties(context)),
					(context, handler) -> context.bean(Endpoints.class)
						.gatewayConsumer(entry.path(), handler, entry.properties(context)));
		}
	}

	private void registerSocketFactory(BeanRegistry registry, String name) {
		PropertyPath path = PropertyPath.client(name);
		registry.registerBean(NamedPipeBeanNames.socketFactory(name), NamedPipeSocketFactory.class,
				(spec) -> spec.description(description(path)).supplier((context) -> {
					PipeClient client = socketClient(context, name);
					return path.checked(SocketFactoryRules.PROPERTY, true,
							(wanted) -> new NamedPipeSocketFactory(client));
				}));
	}

	private static PipeClient socketClient(SupplierContext context, String name) {
		ClientPropertiesMapper mapper = new ClientPropertiesMapper(context.bean(PipePropertiesMapper.class));
		Client properties = get(context.bean(NamedPipeProperties.class).getClient(), name);
		PipeClient client = build(PropertyPath.client(name), mapper.mapSockets(name, properties));
		return context.bean(SocketClients.class).add(client);
	}

	private static PipeClient build(PropertyPath path, PipeClient.Builder builder) {
		try {
			return builder.build();
		}
		catch (PipeException ex) {
			throw PipeStartException.of(path, ex);
		}
	}

	private void registerProcess(BeanRegistry registry, String name, Process process) {
		Entry<NamedPipeProcess, Process> entry = new Entry<>(registry, PropertyPath.process(name),
				NamedPipeBeanNames.process(name), NamedPipeProcess.class,
				(properties) -> get(properties.getProcess(), name));
		entry.register("", NamedPipeProcess.class, (context) -> context.bean(NamedPipeProcessFactory.class)
			.createProcess(name, CheckedProperties.process(name, entry.properties(context))));
		if (process.getGateway() != null) {
			entry.registerConsumer(NamedPipeBeanNames.GATEWAY, NamedPipeProcessGateway.class,
					(context) -> context.bean(Endpoints.class)
						.gateway(entry.path(), entry.pipe(context), entry.properties(context)),
					(context, handler) -> context.bean(Endpoints.class)
						.gatewayConsumer(entry.path(), handler, entry.properties(context)));
		}
		else if (process.getFromChild() != null) {
			entry.register(NamedPipeBeanNames.INBOUND, NamedPipeInboundChannelAdapter.class,
					(context) -> context.bean(Endpoints.class)
						.fromChild(entry.path(), entry.pipe(context), entry.properties(context)));
		}
		if (process.getToChild() != null
				&& (process.getGateway() == null || process.getToChild().getChannel() != null)) {
			entry.registerConsumer(NamedPipeBeanNames.OUTBOUND, NamedPipeOutboundChannelAdapter.class,
					(context) -> context.bean(Endpoints.class).toChild(entry.pipe(context)),
					(context, handler) -> context.bean(Endpoints.class)
						.toChildConsumer(entry.path(), handler, entry.properties(context)));
		}
	}

	private static void registerAdapters(Entry<?, ? extends Pipe> entry, Pipe pipe) {
		if (pipe.getInbound() != null) {
			entry.register(NamedPipeBeanNames.INBOUND, NamedPipeInboundChannelAdapter.class,
					(context) -> context.bean(Endpoints.class)
						.inbound(entry.path(), entry.pipe(context), entry.properties(context)));
		}
		if (pipe.getOutbound() != null) {
			entry.registerConsumer(NamedPipeBeanNames.OUTBOUND, NamedPipeOutboundChannelAdapter.class,
					(context) -> context.bean(Endpoints.class).outbound(entry.pipe(context), entry.properties(context)),
					(context, handler) -> context.bean(Endpoints.class)
						.outboundConsumer(entry.path(), handler, entry.properties(context)));
		}
	}

	private static String description(PropertyPath path) {
		return "from '" + path.prefix() + "'";
	}

	private static @Nullable Path directory(SupplierContext context) {
		return context.bean(NamedPipeProperties.class).getDirectory();
	}

	private static <V> V get(Map<String, V> entries, String name) {
		return Objects.requireNonNull((@Nullable V) entries.get(name),
				"The entry has vanished since the beans were registered");
	}

	/**
	 * An entry of the configuration, and the names of its beans.
	 *
	 * @param <P> the type of pipe
	 * @param <E> the type of its properties
	 */
	private record Entry<P extends NamedPipe, E>(BeanRegistry registry, PropertyPath path, String beanName,
			Class<P> type, Function<NamedPipeProperties, E> lookup) {

		P pipe(SupplierContext context) {
			return context.bean(this.beanName, this.type);
		}

		E properties(SupplierContext context) {
			return this.lookup.apply(context.bean(NamedPipeProperties.class));
		}

		<T> void register(String suffix, Class<T> type, Function<SupplierContext, T> supplier) {
			registerBean(this.beanName + suffix, type, supplier);
		}

		<T extends MessageHandler> void registerConsumer(String suffix, Class<T> type,
				Function<SupplierContext, T> handler, ConsumerSupplier consumer) {
			String endpointName = this.beanName + suffix;
			String handlerName = NamedPipeBeanNames.handler(endpointName);
			registerBean(handlerName, type, handler);
			registerBean(endpointName, ConsumerEndpointFactoryBean.class,
					(context) -> consumer.get(context, context.bean(handlerName, type)));
		}

		private <T> void registerBean(String name, Class<T> type, Function<SupplierContext, T> supplier) {
			this.registry.registerBean(name, type,
					(spec) -> spec.description(description(this.path)).supplier(supplier));
		}

	}

	/**
	 * Makes the endpoint that calls a handler.
	 */
	@FunctionalInterface
	private interface ConsumerSupplier {

		ConsumerEndpointFactoryBean get(SupplierContext context, MessageHandler handler);

	}

}
