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

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.integration.config.EnableIntegrationManagement;
import org.springframework.integration.core.MessagingTemplate;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.support.MessageBuilder;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;

import io.namedpipe.PipeClient;
import io.namedpipe.PipeException;
import io.namedpipe.PipeServer;
import io.namedpipe.framing.PayloadFormat;
import io.namedpipe.integration.event.NamedPipeEvent;
import io.namedpipe.testsupport.TestTransport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application with Spring Integration for one test, the messages that its flows got,
 * its events, and plain peers that talk to its pipe.
 */
final class TestFlows implements AutoCloseable {

	static final int SECONDS = 20;

	private final TestTransport transport;

	private final String pipeName;

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	private final List<AutoCloseable> resources = new ArrayList<>();

	private final BlockingQueue<NamedPipeEvent> events = new LinkedBlockingQueue<>();

	private final BlockingQueue<Message<?>> received = new LinkedBlockingQueue<>();

	TestFlows(TestTransport transport) {
		this.transport = transport;
		this.pipeName = transport.newPipeName();
		this.context.register(IntegrationConfiguration.class);
		this.context.addApplicationListener((ApplicationListener<ApplicationEvent>) (event) -> {
			if (event instanceof NamedPipeEvent pipeEvent) {
				this.events.add(pipeEvent);
			}
		});
	}

	AnnotationConfigApplicationContext context() {
		return this.context;
	}

	String pipeName() {
		return this.pipeName;
	}

	/**
	 * A server bean with text payloads.
	 */
	NamedPipeServer server() throws PipeException {
		return server((builder) -> builder, (pipe) -> pipe);
	}

	NamedPipeServer server(UnaryOperator<NamedPipeServer.Builder> builder) throws PipeException {
		return server(builder, (pipe) -> pipe);
	}

	NamedPipeServer server(UnaryOperator<NamedPipeServer.Builder> builder, UnaryOperator<PipeServer.Builder> pipe)
			throws PipeException {
		NamedPipeServer.Builder target = NamedPipeServer
			.builder("orders", pipe.apply(this.transport.server(this.pipeName)))
			.payload(PayloadFormat.text(StandardCharsets.UTF_8));
		return bean("ordersNamedPipeServer", builder.apply(target).build());
	}

	/**
	 * A client bean with text payloads.
	 */
	NamedPipeClient client() throws PipeException {
		return client((builder) -> builder, (pipe) -> pipe);
	}

	NamedPipeClient client(UnaryOperator<NamedPipeClient.Builder> builder, UnaryOperator<PipeClient.Builder> pipe)
			throws PipeException {
		NamedPipeClient.Builder target = NamedPipeClient
			.builder("billing", pipe.apply(this.transport.client(this.pipeName)))
			.payload(PayloadFormat.text(StandardCharsets.UTF_8));
		return bean("billingNamedPipeClient", builder.apply(target).build());
	}

	@SuppressWarnings("unchecked")
	<T> T bean(String name, T bean) {
		this.context.registerBean(name, (Class<T>) bean.getClass(), () -> bean);
		return bean;
	}

	TestFlows flow(String name, IntegrationFlow flow) {
		this.context.registerBean(name, IntegrationFlow.class, () -> flow);
		return this;
	}

	/**
	 * A handler for the end of a flow: keeps its messages for {@link #awaitMessage()}.
	 */
	void keep(Message<?> message) {
		this.received.add(message);
	}

	TestFlows start() {
		this.context.refresh();
		return this;
	}

	/**
	 * Sends to the start of a flow.
	 */
	void send(String flow, Object payload) {
		new MessagingTemplate(channel(flow)).convertAndSend(payload);
	}

	void send(String flow, Object payload, String header, Object value) {
		sendMessage(flow, MessageBuilder.withPayload(payload).setHeader(header, value).build());
	}

	void sendMessage(String flow, Message<?> message) {
		new MessagingTemplate(channel(flow)).send(message);
	}

	@Nullable Object exchange(String flow, Object payload) {
		MessagingTemplate template = new MessagingTemplate(channel(flow));
		return template.convertSendAndReceive(payload, Object.class);
	}

	private MessageChannel channel(String flow) {
		return this.context.getBean(flow + ".input", MessageChannel.class);
	}

	/**
	 * Connects a peer to the server.
	 */
	TestPeer connect() throws PipeException {
		PipeClient client = this.transport.client(this.pipeName).build();
		TestPeer peer = new TestPeer(client, client.connect());
		this.resources.add(peer);
		return peer;
	}

	/**
	 * A server that knows nothing of Spring.
	 */
	PipeServer plainServer() throws PipeException {
		PipeServer server = this.transport.server(this.pipeName).build();
		this.resources.add(server);
		server.start();
		return server;
	}

	/**
	 * Waits for a client of a plain server.
	 */
	TestPeer accept(PipeServer server) throws PipeException {
		TestPeer peer = new TestPeer(null, server.accept());
		this.resources.add(peer);
		return peer;
	}

	/**
	 * Waits within a flow.
	 */
	static void awaitLatch(CountDownLatch latch) {
		try {
			assertThat(latch.await(SECONDS, TimeUnit.SECONDS)).as("the latch is open").isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	Message<?> awaitMessage() throws InterruptedException {
		Message<?> message = this.received.poll(SECONDS, TimeUnit.SECONDS);
		assertThat(message).as("a message").isNotNull();
		return message;
	}

	List<String> awaitPayloads(int count) throws InterruptedException {
		List<String> payloads = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			payloads.add((String) awaitMessage().getPayload());
		}
		return payloads;
	}

	boolean hasMessage() {
		return !this.received.isEmpty();
	}

	<E extends NamedPipeEvent> E awaitEvent(Class<E> type) throws InterruptedException {
		while (true) {
			NamedPipeEvent event = this.events.poll(SECONDS, TimeUnit.SECONDS);
			assertThat(event).as(type.getSimpleName()).isNotNull();
			if (type.isInstance(event)) {
				return type.cast(event);
			}
		}
	}

	<E extends NamedPipeEvent> List<E> events(Class<E> type) {
		return this.events.stream().filter(type::isInstance).map(type::cast).toList();
	}

	@Override
	public void close() throws Exception {
		for (AutoCloseable resource : this.resources) {
			resource.close();
		}
		this.context.close();
		this.transport.cleanUp(this.pipeName);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableIntegration
	@EnableIntegrationManagement
	static class IntegrationConfiguration {

	}

}
