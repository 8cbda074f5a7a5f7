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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.channel.QueueChannel;

import io.namedpipe.PipeServer;
import io.namedpipe.TransmissionMode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * What an application says that cannot start on Windows.
 */
@EnabledOnOs(OS.WINDOWS)
@ExtendWith(OutputCaptureExtension.class)
@Timeout(60)
class WindowsStartFailureTests {

	private final String name = "orders-" + ProcessHandle.current().pid();

	@Test
	void whenNameIsInUseThenSaysSo(CapturedOutput output) throws Exception {
		try (PipeServer server = PipeServer.builder(this.name).build()) {
			server.start();
			start("--namedpipe.server.orders.pipe-name=" + this.name);
			assertThat(output).contains("The pipe of 'namedpipe.server.orders' could not be started")
				.contains("\\\\.\\pipe\\" + this.name + " is being served by this very process already")
				.contains("'namedpipe.server.orders.pipe-name'");
			assertThat(server.isRunning()).isTrue();
		}
	}

	@Test
	void whenTheDescriptorLocksTheServerOutThenSaysWhat(CapturedOutput output) {
		start("--namedpipe.server.orders.access.sddl=D:(A;;GA;;;SY)");
		assertThat(output).contains("The pipe of 'namedpipe.server.orders' could not be started")
			.contains("does not let the server's own account")
			.contains("Correct 'namedpipe.server.orders.access.sddl'");
	}

	@Test
	void whenTheNameIsAPathThenSaysWhatToGive(CapturedOutput output) {
		start("--namedpipe.server.orders.pipe-name=/tmp/orders");
		assertThat(output).contains("namedpipe.server.orders.pipe-name").contains("on Windows give a short name");
	}

	@Test
	void whenServerIsOfAnotherModeThenSaysWhatToSet(CapturedOutput output) throws Exception {
		try (PipeServer server = PipeServer.builder(this.name).build()) {
			server.start();
			start("--namedpipe.client.orders.startup-failure=stop", "--namedpipe.client.orders.pipe-name=" + this.name,
					"--namedpipe.client.orders.transmission-mode=message");
			assertThat(output).contains("carries bytes, and this client is for messages")
				.contains("Set 'namedpipe.client.orders.transmission-mode' to that of the other end");
		}
	}

	@Test
	void whenServerIsOfAnotherUserThanToBeThenSaysWhose(CapturedOutput output) throws Exception {
		try (PipeServer server = PipeServer.builder(this.name).transmissionMode(TransmissionMode.BYTE).build()) {
			server.start();
			start("--namedpipe.client.orders.startup-failure=stop", "--namedpipe.client.orders.pipe-name=" + this.name,
					"--namedpipe.client.orders.verify-server-user=Local Service");
			assertThat(output).contains("The pipe of 'namedpipe.client.orders' could not be started")
				.contains("and not to Local Service (S-1-5-19)")
				.contains("'namedpipe.client.orders.verify-server-user'");
		}
	}

	private void start(String... arguments) {
		List<String> all = new ArrayList<>(List.of(arguments));
		all.add("--spring.main.banner-mode=off");
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		assertThatException().isThrownBy(() -> application.run(all.toArray(String[]::new)).close());
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ IntegrationAutoConfiguration.class, NamedPipeAutoConfiguration.class })
	static class Application {

		@Bean
		QueueChannel ordersIn() {
			return new QueueChannel();
		}

	}

}
