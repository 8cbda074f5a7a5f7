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

package io.namedpipe.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.support.management.micrometer.MicrometerMetricsCaptor;

import io.namedpipe.autoconfigure.NamedPipeAutoConfiguration;
import io.namedpipe.autoconfigure.NamedPipeMetricsAutoConfiguration;
import io.namedpipe.integration.NamedPipeServer;

/**
 * Our adapters and gateways as a user gets them: from properties, in an application
 * context for each end.
 */
final class PipeAdapterPeer implements Peer {

	private final boolean echo;

	private final boolean message;

	private final boolean virtualThreads;

	private final boolean bareClients;

	private @Nullable Class<?> meters;

	private Path path = Path.of("/");

	private @Nullable ConfigurableApplicationContext server;

	PipeAdapterPeer(boolean echo, boolean message, boolean virtualThreads) {
		this(echo, message, virtualThreads, false);
	}

	private PipeAdapterPeer(boolean echo, boolean message, boolean virtualThreads, boolean bareClients) {
		this.bareClients = bareClients;
		this.echo = echo;
		this.message = message;
		this.virtualThreads = virtualThreads;
	}

	static PipeAdapterPeer withBareClients(boolean virtualThreads) {
		return new PipeAdapterPeer(true, false, virtualThreads, true);
	}

	/**
	 * Has our meters at both ends, and no others.
	 */
	static PipeAdapterPeer metered(boolean echo) {
		PipeAdapterPeer peer = new PipeAdapterPeer(echo, false, false);
		peer.meters = OurMeters.class;
		return peer;
	}

	/**
	 * Has our meters at both ends, and those that Spring Integration makes of channels
	 * and handlers, as with the actuator.
	 */
	static PipeAdapterPeer meteredAsWithActuator(boolean echo) {
		PipeAdapterPeer peer = new PipeAdapterPeer(echo, false, false);
		peer.meters = Meters.class;
		return peer;
	}

	static PipeAdapterPeer broadcasting(Path folder) {
		PipeAdapterPeer peer = new PipeAdapterPeer(false, false, false);
		peer.path = folder.resolve("pipe");
		peer.server = peer.context("server", "outbound.channel=requests", "outbound.overflow=block", "backlog=1024");
		return peer;
	}

	void awaitConnections(int count) {
		NamedPipeServer pipe = serverContext().getBean(NamedPipeServer.class);
		while (pipe.pipe().instanceCount() < count) {
			Thread.onSpinWait();
		}
	}

	@Override
	public void start(Path folder, int clients) {
		this.path = folder.resolve("pipe");
		this.server = context("server", (this.echo) ? "gateway.channel=flow" : "inbound.channel=flow", "backlog=1024");
	}

	private ConfigurableApplicationContext context(String side, String... settings) {
		List<String> properties = new ArrayList<>(List.of("logging.level.root=warn", "spring.main.banner-mode=off",
				"spring.threads.virtual.enabled=" + this.virtualThreads));
		String prefix = "namedpipe." + side + ".bench.";
		properties.add(prefix + "pipe-name=" + this.path);
		properties.add(prefix + "transmission-mode=" + ((this.message) ? "message" : "byte"));
		for (String setting : settings) {
			properties.add(prefix + setting);
		}
		List<Class<?>> sources = new ArrayList<>(List.of((side.equals("server")) ? Flow.class : Channels.class));
		if (this.meters != null) {
			sources.add(this.meters);
		}
		return new SpringApplicationBuilder(sources.toArray(Class[]::new)).web(WebApplicationType.NONE)
			.properties(properties.toArray(String[]::new))
			.run();
	}

	ConfigurableApplicationContext serverContext() {
		return Objects.requireNonNull(this.server, "not started");
	}

	@Override
	public Client connect() throws Exception {
		if (this.bareClients) {
			return new LengthHeaderClient(this.path);
		}
		ConfigurableApplicationContext client = (this.echo)
				? context("client", "gateway.channel=requests", "gateway.max-connections=1")
				: context("client", "outbound.channel=requests", "outbound.overflow=block", "startup-failure=stop");
		return new ChannelClient(client, this.echo);
	}

	@Override
	public void close() {
		if (this.server != null) {
			this.server.close();
		}
	}

	/**
	 * What both ends need.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ IntegrationAutoConfiguration.class, NamedPipeAutoConfiguration.class })
	static class Channels {

	}

	/**
	 * What makes meters.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(NamedPipeMetricsAutoConfiguration.class)
	static class Meters {

		@Bean
		MeterRegistry registry() {
			return new SimpleMeterRegistry();
		}

	}

	/**
	 * What makes meters, without Spring Integration knowing of it.
	 */
	@Configuration(proxyBeanMethods = false)
	@Import(Meters.class)
	static class OurMeters {

		@Bean
		static BeanDefinitionRegistryPostProcessor withoutMetersOfSpringIntegration() {
			return (registry) -> registry.removeBeanDefinition(MicrometerMetricsCaptor.MICROMETER_CAPTOR_NAME);
		}

	}

	/**
	 * The flow behind the server, equal to that of the other peers.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ IntegrationAutoConfiguration.class, NamedPipeAutoConfiguration.class })
	static class Flow {

		@Bean
		DirectChannel flow() {
			return new DirectChannel();
		}

		@Bean
		IntegrationFlow answer(Environment environment) {
			if (environment.containsProperty("namedpipe.server.bench.gateway.channel")) {
				return IntegrationFlow.from("flow").handle((payload, headers) -> payload).get();
			}
			return IntegrationFlow.from("flow").handle((message) -> {
			}).get();
		}

	}

}
