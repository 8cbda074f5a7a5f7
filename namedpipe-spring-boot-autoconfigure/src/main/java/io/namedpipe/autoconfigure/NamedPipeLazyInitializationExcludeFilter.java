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

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.util.List;

import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.core.type.MethodMetadata;
import org.springframework.integration.annotation.Aggregator;
import org.springframework.integration.annotation.BridgeFrom;
import org.springframework.integration.annotation.BridgeTo;
import org.springframework.integration.annotation.Filter;
import org.springframework.integration.annotation.InboundChannelAdapter;
import org.springframework.integration.annotation.Router;
import org.springframework.integration.annotation.ServiceActivator;
import org.springframework.integration.annotation.Splitter;
import org.springframework.integration.annotation.Transformer;
import org.springframework.integration.config.ConsumerEndpointFactoryBean;
import org.springframework.integration.config.SourcePollingChannelAdapterFactoryBean;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.endpoint.AbstractEndpoint;
import org.springframework.util.ReflectionUtils;

/**
 * Has the pipes started with the application when everything else is initialized lazily,
 * and whoever takes from their channels or sends to them: nobody would ask for those, as
 * what they do is asked for by messages.
 */
class NamedPipeLazyInitializationExcludeFilter implements LazyInitializationExcludeFilter {

	private static final List<Class<?>> TYPES = List.of(IntegrationFlow.class, AbstractEndpoint.class,
			ConsumerEndpointFactoryBean.class, SourcePollingChannelAdapterFactoryBean.class,
			ChannelConsumersCheck.class);

	private static final List<Class<? extends Annotation>> ANNOTATIONS = List.of(ServiceActivator.class,
			Transformer.class, Filter.class, Splitter.class, Router.class, Aggregator.class, BridgeFrom.class,
			BridgeTo.class, InboundChannelAdapter.class);

	@Override
	public boolean isExcluded(String beanName, BeanDefinition definition, Class<?> beanType) {
		return NamedPipeBeanNames.matches(beanName)
				|| TYPES.stream().anyMatch((type) -> type.isAssignableFrom(beanType)) || isAnnotated(definition)
				|| hasAnnotatedMethod(beanType);
	}

	private static boolean isAnnotated(BeanDefinition definition) {
		MethodMetadata method = (definition instanceof AnnotatedBeanDefinition annotated)
				? annotated.getFactoryMethodMetadata() : null;
		return method != null && ANNOTATIONS.stream().anyMatch((type) -> method.isAnnotated(type.getName()));
	}

	private static boolean hasAnnotatedMethod(Class<?> type) {
		try {
			boolean[] found = new boolean[1];
			ReflectionUtils.doWithMethods(type, (method) -> found[0] |= isAnnotated(method),
					(method) -> method.getAnnotations().length != 0 && !method.isBridge());
			return found[0];
		}
		catch (LinkageError ex) {
			return false;
		}
	}

	private static boolean isAnnotated(AnnotatedElement method) {
		MergedAnnotations annotations = MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY);
		return ANNOTATIONS.stream().anyMatch(annotations::isPresent);
	}

}
