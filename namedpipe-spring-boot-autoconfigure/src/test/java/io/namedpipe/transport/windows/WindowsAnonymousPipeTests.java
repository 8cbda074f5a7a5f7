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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import io.namedpipe.AnonymousPipeClient;
import io.namedpipe.AnonymousPipeServer;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeDirection;
import io.namedpipe.PipeException;
import io.namedpipe.PipeProcess;
import io.namedpipe.testsupport.JavaProcess;
import io.namedpipe.testsupport.PipeConditions;
import io.namedpipe.testsupport.PipeFixture;
import io.namedpipe.transport.TransportException.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What is special about anonymous pipes and child processes on Windows.
 */
@EnabledOnOs(OS.WINDOWS)
@Timeout(60)
class WindowsAnonymousPipeTests extends PipeFixture {

	private static PipeProcess.Builder builder(String... arguments) {
		List<String> command = new ArrayList<>(List.of(WindowsProgram.path("anonymous-child")));
		command.addAll(List.of(arguments));
		return PipeProcess.builder(command).direction(PipeDirection.IN);
	}

	@Test
	void whenSomethingHasComeThenTheReaderIsNotQuiet() throws Exception {
		AnonymousPipeServer server = closing(AnonymousPipeServer.builder(PipeDirection.OUT).build());
		PipeConnection client = closing(AnonymousPipeClient.open(PipeDirection.IN, server.getClientHandleAsString()));
		assertThat(client.isIdle()).isTrue();

		server.connection().write(bytes("x"));

		assertThat(client.isIdle()).isFalse();
	}

	@Test
	void whenAHandleIsNoPipeThenItIsRefusedAndLeftAlone() throws Exception {
		InheritedHandles handles = new InheritedHandles();
		try (handles) {
			long nothing = handles.openNothing(Kernel32.GENERIC_READ);

			assertThatExceptionOfType(PipeException.class)
				.isThrownBy(() -> AnonymousPipeClient.open(PipeDirection.IN, String.valueOf(nothing)))
				.has(PipeConditions.reason(Reason.INVALID_NAME))
				.withMessageContaining("'" + nothing + "' is not a pipe");

			assertThat(Kernel32.GetFileType(nothing)).isNotEqualTo(Kernel32.FILE_TYPE_UNKNOWN);
		}
	}

	@Test
	void whenArgumentsAreAnythingThenTheChildGetsThem() throws Exception {
		Random random = new Random(7);
		List<String> arguments = new ArrayList<>(List.of("\u00e4"));
		for (int i = 0; i < 100; i++) {
			arguments.addAll(CommandLineTests.command(random));
		}
		List<String> all = new ArrayList<>(List.of("arguments", "{out}"));
		all.addAll(arguments);

		PipeConnection connection = closing(builder(all.toArray(String[]::new)).build()).start();

		assertThat(readStrings(connection, StandardCharsets.UTF_16LE)).isEqualTo(arguments);
	}

	@Test
	void whenAVariableIsNotAsciiThenTheChildHasIt() throws Exception {
		PipeConnection connection = closing(
				builder("variable", "{out}", "GREETING").environment(Map.of("GREETING", "w\u00f6rld")).build())
			.start();

		assertThat(readStrings(connection, StandardCharsets.UTF_16LE)).startsWith("w\u00f6rld");
	}

	@Test
	void whenTheCommandIsABatchFileThenTheStartFails() throws Exception {
		PipeProcess process = closing(PipeProcess.builder(List.of("run.cmd")).build());

		assertThatExceptionOfType(PipeException.class).isThrownBy(process::start)
			.has(PipeConditions.reason(Reason.UNSUPPORTED))
			.withMessageContaining("batch file");
	}

	@Test
	void whenProcessIsStartedThenItInheritsNoHandlesOfOthers() throws Exception {
		WindowsAnonymousPipe other = closing(WindowsAnonymousPipe.create(false, OptionalInt.empty()));
		other.expose();

		PipeConnection connection = closing(builder("foreign", "{out}", other.clientHandle()).build()).start();

		assertThat(readStrings(connection, StandardCharsets.UTF_16LE)).containsExactly("no");
	}

	@Test
	void whenAHandleReadsMessagesThenTheyAreRead() throws Exception {
		byte[] name = WideString.encode("\\\\.\\pipe\\inherited-messages");
		long server = Kernel32.CreateNamedPipeW(name, 3, Kernel32.PIPE_TYPE_MESSAGE | Kernel32.PIPE_READMODE_MESSAGE, 1,
				512, 512, 0, Kernel32.NULL);
		long client = Kernel32.CreateFileW(name, Kernel32.GENERIC_READ | Kernel32.GENERIC_WRITE, 0, Kernel32.NULL,
				Kernel32.OPEN_EXISTING, 0, Kernel32.NULL);
		try (Memory data = new Memory(5)) {
			data.setString(0, "hell", "US-ASCII");
			assertThat(Kernel32.WriteFile(client, Pointer.nativeValue(data), 4, Pointer.nativeValue(new Memory(4)),
					Kernel32.NULL))
				.isTrue();
		}
		Kernel32.CloseHandle(client);

		PipeConnection connection = closing(AnonymousPipeClient.open(PipeDirection.IN, String.valueOf(server)));

		ByteBuffer target = ByteBuffer.allocate(3);
		assertThat(connection.read(target)).isEqualTo(3);
		assertThat(readToEnd(connection)).isEqualTo("l");
	}

	@Test
	void whenTheParentIsKilledThenItsChildEnds() throws Exception {
		long child;
		try (JavaProcess parent = JavaProcess.of(Parent.class, WindowsProgram.path("anonymous-child")).start()) {
			child = Long.parseLong(parent.nextLine());
			assertThat(ProcessHandle.of(child)).isPresent();
		}

		await().atMost(SOON).until(() -> ProcessHandle.of(child).filter(ProcessHandle::isAlive).isEmpty());
	}

	/**
	 * Has a child that stays, whatever comes.
	 */
	static final class Parent {

		public static void main(String[] arguments) throws Exception {
			PipeProcess process = PipeProcess.builder(List.of(arguments[0], "wait", "{out}"))
				.direction(PipeDirection.IN)
				.build();
			process.start().read(ByteBuffer.allocate(1));
			System.out.println(process.process().pid());
			System.in.read();
		}

	}

}
