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

package io.namedpipe.sample;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import io.namedpipe.testsupport.RequiresCommand;
import io.namedpipe.testsupport.RequiresRoot;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code files.py} of another user against the running sample.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@ActiveProfiles("file-server")
@DirtiesContext
@Timeout(60)
@EnabledOnOs(OS.LINUX)
@RequiresRoot
@RequiresCommand({ "python3", "setpriv" })
class FileServerTests {

	private static final int CLIENT = 54321;

	@TempDir
	private static Path folder;

	@DynamicPropertySource
	static void pipes(DynamicPropertyRegistry registry) {
		registry.add("namedpipe.directory", () -> folder.toString());
	}

	@BeforeEach
	void letEverybodyIntoTheFolder() throws IOException {
		Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
	}

	@Test
	void whenAFileIsTheClientsThenItsContentIsSent() throws Exception {
		Path file = file("notes.txt", "grüß Gott\n", CLIENT);

		assertThat(askFor(file)).isEqualTo("grüß Gott\n");
	}

	@Test
	void whenAFileIsTheServersThenItIsRefused() throws Exception {
		Path file = file("secret.txt", "secret", 0);

		assertThat(askFor(file)).isEqualTo("Refused: " + file + ": user 54321 may not read it");
	}

	@Test
	void whenThereIsNoSuchFileThenItIsRefused() throws Exception {
		Path file = folder.resolve("nothing.txt");

		assertThat(askFor(file)).isEqualTo("Refused: " + file + ": there is no such file");
	}

	@Test
	void whenAFileDoesNotFitIntoAStringThenItIsRefused() throws Exception {
		Path fits = file("fits.txt", "x".repeat(32767), CLIENT);
		Path larger = file("larger.txt", "x".repeat(32768), CLIENT);

		assertThat(askFor(fits)).hasSize(32767);
		assertThat(askFor(larger)).isEqualTo("Refused: " + larger + ": it has more than 32767 characters");
	}

	private static Path file(String name, String content, int userId) throws IOException {
		Path file = Files.writeString(folder.resolve(name), content);
		Files.setAttribute(file, "unix:uid", userId);
		Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
		return file;
	}

	private static String askFor(Path file) throws Exception {
		Path script = folder.resolve("files.py");
		Files.writeString(script, Files.readString(Path.of("clients", "files.py")));
		Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rw-r--r--"));
		Process client = new ProcessBuilder("setpriv", "--reuid=" + CLIENT, "--regid=" + CLIENT, "--clear-groups",
				"/usr/bin/env", "PATH=/usr/bin:/bin", "PYTHONIOENCODING=utf-8", "TMPDIR=" + folder, "python3",
				script.toString(), file.toString())
			.redirectErrorStream(true)
			.start();
		String output = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(client.waitFor(30, TimeUnit.SECONDS)).isTrue();
		assertThat(client.exitValue()).as(output).isZero();
		return output;
	}

}
