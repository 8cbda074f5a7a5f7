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

package io.namedpipe.transport.unix;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import io.namedpipe.testsupport.RequiresRoot;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Permissions in folders that others may change.
 */
@EnabledOnOs(OS.LINUX)
class PipePermissionsTests {

	private static final Set<PosixFilePermission> EVERYONE = PosixFilePermissions.fromString("rw-rw-rw-");

	@TempDir
	private Path folder;

	private Path bound(String name) throws IOException {
		Path path = this.folder.resolve(name);
		try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			server.bind(UnixDomainSocketAddress.of(path));
		}
		Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
		return path;
	}

	private void assertPermissions(Path path, String expected) throws IOException {
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path))).isEqualTo(expected);
	}

	@Test
	void whenTheGroupMayWriteToTheFolderThenTheSocketGetsItsPermissions() throws Exception {
		Path socket = bound("p");
		Files.setPosixFilePermissions(this.folder, PosixFilePermissions.fromString("rwxrwx---"));
		assertThat(PipeFolder.isChangedByOthers(socket)).isTrue();

		PipePermissions.set(socket, EVERYONE);

		assertPermissions(socket, "rw-rw-rw-");
	}

	@Test
	void whenALinkIsInThePlaceOfTheSocketThenNothingIsChanged() throws Exception {
		Path other = bound("other");
		Path file = Files.createFile(this.folder.resolve("file"),
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
		for (Path target : Set.of(other, file)) {
			Path link = Files.createSymbolicLink(this.folder.resolve(target.getFileName() + "-link"), target);

			assertThatExceptionOfType(TransportException.class)
				.isThrownBy(() -> PipePermissions.setHeld(link, EVERYONE))
				.withMessageContaining("has been replaced by another file")
				.extracting(TransportException::getReason)
				.isEqualTo(Reason.NAME_IN_USE);
			assertPermissions(target, "rw-------");
		}
	}

	@Test
	@RequiresRoot
	void whenTheFolderIsAnotherUsersThenItIsRefusedForWhatFollowsLinks() throws Exception {
		Path socket = bound("p");
		assertThatNoException().isThrownBy(() -> PipeFolder.checkOwner(socket));
		Files.setAttribute(this.folder, "unix:uid", 54321);

		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> PipeFolder.checkOwner(socket))
			.withMessageContaining("Folder " + this.folder + " belongs to another user")
			.withMessageContaining("name a folder of this user or of root");
		PipePermissions.set(socket, EVERYONE);
		assertPermissions(socket, "rw-rw-rw-");
	}

}
