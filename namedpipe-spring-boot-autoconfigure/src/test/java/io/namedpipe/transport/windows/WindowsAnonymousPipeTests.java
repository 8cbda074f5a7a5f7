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

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import io.namedpipe.AnonymousPipeClient;
import io.namedpipe.AnonymousPipeServer;
import io.namedpipe.InvalidPipeNameException;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeDirection;
import io.namedpipe.PipeProcess;
import io.namedpipe.PipeUnsupportedException;
import io.namedpipe.testsupport.PipeFixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

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
		assertThat(client.isQuiet()).isTrue();

		server.connection().write(bytes("x"));

		assertThat(client.isQuiet()).isFalse();
	}

	@Test
	void whenAHandleIsNoPipeThenItIsRefusedAndLeftAlone() throws Exception {
		InheritedHandles handles = new InheritedHandles();
		try (handles) {
			long nothing = handles.openNothing(Kernel32.GENERIC_READ);

			assertThatExceptionOfType(InvalidPipeNameException.class)
				.isThrownBy(() -> AnonymousPipeClient.open(PipeDirection.IN, String.valueOf(nothing)))
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

		assertThatExceptionOfType(PipeUnsupportedException.class).isThrownBy(process::start)
			.withMessageContaining("batch file");
	}

	@Test
	void whenAProcessIsStartedThenItHasNoHandleOfPipesThatAreMeantForAnother() throws Exception {
		CreatedPipe other = closing(CreatedPipe.create(false, OptionalInt.empty()));
		other.expose();

		PipeConnection connection = closing(builder("foreign", "{out}", other.clientHandle()).build()).start();

		assertThat(readStrings(connection, StandardCharsets.UTF_16LE)).containsExactly("no");
	}

}
