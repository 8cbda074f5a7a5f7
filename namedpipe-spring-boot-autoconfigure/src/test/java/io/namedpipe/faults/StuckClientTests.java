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

package io.namedpipe.faults;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;

import ch.qos.logback.classic.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.namedpipe.CloseReason;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeServer;
import io.namedpipe.testsupport.PipeFixture;
import io.namedpipe.testsupport.TestTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A client that sends requests and reads no replies.
 */
@Timeout(60)
class StuckClientTests extends PipeFixture {

	@Test
	void whenAClientReadsNoRepliesThenSomebodyIsToldOnce() throws Exception {
		String name = TestTransport.UNIX.newPipeName();
		try (LogCapture log = new LogCapture(Level.INFO);
				PipeServer server = TestTransport.UNIX.server(name).writeTimeout(Duration.ofSeconds(6)).build()) {
			server.start();
			server.serve((connection) -> {
				byte[] request = new byte[4096];
				while (connection.inputStream().readNBytes(request, 0, request.length) == request.length) {
					connection.write(ByteBuffer.wrap(request));
				}
			});
			PipeConnection client = closing(TestTransport.UNIX.client(name).build()).connect();
			Future<Object> writing = async(() -> writeAll(client));

			await().atMost(SOON).until(() -> server.statistics().stuck() == 1);
			await().atMost(SOON).until(() -> server.statistics().closed(CloseReason.WRITE_TIMEOUT) == 1);

			get(writing);
			assertThat(server.statistics().stuck()).isZero();
			List<String> lines = log.lines()
				.stream()
				.filter((line) -> line.contains("does not read") && line.contains("6 s"))
				.toList();
			assertThat(lines).hasSize(1);
			assertThat(lines.get(0)).containsPattern("user (.+\\\\)?" + System.getProperty("user.name") + " ")
				.contains("a write of 4096 bytes is stuck for 2 s")
				.contains("disconnected after 6 s (write timeout)")
				.contains(name);
		}
		finally {
			TestTransport.UNIX.cleanUp(name);
		}
	}

	private static Object writeAll(PipeConnection client) {
		byte[] request = new byte[4096];
		try {
			while (true) {
				client.write(ByteBuffer.wrap(request));
			}
		}
		catch (java.io.IOException ex) {
			return ex;
		}
	}

}
