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

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.namedpipe.testsupport.JavaProcess;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PosixPipePath}: BEHAVIOUR 1 to 4.
 */
@DisabledOnOs(OS.WINDOWS)
class PosixPipePathTests {

	private static final Path FOLDER = Path.of("/run/app");

	@Test
	void shortNameGetsThePathThatDotnetUses() throws Exception {
		assertThat(PosixPipePath.ofSocket("orders", FOLDER, 106)).hasToString("/run/app/CoreFxPipe_orders");
	}

	@Test
	void rootedNameIsTakenAsItIs() throws Exception {
		assertThat(PosixPipePath.ofSocket("/srv/x.sock", FOLDER, 106)).hasToString("/srv/x.sock");
	}

	@Test
	void fifoNameHasNoPrefix() throws Exception {
		assertThat(PosixPipePath.ofFifo("orders", FOLDER)).hasToString("/run/app/orders");
	}

	@Test
	void whenTheNameHasABackslashThenTheErrorExplainsIt() {
		assertThatExceptionOfType(TransportException.class)
			.isThrownBy(() -> PosixPipePath.ofSocket("sql\\query", FOLDER, 106))
			.withMessageContaining("on Windows only");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "  ", "a/b", "a\0b", "/a\0b", "/", "/srv/", "anonymous", "ANONYMOUS", ".", ".." })
	void nameThatCannotBeAFileIsRejected(String name) {
		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> PosixPipePath.ofSocket(name, FOLDER, 106))
			.satisfies((ex) -> assertThat(ex.getReason()).isEqualTo(Reason.INVALID_NAME));
	}

	@ParameterizedTest
	@CsvSource({ "\\\\.\\pipe\\orders, 'orders'", "\\\\.\\PIPE\\orders, 'orders'" })
	void windowsNameIsAnsweredWithTheNameToUse(String name, String suggestion) {
		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> PosixPipePath.ofSocket(name, FOLDER, 106))
			.withMessageContaining("use '" + suggestion + "'");
	}

	@Test
	void pathAtTheLimitWorksAndOneByteMoreIsAnErrorWithThePathItsLengthAndTheLimit() throws Exception {
		String fits = "/" + "x".repeat(105);
		assertThat(PosixPipePath.ofSocket(fits, null, 106)).hasToString(fits);

		assertThatExceptionOfType(TransportException.class)
			.isThrownBy(() -> PosixPipePath.ofSocket(fits + "y", null, 106))
			.withMessageContaining(fits + "y")
			.withMessageContaining("107 bytes")
			.withMessageContaining("106");
	}

	@Test
	void limitOfTheJdkIsTheOneWeState() throws Exception {
		Path folder = Files.createTempDirectory("p");
		try {
			int room = PosixPipePath.NIO_LIMIT - folder.toString().length() - 1;
			bindAndUnbind(folder.resolve("x".repeat(room)));
			assertThatExceptionOfType(IOException.class)
				.isThrownBy(() -> bindAndUnbind(folder.resolve("x".repeat(room + 2))));
		}
		finally {
			Files.delete(folder);
		}
	}

	@ParameterizedTest
	@CsvSource({ "Linux, 106", "Mac OS X, 102", "FreeBSD, 102" })
	void limitIsThatOfTheSystem(String system, int limit) {
		assertThat(PosixPipePath.nioLimit(system)).isEqualTo(limit);
	}

	private static void bindAndUnbind(Path path) throws IOException {
		try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			server.bind(UnixDomainSocketAddress.of(path));
			Files.delete(path);
		}
	}

	@Test
	void multibyteNamesCountInBytes() {
		String name = "/" + "\u00e4".repeat(60);
		assertThat(name.getBytes(StandardCharsets.UTF_8)).hasSize(121);

		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> PosixPipePath.ofSocket(name, null, 106))
			.satisfies((ex) -> assertThat(ex.getReason()).isEqualTo(Reason.INVALID_NAME));
	}

	@ParameterizedTest
	@CsvSource({ "/var/tmp, /var/tmp/CoreFxPipe_x", "/var/tmp/, /var/tmp/CoreFxPipe_x", "'', /tmp/CoreFxPipe_x" })
	void folderForShortNamesIsTmpdirElseTmp(String tmpdir, String expected) throws Exception {
		JavaProcess process = JavaProcess.of(PathPrinter.class, "x")
			.jvmArguments("-Djava.io.tmpdir=/nowhere")
			.environment(Map.of("TMPDIR", tmpdir))
			.start();

		assertThat(process.output()).isEqualToIgnoringNewLines(expected);
	}

	/**
	 * Prints the path of a name.
	 */
	static final class PathPrinter {

		private PathPrinter() {
		}

		public static void main(String[] args) throws Exception {
			System.out.println(PosixPipePath.ofSocket(args[0], null, 106));
		}

	}

}
