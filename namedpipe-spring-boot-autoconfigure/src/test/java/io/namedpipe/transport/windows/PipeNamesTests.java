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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PipeNames}.
 */
class PipeNamesTests {

	@Test
	void shortNameGetsThePrefix() throws Exception {
		assertThat(PipeNames.resolve("orders")).isEqualTo("\\\\.\\pipe\\orders");
		assertThat(PipeNames.resolve("Ördérs {4711}: a")).isEqualTo("\\\\.\\pipe\\Ördérs {4711}: a");
	}

	@Test
	void fullNameStaysAsItIs() throws Exception {
		assertThat(PipeNames.resolve("\\\\.\\pipe\\orders")).isEqualTo("\\\\.\\pipe\\orders");
		assertThat(PipeNames.resolve("\\\\.\\PIPE\\orders")).isEqualTo("\\\\.\\pipe\\orders");
	}

	@Test
	void nameOnAnotherMachineHasTheMachine() throws Exception {
		assertThat(PipeNames.resolve("orders", "filer")).isEqualTo("\\\\filer\\pipe\\orders");
		assertThat(PipeNames.resolve("\\\\.\\pipe\\orders", "filer")).isEqualTo("\\\\filer\\pipe\\orders");
		assertThat(PipeNames.resolve("orders", ".")).isEqualTo("\\\\.\\pipe\\orders");
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "a\\\\b", "a\\..\\b", "a\\.", "a\\", "\\\\.\\pipe\\", "a/b", "a\0b", ".", "..", "", "\\a" })
	void nameThatIsNoneIsRejected(String name) {
		assertInvalid(name, name);
	}

	@Test
	void nameMayHavePartsWithBackslashesBetween() throws Exception {
		assertThat(PipeNames.resolve("sql\\query")).isEqualTo("\\\\.\\pipe\\sql\\query");
		assertThat(PipeNames.resolve("\\\\.\\pipe\\LOCAL\\x")).isEqualTo("\\\\.\\pipe\\LOCAL\\x");
		assertThat(PipeNames.resolve("ProtectedPrefix\\Administrators\\x", "filer"))
			.isEqualTo("\\\\filer\\pipe\\ProtectedPrefix\\Administrators\\x");
	}

	@Test
	void pathOfPosixIsRejectedWithAdvice() {
		assertInvalid("/tmp/orders", "on Windows give a short name");
	}

	@Test
	void pipeOfAnotherMachineIsRejectedWithAdvice() {
		assertInvalid("\\\\filer\\pipe\\orders", "server-name");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "a\\b", "a/b" })
	void machineThatIsNoneIsRejected(String server) {
		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> PipeNames.resolve("orders", server))
			.withMessageContaining("'" + server + "'")
			.extracting(TransportException::getReason)
			.isEqualTo(Reason.INVALID_NAME);
	}

	@Test
	void fullNameMayHave256Characters() throws Exception {
		String longest = "x".repeat(256 - "\\\\.\\pipe\\".length());
		assertThat(PipeNames.resolve(longest)).hasSize(256);
		assertInvalid(longest + "x", "257");
	}

	private static void assertInvalid(String name, String message) {
		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> PipeNames.resolve(name))
			.withMessageContaining(message)
			.extracting(TransportException::getReason)
			.isEqualTo(Reason.INVALID_NAME);
	}

}
