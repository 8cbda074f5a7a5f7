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

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.dsl.MessageChannels;

import io.namedpipe.CloseReason;
import io.namedpipe.DropReason;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeException;
import io.namedpipe.framing.PayloadFormat;
import io.namedpipe.integration.dsl.NamedPipes;
import io.namedpipe.testsupport.TestTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What becomes of messages that were read when a pipe or its application is stopped.
 */
@Timeout(60)
class GracefulStopTests {

	@Test
	void whenContextOfUsersFlowClosesThenWhatWasReadIsAnswered() throws Exception {
		String pipeName = TestTransport.UNIX.newPipeName();
		Hold hold = new Hold();
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.registerBean("pipeName", String.class, () -> pipeName);
		context.registerBean("hold", Hold.class, () -> hold);
		context.register(UsersFlow.class);
		context.refresh();
		NamedPipeServer server = context.getBean(NamedPipeServer.class);
		try (TestPeer peer = new TestPeer(null, TestTransport.UNIX.client(pipeName).build().connect())) {
			peer.connection().write(frames("one", "two", "three"));
			TestFlows.awaitLatch(hold.entered);
			PipeConnection connection = server.sessions()[0].connection();

			Thread closing = thread(context::close);
			await().until(connection::isStopping);
			hold.release.countDown();

			assertThat(peer.receive()).isEqualTo("ONE");
			assertThat(peer.receive()).isEqualTo("TWO");
			assertThat(peer.receive()).isEqualTo("THREE");
			assertThat(peer.receive()).isNull();
			closing.join(TimeUnit.SECONDS.toMillis(TestFlows.SECONDS));
			assertThat(closing.isAlive()).isFalse();
			assertThat(server.statistics().messagesIn()).isEqualTo(3);
			assertThat(server.statistics().messagesOut()).isEqualTo(3);
			assertThat(server.statistics().closed(CloseReason.STOP)).isEqualTo(1);
		}
	}

	@Test
	void whenFlowsAdapterIsStoppedAndStartedThenItsServerIsToo() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundGateway(server)).bridge().get()).start();

			for (int i = 0; i < 3; i++) {
				assertThat(flows.connect().exchange("round " + i)).isEqualTo("round " + i);
				flows.context().stop();
				assertThat(server.isRunning()).isFalse();
				flows.context().start();
				assertThat(server.isRunning()).isTrue();
			}
		}
	}

	@Test
	void whenMessageIsHeldBackAtStopThenItIsCounted() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			flows
				.flow("in",
						IntegrationFlow.from(NamedPipes.inboundAdapter(server).autoStartup(false))
							.handle(flows::keep)
							.get())
				.start();
			flows.connect().send("held back");
			await().untilAsserted(() -> assertThat(server.statistics().messagesIn()).isEqualTo(1));

			server.stop();

			assertThat(server.statistics().dropped(DropReason.CLOSED)).isEqualTo(1);
		}
	}

	@Test
	void whenStoppingThreadIsInterruptedThenReplyIsWritten() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeServer server = flows.server();
			Hold hold = new Hold();
			flows
				.flow("in",
						IntegrationFlow.from(NamedPipes.inboundGateway(server))
							.<String, String>transform(hold::upperCase)
							.get())
				.start();
			TestPeer peer = flows.connect();
			peer.send("hello");
			TestFlows.awaitLatch(hold.entered);
			PipeConnection connection = server.sessions()[0].connection();
			AtomicInteger interrupted = new AtomicInteger();

			Thread stopping = thread(() -> {
				Thread.currentThread().interrupt();
				server.stop();
				interrupted.set(Thread.interrupted() ? 1 : 0);
			});
			await().until(connection::isStopping);
			hold.release.countDown();

			assertThat(peer.receive()).isEqualTo("HELLO");
			stopping.join(TimeUnit.SECONDS.toMillis(TestFlows.SECONDS));
			assertThat(interrupted).hasValue(1);
		}
	}

	private static Thread thread(Runnable task) {
		Thread thread = new Thread(task, "stopping");
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

	private static ByteBuffer frames(String... texts) throws IOException {
		ByteBuffer frames = ByteBuffer.allocate(1000);
		for (String text : texts) {
			frames.putInt(text.length()).put(text.getBytes(StandardCharsets.UTF_8));
		}
		return frames.flip();
	}

	/**
	 * Keeps flows from going on.
	 */
	static class Hold {

		private final CountDownLatch entered = new CountDownLatch(1);

		private final CountDownLatch release = new CountDownLatch(1);

		String upperCase(String text) {
			this.entered.countDown();
			TestFlows.awaitLatch(this.release);
			return text.toUpperCase();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableIntegration
	static class UsersFlow {

		@Bean
		NamedPipeServer orders(String pipeName) throws PipeException {
			return NamedPipeServer.builder("orders", TestTransport.UNIX.server(pipeName))
				.payload(PayloadFormat.text(StandardCharsets.UTF_8))
				.build();
		}

		@Bean
		IntegrationFlow in(NamedPipeServer server, Hold hold) {
			return IntegrationFlow.from(NamedPipes.inboundGateway(server))
				.<String, String>transform(hold::upperCase)
				.channel(MessageChannels.direct())
				.handle(String.class, (payload, headers) -> payload)
				.get();
		}

	}

}
