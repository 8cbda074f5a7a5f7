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

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

import io.namedpipe.actuate.NamedPipesEndpoint;
import io.namedpipe.actuate.NamedPipesEndpointWebExtension;
import io.namedpipe.integration.NamedPipeOperations;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the endpoint {@code namedpipes}.
 */
@AutoConfiguration(after = NamedPipeAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(NamedPipesEndpoint.class)
@ConditionalOnBean(NamedPipeProperties.class)
@EnableConfigurationProperties(NamedPipesEndpointProperties.class)
public final class NamedPipesEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	NamedPipesEndpoint namedPipesEndpoint(ObjectProvider<NamedPipeOperations> pipes,
			NamedPipesEndpointProperties properties) {
		return new NamedPipesEndpoint(() -> pipes.stream().toList(), properties.getShowValues());
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(NamedPipesEndpoint.class)
	@ConditionalOnAvailableEndpoint(endpoint = NamedPipesEndpoint.class, exposure = EndpointExposure.WEB)
	NamedPipesEndpointWebExtension namedPipesEndpointWebExtension(NamedPipesEndpoint endpoint,
			NamedPipesEndpointProperties properties) {
		return new NamedPipesEndpointWebExtension(endpoint, properties.getShowValues(), properties.getRoles());
	}

}
