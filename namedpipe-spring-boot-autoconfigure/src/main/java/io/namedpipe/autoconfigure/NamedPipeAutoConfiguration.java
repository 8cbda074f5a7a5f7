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

import java.util.concurrent.ThreadFactory;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration;
import org.springframework.boot.thread.Threading;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;
import org.springframework.core.task.VirtualThreadTaskExecutor;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for named pipes: servers, clients
 * and endpoints for the entries below {@code namedpipe}.
 */
@AutoConfiguration(after = IntegrationAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "namedpipe.enabled", matchIfMissing = true)
@EnableConfigurationProperties(NamedPipeProperties.class)
@Import(NamedPipeBeanRegistrar.class)
@ImportRuntimeHints(NamedPipeRuntimeHints.class)
public final class NamedPipeAutoConfiguration {

	@Bean
	static KeepAliveRegistrar namedPipeKeepAliveRegistrar(ObjectProvider<NamedPipeProperties> properties) {
		return new KeepAliveRegistrar(() -> properties.getObject().isKeepAlive());
	}

	@Bean
	@ConditionalOnPipe({ "server", "client", "process" })
	Framings namedPipeFramings(ListableBeanFactory beanFactory) {
		return new Framings(beanFactory);
	}

	@Bean
	@ConditionalOnPipe({ "server", "client" })
	PipePropertiesMapper namedPipePropertiesMapper(NamedPipeProperties properties, Framings framings,
			Environment environment, ObjectProvider<NamedPipeConnectionInitializer> initializers) {
		return new PipePropertiesMapper(properties.getDirectory(), framings, virtualThreads(environment),
				initializers.orderedStream().toList());
	}

	private static @Nullable ThreadFactory virtualThreads(Environment environment) {
		return (Threading.VIRTUAL.isActive(environment))
				? new VirtualThreadTaskExecutor("namedpipe-").getVirtualThreadFactory() : null;
	}

	@Bean
	@ConditionalOnPipe("server")
	@ConditionalOnMissingBean(NamedPipeServerFactory.class)
	PropertiesNamedPipeServerFactory namedPipeServerFactory(PipePropertiesMapper mapper,
			ObjectProvider<NamedPipeServerCustomizer> customizers) {
		return new PropertiesNamedPipeServerFactory(mapper, customizers.orderedStream().toList());
	}

	@Bean
	@ConditionalOnPipe("client")
	@ConditionalOnMissingBean(NamedPipeClientFactory.class)
	PropertiesNamedPipeClientFactory namedPipeClientFactory(PipePropertiesMapper mapper,
			ObjectProvider<NamedPipeClientCustomizer> customizers) {
		return new PropertiesNamedPipeClientFactory(mapper, customizers.orderedStream().toList());
	}

	@Bean
	@ConditionalOnPipe("process")
	@ConditionalOnMissingBean(NamedPipeProcessFactory.class)
	PropertiesNamedPipeProcessFactory namedPipeProcessFactory(Framings framings,
			ObjectProvider<NamedPipeProcessCustomizer> customizers) {
		return new PropertiesNamedPipeProcessFactory(framings, customizers.orderedStream().toList());
	}

}
