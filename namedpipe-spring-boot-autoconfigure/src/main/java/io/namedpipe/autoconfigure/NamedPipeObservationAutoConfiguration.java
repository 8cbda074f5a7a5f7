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

import io.micrometer.observation.ObservationRegistry;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;

import io.namedpipe.metrics.NamedPipeObservationConventions;
import io.namedpipe.metrics.NamedPipeObservationRegistrar;
import io.namedpipe.metrics.NamedPipeReceiveObservationConvention;
import io.namedpipe.metrics.NamedPipeRequestObservationConvention;
import io.namedpipe.metrics.NamedPipeSendObservationConvention;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the observations of named pipes.
 * <p>
 * As with Spring Boot's own, the bean of type {@link ObservationRegistry} decides whether
 * there are any, and not which handlers it has;
 * {@code management.observations.enable.namedpipe=false} turns them off.
 */
@AutoConfiguration(
		afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnBean(ObservationRegistry.class)
@ConditionalOnBooleanProperty(name = "namedpipe.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = NamedPipeObservationAutoConfiguration.ENABLED, matchIfMissing = true)
public final class NamedPipeObservationAutoConfiguration {

	private static final Log logger = LogFactory.getLog(NamedPipeObservationAutoConfiguration.class);

	static final String ENABLED = "management.observations.enable.namedpipe";

	@Bean
	static NamedPipeObservationRegistrar namedPipeObservationRegistrar(ObjectProvider<ObservationRegistry> registry,
			ObjectProvider<NamedPipeReceiveObservationConvention> receive,
			ObjectProvider<NamedPipeSendObservationConvention> send,
			ObjectProvider<NamedPipeRequestObservationConvention> request) {
		return new NamedPipeObservationRegistrar(() -> unique(registry),
				() -> new NamedPipeObservationConventions(receive.getIfUnique(), send.getIfUnique(),
						request.getIfUnique()));
	}

	private static @Nullable ObservationRegistry unique(ObjectProvider<ObservationRegistry> registries) {
		ObservationRegistry unique = registries.getIfUnique();
		if (unique == null && registries.stream().findAny().isPresent()) {
			logger.warn(
					"Pipes are not observed: there are several beans of type ObservationRegistry, and none is primary");
		}
		return unique;
	}

}
