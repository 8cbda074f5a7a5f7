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

import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.SmartLifecycle;
import org.springframework.integration.channel.AbstractSubscribableChannel;
import org.springframework.integration.channel.BroadcastCapableChannel;
import org.springframework.integration.endpoint.IntegrationConsumer;

import io.namedpipe.integration.NamedPipe;

/**
 * Verifies that there are the channels for errors, and that somebody consumes from the
 * channels that messages from pipes go to. It takes place when all consumers are started
 * and before anything is read, the latter only for channels that nobody declared: those
 * may be subscribed to later.
 */
class ChannelConsumersCheck implements SmartInitializingSingleton, SmartLifecycle, BeanFactoryAware {

	private static final Log logger = LogFactory.getLog(ChannelConsumersCheck.class);

	private static final int JUST_BEFORE_PRODUCERS = Integer.MAX_VALUE / 2 - 1;

	private final NamedPipeProperties properties;

	private final MissingChannelsPostProcessor missingChannels;

	@SuppressWarnings("NullAway.Init")
	private ListableBeanFactory beanFactory;

	private volatile boolean running;

	ChannelConsumersCheck(NamedPipeProperties properties, MissingChannelsPostProcessor missingChannels) {
		this.properties = properties;
		this.missingChannels = missingChannels;
	}

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		this.beanFactory = (ListableBeanFactory) beanFactory;
	}

	/**
	 * Not before all beans exist, as a flow may be what makes its channel, and before
	 * anybody looks for one without knowing which property names it.
	 */
	@Override
	public void afterSingletonsInstantiated() {
		ConfiguredChannels.of(this.properties)
			.errors()
			.forEach((channel, property) -> ChannelBeans.verify(this.beanFactory, property, channel));
	}

	@Override
	public void start() {
		ConfiguredChannels channels = ConfiguredChannels.of(this.properties);
		channels.written().forEach((channel, property) -> {
			if (this.missingChannels.isUndeclared(channel) && !isConsumed(channel)) {
				throw new ChannelWithoutConsumerException(property, channel);
			}
		});
		channels.consumers().forEach(this::warnIfMessagesAlternate);
		this.beanFactory.getBeansOfType(NamedPipe.class, false, false).values().forEach(this::warnIfWithoutEndpoint);
		this.running = true;
	}

	private void warnIfMessagesAlternate(String channel, List<String> properties) {
		boolean toAll = this.beanFactory.getBean(channel) instanceof BroadcastCapableChannel capable
				&& capable.isBroadcast();
		if (properties.size() > 1 && !toAll) {
			logger.warn(
					"Each message sent to the channel '%s' goes to one of '%s' in turn, not to all. Name another channel in one of them, or declare '%1$s' as a PublishSubscribeChannel"
						.formatted(channel, String.join("', '", properties)));
		}
	}

	private void warnIfWithoutEndpoint(NamedPipe pipe) {
		if (pipe.isAutoStartup() && !pipe.hasEndpoint()) {
			logger.warn(
					"The %s has no endpoint: nothing is sent through it, and what comes is discarded. Add 'inbound', 'outbound' or 'gateway' to its properties, or an adapter or gateway on its bean"
						.formatted(pipe));
		}
	}

	private boolean isConsumed(String name) {
		AbstractSubscribableChannel channel = this.beanFactory.getBean(name, AbstractSubscribableChannel.class);
		return channel.getSubscriberCount() > 0 || this.beanFactory.getBeansOfType(IntegrationConsumer.class)
			.values()
			.stream()
			.anyMatch((consumer) -> consumer.getInputChannel() == channel);
	}

	@Override
	public void stop() {
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return JUST_BEFORE_PRODUCERS;
	}

}
