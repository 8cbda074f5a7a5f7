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

package io.namedpipe.integration;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.integration.dsl.IntegrationFlow;

import io.namedpipe.PipeClient;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeException;
import io.namedpipe.integration.event.NamedPipeEvent;
import io.namedpipe.testsupport.TestTransport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application context with Spring Integration for one test, and plain peers that talk
 * to its pipes.
 */
final class TestFlows implements AutoCloseable {

	private final TestTransport transport;

	private final String pipeName;

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	private final List<AutoCloseable> peers = new ArrayList<>();

	private final BlockingQueue<NamedPipeEvent> events = new LinkedBlockingQueue<>();

	TestFlows(TestTransport transport) {
		this.transport = transport;
		this.pipeName = transport.newPipeName();
		this.context.register(Configuration.class);
		this.context.addApplicationListener((ApplicationListener<ApplicationEvent>) (event) -> {
			if (event instanceof NamedPipeEvent pipeEvent) {
				this.events.add(pipeEvent);
			}
		});
	}

	String pipeName() {
		return this.pipeName;
	}

	AnnotationConfigApplicationContext context() {
		return this.context;
	}

	NamedPipeServer server(Function<NamedPipeServer.Builder, NamedPipeServer.Builder> customizer) throws PipeException {
		return register("testServer",
				customizer.apply(NamedPipeServer.builder("test", this.transport.server(this.pipeName))).build());
	}

	NamedPipeClient client(Function<NamedPipeClient.Builder, NamedPipeClient.Builder> customizer) throws PipeException {
		return register("testClient",
				customizer.apply(NamedPipeClient.builder("out", this.transport.client(this.pipeName))).build());
	}

	@SuppressWarnings("unchecked")
	<T> T register(String name, T bean) {
		this.context.registerBean(name, (Class<T>) bean.getClass(), () -> bean);
		return bean;
	}

	TestFlows flow(String name, IntegrationFlow flow) {
		this.context.registerBean(name, IntegrationFlow.class, () -> flow);
		return this;
	}

	TestFlows start() {
		this.context.refresh();
		return this;
	}

	/**
	 * Connects a peer that knows nothing of Spring.
	 */
	PipeConnection connect() throws PipeException {
		PipeClient client = this.transport.client(this.pipeName).build();
		this.peers.add(client);
		return client.connect();
	}

	<E extends NamedPipeEvent> E awaitEvent(Class<E> type) throws InterruptedException {
		while (true) {
			NamedPipeEvent event = this.events.poll(10, TimeUnit.SECONDS);
			assertThat(event).as(type.getSimpleName()).isNotNull();
			if (type.isInstance(event)) {
				return type.cast(event);
			}
		}
	}

	@Override
	public void close() throws Exception {
		for (AutoCloseable peer : this.peers) {
			peer.close();
		}
		this.context.close();
		this.transport.cleanUp(this.pipeName);
	}

	@org.springframework.context.annotation.Configuration(proxyBeanMethods = false)
	@EnableIntegration
	static class Configuration {

	}

}
