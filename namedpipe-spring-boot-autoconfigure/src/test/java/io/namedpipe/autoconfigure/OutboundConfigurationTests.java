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

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.integration.channel.QueueChannel;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHandlingException;
import org.springframework.messaging.support.GenericMessage;
import org.springframework.messaging.support.MessageBuilder;

import io.namedpipe.DropReason;
import io.namedpipe.PipeClient;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeException;
import io.namedpipe.UnknownConnectionException;
import io.namedpipe.integration.NamedPipeHeaders;
import io.namedpipe.integration.NamedPipeServer;
import io.namedpipe.integration.OverflowPolicy;
import io.namedpipe.integration.outbound.WithoutConnectionPolicy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Where what is sent to a server goes.
 */
@Timeout(60)
class OutboundConfigurationTests {

	@TempDir
	private Path directory;

	@Test
	void whenServerReceivesThenMessageWithoutConnectionIsRefused() throws Exception {
		runner("outbound.channel=out", "inbound.channel=in").run((context) -> {
			try (PipeClient client = client(); PipeConnection connection = client.connect()) {
				MessageChannel out = context.getBean("out", MessageChannel.class);

				assertThatExceptionOfType(MessageHandlingException.class)
					.isThrownBy(() -> out.send(new GenericMessage<>("for one of them")))
					.withMessageContaining(NamedPipeHeaders.CONNECTION_ID)
					.withMessageContaining("without-connection");

				OutputStream output = connection.outputStream();
				output.write("question\n".getBytes(StandardCharsets.UTF_8));
				Message<?> question = context.getBean("in", QueueChannel.class).receive(20_000);
				out.send(MessageBuilder.fromMessage(question).build());
				assertThat(line(connection)).isEqualTo("question");
			}
		});
	}

	@Test
	void whenServerOnlySendsOrIsToldToThenMessageGoesToAll() throws Exception {
		for (List<String> properties : List.of(List.of("outbound.channel=out"),
				List.of("outbound.channel=out", "inbound.channel=in", "outbound.without-connection=broadcast"))) {
			runner(properties.toArray(String[]::new)).run((context) -> {
				try (PipeClient client = client(); PipeConnection connection = client.connect()) {
					NamedPipeServer server = context.getBean(NamedPipeServer.class);
					await().atMost(Duration.ofSeconds(20)).until(() -> server.sessions().length == 1);

					context.getBean("out", MessageChannel.class).send(new GenericMessage<>("for all"));

					assertThat(line(connection)).isEqualTo("for all");
				}
			});
		}
	}

	@Test
	void whenConnectionIsUnknownThenMessageFailsOrIsDropped() {
		runner("outbound.channel=out").run((context) -> assertThatExceptionOfType(MessageHandlingException.class)
			.isThrownBy(() -> sendToNobody(context))
			.havingCause()
			.isInstanceOfSatisfying(UnknownConnectionException.class,
					(cause) -> assertThat(cause.getConnectionId()).isEqualTo("gone")));
		runner("outbound.channel=out", "outbound.unknown-connection=drop").run((context) -> {
			sendToNobody(context);
			assertThat(context.getBean(NamedPipeServer.class).statistics().dropped(DropReason.UNKNOWN_CONNECTION))
				.isEqualTo(1);
		});
	}

	@Test
	void whenOverflowIsNotGivenThenItIsThatOfTheRole() throws PipeException {
		assertThat(Properties.server("outbound.channel=out").builder().build()).hasFieldOrPropertyWithValue("overflow",
				OverflowPolicy.DISCONNECT);
		assertThat(Properties.client("outbound.channel=out").builder().build()).hasFieldOrPropertyWithValue("overflow",
				OverflowPolicy.BLOCK);
		assertThat(Properties.client("outbound.channel=out", "inbound.channel=in").outbound())
			.hasFieldOrPropertyWithValue("withoutConnection", WithoutConnectionPolicy.BROADCAST);
		assertThat(Properties.server("outbound.channel=out", "gateway.channel=g").outbound())
			.hasFieldOrPropertyWithValue("withoutConnection", WithoutConnectionPolicy.ERROR);
	}

	private static void sendToNobody(ApplicationContext context) {
		context.getBean("out", MessageChannel.class)
			.send(MessageBuilder.withPayload("hello").setHeader(NamedPipeHeaders.CONNECTION_ID, "gone").build());
	}

	private PipeClient client() throws Exception {
		return PipeClient.builder("orders").directory(this.directory).build();
	}

	private static String line(PipeConnection connection) throws Exception {
		StringBuilder line = new StringBuilder();
		int next = connection.inputStream().read();
		while (next != '\n') {
			assertThat(next).isNotEqualTo(-1);
			line.append((char) next);
			next = connection.inputStream().read();
		}
		return line.toString();
	}

	private ApplicationContextRunner runner(String... properties) {
		ApplicationContextRunner runner = new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(IntegrationAutoConfiguration.class, NamedPipeAutoConfiguration.class))
			.withBean("in", QueueChannel.class, QueueChannel::new)
			.withPropertyValues("namedpipe.directory=" + this.directory, "namedpipe.server.orders.framing.type=line",
					"namedpipe.server.orders.payload.type=text");
		for (String property : properties) {
			runner = runner.withPropertyValues("namedpipe.server.orders." + property);
		}
		return runner;
	}

}
