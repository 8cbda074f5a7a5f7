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

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.core.MessagingTemplate;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessagingException;

import io.namedpipe.PipeType;
import io.namedpipe.TransmissionMode;
import io.namedpipe.integration.NamedPipeClient;
import io.namedpipe.integration.NamedPipeHeaders;
import io.namedpipe.integration.NamedPipeServer;
import io.namedpipe.test.PipeTestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@code type: memory}.
 */
class MemoryConfigurationTests {

	private static ApplicationContextRunner runner(String... properties) {
		List<String> all = new ArrayList<>(List.of("namedpipe.server.orders.type=memory",
				"namedpipe.server.orders.payload.type=text", "namedpipe.server.orders.gateway.channel=orders"));
		all.addAll(List.of(properties));
		return new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(IntegrationAutoConfiguration.class, NamedPipeAutoConfiguration.class))
			.withUserConfiguration(Flows.class)
			.withPropertyValues(all.toArray(String[]::new));
	}

	private static ApplicationContextRunner both(String... properties) {
		return runner("namedpipe.client.asking.type=memory", "namedpipe.client.asking.pipe-name=orders",
				"namedpipe.client.asking.payload.type=text", "namedpipe.client.asking.gateway.channel=questions")
			.withPropertyValues(properties);
	}

	private static Object ask(ApplicationContext context, String question) {
		return new MessagingTemplate(context.getBean("questions", MessageChannel.class)).convertSendAndReceive(question,
				String.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "byte", "message" })
	void whenServerAndClientAreInMemoryThenTheyMeet(String mode) {
		both("namedpipe.server.orders.transmission-mode=" + mode, "namedpipe.client.asking.transmission-mode=" + mode)
			.run((context) -> {
				assertThat(ask(context, "7")).isEqualTo(System.getProperty("user.name") + " asked 7");
				NamedPipeServer server = context.getBean(NamedPipeServer.class);
				assertThat(server.address()).isEqualTo("memory:orders");
				assertThat(server.pipe().type()).isEqualTo(PipeType.MEMORY);
				assertThat(server.pipe().transmissionMode())
					.isEqualTo(TransmissionMode.valueOf(mode.toUpperCase(Locale.ROOT)));
				assertThat(context.getBean(NamedPipeClient.class).pipe().type()).isEqualTo(PipeType.MEMORY);
			});
	}

	@Test
	void whenContextEndsThenTheNameIsFree() {
		for (int i = 0; i < 3; i++) {
			both().run((context) -> assertThat(ask(context, "7")).isNotNull());
		}
	}

	@Test
	void whenAnotherContextHasTheNameThenSaysSo() {
		runner().run((first) -> runner().run((second) -> {
			assertThat(second).hasFailed();
			assertThat(second.getStartupFailure()).rootCause()
				.hasMessageContaining("memory:orders is being served in this process");
			assertThat(second.getStartupFailure()).hasStackTraceContaining("'orders'");
		}));
	}

	@Test
	void whenServerUserIsVerifiedThenItIsThatOfThisProcess() {
		both("namedpipe.client.asking.verify-server-user=current-user")
			.run((context) -> assertThat(ask(context, "7")).isNotNull());
		both("namedpipe.client.asking.verify-server-user=" + System.getProperty("user.name"))
			.run((context) -> assertThat(ask(context, "7")).isNotNull());
		both("namedpipe.client.asking.verify-server-user=nobody-of-this-name")
			.run((context) -> assertThatExceptionOfType(MessagingException.class).isThrownBy(() -> ask(context, "7"))
				.withStackTraceContaining("The server of memory:orders is this process")
				.withStackTraceContaining("not of nobody-of-this-name"));
	}

	@Test
	void whenFlowsAreToRunAsClientThenSaysWhyNot() {
		runner("namedpipe.server.orders.gateway.impersonate-client=true")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("namedpipe.server.orders.gateway.impersonate-client")
				.hasStackTraceContaining("this kind of pipe cannot run anything as its client"));
	}

	@Test
	void whenServerIsOfAnotherMachineThenSaysWhyNot() {
		both("namedpipe.client.asking.server-name=fileserver").run((context) -> assertThat(context).getFailure()
			.hasStackTraceContaining("namedpipe.client.asking.server-name"));
	}

	@Test
	void whenTestClientIsBoundToServerThenItSpeaksItsFraming() {
		runner("namedpipe.server.orders.framing.in.type=line", "namedpipe.server.orders.framing.out.type=netstring",
				"namedpipe.server.orders.payload.charset=ISO-8859-1")
			.run((context) -> {
				NamedPipeServer server = context.getBean(NamedPipeServer.class);
				try (PipeTestClient client = PipeTestClient.bindTo(server).connect().awaitConnected();
						PipeTestClient raw = PipeTestClient.bindTo(server).raw().connect().awaitConnected()) {
					String name = System.getProperty("user.name");
					client.send("ä").expectReply(name + " asked ä");
					raw.send("7\n").expectReply((name.length() + 8) + ":" + name + " asked 7,");
					server.send(raw.connectionId(), "hello");
					raw.expectReply("5:hello,");
					server.send(client.connectionId(), "you");
					client.expectReply("you");
				}
			});
	}

	@Configuration(proxyBeanMethods = false)
	static class Flows {

		@Bean
		IntegrationFlow answer() {
			return IntegrationFlow.from("orders")
				.<String>handle((text, headers) -> headers.get(NamedPipeHeaders.REMOTE_USER) + " asked " + text)
				.get();
		}

	}

}
