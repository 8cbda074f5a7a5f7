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

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
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

	MissingChannelsPostProcessor(ConfiguredChannels channels) {
		this.channels = channels;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		if (SpringProperties.getFlag(AbstractAotProcessor.AOT_PROCESSING)) {
			return;
		}
		this.channels.all().forEach((channel, property) -> {
			if (!beanFactory.containsBean(channel)) {
				RootBeanDefinition definition = new RootBeanDefinition(DirectChannel.class, DirectChannel::new);
				definition.setResourceDescription("property '" + property + "'");
				((BeanDefinitionRegistry) beanFactory).registerBeanDefinition(channel, definition);
				this.created.add(channel);
			}
		});
	}

	boolean isCreated(String channel) {
		return this.created.contains(channel);
	}

}
