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
import io.namedpipe.autoconfigure.NamedPipeProperties.Inbound;
import io.namedpipe.autoconfigure.NamedPipeProperties.Pipe;
import io.namedpipe.autoconfigure.NamedPipeProperties.Process;
import io.namedpipe.autoconfigure.NamedPipeProperties.Server;
import io.namedpipe.autoconfigure.NamedPipeProperties.ServerGateway;
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
		Inbound inbound = required(properties.getInbound());
		NamedPipeInboundChannelAdapter adapter = new NamedPipeInboundChannelAdapter(pipe);
		EndpointPropertiesMapper.map(path, inbound, adapter);
		verifyChannel(path, inbound.getChannel());
		return adapter;
	}

	NamedPipeInboundChannelAdapter fromChild(PropertyPath entry, NamedPipe pipe, Process properties) {
		NamedPipeInboundChannelAdapter adapter = new NamedPipeInboundChannelAdapter(pipe);
		adapter.setOutputChannelName(
				verifyChannel(entry.child("from-child"), required(properties.getFromChild()).getChannel()));
		return adapter;
	}

	NamedPipeOutboundChannelAdapter toChild(NamedPipe pipe) {
		return new NamedPipeOutboundChannelAdapter(pipe);
	}

	ConsumerEndpointFactoryBean toChildConsumer(PropertyPath entry, MessageHandler handler, Process properties) {
		return consumer(entry.child("to-child"), required(properties.getToChild()).getChannel(), handler);
	}

	NamedPipeProcessGateway gateway(PropertyPath entry, NamedPipeProcess process, Process properties) {
		NamedPipeProcessGateway gateway = new NamedPipeProcessGateway(process);
		EndpointPropertiesMapper.map(entry.child("gateway"), required(properties.getGateway()), gateway);
		return gateway;
	}

	ConsumerEndpointFactoryBean gatewayConsumer(PropertyPath entry, MessageHandler handler, Process properties) {
		return consumer(entry.child("gateway"), required(properties.getGateway()).getChannel(), handler);
	}

	NamedPipeOutboundChannelAdapter outbound(NamedPipe pipe, Pipe properties) {
		NamedPipeOutboundChannelAdapter adapter = new NamedPipeOutboundChannelAdapter(pipe);
		EndpointPropertiesMapper.map(properties, required(properties.getOutbound()), adapter);
		return adapter;
	}

	ConsumerEndpointFactoryBean outboundConsumer(PropertyPath entry, MessageHandler handler, Pipe properties) {
		return consumer(entry.child("outbound"), required(properties.getOutbound()).getChannel(), handler);
	}

	NamedPipeInboundGateway gateway(PropertyPath entry, NamedPipe server, Server properties) {
		PropertyPath path = entry.child("gateway");
		ServerGateway section = required(properties.getGateway());
		NamedPipeInboundGateway gateway = new NamedPipeInboundGateway(server);
		EndpointPropertiesMapper.map(path, section, gateway);
		verifyChannel(path, section.getChannel());
		if (section.isImpersonateClient() && server instanceof NamedPipeServer pipe) {
			pipe.runAsClientObstacle().ifPresent((obstacle) -> {
				throw path.invalid("impersonate-client", true,
						"This process cannot run as its clients, which takes "
								+ "Windows, or Linux with the user root and net.java.dev.jna:jna on the class path: "
								+ obstacle + "; set 'false'");
			});
		}
		return gateway;
	}

	NamedPipeOutboundGateway gateway(PropertyPath entry, NamedPipeClient client, Client properties) {
		NamedPipeOutboundGateway gateway = new NamedPipeOutboundGateway(client);
		EndpointPropertiesMapper.map(entry.child("gateway"), required(properties.getGateway()), gateway);
		return gateway;
	}

	ConsumerEndpointFactoryBean gatewayConsumer(PropertyPath entry, MessageHandler handler, Client properties) {
		return consumer(entry.child("gateway"), required(properties.getGateway()).getChannel(), handler);
	}

	private ConsumerEndpointFactoryBean consumer(PropertyPath path, @Nullable String channel, MessageHandler handler) {
		ConsumerEndpointFactoryBean consumer = new ConsumerEndpointFactoryBean();
		consumer.setInputChannelName(verifyChannel(path, channel));
		consumer.setHandler(handler);
		return consumer;
	}

	private String verifyChannel(PropertyPath path, @Nullable String channel) {
		String name = EndpointPropertiesMapper.channel(path, channel);
		ChannelBeans.verify(this.beanFactory, path.name("channel"), name);
		return name;
	}

	private static <T> T required(@Nullable T section) {
		return Objects.requireNonNull(section, "The section has vanished since the beans were registered");
	}

}
