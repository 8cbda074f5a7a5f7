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

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributors.Entry;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.namedpipe.PipeClient;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeException;
import io.namedpipe.PipeServer;
import io.namedpipe.actuate.NamedPipeHealthContributor;
import io.namedpipe.actuate.NamedPipesEndpoint;
import io.namedpipe.actuate.NamedPipesEndpointWebExtension;
import io.namedpipe.integration.NamedPipeServer;
import io.namedpipe.metrics.NamedPipeMeterRegistrar;
import io.namedpipe.metrics.NamedPipeObservationRegistrar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the auto-configuration of meters, health and the endpoint.
 */
class NamedPipeOperationsAutoConfigurationTests {

	@TempDir
	private Path directory;

	@Test
	void whenRegistryThenServerHasMetersUntilContextIsClosed() {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		runner().withBean(MeterRegistry.class, () -> registry).run((context) -> {
			try (PipeClient client = PipeClient.builder("orders").directory(this.directory).build()) {
				client.connect().close();
			}
			NamedPipeServer server = context.getBean(NamedPipeServer.class);
			await().until(() -> server.statistics().accepted() == 1);
			server.stop();
			assertThat(registry.get("namedpipe.connections.accepted").tag("pipe", "orders").functionCounter().count())
				.isOne();
		});
		assertThat(registry.getMeters().stream().map((meter) -> meter.getId().getName()))
			.noneMatch((name) -> name.startsWith("namedpipe."));
	}

	@Test
	void whenSeveralRegistriesAndNoneIsPrimaryThenMetersAreInAll() {
		SimpleMeterRegistry first = new SimpleMeterRegistry();
		SimpleMeterRegistry second = new SimpleMeterRegistry();
		// without Spring Integration's own meters, which do not start then
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(NamedPipeMetricsAutoConfiguration.class))
			.withBean("first", MeterRegistry.class, () -> first)
			.withBean("second", MeterRegistry.class, () -> second)
			.withBean(NamedPipeServer.class, this::server)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(List.of(first, second)).allSatisfy((registry) -> assertThat(
						registry.find("namedpipe.connections.accepted").tag("pipe", "orders").functionCounter())
					.isNotNull());
			});
	}

	private NamedPipeServer server() {
		try {
			return NamedPipeServer.builder("orders", PipeServer.builder("orders").directory(this.directory)).build();
		}
		catch (PipeException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void whenSeveralObservationRegistriesThenWarnsOfNoObservation(CapturedOutput output) {
		runner().withBean("first", ObservationRegistry.class, TestObservationRegistry::create)
			.withBean("second", ObservationRegistry.class, TestObservationRegistry::create)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(output).contains("several beans of type ObservationRegistry");
			});
	}

	@Test
	void whenEndpointIsExposedOverJmxOnlyThenHasNoWebExtension() {
		runner("management.endpoints.jmx.exposure.include=namedpipes", "spring.jmx.enabled=true",
				"management.endpoints.web.exposure.include=health")
			.run((context) -> assertThat(context).hasSingleBean(NamedPipesEndpoint.class)
				.doesNotHaveBean(NamedPipesEndpointWebExtension.class));
	}

	@Test
	void whenNoRegistryThenStartsWithoutMeters() {
		runner().run((context) -> assertThat(context).hasNotFailed().hasSingleBean(NamedPipeMeterRegistrar.class));
	}

	@Test
	void whenMicrometerIsMissingThenNoMeters() {
		runner().withClassLoader(new FilteredClassLoader("io.micrometer.core"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(NamedPipeMeterRegistrar.class));
	}

	@Test
	void whenObservationRegistryThenServerIsObserved() {
		runner().withBean(ObservationRegistry.class, TestObservationRegistry::create)
			.run((context) -> assertThat(context.getBean(NamedPipeServer.class).isObserved()).isTrue());
		runner().withBean(ObservationRegistry.class, () -> ObservationRegistry.NOOP)
			.run((context) -> assertThat(context.getBean(NamedPipeServer.class).isObserved()).isFalse());
		runner().run((context) -> assertThat(context.getBean(NamedPipeServer.class).isObserved()).isFalse());
	}

	@Test
	void whenHandlersOnlyMakeMetersThenServerIsObservedAllTheSame() {
		runner().withBean(ObservationRegistry.class, TestObservationRegistry::create)
			.withBean(DefaultMeterObservationHandler.class,
					() -> new DefaultMeterObservationHandler(new SimpleMeterRegistry()))
			.run((context) -> assertThat(context.getBean(NamedPipeServer.class).isObserved()).isTrue());
	}

	@Test
	void whenObservationsAreTurnedOffThenServerIsNotObserved() {
		runner("management.observations.enable.namedpipe=false")
			.withBean(ObservationRegistry.class, TestObservationRegistry::create)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(NamedPipeObservationRegistrar.class));
	}

	@Test
	void whenObservationsMakeMetersThenTheyVanishWithTheirPipe() {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		ObservationRegistry observations = ObservationRegistry.create();
		observations.observationConfig().observationHandler(new DefaultMeterObservationHandler(registry));
		runner("namedpipe.server.orders.framing.type=line", "namedpipe.server.orders.inbound.channel=nullChannel")
			.withBean(MeterRegistry.class, () -> registry)
			.withBean(ObservationRegistry.class, () -> observations)
			.run((context) -> {
				try (PipeClient client = PipeClient.builder("orders").directory(this.directory).build();
						PipeConnection connection = client.connect()) {
					connection.write(ByteBuffer.wrap(new byte[] { 'a', '\n' }));
					await().until(() -> registry.find("namedpipe.receive").tag("pipe", "orders").timer() != null);
				}
			});
		assertThat(registry.getMeters().stream().map((meter) -> meter.getId().getName()))
			.noneMatch((name) -> name.startsWith("namedpipe."));
	}

	@Test
	void whenServersThenHealthIsKeyedByLogicalName() {
		runner("namedpipe.server.hidden.health=false", "namedpipe.server.later.auto-startup=false",
				"namedpipe.client.billing.connect-timeout=100ms")
			.run((context) -> {
				CompositeHealthContributor health = context.getBean("namedPipeHealthContributor",
						CompositeHealthContributor.class);
				assertThat(health.stream().map(Entry::name)).containsExactlyInAnyOrder("orders", "later", "billing");
				assertThat(status(health, "orders")).isEqualTo(Status.UP);
				assertThat(status(health, "later")).isEqualTo(Status.UNKNOWN);
				assertThat(status(health, "billing")).isEqualTo(Status.DOWN);
				context.getBean("ordersNamedPipeServer", NamedPipeServer.class).stop();
				assertThat(status(health, "orders")).isEqualTo(Status.OUT_OF_SERVICE);
			});
	}

	@Test
	void whenHealthIsDisabledThenNoContributor() {
		runner("management.health.namedpipe.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(NamedPipeHealthContributor.class));
		runner("management.health.defaults.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(NamedPipeHealthContributor.class));
	}

	@Test
	void whenEverythingIsDisabledThenNothingIsShown() {
		runner("namedpipe.enabled=false", "management.endpoints.web.exposure.include=*")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(NamedPipeHealthContributor.class)
				.doesNotHaveBean(NamedPipesEndpoint.class)
				.doesNotHaveBean(NamedPipeMeterRegistrar.class)
				.doesNotHaveBean(NamedPipeObservationRegistrar.class));
	}

	@Test
	void whenEndpointIsExposedThenListsPipes() {
		runner("management.endpoints.web.exposure.include=namedpipes").run((context) -> {
			assertThat(context).hasSingleBean(NamedPipesEndpointWebExtension.class);
			assertThat(context.getBean(NamedPipesEndpoint.class).pipes().pipes()).containsOnlyKeys("orders");
		});
	}

	@Test
	void whenEndpointIsNotExposedThenDoesNotExist() {
		runner().run((context) -> assertThat(context).doesNotHaveBean(NamedPipesEndpoint.class)
			.doesNotHaveBean(NamedPipesEndpointWebExtension.class));
	}

	private static Status status(CompositeHealthContributor health, String name) {
		HealthIndicator indicator = (HealthIndicator) health.getContributor(name);
		assertThat(indicator).isNotNull();
		return indicator.health().getStatus();
	}

	private ApplicationContextRunner runner(String... properties) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(IntegrationAutoConfiguration.class,
					NamedPipeAutoConfiguration.class, NamedPipeMetricsAutoConfiguration.class,
					NamedPipeObservationAutoConfiguration.class, NamedPipeHealthContributorAutoConfiguration.class,
					NamedPipesEndpointAutoConfiguration.class))
			.withPropertyValues("namedpipe.directory=" + this.directory, "namedpipe.server.orders.backlog=5")
			.withPropertyValues(properties);
	}

}
