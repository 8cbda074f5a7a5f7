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
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.integration.context.IntegrationContextUtils;
import org.springframework.messaging.MessageChannel;

/**
 * Says which channel has no consumer, and which channels there are.
 */
class ChannelWithoutConsumerFailureAnalyzer extends AbstractFailureAnalyzer<ChannelWithoutConsumerException> {

	private static final List<String> FRAMEWORK_CHANNELS = List.of(IntegrationContextUtils.ERROR_CHANNEL_BEAN_NAME,
			IntegrationContextUtils.NULL_CHANNEL_BEAN_NAME);

	private final @Nullable BeanFactory beanFactory;

	ChannelWithoutConsumerFailureAnalyzer(@Nullable BeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, ChannelWithoutConsumerException cause) {
		StringBuilder action = new StringBuilder(("Consume from '%1$s' (an IntegrationFlow.from(\"%1$s\"), or a "
				+ "@ServiceActivator with it as inputChannel), or correct the name in '%2$s'. Declare the channel as "
				+ "a bean if its consumers subscribe later.")
			.formatted(cause.getChannel(), cause.getProperty()));
		List<String> channels = channels(cause.getChannel());
		if (!channels.isEmpty()) {
			action.append(" Other channels are:%n%n".formatted());
			channels.forEach((channel) -> action.append("    - %s%n".formatted(channel)));
		}
		return new FailureAnalysis(cause.getMessage() + ".", action.toString(), cause);
	}

	private List<String> channels(String missing) {
		if (!(this.beanFactory instanceof ListableBeanFactory listable)) {
			return List.of();
		}
		return Stream
			.of(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(listable, MessageChannel.class, true, false))
			.filter((name) -> !name.equals(missing) && !FRAMEWORK_CHANNELS.contains(name))
			.toList();
	}

}
