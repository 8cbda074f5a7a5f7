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

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import io.namedpipe.testsupport.JavaProcess;
import io.namedpipe.testsupport.PeerProcess;
import io.namedpipe.testsupport.RequiresCommand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The errors of the system in another language than English, which the JDK tells by their
 * text.
 */
@EnabledOnOs(OS.LINUX)
@RequiresCommand("localedef")
@Timeout(60)
class TranslatedErrorsTests {

	private static final Path MESSAGES = Path.of("/usr/share/locale/fr/LC_MESSAGES/libc.mo");

	@TempDir
	private static Path locales;

	@BeforeAll
	static void compileLocale() throws Exception {
		assumeTrue(Files.exists(MESSAGES), () -> "there is no " + MESSAGES);
		try (PeerProcess compiler = PeerProcess.start("localedef", "-i", "fr_FR", "-f", "UTF-8",
				locales.resolve("fr_FR.UTF-8").toString())) {
			assertThat(compiler.output()).isEmpty();
		}
	}

	private static JavaProcess.Builder inFrench(Class<?> program) {
		return JavaProcess.of(program, locales.toString())
			.environment(Map.of("LC_ALL", "fr_FR.UTF-8", "LOCPATH", locales.toString(), "LANGUAGE", ""));
	}

	private static void assertUnderstood(JavaProcess.Builder program, String expected) throws Exception {
		try (JavaProcess process = program.start()) {
			assertThat(process.output()).isEqualTo(expected);
		}
	}

	@Test
	void whenTheSystemSpeaksFrenchThenItsErrorsAreUnderstood() throws Exception {
		assertUnderstood(inFrench(Errors.class), """
				Aucun fichier ou dossier de ce type
				no server: PipeNotFoundException
				peer left: PeerGoneException
				message mode: use transmission mode 'message' to connect
				no reader: PeerGoneException""");
	}

	@Test
	void whenJnaIsMissingThenWhatIsNormalIsUnderstood() throws Exception {
		assertUnderstood(inFrench(NormalErrors.class).without("jna"), """
				Aucun fichier ou dossier de ce type
				no server: PipeNotFoundException
				peer left: PeerGoneException""");
	}

	private static void tellLanguage() throws IOException {
		try {
			new FileInputStream("/none").close();
		}
		catch (FileNotFoundException ex) {
			System.out.println(String.valueOf(ex.getMessage()).replaceAll(".*\\((.*)\\)", "$1"));
		}
	}

	private static PipeServer server(Path folder, TransmissionMode mode) throws PipeException {
		return PipeServer.builder("p").directory(folder).transmissionMode(mode).maxMessageSize(1024).build();
	}

	private static PipeClient client(Path folder) throws PipeException {
		return PipeClient.builder("p").directory(folder).waitForServer(false).build();
	}

	private static String failure(Call call) {
		try {
			call.run();
			return "none";
		}
		catch (IOException ex) {
			return ex.getClass().getSimpleName();
		}
	}

	static class NormalErrors {

		public static void main(String[] arguments) throws Exception {
			Path folder = Path.of(arguments[0]);
			tellLanguage();
			System.out.println("no server: " + failure(() -> client(folder).connect()));
			try (PipeServer server = server(folder, TransmissionMode.BYTE); PipeClient client = client(folder)) {
				server.start();
				PipeConnection connection = client.connect();
				server.accept().close();
				System.out.println("peer left: " + failure(() -> connection.write(ByteBuffer.allocate(1))));
			}
		}

	}

	static class Errors {

		public static void main(String[] arguments) throws Exception {
			NormalErrors.main(arguments);
			Path folder = Path.of(arguments[0]);
			try (PipeServer server = server(folder, TransmissionMode.MESSAGE)) {
				server.start();
				client(folder).connect();
			}
			catch (PipeException ex) {
				String message = String.valueOf(ex.getMessage());
				System.out.println("message mode:" + message.substring(message.lastIndexOf(':') + 1));
			}
			try (AnonymousPipeServer pipe = AnonymousPipeServer.builder(PipeDirection.OUT).build()) {
				pipe.disposeLocalCopyOfClientHandle();
				System.out.println("no reader: " + failure(() -> pipe.connection().write(ByteBuffer.allocate(1))));
			}
		}

	}

	private interface Call {

		void run() throws IOException;

	}

}
