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

import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.ip.dsl.Tcp;
import org.springframework.integration.ip.dsl.TcpClientConnectionFactorySpec;
import org.springframework.integration.ip.dsl.TcpServerConnectionFactorySpec;
import org.springframework.integration.ip.tcp.serializer.ByteArrayLengthHeaderSerializer;

/**
 * What a Spring user has today: TCP on localhost through Spring Integration, with the
 * same framing and an equal flow.
 */
final class SpringTcpPeer implements Peer {

	private final boolean echo;

	private final boolean nio;

	private int port;

	private @Nullable ConfigurableApplicationContext server;

	SpringTcpPeer(boolean echo, boolean nio) {
		this.echo = echo;
		this.nio = nio;
	}

	@Override
	public void start(Path folder, int clients) throws Exception {
		try (ServerSocket free = new ServerSocket(0)) {
			this.port = free.getLocalPort();
		}
		TcpServerConnectionFactorySpec<?, ?> factory = (this.nio) ? Tcp.nioServer(this.port) : Tcp.netServer(this.port);
		factory.serializer(new ByteArrayLengthHeaderSerializer())
			.deserializer(lengthHeader())
			.backlog(1024)
			.soTcpNoDelay(true);
		this.server = (this.echo)
				? context(IntegrationFlow.from(Tcp.inboundGateway(factory)).handle((payload, headers) -> payload).get())
				: context(IntegrationFlow.from(Tcp.inboundAdapter(factory)).handle((message) -> {
				}).get());
		CountDown.awaitPort(this.port, TimeUnit.SECONDS.toMillis(10));
	}

	private static ByteArrayLengthHeaderSerializer lengthHeader() {
		ByteArrayLengthHeaderSerializer serializer = new ByteArrayLengthHeaderSerializer();
		serializer.setMaxMessageSize(1024 * 1024);
		return serializer;
	}

	static ConfigurableApplicationContext context(IntegrationFlow flow) {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.register(Integration.class);
		context.registerBean("flow", IntegrationFlow.class, () -> flow);
		context.refresh();
		return context;
	}

	@Override
	public Client connect() throws Exception {
		TcpClientConnectionFactorySpec<?, ?> factory = (this.nio) ? Tcp.nioClient("127.0.0.1", this.port)
				: Tcp.netClient("127.0.0.1", this.port);
		factory.serializer(new ByteArrayLengthHeaderSerializer()).deserializer(lengthHeader()).soTcpNoDelay(true);
		IntegrationFlow flow = (this.echo) ? IntegrationFlow.from("requests").handle(Tcp.outboundGateway(factory)).get()
				: IntegrationFlow.from("requests").handle(Tcp.outboundAdapter(factory)).get();
		return new ChannelClient(context(flow), this.echo);
	}

	@Override
	public void close() {
		if (this.server != null) {
			this.server.close();
		}
	}

	/**
	 * Spring Integration without Boot.
	 */
	@EnableIntegration
	static class Integration {

	}

}
