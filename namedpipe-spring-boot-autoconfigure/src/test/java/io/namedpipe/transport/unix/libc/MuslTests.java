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

package io.namedpipe.transport.unix.libc;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import io.namedpipe.testsupport.RequiresCommand;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What musl's headers and texts say of what the code takes for granted of every C library
 * of Linux. A program in C tells; no JVM for musl runs here.
 */
@EnabledOnOs(OS.LINUX)
@RequiresCommand("musl-gcc")
class MuslTests {

	private static final Map<String, String> COMPOSED = Map.of("EFD_NONBLOCK_CLOEXEC", "EFD_NONBLOCK | EFD_CLOEXEC",
			"PROT_READ_WRITE", "PROT_READ | PROT_WRITE", "MAP_PRIVATE_ANONYMOUS_NORESERVE",
			"MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE",
			// where musl has O_SEARCH besides
			"O_ACCMODE", "O_RDONLY | O_WRONLY | O_RDWR",
			// of the kernel
			"SO_PEERGROUPS", "59");

	private static final String HEAD = """
			#define _GNU_SOURCE
			#include <errno.h>
			#include <fcntl.h>
			#include <poll.h>
			#include <pwd.h>
			#include <stddef.h>
			#include <stdio.h>
			#include <string.h>
			#include <sys/eventfd.h>
			#include <sys/ioctl.h>
			#include <sys/mman.h>
			#include <sys/socket.h>
			#include <sys/uio.h>
			#include <sys/un.h>
			#define SAY(name, value) printf("%s\\t%lld\\n", name, (long long)(value))
			#define TEXT(error) printf("text of %s\\t%s\\n", #error, strerror(error))
			int main(void) {
			""";

	@TempDir
	private static Path folder;

	private static Map<String, String> told;

	@BeforeAll
	static void askMusl() throws Exception {
		StringBuilder source = new StringBuilder(HEAD);
		for (Map.Entry<String, Integer> constant : constants().entrySet()) {
			String name = constant.getKey();
			source.append("SAY(\"%s\", %s);%n".formatted(name, COMPOSED.getOrDefault(name, name)));
			if (name.startsWith("E") && !COMPOSED.containsKey(name)) {
				source.append("TEXT(%s);%n".formatted(name));
			}
		}
		for (String expression : layout()) {
			source.append("SAY(\"%s\", %s);%n".formatted(expression, expression));
		}
		Path program = folder.resolve("ask");
		Path file = Files.writeString(folder.resolve("ask.c"), source.append("return 0; }\n"));
		run("musl-gcc", "-static", "-o", program.toString(), file.toString());
		told = new LinkedHashMap<>();
		run(program.toString()).lines()
			.map((line) -> line.split("\t"))
			.forEach((parts) -> told.put(parts[0], parts[1]));
	}

	private static String run(String... command) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).as(output).isZero();
		return output;
	}

	private static Map<String, Integer> constants() throws IllegalAccessException {
		Map<String, Integer> constants = new LinkedHashMap<>();
		for (Class<?> type : new Class<?>[] { LibC.class, Errno.class }) {
			for (Field field : type.getDeclaredFields()) {
				if (field.getType() == int.class && !field.isSynthetic() && !Modifier.isPrivate(field.getModifiers())) {
					constants.put(field.getName(), field.getInt(null));
				}
			}
		}
		return constants;
	}

	private static String[] layout() throws NoSuchMethodException {
		return Stream
			.of(MuslTests.class
				.getDeclaredMethod("whenAStructureIsReadThenItsLayoutIsTheExpected", String.class, int.class)
				.getAnnotation(CsvSource.class)
				.value())
			.map((line) -> line.substring(1, line.lastIndexOf('\'')))
			.toArray(String[]::new);
	}

	@Test
	void whenAConstantIsUsedThenItIsThatOfMuslToo() throws Exception {
		Map<String, String> expected = new LinkedHashMap<>();
		constants().forEach((name, value) -> expected.put(name, String.valueOf(value)));

		assertThat(expected).hasSizeGreaterThan(50);
		assertThat(told).containsAllEntriesOf(expected);
	}

	@ParameterizedTest
	@EnumSource
	void whenMuslNamesAnErrorThenItIsKnown(SystemError error) {
		String text = told.get("text of " + nameOf(error));

		assertThat(Stream.of(SystemError.values()).filter((candidate) -> candidate.isIn(new IOException(text))))
			.as(text)
			.contains(error)
			.hasSizeLessThanOrEqualTo((error == SystemError.TOO_MANY_OPEN_FILES_IN_SYSTEM) ? 2 : 1);
	}

	private static String nameOf(SystemError error) {
		return switch (error) {
			case NOT_FOUND -> "ENOENT";
			case TRY_AGAIN -> "EAGAIN";
			case OUT_OF_MEMORY -> "ENOMEM";
			case ACCESS_DENIED -> "EACCES";
			case TOO_MANY_OPEN_FILES -> "EMFILE";
			case TOO_MANY_OPEN_FILES_IN_SYSTEM -> "ENFILE";
			case BROKEN_PIPE -> "EPIPE";
			case WRONG_TYPE -> "EPROTOTYPE";
			case ADDRESS_IN_USE -> "EADDRINUSE";
			case CONNECTION_RESET -> "ECONNRESET";
			case NO_BUFFER_SPACE -> "ENOBUFS";
			case NOT_CONNECTED -> "ENOTCONN";
			case CONNECTION_REFUSED -> "ECONNREFUSED";
		};
	}

	@ParameterizedTest
	@CsvSource({ "'offsetof(struct msghdr, msg_iov)', 16", "'offsetof(struct msghdr, msg_iovlen)', 24",
			"'offsetof(struct msghdr, msg_control)', 32", "'offsetof(struct msghdr, msg_controllen)', 40",
			"'sizeof(struct msghdr)', 56", "'sizeof(struct iovec)', 16", "'offsetof(struct iovec, iov_len)', 8",
			"'CMSG_SPACE(sizeof(struct ucred))', 32", "'sizeof(struct ucred)', 12", "'offsetof(struct ucred, uid)', 4",
			"'offsetof(struct ucred, gid)', 8", "'sizeof(struct sockaddr_un)', 110",
			"'offsetof(struct sockaddr_un, sun_path)', 2", "'sizeof(struct pollfd)', 8",
			"'offsetof(struct pollfd, revents)', 6", "'sizeof(socklen_t)', 4", "'offsetof(struct passwd, pw_name)', 0",
			"'offsetof(struct passwd, pw_gid)', 20" })
	void whenAStructureIsReadThenItsLayoutIsTheExpected(String expression, int expected) {
		assertThat(told).containsEntry(expression, String.valueOf(expected));
	}

}
