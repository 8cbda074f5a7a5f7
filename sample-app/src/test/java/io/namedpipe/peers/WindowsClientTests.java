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

package io.namedpipe.peers;

import java.nio.file.Path;
import java.time.LocalTime;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import io.namedpipe.sample.SampleApplication;
import io.namedpipe.testsupport.NotUnderWine;
import io.namedpipe.testsupport.WineLimit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The programs in {@code clients} against the running sample, as they are on Windows.
 */
@EnabledOnOs(OS.WINDOWS)
@Timeout(180)
class WindowsClientTests {

	private static final Path CLIENTS = Path.of("clients").toAbsolutePath();

	@TempDir
	private static Path folder;

	private static ConfigurableApplicationContext sample;

	@BeforeAll
	static void start() {
		sample = new SpringApplicationBuilder(SampleApplication.class).run("--server.port=0");
	}

	@AfterAll
	static void stop() {
		sample.close();
	}

	@Test
	void whenNodeSendsMessagesThenTheyComeBackInOrder() throws Exception {
		Peer.NODE.orSkip();
		try (PeerProgram client = PeerProgram.start(folder,
				Peer.NODE.commandOf(CLIENTS.resolve("echo.js"), "hello", "world"))) {
			assertThat(client.output()).isEqualTo("hello\nworld");
		}
	}

	@Test
	void whenDotnetSendsAnOrderThenItIsConfirmed() throws Exception {
		Peer.DOTNET.orSkip();
		try (PeerProgram client = PeerProgram.start(folder,
				Peer.DOTNET.commandOf(Peer.DOTNET.folder().resolve("Orders.exe"), "tea", "3"))) {
			assertThat(client.output()).matches("\\{\"number\":\\d+,\"item\":\"tea\",\"quantity\":3}");
		}
	}

	@Test
	void whenABatchFileListensThenItHearsTheTicker() throws Exception {
		try (PeerProgram ticker = PeerProgram.start(folder,
				List.of("cmd.exe", "/c", CLIENTS.resolve("ticker.cmd").toString()))) {
			LocalTime first = LocalTime.parse(ticker.nextLine());

			assertThat(LocalTime.parse(ticker.nextLine())).isAfterOrEqualTo(first);
		}
	}

	@Test
	@NotUnderWine(WineLimit.COMMANDS_ARE_NOT_HERE)
	void whenPowerShellSendsAnOrderThenItIsConfirmed() throws Exception {
		try (PeerProgram client = PeerProgram.start(folder, List.of("powershell.exe", "-NoProfile", "-ExecutionPolicy",
				"Bypass", "-File", CLIENTS.resolve("orders.ps1").toString(), "tea", "3"))) {
			assertThat(client.output()).contains("\"item\":\"tea\",\"quantity\":3}");
		}
	}

}
