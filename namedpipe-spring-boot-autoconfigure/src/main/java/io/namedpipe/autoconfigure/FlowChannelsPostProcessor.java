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

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.PriorityOrdered;
import org.springframework.integration.dsl.IntegrationFlow;

/**
 * Lets a flow declare a channel that an entry names: while a flow is looked at, and the
 * flows in it are, the channels that nobody has declared so far do not exist.
 */
class FlowChannelsPostProcessor implements BeanPostProcessor, PriorityOrdered {

	private final MissingChannelsPostProcessor missingChannels;

	private final Set<String> flows = ConcurrentHashMap.newKeySet();

	FlowChannelsPostProcessor(MissingChannelsPostProcessor missingChannels) {
		this.missingChannels = missingChannels;
	}

	@Override
	public @Nullable Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (bean instanceof IntegrationFlow) {
			this.flows.add(beanName);
			this.missingChannels.withdraw();
		}
		return bean;
	}

	@Override
	public @Nullable Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof IntegrationFlow) {
			this.flows.remove(beanName);
			// one that has failed is not in creation any more
			this.flows.removeIf((flow) -> !this.missingChannels.isInCreation(flow));
			if (this.flows.isEmpty()) {
				this.missingChannels.createMissing();
			}
		}
		return bean;
	}

	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

}
