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

package io.namedpipe.transport.unix.anonymous;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import io.namedpipe.transport.AnonymousPipe;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * Starts a process with the ends of pipes. The JDK gives a child its standard streams and
 * closes all other descriptors, so that nothing can be inherited by accident; so the ends
 * go in as standard streams, and a shell moves them before it becomes the command. The
 * process id stays the same.
 */
final class ShellLauncher {

	/** All shells have descriptors of one digit, some no others. */
	private static final int FIRST_HANDLE = 3;

	private static final File NOWHERE = new File("/dev/null");

	private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

	private final ProcessBuilder command;

	private final Map<String, AnonymousPipe> pipes;

	private Redirect input = Redirect.from(NOWHERE);

	private Redirect output = Redirect.to(NOWHERE);

	private final StringBuilder moves = new StringBuilder();

	private String ownInput = "";

	private String ownOutput = " >&2";

	ShellLauncher(ProcessBuilder command, Map<String, AnonymousPipe> pipes) {
		this.command = command;
		this.pipes = pipes;
	}

	Process start() throws TransportException {
		List<String> arguments = new ArrayList<>(this.command.command());
		new Executable(arguments.get(0), this.command).verify();
		verifyEnvironment();
		int handle = FIRST_HANDLE;
		for (Map.Entry<String, AnonymousPipe> entry : this.pipes.entrySet()) {
			String placeholder = "{" + entry.getKey() + "}";
			boolean named = arguments.stream().anyMatch((argument) -> argument.contains(placeholder));
			pass((LinuxAnonymousPipe) entry.getValue(), (named) ? String.valueOf(handle) : "");
			if (named) {
				String value = String.valueOf(handle);
				arguments.replaceAll((argument) -> argument.replace(placeholder, value));
				handle++;
			}
		}
		Process process = start(arguments);
		this.pipes.values().forEach(AnonymousPipe::disposeClient);
		return process;
	}

	private void pass(LinuxAnonymousPipe pipe, String handle) throws TransportException {
		File file = pipe.clientPath().toFile();
		if ((pipe.clientReads() ? this.input : this.output).file() != NOWHERE) {
			throw new TransportException(Reason.UNSUPPORTED,
					"A process can be started with one pipe to it and one from it, not with two of a kind");
		}
		if (pipe.clientReads()) {
			this.input = Redirect.from(file);
			this.moves.append((handle.isEmpty()) ? "" : " " + handle + "<&0");
			this.ownInput = (handle.isEmpty()) ? "" : " </dev/null";
		}
		else {
			this.output = Redirect.to(file);
			this.moves.append((handle.isEmpty()) ? "" : " " + handle + ">&1");
			this.ownOutput = (handle.isEmpty()) ? "" : " >&2";
		}
	}

	/**
	 * A shell passes on only what could be a variable of its own.
	 */
	private void verifyEnvironment() throws TransportException {
		for (Map.Entry<String, String> variable : this.command.environment().entrySet()) {
			boolean ours = !variable.getValue().equals(System.getenv(variable.getKey()));
			if (ours && !VARIABLE.matcher(variable.getKey()).matches()) {
				throw new TransportException(Reason.UNSUPPORTED, "The environment variable '" + variable.getKey()
						+ "' cannot be passed: its name must consist of letters, digits and '_'");
			}
		}
	}

	private Process start(List<String> arguments) throws TransportException {
		String script = "exec" + this.moves + this.ownInput + this.ownOutput + "; exec \"$@\"";
		List<String> line = new ArrayList<>(List.of("/bin/sh", "-c", script, "sh"));
		line.addAll(ParentDeath.launcher());
		line.addAll(arguments);
		ProcessBuilder shell = new ProcessBuilder(line).directory(this.command.directory())
			.redirectInput(this.input)
			.redirectOutput(this.output)
			.redirectError(this.command.redirectError());
		shell.environment().clear();
		shell.environment().putAll(this.command.environment());
		try {
			return ParentDeath.start(shell);
		}
		catch (IOException ex) {
			throw new TransportException(Reason.RESOURCE_LIMIT, "Cannot start a process: " + ex.getMessage(), ex);
		}
	}

}
