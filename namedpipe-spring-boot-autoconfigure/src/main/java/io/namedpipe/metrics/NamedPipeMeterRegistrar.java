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

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;

import io.namedpipe.integration.NamedPipeOperations;
import io.namedpipe.integration.NamedPipeTimings;

/**
 * Gives every pipe that is a bean its meters, however it was made, and takes them away
 * with the bean.
 */
public class NamedPipeMeterRegistrar implements DestructionAwareBeanPostProcessor {

	private final Supplier<? extends @Nullable MeterRegistry> registry;

	private final Map<NamedPipeOperations, PipeMeters> meters = new ConcurrentHashMap<>();

	/**
	 * Creates the registrar.
	 * @param registry gives the registry, asked when the first pipe is there;
	 * {@code null} for no meters
	 */
	public NamedPipeMeterRegistrar(Supplier<? extends @Nullable MeterRegistry> registry) {
		this.registry = registry;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof NamedPipeOperations pipe) {
			MeterRegistry meterRegistry = this.registry.get();
			if (meterRegistry != null) {
				pipe.setTimings(this.meters.computeIfAbsent(pipe, (key) -> new PipeMeters(meterRegistry, key)));
			}
		}
		return bean;
	}

	@Override
	public void postProcessBeforeDestruction(Object bean, String beanName) {
		if (bean instanceof NamedPipeOperations pipe) {
			PipeMeters pipeMeters = this.meters.remove(pipe);
			if (pipeMeters != null) {
				pipe.setTimings(NamedPipeTimings.NONE);
				pipeMeters.close();
			}
		}
	}

	@Override
	public boolean requiresDestruction(Object bean) {
		return bean instanceof NamedPipeOperations;
	}

}
