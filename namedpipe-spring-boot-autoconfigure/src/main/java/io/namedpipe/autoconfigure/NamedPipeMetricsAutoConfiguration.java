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

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

import io.namedpipe.metrics.NamedPipeMeterRegistrar;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the meters of named pipes.
 */
@AutoConfiguration(
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBooleanProperty(name = "namedpipe.enabled", matchIfMissing = true)
public final class NamedPipeMetricsAutoConfiguration {

	@Bean
	static NamedPipeMeterRegistrar namedPipeMeterRegistrar(ObjectProvider<MeterRegistry> registry) {
		return new NamedPipeMeterRegistrar(() -> registryOf(registry));
	}

	// Spring Boot makes one of several registries, unless that part of it is not there
	private static @Nullable MeterRegistry registryOf(ObjectProvider<MeterRegistry> registries) {
		MeterRegistry unique = registries.getIfUnique();
		if (unique != null) {
			return unique;
		}
		List<MeterRegistry> all = registries.stream().toList();
		return (!all.isEmpty()) ? new CompositeMeterRegistry(Clock.SYSTEM, all) : null;
	}

}
