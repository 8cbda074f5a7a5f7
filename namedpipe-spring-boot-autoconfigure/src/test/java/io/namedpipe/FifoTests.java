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

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import io.namedpipe.access.AccessRules;
import io.namedpipe.testsupport.Descriptors;
import io.namedpipe.testsupport.JavaProcess;
import io.namedpipe.testsupport.OtherUser;
import io.namedpipe.testsupport.PeerProcess;
import io.namedpipe.testsupport.PipeConditions;
import io.namedpipe.testsupport.PipeFixture;
import io.namedpipe.testsupport.RequiresCommand;
import io.namedpipe.testsupport.RequiresRoot;
import io.namedpipe.transport.TransportException.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * FIFOs, with the shell, Python and C at the other end.
 */
@DisabledOnOs(OS.WINDOWS)
@Timeout(60)
class FifoTests extends PipeFixture {

	@TempDir
	private Path folder;

	private Path fifo() {
		return this.folder.resolve("intake");
	}

	private PipeServer.Builder server(PipeDirection direction) {
		return PipeServer.builder("intake")
			.directory(this.folder)
			.type(PipeType.FIFO)
			.direction(direction)
			.drainTimeout(Duration.ofMillis(100));
	}

	private PipeClient.Builder client(PipeDirection direction) {
		return PipeClient.builder("intake")
			.directory(this.folder)
			.type(PipeType.FIFO)
			.direction(direction)
			.drainTimeout(Duration.ZERO);
	}

	private PipeServer started(PipeServer.Builder builder) throws PipeException {
		PipeServer server = closing(builder.build());
		server.start();
		return server;
	}

	private PeerProcess shell(String command) throws IOException {
		return closing(PeerProcess.shell("cd '" + this.folder + "'; " + command));
	}

	private static String readAndClose(PipeConnection connection) throws IOException {
		try (connection) {
			return readToEnd(connection);
		}
	}

	/** Reads period after period until as many lines have come. */
	private static List<String> readLines(PipeServer server, int count) throws IOException {
		StringBuilder all = new StringBuilder();
		while (all.chars().filter((character) -> character == '\n').count() < count) {
			all.append(readAndClose(server.accept()));
		}
		return all.toString().lines().toList();
	}

	private static List<String> numbers(int count) {
		return IntStream.rangeClosed(1, count).mapToObj(String::valueOf).toList();
	}

	@Test
	void whenTheShellWritesALineThenItArrivesAndTheWriterIsDone() throws Exception {
		PipeServer server = started(server(PipeDirection.IN));

		assertThat(shell("echo '{\"id\":1}' > intake; echo $?").output()).isEqualTo("0");

		assertThat(readAndClose(server.accept())).isEqualTo("{\"id\":1}\n");
	}

	@Test
	void whenWritersComeAndGoQuicklyThenNothingOfThemIsLost() throws Exception {
		PipeServer server = started(server(PipeDirection.IN));
		PeerProcess writers = shell("for i in $(seq 500); do echo $i > intake; done");

		assertThat(readLines(server, 500)).isEqualTo(numbers(500));

		assertThat(writers.output()).isEmpty();
	}

	@Test
	void whenWriterComesBeforePeriodClosesThenItIsServedNext() throws Exception {
		PipeServer server = started(server(PipeDirection.IN));
		shell("echo first > intake").output();
		PipeConnection first = server.accept();
		assertThat(first.inputStream().readAllBytes()).asString().isEqualTo("first\n");
		assertThat(shell("echo second > intake").output()).isEmpty();

		first.close();

		assertThat(readAndClose(server.accept())).isEqualTo("second\n");
	}

	@Test
	void whenAWriterLeavesThenItsPeriodEndsAndTheNextWriterIsAnother() throws Exception {
		PipeServer server = started(server(PipeDirection.IN));
		for (String word : List.of("one", "two", "three")) {
			shell("printf " + word + " > intake").output();

			assertThat(readAndClose(server.accept())).isEqualTo(word);
		}
		assertThat(server.statistics().accepted()).isEqualTo(3);
	}

	@Test
	@RequiresCommand("gcc")
	void whenProcessesWriteAtOnceThenTheyShareStreamOfWholeLines() throws Exception {
		PipeServer server = started(server(PipeDirection.IN));
		Path program = PeerProcess.compile("fifo_writer.c", this.folder);
		List<PeerProcess> writers = new ArrayList<>();
		for (String letter : List.of("a", "b", "c", "d")) {
			writers.add(closing(PeerProcess.start(program.toString(), fifo().toString(), letter, "100", "4000")));
		}

		List<String> lines = readLines(server, 400);

		assertThat(lines).hasSize(400).allSatisfy((line) -> assertThat(line).hasSize(3999).matches("a+|b+|c+|d+"));
		for (PeerProcess writer : writers) {
			assertThat(writer.output()).isEqualTo("done");
		}
	}

	@Test
	@RequiresCommand("python3")
	void whenPythonReadsThenItGetsWhatWasWrittenAndThenTheEnd() throws Exception {
		PipeServer server = started(server(PipeDirection.OUT));
		PeerProcess reader = closing(PeerProcess.start("python3", "-c",
				"import sys; print(repr(open(sys.argv[1]).read()))", fifo().toString()));
		PipeConnection connection = server.accept();
		connection.write(bytes("hello "), bytes("reader"));

		connection.close();

		assertThat(reader.output()).isEqualTo("'hello reader'");
	}

	@Test
	void whenReaderLeavesThenNextWriteFailsAndNextReaderIsServed() throws Exception {
		PipeServer server = started(server(PipeDirection.OUT));
		PeerProcess first = shell("head -n 1 < intake");
		PipeConnection connection = server.accept();
		connection.write(bytes("for the first\n"));
		assertThat(first.output()).isEqualTo("for the first");

		assertThatExceptionOfType(PeerGoneException.class).isThrownBy(() -> connection.write(bytes("for nobody\n")))
			.withMessageContaining("has left");

		PeerProcess second = shell("head -n 1 < intake");
		server.accept().write(bytes("for the second\n"));
		assertThat(second.output()).isEqualTo("for the second");
		assertThat(server.statistics().closed(CloseReason.PEER)).isEqualTo(1);
	}

	@Test
	void whenStoppedWhileWaitingForAWriterThenThatEndsAtOnce() throws Exception {
		assertStopEndsAccept(server(PipeDirection.IN));
	}

	@Test
	void whenStoppedWhileWaitingForAReaderThenThatEndsAtOnce() throws Exception {
		assertStopEndsAccept(server(PipeDirection.OUT));
	}

	private void assertStopEndsAccept(PipeServer.Builder builder) throws Exception {
		PipeServer server = started(builder.drainTimeout(Duration.ofMinutes(1)));
		Future<PipeConnection> accepting = async(server::accept);
		assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> accepting.get(200, TimeUnit.MILLISECONDS));
		long start = System.nanoTime();

		server.stop();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(accepting))
			.withCauseInstanceOf(PipeClosedException.class);
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
		assertThat(fifo()).doesNotExist();
		assertThat(this.folder).isEmptyDirectory();
		assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
			.doesNotContain("namedpipe-fifo-open");
	}

	@Test
	void whenStoppedAtOnceThenNothingWaitsForAReaderAnyMore() throws Exception {
		startAndStop(1);
		long before = Descriptors.open();

		startAndStop(200);

		await().atMost(SOON)
			.untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
				.doesNotContain("namedpipe-fifo-open"));
		assertThat(Descriptors.open()).isLessThanOrEqualTo(before);
	}

	private void startAndStop(int times) throws Exception {
		for (int i = 0; i < times; i++) {
			PipeServer server = started(server(PipeDirection.OUT));
			server.serve((connection) -> {
			});
			server.stop();
		}
	}

	@Test
	void whenStoppedAfterFileIsDeletedThenWaitForReaderEnds() throws Exception {
		PipeServer server = started(server(PipeDirection.OUT));
		Future<PipeConnection> accepting = async(server::accept);
		assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> accepting.get(100, TimeUnit.MILLISECONDS));
		Files.delete(fifo());

		server.stop();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(accepting))
			.withCauseInstanceOf(PipeClosedException.class);
		await().atMost(SOON)
			.untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
				.doesNotContain("namedpipe-fifo-open"));
	}

	@Test
	void whenStoppedWhileAWriterIsSilentThenTheReadEndsAtOnce() throws Exception {
		PipeServer server = started(server(PipeDirection.IN));
		PeerProcess writer = shell("exec 3> intake; echo hello >&3; read wait");
		PipeConnection connection = server.accept();
		ByteBuffer buffer = ByteBuffer.allocate(100);
		assertThat(connection.read(buffer)).isEqualTo(6);
		Future<Integer> reading = async(() -> connection.read(buffer));
		assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> reading.get(200, TimeUnit.MILLISECONDS));

		connection.endInput();

		assertThat(get(reading)).isEqualTo(-1);
		connection.close();
		assertThat(writer.process().isAlive()).isTrue();
	}

	@Test
	void whenStoppedAndStartedThenWritersAreServedAgain() throws Exception {
		PipeServer server = started(server(PipeDirection.IN));
		for (int i = 0; i < 20; i++) {
			PeerProcess writer = shell("echo " + i + " > intake");
			assertThat(readAndClose(server.accept())).isEqualTo(i + "\n");
			writer.output();
			server.stop();
			server.start();
		}
	}

	@Test
	void whenConnectionIsClosedEarlyThenWriterGetsBrokenPipe() throws Exception {
		PipeServer server = started(server(PipeDirection.IN));
		PeerProcess flood = shell("trap '' PIPE; yes 2> /dev/null > intake; echo broken $?");
		PipeConnection connection = server.accept();
		assertThat(connection.read(ByteBuffer.allocate(10))).isEqualTo(10);

		connection.close(CloseReason.PROTOCOL);

		assertThat(flood.output()).startsWith("broken");
		Future<String> next = async(() -> readAndClose(server.accept()));
		shell("echo clean > intake").output();
		assertThat(get(next)).isEqualTo("clean\n");
	}

	@Test
	void whenMachineIsBusyThenUnreadWriterStillGetsBrokenPipe() throws Exception {
		for (int i = 0; i < 4 * Runtime.getRuntime().availableProcessors(); i++) {
			shell("while :; do :; done");
		}
		PipeServer server = started(server(PipeDirection.IN));
		server.serve((connection) -> {
			connection.read(ByteBuffer.allocate(10));
			connection.close(CloseReason.PROTOCOL);
		});

		for (int i = 0; i < 10; i++) {
			assertThat(shell("trap '' PIPE; yes 2> /dev/null > intake; echo broken $?").output()).startsWith("broken");
		}

		// one that did not get to run for a quarter of a second is another connection
		assertThat(server.statistics().accepted()).isBetween(10L, 14L);
	}

	@Test
	void whenConnectionIsClosedEarlyThenUnreadInputIsDiscarded() throws Exception {
		PipeServer server = started(server(PipeDirection.IN));
		PeerProcess writer = shell("exec 3> intake; head -c 20000 /dev/zero >&3; echo written; read wait");
		assertThat(writer.nextLine()).isEqualTo("written");
		server.accept().close(CloseReason.PROTOCOL);
		Future<PipeConnection> next = async(server::accept);

		shell("echo clean > intake").output();

		ByteBuffer buffer = ByteBuffer.allocate(100);
		assertThat(get(next).read(buffer)).isEqualTo(6);
		assertThat(new String(buffer.array(), 0, 6, StandardCharsets.UTF_8)).isEqualTo("clean\n");
	}

	@Test
	void whenTheFileVanishesThenItIsMadeAgainAndServed() throws Exception {
		PipeServer server = started(server(PipeDirection.IN));
		Future<List<String>> reading = async(() -> readLines(server, 1));
		Files.delete(fifo());
		await().atMost(SOON).until(() -> Files.exists(fifo()));

		shell("echo again > intake").output();

		assertThat(get(reading)).containsExactly("again");
		await().atMost(SOON).until(() -> server.statistics().errors(PipeErrorType.NAME_LOST) == 1);
	}

	@Test
	void whenAccessIsForTheCurrentUserThenTheFileSaysSo() throws Exception {
		started(server(PipeDirection.IN));

		assertThat(permissions()).isEqualTo("rw-------");
		assertThat(Files.getAttribute(fifo(), "unix:mode"))
			.satisfies((mode) -> assertThat((Integer) mode & 0170000).isEqualTo(0010000));
	}

	private String permissions() throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(fifo()));
	}

	@Test
	void whenEveryoneMayReadAndWriteThenEveryoneMayWriteWhatWeRead() throws Exception {
		started(server(PipeDirection.IN).access(AccessRules.sddl("D:(A;;GRGW;;;WD)")));

		assertThat(permissions()).isEqualTo("rw--w--w-");
	}

	@Test
	void whenEveryoneMayReadAndWriteThenEveryoneMayReadWhatWeWrite() throws Exception {
		started(server(PipeDirection.OUT).access(AccessRules.sddl("D:(A;;GRGW;;;WD)")));

		assertThat(permissions()).isEqualTo("rw-r--r--");
	}

	@Test
	@RequiresRoot
	void whenAGroupMayWriteThenTheFileIsGivenToIt() throws Exception {
		started(server(PipeDirection.IN).access(AccessRules.sddl("D:(A;;GW;;;S-1-22-2-7777)")));

		assertThat(permissions()).isEqualTo("rw--w----");
		assertThat(Files.getAttribute(fifo(), "unix:gid")).isEqualTo(7777);
	}

	@Test
	void whenARuleIsForAUserThenTheStartFailsAsAFifoCannotKeepIt() throws Exception {
		PipeServer server = server(PipeDirection.IN).access(AccessRules.sddl("D:(A;;GW;;;S-1-22-1-4711)")).build();

		assertThatExceptionOfType(PipeException.class).isThrownBy(server::start)
			.has(PipeConditions.reason(Reason.INVALID_ACCESS))
			.withMessageContaining("FIFO");
		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	void whenAnotherKindOfFileIsThereThenItIsLeftAlone() throws Exception {
		PipeServer server = server(PipeDirection.IN).build();
		Files.writeString(fifo(), "precious");
		assertThatExceptionOfType(PipeNameInUseException.class).isThrownBy(server::start)
			.withMessageContaining("not a FIFO");
		assertThat(fifo()).hasContent("precious");
		Files.delete(fifo());
		Files.createDirectory(fifo());
		assertThatExceptionOfType(PipeNameInUseException.class).isThrownBy(server::start);
		Files.delete(fifo());
		shell("mkfifo real; ln -s real intake").output();

		assertThatExceptionOfType(PipeNameInUseException.class).isThrownBy(server::start);

		assertThat(Files.isSymbolicLink(fifo())).isTrue();
	}

	@Test
	void whenOurUsersFifoIsThereThenItIsUsedAndLeftThere() throws Exception {
		shell("mkfifo -m 666 intake").output();
		PipeServer server = started(server(PipeDirection.IN));
		assertThat(permissions()).isEqualTo("rw-------");
		shell("echo used > intake").output();
		assertThat(readAndClose(server.accept())).isEqualTo("used\n");

		server.stop();

		assertThat(fifo()).exists();
	}

	@Test
	@RequiresRoot
	void whenAnotherUsersFifoIsThereThenItIsNotTrusted() throws Exception {
		shell("mkfifo -m 666 intake; chown 1234 intake").output();
		PipeServer server = server(PipeDirection.IN).build();

		assertThatExceptionOfType(PipeNameInUseException.class).isThrownBy(server::start).withMessageContaining("1234");

		assertThat(Files.getAttribute(fifo(), "unix:uid", LinkOption.NOFOLLOW_LINKS)).isEqualTo(1234);
	}

	@Test
	void whenAnotherServerReadsTheFifoThenItIsNotShared() throws Exception {
		PipeServer first = started(server(PipeDirection.IN));
		PipeServer second = server(PipeDirection.IN).build();

		assertThatExceptionOfType(PipeNameInUseException.class).isThrownBy(second::start)
			.withMessageContaining("is being served");

		shell("echo for the first > intake").output();
		assertThat(readAndClose(first.accept())).isEqualTo("for the first\n");
	}

	@Test
	void whenDuplexOrMessageModeIsSetThenStartFailsWithRemedy() throws Exception {
		assertThatExceptionOfType(PipeException.class).isThrownBy(() -> server(PipeDirection.DUPLEX).build().start())
			.has(PipeConditions.reason(Reason.UNSUPPORTED))
			.withMessageContaining("'in' or 'out'");
		assertThatExceptionOfType(PipeException.class)
			.isThrownBy(() -> server(PipeDirection.IN).transmissionMode(TransmissionMode.MESSAGE).build().start())
			.has(PipeConditions.reason(Reason.UNSUPPORTED))
			.withMessageContaining("'byte'");
		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	void whenTheFifoIsMissingThenAClientWaitsForItAndNeverMakesIt() throws Exception {
		PipeClient client = closing(client(PipeDirection.IN).connectTimeout(Duration.ofMillis(100)).build());
		assertThatExceptionOfType(PipeTimeoutException.class).isThrownBy(client::connect)
			.withMessageContaining("There is no FIFO");
		assertThat(this.folder).isEmptyDirectory();
		PipeClient patient = closing(client(PipeDirection.IN).connectTimeout(SOON).build());
		Future<PipeConnection> connecting = async(patient::connect);

		PeerProcess writer = shell("mkfifo intake; echo hello > intake");

		assertThat(readAndClose(get(connecting))).isEqualTo("hello\n");
		writer.output();
	}

	@Test
	void whenSomethingElseIsThereThenAClientRefusesIt() throws Exception {
		Files.writeString(fifo(), "not a pipe");
		PipeClient client = closing(client(PipeDirection.IN).build());

		assertThatExceptionOfType(PipeException.class).isThrownBy(client::connect)
			.withMessageContaining("is not a FIFO");
	}

	@Test
	void whenNobodyReadsThenAWritingClientWaitsOrFailsAsConfigured() throws Exception {
		shell("mkfifo intake").output();
		PipeClient hasty = closing(client(PipeDirection.OUT).waitForServer(false).build());
		assertThatExceptionOfType(PipeNotFoundException.class).isThrownBy(hasty::connect)
			.withMessageContaining("Nobody reads");
		PipeClient patient = closing(client(PipeDirection.OUT).connectTimeout(SOON).build());
		Future<PipeConnection> connecting = async(patient::connect);

		PeerProcess reader = shell("cat intake");
		try (PipeConnection connection = get(connecting)) {
			connection.write(bytes("now "), bytes("there"));
		}

		assertThat(reader.output()).isEqualTo("now there");
	}

	@Test
	void whenWritingClientIsBlockedThenCloseEndsWriteAndReaderDrains() throws Exception {
		shell("mkfifo intake").output();
		PeerProcess reader = shell("exec 3< intake; read wait; wc -c <&3");
		PipeConnection connection = closing(client(PipeDirection.OUT).connectTimeout(SOON).build()).connect();
		Future<?> writing = async(() -> {
			connection.write(ByteBuffer.allocate(1_000_000));
			return null;
		});
		awaitCall((call) -> call.getMethodName().equals("awaitRoom"));

		connection.close();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(writing))
			.withCauseInstanceOf(PipeClosedException.class);
		assertThat(reader.ask("go")).isEqualTo("65536");
	}

	@Test
	void whenReadingClientReconnectsThenNothingWrittenIsLost() throws Exception {
		shell("mkfifo intake").output();
		PipeClient client = closing(client(PipeDirection.IN).connectTimeout(SOON).build());
		for (String number : numbers(20)) {
			PipeConnection connection = client.connect();
			PeerProcess writer = shell("echo first " + number + " > intake");
			assertThat(connection.inputStream().readAllBytes()).asString().isEqualTo("first " + number + "\n");
			shell("echo second " + number + " > intake").output();
			connection.close();
			shell("echo third " + number + " > intake").output();

			assertThat(readAndClose(client.connect())).isEqualTo("second " + number + "\nthird " + number + "\n");

			writer.output();
		}
	}

	@Test
	void whenReadingClientStopsThenNothingOfItsConnectionIsLeft() throws Exception {
		shell("mkfifo intake").output();
		long before = Descriptors.open();
		PipeClient client = closing(client(PipeDirection.IN).connectTimeout(SOON).build());
		for (int i = 0; i < 3; i++) {
			PipeConnection connection = client.connect();
			PeerProcess writer = shell("echo hello > intake");
			assertThat(readAndClose(connection)).isEqualTo("hello\n");
			writer.close();

			client.stop();

			// the JDK closes those of a process a moment after its end
			await().atMost(SOON).untilAsserted(() -> assertThat(Descriptors.open()).isLessThanOrEqualTo(before));
			client.start();
		}
	}

	@Test
	@RequiresRoot
	@RequiresCommand("setpriv")
	void whenAReadingClientOfAnotherUserMayOnlyReadThenThatSuffices() throws Exception {
		Files.setPosixFilePermissions(this.folder, PosixFilePermissions.fromString("rwxr-xr-x"));
		PipeServer server = started(server(PipeDirection.OUT).access(AccessRules.sddl("D:(A;;GR;;;WD)")));
		try (JavaProcess other = JavaProcess.of(ReadingClient.class, this.folder.toString())
			.launchedBy(OtherUser.of(54321, 54321).launcher())
			.readableByAll(this.folder.resolve("classes"))
			.start()) {
			assertThat(other.nextLine()).isEqualTo("may write: false");
			PipeConnection connection = server.accept();
			connection.write(bytes("for the other user"));
			connection.close();

			assertThat(other.nextLine()).isEqualTo("read: for the other user");
		}
	}

	@Test
	void whenNothingHasComeThenAConnectionIsQuiet() throws Exception {
		shell("mkfifo intake").output();
		PipeConnection connection = closing(client(PipeDirection.IN).connectTimeout(SOON).build()).connect();
		assertThat(connection.isIdle()).isTrue();
		shell(": > intake").output();
		assertThat(connection.isIdle()).as("a writer that says nothing is none").isTrue();
		PeerProcess writer = shell("exec 3> intake; echo hello >&3; echo written; read wait");
		assertThat(writer.nextLine()).isEqualTo("written");
		assertThat(connection.isIdle()).isFalse();
		assertThat(connection.read(ByteBuffer.allocate(100))).isEqualTo(6);
		assertThat(connection.isIdle()).isTrue();

		writer.close();

		assertThat(connection.isIdle()).isFalse();
		assertThat(connection.read(ByteBuffer.allocate(100))).isEqualTo(-1);
	}

	@Test
	void whenTheOwnerIsVerifiedThenAForeignFifoIsRefused() throws Exception {
		shell("mkfifo intake").output();
		PipeClient client = closing(client(PipeDirection.IN).verifyServerUser("4711").build());

		assertThatExceptionOfType(PipeException.class).isThrownBy(client::connect)
			.has(PipeConditions.reason(Reason.UNTRUSTED_SERVER));

		PipeClient own = closing(client(PipeDirection.IN).verifyServerUser("current-user").build());
		own.connect().close();
	}

	@Test
	void whenTheBufferSizeIsSetThenThatMuchFitsWithoutAReader() throws Exception {
		started(server(PipeDirection.IN).inBufferSize(256 * 1024));

		assertThat(shell("head -c 262144 /dev/zero > intake; echo $?").output()).isEqualTo("0");
	}

	@Test
	void whenConnectionClosesBeforeItsWriterThenNextWriterIsRead() throws Exception {
		PipeServer server = started(server(PipeDirection.IN));
		for (int i = 0; i < 30; i++) {
			PeerProcess hasty = PeerProcess.shell("echo x > '" + fifo() + "'");
			server.accept().close();
			assertThat(hasty.output()).isEmpty();
			PeerProcess next = PeerProcess.shell("echo y > '" + fifo() + "'");

			assertThat(readAndClose(server.accept())).isEqualTo("y\n");

			assertThat(next.output()).isEmpty();
		}
	}

	@Test
	void whenTheStreamIsClosedAtItsEndThenTheNextWriterIsHeard() throws Exception {
		PipeServer server = started(server(PipeDirection.IN));
		BlockingQueue<String> heard = new LinkedBlockingQueue<>();
		server.serve((connection) -> {
			try (InputStream input = connection.inputStream()) {
				heard.add(new String(input.readAllBytes(), StandardCharsets.UTF_8));
			}
		});

		for (int i = 0; i < 3; i++) {
			assertThat(shell("echo hello > intake; echo $?").output()).isEqualTo("0");
			assertThat(heard.poll(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo("hello\n");
		}
		assertThat(server.fault()).isEmpty();
	}

	@Test
	void whenInputOfClosedConnectionIsEndedThenNextOneIsUnharmed() throws Exception {
		PipeServer server = started(server(PipeDirection.IN));
		shell("echo first > intake").output();
		PipeConnection first = server.accept();
		assertThat(readAndClose(first)).isEqualTo("first\n");
		shell("echo second > intake").output();
		PipeConnection second = server.accept();

		first.endInput();

		assertThat(readAndClose(second)).isEqualTo("second\n");
	}

	@Test
	void whenAReadingClientClosesTheStreamAtItsEndThenItConnectsAgain() throws Exception {
		shell("mkfifo intake").output();
		PipeClient client = closing(client(PipeDirection.IN).build());
		for (int i = 0; i < 3; i++) {
			try (PipeConnection connection = client.connect()) {
				PeerProcess writer = shell("echo hello > intake");
				try (InputStream input = connection.inputStream()) {
					assertThat(new String(input.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("hello\n");
				}
				assertThat(writer.output()).isEmpty();
			}
		}
	}

	@Test
	void whenReadersLeaveAtOnceThenAServerWithABufferSizeIsNotAtFault() throws Exception {
		PipeServer server = started(server(PipeDirection.OUT).outBufferSize(8192));
		server.serve((connection) -> connection.write(bytes("hello\n")));

		shell("for i in $(seq 200); do : < intake; done").output();

		assertThat(shell("head -n 1 intake").output()).isEqualTo("hello");
		assertThat(server.statistics().errors(PipeErrorType.ACCEPT)).isZero();
	}

	@Test
	void whenTheSameFolderHasTwoNamesThenAFifoIsServedOnceAllTheSame() throws Exception {
		PipeServer server = started(server(PipeDirection.IN));
		Path alias = Files.createSymbolicLink(this.folder.resolve("alias"), this.folder);
		PipeServer other = closing(server(PipeDirection.IN).directory(alias).build());

		for (int i = 0; i < 2; i++) {
			assertThatExceptionOfType(PipeNameInUseException.class).isThrownBy(other::start);
		}

		server.stop();
		other.start();
		assertThat(shell("echo hello > intake; echo $?").output()).isEqualTo("0");
		assertThat(readAndClose(other.accept())).isEqualTo("hello\n");
	}

	@Test
	void whenHundredPeriodsAreOverThenNoDescriptorIsLeft() throws Exception {
		PipeServer server = started(server(PipeDirection.IN));
		shell("echo warm up > intake").output();
		readAndClose(server.accept());
		long before = Descriptors.open();

		for (int i = 0; i < 100; i++) {
			PeerProcess writer = PeerProcess.shell("echo x > '" + fifo() + "'");
			if (i % 10 == 0) {
				server.accept().close();
			}
			else {
				assertThat(readAndClose(server.accept())).isEqualTo("x\n");
			}
			writer.process().waitFor();
			writer.close();
		}

		await().atMost(SOON).untilAsserted(() -> assertThat(Descriptors.open()).isLessThanOrEqualTo(before));
		server.stop();
		assertThat(Descriptors.open()).isLessThan(before);
	}

	@Test
	void whenTheApplicationHasAFileNamedLikeTheLockThenItIsLeft() throws Exception {
		Path lock = Files.writeString(this.folder.resolve("intake.lock"), "precious");
		PipeServer server = started(server(PipeDirection.IN));

		server.close();

		assertThat(lock).hasContent("precious");
		assertThat(this.folder.toFile().list()).containsExactly("intake.lock");
	}

	@Test
	void whenThisProcessServesTheFifoThenTheFailureSaysSo() throws Exception {
		started(server(PipeDirection.IN));
		PipeServer second = closing(server(PipeDirection.IN).build());

		assertThatExceptionOfType(PipeNameInUseException.class).isThrownBy(second::start)
			.withMessageContaining("this very process");
	}

	@Test
	void whenTheFolderIsMadeAnewThenTheFifoIsServedThere() throws Exception {
		Path inner = Files.createDirectory(this.folder.resolve("inner"));
		PipeServer server = started(server(PipeDirection.IN).directory(inner));
		Files.move(inner, this.folder.resolve("moved"));
		Files.createDirectory(inner);

		await().atMost(SOON).until(() -> Files.exists(inner.resolve("intake")));

		PeerProcess writer = shell("echo hello > inner/intake; echo $?");
		assertThat(readAndClose(server.accept())).isEqualTo("hello\n");
		assertThat(writer.output()).isEqualTo("0");
		server.stop();
		assertThat(inner).isEmptyDirectory();
	}

	@Test
	void whenJnaIsMissingThenAFifoIsAnErrorThatSaysSo() throws Exception {
		try (JavaProcess other = JavaProcess.of(WithoutJna.class, this.folder.toString()).without("jna").start()) {
			assertThat(other.output()).contains("server: A FIFO on Linux needs JNA")
				.contains("client: A FIFO on Linux needs JNA")
				.contains("net.java.dev.jna:jna");
		}
		assertThat(this.folder).isEmptyDirectory();
	}

	/**
	 * A client of a FIFO that its user may only read.
	 */
	static final class ReadingClient {

		private ReadingClient() {
		}

		/**
		 * Main.
		 * @param arguments the folder
		 * @throws Exception if it fails
		 */
		public static void main(String[] arguments) throws Exception {
			Path fifo = Path.of(arguments[0], "intake");
			System.out.println("may write: " + Files.isWritable(fifo));
			try (PipeClient client = PipeClient.builder(fifo.toString())
				.type(PipeType.FIFO)
				.direction(PipeDirection.IN)
				.build()) {
				System.out.println("read: " + readAndClose(client.connect()));
			}
		}

	}

	/**
	 * A process without JNA.
	 */
	static final class WithoutJna {

		private WithoutJna() {
		}

		/**
		 * Main.
		 * @param arguments the folder
		 */
		public static void main(String[] arguments) {
			Path fifo = Path.of(arguments[0], "intake");
			print("server", () -> PipeServer.builder(fifo.toString()).type(PipeType.FIFO).build().start());
			print("client", () -> PipeClient.builder(fifo.toString()).type(PipeType.FIFO).build().connect());
		}

		private static void print(String end, ThrowingCallable call) {
			Throwable failure = catchThrowable(call);
			System.out.println(end + ": " + ((failure != null) ? failure.getMessage() : "works"));
		}

	}

}
