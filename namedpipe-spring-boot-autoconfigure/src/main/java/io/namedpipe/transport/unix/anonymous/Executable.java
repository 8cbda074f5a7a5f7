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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * Finds the program of a command as the shell does, so that a mistake is reported before
 * a process is started.
 */
final class Executable {

	private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

	private final String name;

	private final ProcessBuilder command;

	Executable(String name, ProcessBuilder command) {
		this.name = name;
		this.command = command;
	}

	void verify() throws TransportException {
		Path directory = directory();
		if (this.name.contains("/")) {
			verifyIsProgram(directory.resolve(this.name));
			return;
		}
		String path = Objects.requireNonNullElse(this.command.environment().get("PATH"), DEFAULT_PATH);
		for (String folder : path.split(":", -1)) {
			Path candidate = directory.resolve(folder).resolve(this.name);
			if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
				return;
			}
		}
		throw new TransportException(Reason.NO_SERVER,
				"There is no program '" + this.name + "' on the path " + path + ": install it, or give its full path");
	}

	private Path directory() throws TransportException {
		File configured = this.command.directory();
		Path directory = ((configured != null) ? configured.toPath() : Path.of("")).toAbsolutePath();
		if (!Files.isDirectory(directory)) {
			throw new TransportException(Reason.UNUSABLE_FOLDER,
					"There is no folder " + directory + " for the process to run in");
		}
		return directory;
	}

	private void verifyIsProgram(Path program) throws TransportException {
		if (!Files.isRegularFile(program)) {
			throw new TransportException(Reason.NO_SERVER, "There is no program " + program);
		}
		if (!Files.isExecutable(program)) {
			throw new TransportException(Reason.ACCESS_DENIED,
					program + " is not executable for this user: make it so, or name its interpreter first");
		}
	}

}
