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

package io.namedpipe.metrics;

import java.util.function.Supplier;

import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;

import io.namedpipe.integration.NamedPipe;

/**
 * Has every server and client that is a bean observed, however it was made.
 */
public class NamedPipeObservationRegistrar implements BeanPostProcessor {

	private final Supplier<? extends @Nullable ObservationRegistry> registry;

	private final Supplier<NamedPipeObservationConventions> conventions;

	/**
	 * Creates the registrar.
	 * @param registry gives the registry, asked when a pipe is there; {@code null} for no
	 * observations
	 * @param conventions gives the conventions of the user's
	 */
	public NamedPipeObservationRegistrar(Supplier<? extends @Nullable ObservationRegistry> registry,
			Supplier<NamedPipeObservationConventions> conventions) {
		this.registry = registry;
		this.conventions = conventions;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof NamedPipe pipe) {
			ObservationRegistry observations = this.registry.get();
			if (observations != null && observations != ObservationRegistry.NOOP) {
				pipe.setObserver(new PipeObservations(observations, this.conventions.get(), pipe));
			}
		}
		return bean;
	}

}
