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

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import io.namedpipe.transport.Transport;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * After connects and failures the process has as many handles as before.
 */
@EnabledOnOs(OS.WINDOWS)
@Timeout(60)
class WindowsHandleTests {

	private static final String NAME = "handle-tests";

	private final Transport transport = new WindowsTransport();

	@Test
	void connectionsLeaveNoHandle() throws Exception {
		exchange();
		int before = NativeProcess.handleCount();

		for (int i = 0; i < 100; i++) {
			exchange();
		}

		assertThat(NativeProcess.hasNoMoreHandlesThan(before)).isTrue();
	}

	private void exchange() throws Exception {
		try (TransportListener listener = this.transport.listen(Options.of(NAME).listen());
				TransportChannel client = this.transport.connect(Options.of(NAME).connect());
				TransportChannel server = listener.accept()) {
			client.write(new ByteBuffer[] { ByteBuffer.allocate(10_000) }, 0, 1);
			assertThat(server.read(ByteBuffer.allocate(10_000))).isPositive();
		}
	}

	@Test
	void failuresToConnectLeaveNoHandle() throws Exception {
		try (TransportListener listener = this.transport.listen(Options.of(NAME).pendingInstances(1).listen());
				TransportChannel only = this.transport.connect(Options.of(NAME).connect())) {
			failToConnect();
			int before = NativeProcess.handleCount();

			for (int i = 0; i < 100; i++) {
				failToConnect();
			}

			assertThat(NativeProcess.hasNoMoreHandlesThan(before)).isTrue();
			assertThat(listener.address()).isNotNull();
			assertThat(only.peer()).isNotNull();
		}
	}

	private void failToConnect() {
		assertThatExceptionOfType(TransportException.class)
			.isThrownBy(() -> this.transport.connect(Options.of(NAME).connect()));
		assertThatExceptionOfType(TransportException.class)
			.isThrownBy(() -> this.transport.connect(Options.of("no-such-pipe").connect()));
	}

	@Test
	void failuresToListenLeaveNoHandle() throws Exception {
		try (TransportListener listener = this.transport.listen(Options.of(NAME).listen())) {
			failToListen();
			int before = NativeProcess.handleCount();

			for (int i = 0; i < 20; i++) {
				failToListen();
			}

			assertThat(NativeProcess.hasNoMoreHandlesThan(before)).isTrue();
			assertThat(listener.address()).isNotNull();
		}
	}

	private void failToListen() {
		assertThatExceptionOfType(TransportException.class)
			.isThrownBy(() -> this.transport.listen(Options.of(NAME).listen()));
	}

	@Test
	void clientsThatWereNeverAcceptedLeaveNoHandle() throws Exception {
		for (int i = 0; i < 2; i++) {
			leaveClients();
		}
		int before = NativeProcess.handleCount();

		leaveClients();

		assertThat(NativeProcess.hasNoMoreHandlesThan(before)).isTrue();
	}

	private void leaveClients() throws Exception {
		List<TransportChannel> clients = new ArrayList<>();
		try (TransportListener listener = this.transport.listen(Options.of(NAME).pendingInstances(10).listen())) {
			for (int i = 0; i < 10; i++) {
				clients.add(this.transport.connect(Options.of(listener.address()).connect()));
			}
		}
		clients.forEach(TransportChannel::close);
	}

}
