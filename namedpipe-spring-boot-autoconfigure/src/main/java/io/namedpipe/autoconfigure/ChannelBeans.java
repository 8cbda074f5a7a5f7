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

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.messaging.MessageChannel;

/**
 * Channels that properties name.
 */
final class ChannelBeans {

	private ChannelBeans() {
	}

	/**
	 * Checks that there is such a channel.
	 * @param beanFactory where to look
	 * @param property full name of the property
	 * @param channel its value
	 * @throws NamedPipeBeanNotFoundException if there is no bean of that name, or it is
	 * something else
	 */
	static void verify(ListableBeanFactory beanFactory, String property, String channel) {
		boolean exists = beanFactory.containsBean(channel);
		if (!exists || !beanFactory.isTypeMatch(channel, MessageChannel.class)) {
			Class<?> type = (exists) ? beanFactory.getType(channel) : null;
			throw new NamedPipeBeanNotFoundException(property, channel, "a MessageChannel",
					(type != null) ? type.getName() : null,
					List.of(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beanFactory, MessageChannel.class)));
		}
	}

}
