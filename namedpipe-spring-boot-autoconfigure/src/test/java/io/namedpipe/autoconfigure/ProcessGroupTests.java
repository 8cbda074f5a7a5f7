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

import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.integration.channel.QueueChannel;

import io.namedpipe.integration.NamedPipeProcess;
import io.namedpipe.integration.event.NamedPipeProcessExitedEvent;
import io.namedpipe.testsupport.JavaProcess;
import io.namedpipe.testsupport.RequiresCommand;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that is ended together with its child, as systemd does it: the signal
 * goes to all processes of the group.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class ProcessGroupTests {

	@Test
	@RequiresCommand("setsid")
	void whenGroupIsToldToEndThenChildIsNotStartedAgain() throws Exception {
		try (JavaProcess application = JavaProcess.of(Application.class, "--namedpipe.process.worker.command=cat",
				"--namedpipe.process.worker.to-child.channel=in", "--namedpipe.process.worker.from-child.channel=in")
			.launchedBy("setsid")
			.start()) {
			String line;
			do {
				line = application.nextLine();
			}
			while (!line.contains("Started ProcessGroupTests.Application"));
			new ProcessBuilder("kill", "-TERM", "--", "-" + application.process().pid()).inheritIO().start().waitFor();
			String output = application.output();
			assertThat(application.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
			assertThat(output).contains("running after the restart: false").doesNotContain("WARN", "ERROR");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ IntegrationAutoConfiguration.class, NamedPipeAutoConfiguration.class })
	static class Application {

		@Bean
		QueueChannel in() {
			return new QueueChannel();
		}

		@EventListener
		void restart(NamedPipeProcessExitedEvent event) {
			NamedPipeProcess process = (NamedPipeProcess) event.getSource();
			process.start();
			System.out.println("running after the restart: " + process.pipe().isAlive());
		}

		public static void main(String[] args) {
			SpringApplication.run(Application.class, args);
		}

	}

}
