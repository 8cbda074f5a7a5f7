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

import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.integration.config.ConsumerEndpointFactoryBean;
import org.springframework.messaging.MessageHandler;

import io.namedpipe.autoconfigure.NamedPipeProperties.Client;
import io.namedpipe.autoconfigure.NamedPipeProperties.OnTimeout;
import io.namedpipe.autoconfigure.NamedPipeProperties.Pipe;
import io.namedpipe.autoconfigure.NamedPipeProperties.Process;
import io.namedpipe.autoconfigure.NamedPipeProperties.Server;
import io.namedpipe.autoconfigure.PipeSettings.InboundSettings;
import io.namedpipe.autoconfigure.PipeSettings.OutboundSettings;
import io.namedpipe.autoconfigure.ProcessSettings.ChannelSettings;
import io.namedpipe.integration.NamedPipe;
import io.namedpipe.integration.NamedPipeClient;
import io.namedpipe.integration.NamedPipeProcess;
import io.namedpipe.integration.NamedPipeServer;
import io.namedpipe.integration.inbound.NamedPipeInboundChannelAdapter;
import io.namedpipe.integration.inbound.NamedPipeInboundGateway;
import io.namedpipe.integration.outbound.NamedPipeOutboundChannelAdapter;
import io.namedpipe.integration.outbound.NamedPipeOutboundGateway;
import io.namedpipe.integration.outbound.NamedPipeProcessGateway;

/**
 * Makes the endpoints of entries.
 */
class Endpoints implements BeanFactoryAware {

	@SuppressWarnings("NullAway.Init")
	private ConfigurableListableBeanFactory beanFactory;

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		this.beanFactory = (ConfigurableListableBeanFactory) beanFactory;
	}

	NamedPipeInboundChannelAdapter inbound(PropertyPath entry, NamedPipe pipe, Pipe properties) {
		PropertyPath path = entry.child("inbound");
		InboundSettings settings = required(InboundSettings.from(path, properties.getInbound()));
		NamedPipeInboundChannelAdapter adapter = inbound(path, pipe, settings.channel());
		adapter.setOnError(settings.onError());
		if (settings.errorChannel() != null) {
			adapter.setErrorChannelName(settings.errorChannel());
		}
		return adapter;
	}

	NamedPipeInboundChannelAdapter fromChild(PropertyPath entry, NamedPipe pipe, Process properties) {
		PropertyPath path = entry.child("from-child");
		ChannelSettings settings = required(ChannelSettings.from(path, properties.getFromChild(), false));
		return inbound(path, pipe, required(settings.channel()));
	}

	private NamedPipeInboundChannelAdapter inbound(PropertyPath path, NamedPipe pipe, String channel) {
		NamedPipeInboundChannelAdapter adapter = new NamedPipeInboundChannelAdapter(pipe);
		adapter.setOutputChannelName(channel(path, "channel", channel));
		return adapter;
	}

	ConsumerEndpointFactoryBean toChildConsumer(PropertyPath entry, MessageHandler handler, Process properties) {
		PropertyPath path = entry.child("to-child");
		return consumer(path, required(required(ChannelSettings.from(path, properties.getToChild(), false)).channel()),
				handler);
	}

	NamedPipeProcessGateway gateway(PropertyPath entry, NamedPipeProcess process, Process properties) {
		ProcessSettings.GatewaySettings settings = required(
				ProcessSettings.GatewaySettings.from(entry.child("gateway"), properties.getGateway()));
		NamedPipeProcessGateway gateway = new NamedPipeProcessGateway(process);
		gateway.setReplyTimeout(settings.replyTimeout());
		gateway.setRestartOnTimeout(settings.onTimeout() == OnTimeout.RESTART);
		return gateway;
	}

	ConsumerEndpointFactoryBean gatewayConsumer(PropertyPath entry, MessageHandler handler, Process properties) {
		PropertyPath path = entry.child("gateway");
		return consumer(path, required(ProcessSettings.GatewaySettings.from(path, properties.getGateway())).channel(),
				handler);
	}

	NamedPipeOutboundChannelAdapter toChild(NamedPipe pipe) {
		return new NamedPipeOutboundChannelAdapter(pipe);
	}

	NamedPipeOutboundChannelAdapter outbound(PropertyPath entry, NamedPipe pipe, Pipe properties) {
		OutboundSettings settings = required(outboundSettings(entry.child("outbound"), properties));
		NamedPipeOutboundChannelAdapter adapter = new NamedPipeOutboundChannelAdapter(pipe);
		adapter.setWithoutConnection(settings.withoutConnection());
		adapter.setUnknownConnection(settings.unknownConnection());
		return adapter;
	}

	private static @Nullable OutboundSettings outboundSettings(PropertyPath path, Pipe properties) {
		boolean receiving = properties.getInbound() != null
				|| (properties instanceof Server server && server.getGateway() != null);
		return OutboundSettings.from(path, properties.getOutbound(), properties instanceof Server, receiving);
	}

	ConsumerEndpointFactoryBean outboundConsumer(PropertyPath entry, MessageHandler handler, Pipe properties) {
		PropertyPath path = entry.child("outbound");
		return consumer(path, required(outboundSettings(path, properties)).channel(), handler);
	}

	NamedPipeInboundGateway gateway(PropertyPath entry, NamedPipe server, Server properties) {
		PropertyPath path = entry.child("gateway");
		ServerSettings.GatewaySettings settings = required(
				ServerSettings.GatewaySettings.from(path, properties.getGateway()));
		if (settings.impersonateClient() && server instanceof NamedPipeServer pipe) {
			pipe.runAsClientObstacle().ifPresent((obstacle) -> {
				throw path.invalid("impersonate-client", true,
						"This process cannot run as its clients, which takes "
								+ "Windows, or Linux with the user root and net.java.dev.jna:jna on the class path: "
								+ obstacle + "; set 'false'");
			});
		}
		NamedPipeInboundGateway gateway = new NamedPipeInboundGateway(server);
		gateway.setRequestChannelName(channel(path, "channel", settings.channel()));
		gateway.setReplyTimeout(settings.replyTimeout());
		gateway.setImpersonateClient(settings.impersonateClient());
		if (settings.errorChannel() != null) {
			gateway.setErrorChannelName(settings.errorChannel());
		}
		return gateway;
	}

	NamedPipeOutboundGateway gateway(PropertyPath entry, NamedPipeClient client, Client properties) {
		ClientSettings.GatewaySettings settings = required(
				ClientSettings.GatewaySettings.from(entry.child("gateway"), properties.getGateway()));
		NamedPipeOutboundGateway gateway = new NamedPipeOutboundGateway(client);
		gateway.setReplyTimeout(settings.replyTimeout());
		gateway.setMaxConnections(settings.maxConnections());
		gateway.setConnections(settings.connections());
		return gateway;
	}

	ConsumerEndpointFactoryBean gatewayConsumer(PropertyPath entry, MessageHandler handler, Client properties) {
		PropertyPath path = entry.child("gateway");
		return consumer(path, required(ClientSettings.GatewaySettings.from(path, properties.getGateway())).channel(),
				handler);
	}

	private ConsumerEndpointFactoryBean consumer(PropertyPath path, String channel, MessageHandler handler) {
		ConsumerEndpointFactoryBean consumer = new ConsumerEndpointFactoryBean();
		consumer.setInputChannelName(channel(path, "channel", channel));
		consumer.setHandler(handler);
		return consumer;
	}

	private String channel(PropertyPath path, String property, String channel) {
		ChannelBeans.verify(this.beanFactory, path.name(property), channel);
		return channel;
	}

	private static <T> T required(@Nullable T settings) {
		return Objects.requireNonNull(settings, "The section has vanished since the beans were registered");
	}

}
