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

import java.util.List;
import java.util.Locale;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * Puts a program and its arguments into the one string that a process of Windows gets, so
 * that CommandLineToArgvW, and with it C and .NET, takes it apart into the same again.
 */
final class CommandLine {

	/** What CreateProcess takes, with the NUL at the end. */
	private static final int LONGEST = 32_767;

	private CommandLine() {
	}

	static String of(List<String> command) throws TransportException {
		StringBuilder line = new StringBuilder();
		appendProgram(line, command.get(0));
		for (String argument : command.subList(1, command.size())) {
			line.append(' ');
			append(line, argument);
		}
		if (line.indexOf("\0") >= 0) {
			throw unsupported("A NUL cannot be in the command of a process");
		}
		if (line.length() >= LONGEST) {
			throw unsupported("The command has " + line.length() + " characters with its quotes; " + (LONGEST - 1)
					+ " is the most that a process gets: pass the rest in a file");
		}
		return line.toString();
	}

	// The name of the program knows quotes, but no way to quote them
	private static void appendProgram(StringBuilder line, String program) throws TransportException {
		if (program.indexOf('"') >= 0) {
			throw unsupported("The program " + program + " has a quote in its name, which no file has");
		}
		// Windows takes no notice of dots and spaces at the end
		String name = program.toLowerCase(Locale.ROOT).replaceAll("[. ]+$", "");
		if (name.endsWith(".bat") || name.endsWith(".cmd")) {
			throw unsupported(
					"The program '" + program + "' is a batch file, whose interpreter reads arguments by rules "
							+ "of its own: name 'cmd.exe' as the program, then '/c' and the file");
		}
		line.append('"').append(program).append('"');
	}

	private static void append(StringBuilder line, String argument) {
		if (!argument.isEmpty() && argument.chars().noneMatch(CommandLine::needsQuotes)) {
			line.append(argument);
			return;
		}
		line.append('"');
		int backslashes = 0;
		for (int i = 0; i < argument.length(); i++) {
			char character = argument.charAt(i);
			if (character == '\\') {
				backslashes++;
				continue;
			}
			// a backslash means itself, unless there is a quote behind
			line.append("\\".repeat((character == '"') ? 2 * backslashes + 1 : backslashes)).append(character);
			backslashes = 0;
		}
		line.append("\\".repeat(2 * backslashes)).append('"');
	}

	private static boolean needsQuotes(int character) {
		return Character.isWhitespace(character) || character == '"';
	}

	private static TransportException unsupported(String problem) {
		return new TransportException(Reason.UNSUPPORTED, problem);
	}

}
