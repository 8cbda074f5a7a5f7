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
import java.util.Map;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.context.annotation.Bean;

import io.namedpipe.actuate.NamedPipeHealthContributor;
import io.namedpipe.autoconfigure.NamedPipeProperties.Entry;
import io.namedpipe.integration.NamedPipeOperations;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the health of named pipes.
 */
@AutoConfiguration(after = NamedPipeAutoConfiguration.class)
@ConditionalOnClass({ CompositeHealthContributor.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnEnabledHealthIndicator("namedpipe")
@ConditionalOnBean(NamedPipeProperties.class)
public final class NamedPipeHealthContributorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "namedPipeHealthContributor")
	NamedPipeHealthContributor namedPipeHealthContributor(ObjectProvider<NamedPipeOperations> pipes,
			NamedPipeProperties properties) {
		return new NamedPipeHealthContributor(() -> shown(pipes, properties));
	}

	private static List<NamedPipeOperations> shown(ObjectProvider<NamedPipeOperations> pipes,
			NamedPipeProperties properties) {
		return pipes.stream().filter((pipe) -> isShown(pipe, properties)).toList();
	}

	private static boolean isShown(NamedPipeOperations pipe, NamedPipeProperties properties) {
		Map<String, ? extends Entry> entries = switch (pipe.role()) {
			case SERVER -> properties.getServer();
			case CLIENT -> properties.getClient();
			case PROCESS -> properties.getProcess();
		};
		return !entries.containsKey(pipe.getName()) || entries.get(pipe.getName()).isHealth();
	}

}
