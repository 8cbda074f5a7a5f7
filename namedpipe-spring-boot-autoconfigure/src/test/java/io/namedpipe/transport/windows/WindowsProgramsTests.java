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

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import io.namedpipe.access.AccessRules;
import io.namedpipe.transport.ConnectOptions;
import io.namedpipe.transport.Transport;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.TransportListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Talks to programs that are written in C against the Win32 API and share nothing with
 * this library.
 */
@EnabledOnOs(OS.WINDOWS)
@Timeout(60)
class WindowsProgramsTests {

	private static final String SAMPLE_SDDL = "D:(A;OICI;GRGW;;;AU)(A;OICI;GA;;;BA)";

	private final Transport transport = new WindowsTransport();

	// 41
	@Test
	void clientOfTheAllInOneSampleGetsItsResponse() throws Exception {
		Options options = Options.of("SamplePipe").message().access(AccessRules.sddl(SAMPLE_SDDL));
		try (TransportListener listener = this.transport.listen(options.listen());
				WindowsProgram program = WindowsProgram.start("sample-client");
				TransportChannel server = listener.accept()) {
			byte[] request = server.readMessage(1024);
			server.writeMessage(ByteBuffer.wrap(wide("Default response from server")));

			assertThat(request).hasSize(56).isEqualTo(wide("Default request from client"));
			assertThat(program.finish()).contains("Send 56 bytes to server: \"Default request from client\"")
				.contains("Receive 58 bytes from server: \"Default response from server\"");
			assertThat(server.readMessage(1024)).isNull();
			assertThat(server.peer().userId()).isEqualTo(Tokens.currentUser());
			assertThat(server.peer().processId()).isPresent();
		}
	}

	@Test
	void clientWithASmallBufferPutsALongResponseTogether() throws Exception {
		Options options = Options.of("SamplePipe").message().access(AccessRules.sddl(SAMPLE_SDDL));
		try (TransportListener listener = this.transport.listen(options.listen());
				WindowsProgram program = WindowsProgram.start("sample-client", "\\\\.\\pipe\\samplepipe", "more");
				TransportChannel server = listener.accept()) {
			assertThat(server.readMessage(1024)).isEqualTo(wide("more"));
			server.writeMessage(ByteBuffer.wrap(wide("x".repeat(2000))));

			assertThat(program.finish()).contains("Receive 2048 bytes", "Receive 1954 bytes");
		}
	}

	private static byte[] wide(String text) {
		return (text + "\0").getBytes(StandardCharsets.UTF_16LE);
	}

	@Test
	void ourClientTalksToAServerInC() throws Exception {
		String name = "message-server";
		try (WindowsProgram program = WindowsProgram.start("message-server", "\\\\.\\pipe\\" + name)) {
			assertThat(program.readLine()).isEqualTo("ready");
			assertInUse(name);
			try (TransportChannel client = this.transport
				.connect(Options.of(name).message().verifyServerUser(ConnectOptions.CURRENT_USER).connect())) {
				for (int size : new int[] { 0, 1, 4096, 65_537, 1 << 20 }) {
					assertEchoed(client, size);
				}
				client.writeMessage(ByteBuffer.wrap("bye".getBytes()));
				assertThat(client.readMessage(10)).isEqualTo("bye".getBytes());
				assertThat(client.readMessage(10)).isNull();
				assertThat(program.finish()).isEqualTo("done");
			}
		}
	}

	// 7, 12
	private void assertInUse(String name) {
		assertThatExceptionOfType(TransportException.class)
			.isThrownBy(() -> this.transport.listen(Options.of(name).listen()))
			.extracting(TransportException::getReason)
			.isEqualTo(Reason.NAME_IN_USE);
	}

	private static void assertEchoed(TransportChannel client, int size) throws IOException {
		byte[] message = new byte[size];
		new Random(size).nextBytes(message);
		client.writeMessage(ByteBuffer.wrap(message));
		assertThat(Arrays.equals(client.readMessage(1 << 20), message)).as("message of " + size).isTrue();
	}

}
