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

package io.namedpipe.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;

import io.namedpipe.PipeServer;
import io.namedpipe.testsupport.JavaProcess;
import io.namedpipe.testsupport.OtherUser;
import io.namedpipe.testsupport.RequiresRoot;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is printed where the process of the application, its user or its class path do not
 * allow for what is configured.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class StartFailureByEnvironmentTests {

	private static final String MESSAGE_MODE = "--namedpipe.server.orders.transmission-mode=message";

	@TempDir
	private Path directory;

	@Test
	void whenJnaIsMissingThenSaysWhatNeedsItAndHowToGetIt() throws Exception {
		String output = output(process(MESSAGE_MODE).without("jna"));
		assertThat(description(output))
			.contains("Invalid value 'message' for configuration property "
					+ "'namedpipe.server.orders.transmission-mode'")
			.contains("Message mode on Linux needs JNA, which is not on the class path: add the dependency "
					+ "net.java.dev.jna:jna");
	}

	@Test
	void whenJnaCannotUnpackItsLibraryThenSaysWhere() throws Exception {
		String output = output(process(MESSAGE_MODE).jvmArguments("-Djna.tmpdir=/proc/none"));
		assertThat(description(output)).contains("'namedpipe.server.orders.transmission-mode'")
			.contains("cannot load its library")
			.contains("-Djna.tmpdir")
			.contains("/proc/none");
	}

	@Test
	void whenSystemHasNoMessageModeThenSaysWhichHave() throws Exception {
		String output = output(process(MESSAGE_MODE).jvmArguments("-Dos.name=Mac OS X"));
		assertThat(description(output)).contains("'namedpipe.server.orders.transmission-mode'")
			.contains("Message mode is available on Linux and Windows, not on Mac OS X");
	}

	@Test
	void whenFlowCannotRunAsClientThenSaysWhatItTakes() throws Exception {
		String output = output(process("--namedpipe.server.orders.gateway.impersonate-client=true",
				"--namedpipe.server.orders.gateway.channel=nullChannel")
			.without("jna"));
		assertThat(description(output))
			.contains("Invalid value 'true' for configuration property "
					+ "'namedpipe.server.orders.gateway.impersonate-client'")
			.contains("net.java.dev.jna:jna on the class path; set 'false'");
	}

	@Test
	@RequiresRoot
	void whenFolderIsNotWritableThenSaysWhichAndWhatToDo() throws Exception {
		Path folder = Files.createDirectory(this.directory.resolve("not-writable"));
		String output = output(asOtherUser(process("--namedpipe.server.orders.pipe-name=" + folder + "/orders")));
		assertThat(description(output)).contains("The pipe of 'namedpipe.server.orders' could not be started")
			.contains("Folder " + folder + " is not writable for this process")
			.contains("change its permissions")
			.contains("'namedpipe.directory'")
			.contains("'namedpipe.server.orders.pipe-name'");
	}

	@Test
	@RequiresRoot
	void whenServerDoesNotLetUsInThenSaysWhyAndWhatToDo() throws Exception {
		Path path = this.directory.resolve("orders");
		try (PipeServer server = PipeServer.builder(path.toString()).build()) {
			server.start();
			String output = output(asOtherUser(process("--namedpipe.client.orders.pipe-name=" + path,
					"--namedpipe.client.orders.startup-failure=stop")));
			assertThat(description(output)).contains("The pipe of 'namedpipe.client.orders' could not be started")
				.contains("Connecting to " + path + " is not permitted")
				.contains("Have the server let this user in, run as another user, or correct "
						+ "'namedpipe.client.orders.pipe-name'");
		}
	}

	private JavaProcess.Builder process(String... arguments) {
		return JavaProcess.of(Application.class, arguments)
			.jvmArguments("-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED",
					"-Dnamedpipe.directory=" + this.directory, "-Dspring.main.banner-mode=off");
	}

	private JavaProcess.Builder asOtherUser(JavaProcess.Builder process) throws IOException {
		Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("rwxr-xr-x"));
		return process.readableByAll(this.directory.resolve("classes"))
			.launchedBy(OtherUser.of(54321, 54321).launcher());
	}

	private static String output(JavaProcess.Builder builder) throws Exception {
		try (JavaProcess process = builder.start()) {
			String output = process.output();
			assertThat(process.process().exitValue()).as(output).isOne();
			return output;
		}
	}

	/**
	 * What is meant for people: not the stack trace in front of it.
	 */
	private static String description(String output) {
		int start = output.indexOf("APPLICATION FAILED TO START");
		assertThat(start).as(output).isPositive();
		String description = output.substring(start);
		assertThat(description).contains("Description:").contains("Action:").doesNotContain("\tat ");
		return description;
	}

	static final class Application {

		private Application() {
		}

		public static void main(String[] arguments) {
			SpringApplication application = new SpringApplication(StartFailureTests.Application.class);
			application.setWebApplicationType(WebApplicationType.NONE);
			application.run(arguments).close();
		}

	}

}
