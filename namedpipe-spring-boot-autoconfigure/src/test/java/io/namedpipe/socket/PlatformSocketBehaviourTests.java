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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import io.namedpipe.PipeServer;
import io.namedpipe.TransmissionMode;
import io.namedpipe.access.AccessRights;
import io.namedpipe.access.AccessRules;
import io.namedpipe.testsupport.Descriptors;
import io.namedpipe.testsupport.JavaProcess;
import io.namedpipe.testsupport.OtherUser;
import io.namedpipe.testsupport.PeerProcess;
import io.namedpipe.testsupport.RequiresCommand;
import io.namedpipe.testsupport.RequiresRoot;
import io.namedpipe.testsupport.TestTransport;
import io.namedpipe.transport.AccessPolicy;

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

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenSocketsHaveToWaitThenTheyOpenNoDescriptor() throws Exception {
		ServerSocket listening = listening();
		NamedPipeSocketFactory sockets = sockets();
		exchange(sockets, listening);
		List<Socket> clients = new ArrayList<>();
		List<Socket> servers = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			clients.add(closing(sockets.createSocket("localhost", 1)));
			servers.add(closing(listening.accept()));
		}
		long before = Descriptors.open();

		for (Socket client : clients) {
			client.setSoTimeout(1);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> client.getInputStream().read());
			async(() -> {
				client.getOutputStream().write(new byte[8 * 1024 * 1024]);
				return null;
			});
		}
		for (Socket server : servers) {
			assertThat(server.getInputStream().readNBytes(1)).hasSize(1);
		}

		// two for each that waits, or none but for what goes on beside
		assertThat(Descriptors.open()).isLessThan(before + clients.size());
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenDescriptorTableIsFullThenConversationGoesOn(@TempDir Path folder) throws Exception {
		try (JavaProcess process = JavaProcess.of(FullDescriptorTable.class, folder.resolve("full").toString())
			.launchedBy("sh", "-c", "ulimit -n 400; exec \"$@\"", "sh")
			.jvmArguments("-XX:-MaxFDLimit")
			.start()) {
			assertThat(process.output()).contains("received " + FullDescriptorTable.SIZE).doesNotContain("not sent");
		}
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	@RequiresRoot
	@RequiresCommand("python3")
	void whenClientMayOnlyReadThenNextIsAccepted(@TempDir Path folder) throws Exception {
		Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
		String pipe = folder.resolve("limited").toString();
		AccessPolicy access = AccessRules.builder().allow("54321", AccessRights.READ).build();
		ServerSocket listening = closing(
				new NamedPipeServerSocketFactory(() -> PipeServer.builder(pipe).access(access)).createServerSocket(1));
		PeerProcess reader = closing(OtherUser.of(54321, 54321).client(TransmissionMode.BYTE, pipe));
		assertThat(reader.ask("open")).isEqualTo("opened");
		Socket client = closing(new NamedPipeSocketFactory(pipe).createSocket("localhost", 1));

		listening.setSoTimeout((int) SOON.toMillis());
		Socket server = closing(listening.accept());

		client.getOutputStream().write(7);
		assertThat(server.getInputStream().read()).isEqualTo(7);
		assertThat(reader.ask("receive")).isEmpty();
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
