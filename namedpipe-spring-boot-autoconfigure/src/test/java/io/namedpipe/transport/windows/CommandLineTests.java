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

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link CommandLine}.
 */
class CommandLineTests {

	private static final String ALPHABET = "\\\\\\\"\"\"  \tab%^&{}\u00e4\u4e2d";

	@Test
	void whenArgumentsAreOrdinaryThenTheyStayAsTheyAre() throws Exception {
		assertThat(CommandLine.of(List.of("python3", "worker.py", "--in", "12", "C:\\a\\b")))
			.isEqualTo("\"python3\" " + "worker.py --in 12 C:\\a\\b");
	}

	@Test
	void whenArgumentsHaveSpacesQuotesOrBackslashesThenTheyAreQuoted() throws Exception {
		assertThat(CommandLine.of(List.of("C:\\Program Files\\x.exe", "", "a b", "say \"hi\"", "a b\\", "\\\"")))
			.isEqualTo("\"C:\\Program Files\\x.exe\" \"\" \"a b\" \"say \\\"hi\\\"\" \"a b\\\\\" \"\\\\\\\"\"");
	}

	@Test
	void whenArgumentsAreAnythingThenTheyAreTakenApartAgainByTheRules() throws Exception {
		Random random = new Random(42);
		for (int i = 0; i < 20_000; i++) {
			List<String> command = command(random);
			assertThat(parse(CommandLine.of(command))).isEqualTo(command);
		}
	}

	static List<String> command(Random random) {
		List<String> command = new ArrayList<>(List.of("C:\\some where\\program.exe"));
		for (int i = random.nextInt(5); i >= 0; i--) {
			StringBuilder argument = new StringBuilder();
			for (int j = random.nextInt(8); j > 0; j--) {
				argument.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
			}
			command.add(argument.toString());
		}
		return command;
	}

	/**
	 * What the documentation of CommandLineToArgvW says that it does.
	 */
	private static List<String> parse(String line) {
		List<String> arguments = new ArrayList<>();
		int end = line.indexOf('"', 1);
		arguments.add(line.substring(1, end));
		StringBuilder argument = null;
		boolean quoted = false;
		for (int i = end + 1; i < line.length(); i++) {
			char character = line.charAt(i);
			if (!quoted && (character == ' ' || character == '\t')) {
				if (argument != null) {
					arguments.add(argument.toString());
				}
				argument = null;
				continue;
			}
			argument = (argument != null) ? argument : new StringBuilder();
			int backslashes = 0;
			while (i < line.length() && line.charAt(i) == '\\') {
				backslashes++;
				i++;
			}
			boolean quote = i < line.length() && line.charAt(i) == '"';
			argument.append("\\".repeat((quote) ? backslashes / 2 : backslashes));
			if (quote && backslashes % 2 == 0) {
				quoted = !quoted;
			}
			else if (quote) {
				argument.append('"');
			}
			else if (backslashes > 0) {
				i--;
			}
			else {
				argument.append(character);
			}
		}
		if (argument != null) {
			arguments.add(argument.toString());
		}
		return arguments;
	}

	@Test
	void whenProgramIsBatchFileThenItIsRefused() {
		assertRefused("Run.BAT", "'cmd.exe'");
		assertRefused("C:\\tools\\run.cmd", "'/c'");
		assertRefused("C:\\tools\\run.bat. .", "'/c'");
		assertRefused("a\"b", "quote");
	}

	@Test
	void whenTheCommandIsLongerThanAProcessCanGetThenItIsRefused() throws Exception {
		assertThat(CommandLine.of(List.of("p", "x".repeat(32_762)))).hasSize(32_766);
		assertRefused("p", "32767 characters", "x".repeat(32_763));
		assertRefused("p", "NUL", "a\0b");
	}

	private static void assertRefused(String program, String problem, String... arguments) {
		List<String> command = new ArrayList<>(List.of(program));
		command.addAll(List.of(arguments));
		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> CommandLine.of(command))
			.withMessageContaining(problem)
			.extracting(TransportException::getReason)
			.isEqualTo(Reason.UNSUPPORTED);
	}

}
