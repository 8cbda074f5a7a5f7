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

package io.namedpipe.transport.windows;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.integration.channel.QueueChannel;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.support.GenericMessage;

import io.namedpipe.AnonymousPipeServer;
import io.namedpipe.PipeDirection;
import io.namedpipe.autoconfigure.NamedPipeAutoConfiguration;
import io.namedpipe.integration.NamedPipeProcess;
import io.namedpipe.integration.event.NamedPipeProcessExitedEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Child processes of the configuration, and the side of the child, on Windows.
 */
@EnabledOnOs(OS.WINDOWS)
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class WindowsProcessConfigurationTests {

	private static final Duration SOON = Duration.ofSeconds(20);

	private final BlockingQueue<NamedPipeProcessExitedEvent> exits = new LinkedBlockingQueue<>();

	private final QueueChannel received = new QueueChannel();

	private ApplicationContextRunner runner(String... properties) {
		return new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(IntegrationAutoConfiguration.class, NamedPipeAutoConfiguration.class))
			.withBean("received", QueueChannel.class, () -> this.received)
			.withInitializer((context) -> context
				.addApplicationListener((ApplicationListener<NamedPipeProcessExitedEvent>) this.exits::add))
			.withPropertyValues(properties);
	}

	private @Nullable Object receive() {
		Message<?> message = this.received.receive(SOON.toMillis());
		return (message != null) ? message.getPayload() : null;
	}

	private static void send(ApplicationContext context, String text) {
		context.getBean("toSend", MessageChannel.class).send(new GenericMessage<>(text));
	}

	@Test
	void whenProgramIsChildThenMessagesGoBothWaysAndItRestarts(CapturedOutput output) {
		runner(child("shout", "{in}", "{out}"))
			.withPropertyValues("namedpipe.process.worker.to-child.channel=toSend",
					"namedpipe.process.worker.from-child.channel=received",
					"namedpipe.process.worker.from-child.payload.type=text")
			.run((context) -> {
				NamedPipeProcess process = context.getBean("workerNamedPipeProcess", NamedPipeProcess.class);
				for (String text : List.of("first", "second")) {
					send(context, text);
					assertThat(receive()).isEqualTo(text.toUpperCase());

					process.stop();

					assertThat(process.pipe().exitCode()).isEqualTo(OptionalInt.of(0));
					process.start();
				}
				await().atMost(SOON).untilAsserted(() -> assertThat(output).contains("done"));
			});
	}

	@Test
	void whenTheChildIsKilledThenItsEndIsTold() {
		runner(child("shout", "{in}", "{out}"))
			.withPropertyValues("namedpipe.process.worker.to-child.channel=toSend",
					"namedpipe.process.worker.from-child.channel=received",
					"namedpipe.process.worker.from-child.payload.type=text")
			.run((context) -> {
				NamedPipeProcess process = context.getBean("workerNamedPipeProcess", NamedPipeProcess.class);
				// Wine leaves a console behind, with the handles, of whom is killed at
				// once
				send(context, "started");
				assertThat(receive()).isEqualTo("STARTED");

				process.pipe().process().destroyForcibly();

				NamedPipeProcessExitedEvent exit = this.exits.poll(SOON.toSeconds(), TimeUnit.SECONDS);
				assertThat(exit).isNotNull();
				assertThat(exit.getExitCode()).isEqualTo(1);
			});
	}

	private static String[] child(String... arguments) {
		String[] properties = new String[arguments.length + 1];
		properties[0] = "namedpipe.process.worker.command[0]=" + WindowsProgram.path("anonymous-child");
		for (int i = 0; i < arguments.length; i++) {
			properties[i + 1] = "namedpipe.process.worker.command[" + (i + 1) + "]=" + arguments[i];
		}
		return properties;
	}

	@Test
	void whenHandlesAreConfiguredThenTheClientsUseThem() throws Exception {
		try (AnonymousPipeServer toUs = AnonymousPipeServer.builder(PipeDirection.OUT).build();
				AnonymousPipeServer fromUs = AnonymousPipeServer.builder(PipeDirection.IN).build()) {
			runner("namedpipe.client.orders.handle=" + toUs.getClientHandleAsString(),
					"namedpipe.client.orders.direction=out", "namedpipe.client.orders.framing.type=line",
					"namedpipe.client.orders.payload.type=text", "namedpipe.client.orders.inbound.channel=received",
					"namedpipe.client.receipts.handle=" + fromUs.getClientHandleAsString(),
					"namedpipe.client.receipts.direction=in", "namedpipe.client.receipts.framing.type=line",
					"namedpipe.client.receipts.outbound.channel=toSend")
				.run((context) -> {
					toUs.connection().outputStream().write("order\n".getBytes(StandardCharsets.UTF_8));
					assertThat(receive()).isEqualTo("order");

					send(context, "receipt");

					byte[] line = fromUs.connection().inputStream().readNBytes(8);
					assertThat(line).asString(StandardCharsets.UTF_8).isEqualTo("receipt\n");
				});
		}
	}

}
