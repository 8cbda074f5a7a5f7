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

import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.integration.channel.QueueChannel;

import io.namedpipe.PipeServer;
import io.namedpipe.integration.NamedPipe;
import io.namedpipe.integration.NamedPipeProcess;
import io.namedpipe.integration.NamedPipeServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What keeps an application up that has nothing but pipes: a thread that is no daemon.
 */
class KeepAliveTests {

	private static final Duration SOON = Duration.ofSeconds(30);

	@TempDir
	private Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "namedpipe.server.a.gateway.channel=in", "namedpipe.server.a.inbound.channel=in",
			"namedpipe.server.a.outbound.channel=in", "namedpipe.client.a.inbound.channel=in" })
	void whenPipeWaitsForOthersThenApplicationStaysUpUntilClosed(String property) {
		runner(property).run((context) -> assertThat(isKeptUp()).isTrue());
		await().atMost(SOON).until(() -> !isKeptUp());
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenChildRunsThenApplicationStaysUpUntilChildEnds() {
		runner("namedpipe.process.worker.command=cat", "namedpipe.process.worker.to-child.channel=out",
				"namedpipe.process.worker.from-child.channel=in")
			.run((context) -> {
				assertThat(isKeptUp()).isTrue();
				context.getBean(NamedPipeProcess.class).pipe().process().destroy();
				await().atMost(SOON).until(() -> !isKeptUp());
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "namedpipe.keep-alive=false", "namedpipe.server.a.auto-startup=false" })
	void whenIsNotWantedThenApplicationEnds(String property) {
		runner("namedpipe.server.a.gateway.channel=in", property).run((context) -> assertThat(isKeptUp()).isFalse());
	}

	@ParameterizedTest
	@ValueSource(strings = { "namedpipe.client.a.outbound.channel=in", "namedpipe.client.a.gateway.channel=in" })
	void whenClientOnlySendsThenApplicationEnds(String property) {
		runner(property).run((context) -> assertThat(isKeptUp()).isFalse());
	}

	@Test
	void whenPipeStopsAndStartsThenApplicationIsKeptUpWhileItRuns() {
		runner("namedpipe.server.a.gateway.channel=in", "namedpipe.server.b.gateway.channel=in").run((context) -> {
			NamedPipe a = context.getBean("aNamedPipeServer", NamedPipe.class);
			NamedPipe b = context.getBean("bNamedPipeServer", NamedPipe.class);
			a.stop();
			assertThat(isKeptUp()).isTrue();
			b.stop();
			await().atMost(SOON).until(() -> !isKeptUp());
			a.start();
			assertThat(isKeptUp()).isTrue();
		});
	}

	@Test
	void whenPipeIsBeanOfApplicationThenApplicationStaysUp() {
		runner().withBean(NamedPipeServer.class, this::server).run((context) -> assertThat(isKeptUp()).isTrue());
		await().atMost(SOON).until(() -> !isKeptUp());
	}

	@Test
	void whenStartFailsThenApplicationEnds() {
		runner("namedpipe.server.a.gateway.channel=in", "namedpipe.client.b.gateway.channel=in",
				"namedpipe.client.b.startup-failure=stop", "namedpipe.client.b.wait-for-server=false")
			.withBean(NamedPipeServer.class, this::server)
			.run((context) -> assertThat(context).hasFailed());
		await().atMost(SOON).until(() -> !isKeptUp());
	}

	private NamedPipeServer server() {
		try {
			return NamedPipeServer.builder("own", PipeServer.builder("own").directory(this.directory)).build();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private ApplicationContextRunner runner(String... properties) {
		return new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(IntegrationAutoConfiguration.class, NamedPipeAutoConfiguration.class))
			.withBean("in", QueueChannel.class, () -> new QueueChannel())
			.withPropertyValues("namedpipe.directory=" + this.directory)
			.withPropertyValues(properties);
	}

	private static boolean isKeptUp() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.anyMatch((thread) -> !thread.isDaemon() && thread.getName().startsWith("namedpipe-"));
	}

}
