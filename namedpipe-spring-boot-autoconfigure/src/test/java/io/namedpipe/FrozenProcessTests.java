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

package io.namedpipe;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import io.namedpipe.testsupport.JavaProcess;
import io.namedpipe.testsupport.PipeFixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A server that is suspended and goes on: time has passed, and what came meanwhile is
 * there to be read.
 */
@DisabledOnOs(OS.WINDOWS)
@Timeout(120)
class FrozenProcessTests extends PipeFixture {

	private static final Duration FROZEN = Duration.ofSeconds(3);

	private static final int CLIENTS = 40;

	@TempDir
	private Path folder;

	@Test
	void whenAServerWasFrozenThenItTakesWhatHasComeMeanwhile() throws Exception {
		String name = this.folder.resolve("pipe").toString();
		try (JavaProcess process = JavaProcess.of(IdleServer.class, name).start();
				PipeClient client = PipeClient.builder(name).build()) {
			assertThat(process.nextLine()).isEqualTo("started");
			List<PipeConnection> connections = new ArrayList<>();
			for (int i = 0; i < CLIENTS; i++) {
				PipeConnection connection = client.connect();
				connection.outputStream().write(1);
				assertThat(connection.inputStream().read()).isEqualTo(1);
				connections.add(connection);
			}

			signal(process, "-STOP");
			for (PipeConnection connection : connections) {
				connection.outputStream().write(2);
			}
			await().pollDelay(FROZEN).until(() -> true);
			signal(process, "-CONT");

			for (PipeConnection connection : connections) {
				assertThat(connection.inputStream().read()).isEqualTo(2);
			}
		}
	}

	private static void signal(JavaProcess process, String signal) throws Exception {
		assertThat(exitCode(new ProcessBuilder("kill", signal, Long.toString(process.process().pid())).start()))
			.isZero();
	}

	/**
	 * Sends back what comes, and closes who is silent.
	 */
	static final class IdleServer {

		private IdleServer() {
		}

		public static void main(String[] args) throws Exception {
			PipeServer server = PipeServer.builder(args[0]).idleTimeout(Duration.ofSeconds(2)).build();
			server.start();
			server.serve((connection) -> {
				int value = connection.inputStream().read();
				while (value >= 0) {
					connection.outputStream().write(value);
					value = connection.inputStream().read();
				}
			});
			System.out.println("started");
			while (System.in.read() >= 0) {
				System.out.println(server.instanceCount());
			}
		}

	}

}
