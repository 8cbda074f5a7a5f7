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

package io.namedpipe.socket;

import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import io.namedpipe.testsupport.Descriptors;
import io.namedpipe.testsupport.TestTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * The behaviour of sockets over what the platform has for bytes: Unix domain sockets, or
 * the pipes of Windows.
 */
class PlatformSocketBehaviourTests extends SocketBehaviourTests {

	PlatformSocketBehaviourTests() {
		super(TestTransport.PLATFORM);
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenManySocketsWereClosedThenNoDescriptorIsLeft() throws Exception {
		ServerSocket listening = listening();
		NamedPipeSocketFactory sockets = sockets();
		exchange(sockets, listening);
		long before = Descriptors.open();

		for (int i = 0; i < 100; i++) {
			exchange(sockets, listening);
		}

		await().atMost(SOON).until(() -> Descriptors.open() <= before);
	}

	private void exchange(NamedPipeSocketFactory sockets, ServerSocket listening) throws Exception {
		try (Socket client = sockets.createSocket("localhost", 1); Socket server = listening.accept()) {
			Future<Integer> reading = async(() -> server.getInputStream().read());
			client.setSoTimeout(1);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> client.getInputStream().read());
			client.getOutputStream().write(7);
			assertThat(get(reading)).isEqualTo(7);
		}
	}

}
