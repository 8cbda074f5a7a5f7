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

import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.dsl.IntegrationFlow;

import io.namedpipe.autoconfigure.NamedPipeAutoConfiguration;

/**
 * A sender that has up to {@value #WINDOW} messages without a confirm, over a gateway
 * whose flow gets them from a {@link ConfirmingService}, or without a pipe.
 */
final class PipelinedPeer implements Peer {

	private static final int WINDOW = 1000;

	private final int maxInFlight;

	private final ConfirmingService service = new ConfirmingService();

	private Path path = Path.of("/");

	private @Nullable ConfigurableApplicationContext server;

	private PipelinedPeer(int maxInFlight) {
		this.maxInFlight = maxInFlight;
	}

	static PipelinedPeer withoutPipe() {
		return new PipelinedPeer(0);
	}

	static PipelinedPeer overGateway(int maxInFlight) {
		return new PipelinedPeer(maxInFlight);
	}

	@Override
	public void start(Path folder, int clients) {
		if (this.maxInFlight == 0) {
			return;
		}
		this.path = folder.resolve("pipe");
		this.server = new SpringApplicationBuilder(Flow.class).web(WebApplicationType.NONE)
			.initializers((context) -> context.getBeanFactory().registerSingleton("service", this.service))
			.properties("logging.level.root=warn", "spring.main.banner-mode=off",
					"namedpipe.server.bench.pipe-name=" + this.path, "namedpipe.server.bench.gateway.channel=flow",
					"namedpipe.server.bench.gateway.max-in-flight=" + this.maxInFlight)
			.run();
	}

	@Override
	public Client connect() throws IOException {
		return (this.maxInFlight == 0) ? new DirectClient(this.service) : new PipeClient(this.path);
	}

	@Override
	public void close() {
		if (this.server != null) {
			this.server.close();
		}
		this.service.close();
	}

	/**
	 * Calls the service.
	 *
	 * @param service the service
	 * @param window the room for messages without a confirm
	 */
	private record DirectClient(ConfirmingService service, Semaphore window) implements Client {

		DirectClient(ConfirmingService service) {
			this(service, new Semaphore(WINDOW));
		}

		@Override
		public void exchange(byte[] payload) throws InterruptedException {
			this.window.acquire();
			this.service.publish(payload).thenRun(this.window::release);
		}

		@Override
		public void close() throws InterruptedException {
			this.window.acquire(WINDOW);
		}

	}

	/**
	 * Writes messages, and counts the replies on another thread.
	 */
	private static final class PipeClient implements Client {

		private static final int BUFFER_SIZE = 64 * 1024;

		private final SocketChannel channel;

		private final Semaphore window = new Semaphore(WINDOW);

		private ByteBuffer buffer = ByteBuffer.allocateDirect(0);

		PipeClient(Path path) throws IOException {
			this.channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
			Thread reading = new Thread(this::count, "counting");
			reading.setDaemon(true);
			reading.start();
		}

		private void count() {
			ByteBuffer replies = ByteBuffer.allocateDirect(BUFFER_SIZE);
			try {
				while (this.channel.read(replies) >= 0) {
					replies.flip();
					int count = 0;
					while (replies.remaining() >= 4 && replies.remaining() >= 4 + replies.getInt(replies.position())) {
						replies.position(replies.position() + 4 + replies.getInt(replies.position()));
						count++;
					}
					replies.compact();
					this.window.release(count);
				}
			}
			catch (IOException ex) {
				// closed, and everything counted
			}
		}

		@Override
		public void exchange(byte[] payload) throws Exception {
			this.window.acquire();
			if (this.buffer.capacity() != payload.length + 4) {
				this.buffer = ByteBuffer.allocateDirect(payload.length + 4);
			}
			this.buffer.clear();
			this.buffer.putInt(payload.length).put(payload).flip();
			while (this.buffer.hasRemaining()) {
				if (this.channel.write(this.buffer) < 0) {
					throw new EOFException();
				}
			}
		}

		@Override
		public void close() throws Exception {
			this.window.acquire(WINDOW);
			this.channel.close();
		}

	}

	/**
	 * The flow behind the gateway.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ IntegrationAutoConfiguration.class, NamedPipeAutoConfiguration.class })
	static class Flow {

		@Bean
		IntegrationFlow answer(ConfirmingService service) {
			return IntegrationFlow.from("flow")
				.handle(byte[].class, (payload, headers) -> service.publish(payload),
						(endpoint) -> endpoint.async(true))
				.get();
		}

	}

}
