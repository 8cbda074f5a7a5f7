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

import java.util.LinkedHashSet;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.SpringProperties;
import org.springframework.integration.channel.DirectChannel;

/**
 * Creates the channels that entries name and nobody declared, before any bean exists, so
 * that they can be injected. Ahead-of-time processing leaves them out: which ones there
 * are is decided by the configuration at run time.
 */
class MissingChannelsPostProcessor implements BeanFactoryPostProcessor {

	private final ConfiguredChannels channels;

	private final Set<String> created = new LinkedHashSet<>();

	private @Nullable DefaultListableBeanFactory beanFactory;

	MissingChannelsPostProcessor(ConfiguredChannels channels) {
		this.channels = channels;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		if (SpringProperties.getFlag(AbstractAotProcessor.AOT_PROCESSING)) {
			return;
		}
		this.beanFactory = (DefaultListableBeanFactory) beanFactory;
		createMissing();
	}

	/**
	 * Creates the channels that do not exist.
	 */
	void createMissing() {
		DefaultListableBeanFactory registry = this.beanFactory;
		if (registry != null) {
			this.channels.all().forEach((channel, property) -> {
				if (!registry.containsBean(channel)) {
					RootBeanDefinition definition = new RootBeanDefinition(DirectChannel.class, DirectChannel::new);
					definition.setResourceDescription("property '" + property + "'");
					registry.registerBeanDefinition(channel, definition);
					this.created.add(channel);
				}
			});
		}
	}

	/**
	 * Takes back the channels that nobody has used so far, so that somebody else can
	 * declare them.
	 */
	void withdraw() {
		DefaultListableBeanFactory registry = this.beanFactory;
		if (registry != null) {
			this.created.removeIf((channel) -> {
				boolean unused = !registry.containsSingleton(channel);
				if (unused) {
					registry.removeBeanDefinition(channel);
				}
				return unused;
			});
		}
	}

	boolean isInCreation(String bean) {
		DefaultListableBeanFactory registry = this.beanFactory;
		return registry != null && registry.isCurrentlyInCreation(bean);
	}

	/**
	 * Whether nobody has declared the channel: it was created here, or by a flow that
	 * knows no more than its name.
	 * @param channel the name of the channel
	 * @return whether its name is all that is known of it
	 */
	boolean isUndeclared(String channel) {
		return this.created.contains(channel);
	}

}
