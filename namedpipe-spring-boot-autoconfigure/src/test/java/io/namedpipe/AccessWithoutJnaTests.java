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

package io.namedpipe;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import io.namedpipe.testsupport.JavaProcess;
import io.namedpipe.testsupport.OtherUser;
import io.namedpipe.testsupport.RequiresCommand;
import io.namedpipe.testsupport.RequiresRoot;
import io.namedpipe.testsupport.TemporaryAccount;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who gets in where JNA is not on the class path: BEHAVIOUR 68 as far as access goes.
 */
@EnabledOnOs(OS.LINUX)
@RequiresRoot
@RequiresCommand({ "python3", "useradd" })
@Timeout(60)
class AccessWithoutJnaTests {

	@TempDir
	private Path folder;

	@Test
	void whenJnaIsMissingThenGroupsAreKnownButNoImpersonation() throws Exception {
		Files.setPosixFilePermissions(this.folder, PosixFilePermissions.fromString("rwxr-xr-x"));
		Path path = this.folder.resolve("pipe");
		TransmissionMode mode = TransmissionMode.BYTE;
		try (TemporaryAccount account = TemporaryAccount.create();
				JavaProcess process = JavaProcess
					.of(AccessEnforcementTests.RestartingServer.class, mode.name(), path.toString(), "0",
							"group:" + account.groupName())
					.without("jna")
					.start()) {
			assertThat(process.nextLine()).isEqualTo("ready");
			process.send("go");
			assertThat(process.nextLine()).contains("WARN", "for a group goes by the account database");
			assertThat(process.nextLine()).isEqualTo("done");
			Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));

			assertThat(account.user().connect(mode, path.toString())).isEqualTo("admitted");
			assertThat(OtherUser.of(54322, 54322).connect(mode, path.toString())).isEqualTo("turned away");
			process.send("obstacle");
			assertThat(process.nextLine()).contains("needs net.java.dev.jna:jna on the class path");
		}
	}

}
