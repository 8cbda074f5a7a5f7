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

import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotContribution;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

import io.namedpipe.autoconfigure.NamedPipeProperties.Payload;

/**
 * Keeps in a native image what Jackson needs of the target types that are configured when
 * the application is built.
 */
class TargetTypesAotProcessor implements BeanFactoryInitializationAotProcessor {

	private static final String NO_PART_OF_A_NAME = "[^\\w.$]+";

	@Override
	public @Nullable BeanFactoryInitializationAotContribution processAheadOfTime(
			ConfigurableListableBeanFactory beanFactory) {
		if (!beanFactory.containsBean("environment")) {
			return null;
		}
		Environment environment = beanFactory.getBean("environment", Environment.class);
		Set<Class<?>> types = types(NamedPipeProperties.from(environment), beanFactory.getBeanClassLoader());
		if (types.isEmpty()) {
			return null;
		}
		return (generation, code) -> new BindingReflectionHintsRegistrar()
			.registerReflectionHints(generation.getRuntimeHints().reflection(), types.toArray(Class<?>[]::new));
	}

	private static Set<Class<?>> types(NamedPipeProperties properties, @Nullable ClassLoader loader) {
		return Stream
			.of(properties.getServer().values().stream().map(NamedPipeProperties.Pipe::getPayload),
					properties.getClient().values().stream().map(NamedPipeProperties.Pipe::getPayload),
					properties.getProcess()
						.values()
						.stream()
						.map(NamedPipeProperties.Process::getFromChild)
						.filter(Objects::nonNull)
						.map(NamedPipeProperties.FromChild::getPayload))
			.flatMap((payloads) -> payloads)
			.map(Payload::getTargetType)
			.filter(Objects::nonNull)
			.flatMap((type) -> Stream.of(type.split(NO_PART_OF_A_NAME)))
			.filter((name) -> ClassUtils.isPresent(name, loader))
			.map((name) -> ClassUtils.resolveClassName(name, loader))
			.collect(Collectors.toSet());
	}

}
