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

package io.namedpipe.sample;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.integration.annotation.ServiceActivator;
import org.springframework.integration.core.MessagingTemplate;
import org.springframework.messaging.MessagingException;

import io.namedpipe.CloseReason;
import io.namedpipe.integration.NamedPipeOperations;
import io.namedpipe.integration.event.NamedPipeConnectionClosedEvent;
import io.namedpipe.testsupport.Descriptors;
import io.namedpipe.testsupport.NewThreadExecutor;
import io.namedpipe.testsupport.RequiresCommand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The whole stack at both ends, in two processes, of which one may die at any time.
 */
@Timeout(400)
class TwoProcessTests {

	private static final int EXCHANGES = 10_000;

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	@Test
	void whenTwoJvmsPlayPingPongThenEveryMessageComesBack(@TempDir Path folder) throws Exception {
		try (SampleProcess sample = SampleProcess.start(folder); ConfigurableApplicationContext near = client(folder)) {
			Asker asker = near.getBean(Asker.class);

			for (int i = 0; i < EXCHANGES; i++) {
				assertThat(asker.ask(i)).isEqualTo(i);
			}

			NamedPipeOperations far = near.getBean("farNamedPipeClient", NamedPipeOperations.class);
			assertThat(far.statistics().messagesIn()).isEqualTo(EXCHANGES);
			assertThat(far.statistics().accepted()).isEqualTo(1);
		}
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	@RequiresCommand("python3")
	void whenPythonPlaysPingPongThenEveryMessageComesBack(@TempDir Path folder) throws Exception {
		try (ConfigurableApplicationContext server = server(folder)) {
			String output = Program.run(folder, "python3", pingPong(), String.valueOf(EXCHANGES));

			assertThat(output).endsWith("\n" + EXCHANGES);
			Awaitility.await()
				.atMost(PATIENCE)
				.untilAsserted(() -> assertThat(echo(server).statistics().messagesOut()).isEqualTo(EXCHANGES));
		}
	}

	@Test
	void whenTheServerIsKilledThenTheClientSaysSoAndFindsTheNextOne(@TempDir Path folder) throws Exception {
		try (ConfigurableApplicationContext near = client(folder)) {
			Asker asker = near.getBean(Asker.class);
			Closings closings = near.getBean(Closings.class);
			long descriptors;
			try (SampleProcess sample = SampleProcess.start(folder)) {
				AtomicInteger answers = new AtomicInteger();
				asker.ask(0);
				descriptors = descriptors();
				CompletableFuture<Void> asking = CompletableFuture.runAsync(() -> {
					while (true) {
						asker.ask(answers.getAndIncrement());
					}
				}, new NewThreadExecutor());
				Awaitility.await().atMost(PATIENCE).until(() -> answers.get() > 500);

				sample.close();

				assertThat(closings.next()).isEqualTo(CloseReason.PEER);
				assertThatExceptionOfType(Exception.class)
					.isThrownBy(() -> asking.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
					.withCauseInstanceOf(MessagingException.class);
			}
			try (SampleProcess next = SampleProcess.start(folder)) {
				assertThat(asker.ask(42)).isEqualTo(42);
				Awaitility.await()
					.atMost(PATIENCE)
					.untilAsserted(() -> assertThat(descriptors()).isLessThanOrEqualTo(descriptors));
			}
		}
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	@RequiresCommand("python3")
	void whenClientsAreKilledThenTheServerSaysSoAndServesTheOthers(@TempDir Path folder) throws Exception {
		try (ConfigurableApplicationContext server = server(folder)) {
			Program.run(folder, "python3", pingPong(), "100");
			Closings closings = server.getBean(Closings.class);
			assertThat(closings.next()).isEqualTo(CloseReason.PEER);
			long descriptors = Descriptors.open();
			try (Program survivor = Program.start(folder, "python3", pingPong())) {
				for (int i = 0; i < 5; i++) {
					try (Program victim = Program.start(folder, "python3", pingPong())) {
						assertThat(victim.nextLine()).isEqualTo("100");

						victim.close();

						assertThat(closings.next()).isEqualTo(CloseReason.PEER);
						assertThat(survivor.nextLine()).isNotEmpty();
					}
				}
				assertThat(echo(server).connections()).hasSize(1);
			}
			assertThat(closings.next()).isEqualTo(CloseReason.PEER);
			Awaitility.await()
				.atMost(PATIENCE)
				.untilAsserted(() -> assertThat(Descriptors.open()).isLessThanOrEqualTo(descriptors));
			assertThat(echo(server).connections()).isEmpty();
			assertThat(Program.run(folder, "python3", pingPong(), "100")).endsWith("100");
		}
	}

	// of Windows there are handles, which tests of the transport count
	private static long descriptors() {
		return (OS.current() == OS.WINDOWS) ? 0 : Descriptors.open();
	}

	private static String pingPong() throws Exception {
		return Path.of(TwoProcessTests.class.getResource("pingpong.py").toURI()).toString();
	}

	private static NamedPipeOperations echo(ConfigurableApplicationContext context) {
		return context.getBean("echoNamedPipeServer", NamedPipeOperations.class);
	}

	private static ConfigurableApplicationContext server(Path folder) {
		return start(Server.class, folder, "--namedpipe.server.echo.gateway.channel=echoRequests");
	}

	private static ConfigurableApplicationContext client(Path folder) {
		return start(Client.class, folder, "--namedpipe.client.far.pipe-name=echo",
				"--namedpipe.client.far.gateway.channel=farRequests",
				"--namedpipe.client.far.gateway.max-connections=1");
	}

	private static ConfigurableApplicationContext start(Class<?> type, Path folder, String... arguments) {
		return new SpringApplicationBuilder(type).web(WebApplicationType.NONE)
			.properties("spring.config.location=optional:classpath:/none/", "namedpipe.directory=" + folder)
			.run(arguments);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Server {

		@Bean
		Closings closings() {
			return new Closings();
		}

		@ServiceActivator(inputChannel = "echoRequests")
		byte[] echo(byte[] message) {
			return message;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Client {

		@Bean
		Closings closings() {
			return new Closings();
		}

		@Bean
		Asker asker(ConfigurableApplicationContext context) {
			MessagingTemplate template = new MessagingTemplate();
			template.setBeanFactory(context.getBeanFactory());
			return new Asker(template);
		}

	}

	record Asker(MessagingTemplate template) {

		int ask(int number) {
			byte[] message = ByteBuffer.allocate(4).putInt(number).array();
			byte[] answer = this.template.convertSendAndReceive("farRequests", (Object) message, byte[].class);
			return ByteBuffer.wrap(answer).getInt();
		}

	}

	static class Closings {

		private final BlockingQueue<CloseReason> reasons = new LinkedBlockingQueue<>();

		@EventListener
		void closed(NamedPipeConnectionClosedEvent event) {
			this.reasons.add(event.getReason());
		}

		CloseReason next() throws InterruptedException {
			return this.reasons.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
		}

	}

}
