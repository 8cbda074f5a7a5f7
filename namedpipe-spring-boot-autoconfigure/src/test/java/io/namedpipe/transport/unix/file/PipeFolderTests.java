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

package io.namedpipe.transport.unix.file;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import io.namedpipe.testsupport.RequiresRoot;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PipeFolder}: who could exchange the folders above.
 */
@EnabledOnOs(OS.LINUX)
class PipeFolderTests {

	private static final int OTHER_USER = 54321;

	@TempDir
	private Path temporary;

	private Path path;

	@BeforeEach
	void createFolders() throws Exception {
		this.path = Files.createDirectories(this.temporary.resolve("above").resolve("folder")).resolve("pipe");
	}

	@Test
	@RequiresRoot
	void whenAFolderAboveIsAnothersThenItIsRefusedWithoutAHold() throws Exception {
		Path above = this.temporary.resolve("above");
		Files.setAttribute(above, "unix:uid", OTHER_USER);

		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> PipeFolder.open(this.path, false))
			.withMessageContaining("Folder " + above + " can be changed by another user")
			.extracting(TransportException::getReason)
			.isEqualTo(Reason.UNUSABLE_FOLDER);
	}

	@Test
	void whenAGroupCanChangeAFolderAboveThenTheFolderIsHeld() throws Exception {
		Path above = this.temporary.resolve("above");
		try (PipeFolder safe = PipeFolder.open(this.path)) {
			assertThat(safe.isHeld()).isFalse();
		}

		Files.setPosixFilePermissions(above, PosixFilePermissions.fromString("rwxrwx---"));

		try (PipeFolder changeable = PipeFolder.open(this.path)) {
			assertThat(changeable.isHeld()).isTrue();
			assertThat(changeable.changeableByOthers()).isEmpty();
		}
	}

	@Test
	@RequiresRoot
	void whenALinkLeadsThroughAnothersFolderThenThatIsFound() throws Exception {
		Path theirs = Files.createDirectory(this.temporary.resolve("theirs"));
		Path second = Files.createSymbolicLink(theirs.resolve("second"), Path.of("../above/folder"));
		Path first = Files.createSymbolicLink(this.temporary.resolve("first"), second);
		Files.setAttribute(theirs, "unix:uid", OTHER_USER);

		try (PipeFolder linked = PipeFolder.open(first.resolve("pipe"))) {
			assertThat(linked.changeableByOthers()).containsExactly(theirs.toString());
			assertThat(linked.isHeld()).isTrue();
		}
	}

}
