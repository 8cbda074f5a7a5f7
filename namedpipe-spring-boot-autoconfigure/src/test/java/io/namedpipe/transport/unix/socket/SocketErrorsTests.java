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

package io.namedpipe.transport.unix.socket;

import java.io.IOException;
import java.net.BindException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.namedpipe.transport.TransportException.Reason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketErrors}: what the JDK makes of the errors of glibc and musl.
 */
@DisabledOnOs(OS.WINDOWS)
class SocketErrorsTests {

	@TempDir
	private Path folder;

	private Path path() {
		return this.folder.resolve("pipe");
	}

	@Test
	void whenBindingIsNotPermittedThenTheFolderIsNamed() {
		assertThat(SocketErrors.ofBind(path(), new BindException("Permission denied")))
			.hasMessageContaining("Folder " + this.folder)
			.extracting("reason")
			.isEqualTo(Reason.UNUSABLE_FOLDER);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Address already in use", "Address in use" })
	void whenTheAddressIsInUseThenTheNameIs(String message) {
		assertThat(SocketErrors.ofBind(path(), new BindException(message)).getReason()).isEqualTo(Reason.NAME_IN_USE);
		assertThat(SocketErrors.ofBind(path(), new SocketException(message)).getReason()).isEqualTo(Reason.NAME_IN_USE);
	}

	@Test
	void whenTheErrorIsInAnUnknownLanguageThenTheFileTells() throws Exception {
		BindException unknown = new BindException("Was anderes");
		assertThat(SocketErrors.ofBind(path(), unknown).getReason()).isEqualTo(Reason.UNUSABLE_FOLDER);
		Files.createFile(path());

		assertThat(SocketErrors.ofBind(path(), unknown).getReason()).isEqualTo(Reason.NAME_IN_USE);
		assertThat(SocketErrors.ofConnect(path(), unknown).getReason()).isEqualTo(Reason.ACCESS_DENIED);
	}

	@ParameterizedTest
	@CsvSource({ "No file descriptors available", "Too many open files", "Too many open files in system",
			"Out of memory", "Cannot allocate memory", "No buffer space available" })
	void whenALimitIsReachedThenItIsKnownInBothLibraries(String message) {
		IOException failure = new SocketException(message);

		assertThat(SocketErrors.ofAccept(path(), failure).getReason()).isEqualTo(Reason.RESOURCE_LIMIT);
		assertThat(SocketErrors.ofConnect(path(), failure).getReason()).isEqualTo(Reason.RESOURCE_LIMIT);
		assertThat(SocketErrors.ofBind(path(), failure).getReason()).isEqualTo(Reason.RESOURCE_LIMIT);
		assertThat(SocketErrors.ofWaiting(path(), failure).getReason()).isEqualTo(Reason.RESOURCE_LIMIT);
	}

}
