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
import java.util.function.Supplier;

import io.micrometer.core.instrument.observation.MeterObservationHandler;
import io.micrometer.observation.ObservationHandler;
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
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

import io.namedpipe.metrics.NamedPipeObservationConventions;
import io.namedpipe.metrics.NamedPipeObservationRegistrar;
import io.namedpipe.metrics.NamedPipeReceiveObservationConvention;
import io.namedpipe.metrics.NamedPipeRequestObservationConvention;
import io.namedpipe.metrics.NamedPipeSendObservationConvention;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the observations of named pipes.
 * <p>
 * They are opened where somebody takes them for more than meters, or names them by a
 * convention: the meters exist without observations, which would cost several times as
 * much for each message. A handler that is no bean is not known here: where
 * {@code management.observations.enable.namedpipe} is set to {@code true}, they are
 * opened in any case.
 */
@AutoConfiguration(
		afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnBean(ObservationRegistry.class)
@ConditionalOnBooleanProperty(name = "namedpipe.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = NamedPipeObservationAutoConfiguration.ENABLED, matchIfMissing = true)
public final class NamedPipeObservationAutoConfiguration {

	private static final Log logger = LogFactory.getLog(NamedPipeObservationAutoConfiguration.class);

	static final String ENABLED = "management.observations.enable.namedpipe";

	private static final boolean METERS = ClassUtils.isPresent(
			"io.micrometer.core.instrument.observation.MeterObservationHandler",
			NamedPipeObservationAutoConfiguration.class.getClassLoader());

	@Bean
	static NamedPipeObservationRegistrar namedPipeObservationRegistrar(ObjectProvider<ObservationRegistry> registry,
			ObjectProvider<ObservationHandler<?>> handlers,
			ObjectProvider<NamedPipeReceiveObservationConvention> receive,
			ObjectProvider<NamedPipeSendObservationConvention> send,
			ObjectProvider<NamedPipeRequestObservationConvention> request, Environment environment) {
		Supplier<NamedPipeObservationConventions> conventions = () -> new NamedPipeObservationConventions(
				receive.getIfUnique(), send.getIfUnique(), request.getIfUnique());
		return new NamedPipeObservationRegistrar(() -> {
			boolean wanted = environment.getProperty(ENABLED, Boolean.class, false) || !onlyForMeters(handlers)
					|| !conventions.get().equals(NamedPipeObservationConventions.DEFAULT);
			return (wanted) ? unique(registry) : null;
		}, conventions);
	}

	private static @Nullable ObservationRegistry unique(ObjectProvider<ObservationRegistry> registries) {
		ObservationRegistry unique = registries.getIfUnique();
		if (unique == null && registries.stream().findAny().isPresent()) {
			logger.warn(
					"Pipes are not observed: there are several beans of type ObservationRegistry, and none is primary");
		}
		return unique;
	}

	private static boolean onlyForMeters(ObjectProvider<ObservationHandler<?>> handlers) {
		List<ObservationHandler<?>> all = (METERS) ? handlers.stream().toList() : List.of();
		return !all.isEmpty() && all.stream().allMatch((handler) -> handler instanceof MeterObservationHandler);
	}

}
