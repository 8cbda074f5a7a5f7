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

package io.namedpipe.faults;

import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.annotation.ServiceActivator;
import org.springframework.messaging.Message;

import io.namedpipe.PipeServer;
import io.namedpipe.actuate.NamedPipeHealthContributor;
import io.namedpipe.integration.NamedPipeServer;

/**
 * Sends each message back: a Spring Boot application with one gateway, its meters and its
 * health.
 */
final class EchoServer implements AutoCloseable {

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	/**
	 * Starts a server.
	 * @param transport what it runs over
	 * @param path where it listens
	 * @param properties further properties of the server, {@code name=value}
	 */
	EchoServer(TransportUnderTest transport, Path path, String... properties) {
		TestPropertyValues
			.of(Stream
				.concat(Stream.of("pipe-name=" + path, "transmission-mode=" + transport.mode(), "gateway.channel=echo"),
						Stream.of(properties))
				.map((property) -> "namedpipe.server.echo." + property))
			.applyTo(this.context);
		this.context.register(Application.class);
		this.context.refresh();
	}

	private NamedPipeServer bean() {
		return this.context.getBean(NamedPipeServer.class);
	}

	PipeServer server() {
		return bean().pipe();
	}

	void restart() {
		bean().stop();
		bean().start();
	}

	Health health() {
		HealthIndicator indicator = (HealthIndicator) this.context.getBean(NamedPipeHealthContributor.class)
			.getContributor("echo");
		return Objects.requireNonNull(Objects.requireNonNull(indicator).health());
	}

	/**
	 * The sum of the counters of a name, whatever their tags.
	 */
	long count(String meter) {
		return (long) this.context.getBean(MeterRegistry.class)
			.get(meter)
			.functionCounters()
			.stream()
			.mapToDouble(FunctionCounter::count)
			.sum();
	}

	@Override
	public void close() {
		this.context.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		SimpleMeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

		// of a payload alone, Spring takes an empty one for a missing one
		@ServiceActivator(inputChannel = "echo")
		Object echo(Message<?> message) {
			return message.getPayload();
		}

	}

}
