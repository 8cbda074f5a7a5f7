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

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.namedpipe.testsupport.Descriptors;
import io.namedpipe.testsupport.JavaProcess;
import io.namedpipe.testsupport.PeerProcess;
import io.namedpipe.testsupport.RequiresCommand;
import io.namedpipe.transport.AnonymousPipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Anonymous pipes within this process, and to children in shell, Python, C and Java.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class AnonymousPipeTests {

	private static final Duration SOON = Duration.ofSeconds(20);

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final List<AutoCloseable> resources = new ArrayList<>();

	private final BlockingQueue<String> output = new LinkedBlockingQueue<>();

	@TempDir
	private Path folder;

	@AfterEach
	void closeAll() throws Exception {
		for (AutoCloseable resource : this.resources) {
			resource.close();
		}
		this.threads.shutdownNow();
		assertThat(this.threads.awaitTermination(10, TimeUnit.SECONDS)).as("every call has ended").isTrue();
	}

	private <T extends AutoCloseable> T closing(T resource) {
		this.resources.add(resource);
		return resource;
	}

	private AnonymousPipeServer pipe(PipeDirection direction) throws PipeException {
		return closing(AnonymousPipeServer.builder(direction).build());
	}

	private PipeProcess.Builder process(String... command) {
		return PipeProcess.builder(List.of(command)).output(this.output::add);
	}

	private PipeProcess process(PipeProcess.Builder builder) throws PipeException {
		return closing(builder.build());
	}

	private static ByteBuffer bytes(String text) {
		return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

	private static String readToEnd(PipeConnection connection) throws IOException {
		return new String(connection.inputStream().readAllBytes(), StandardCharsets.UTF_8);
	}

	private <T> Future<T> async(Callable<T> call) {
		return this.threads.submit(call);
	}

	private static <T> T get(Future<T> future) throws Exception {
		return future.get(SOON.toSeconds(), TimeUnit.SECONDS);
	}

	private static int exitCode(Process process) throws InterruptedException {
		assertThat(process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
		return process.exitValue();
	}

	@Test
	void whenTheServerWritesThenAClientInThisProcessReadsItAndItsEnd() throws Exception {
		AnonymousPipeServer server = pipe(PipeDirection.OUT);
		PipeConnection client = closing(AnonymousPipeClient.open(PipeDirection.IN, server.getClientHandleAsString()));

		server.connection().write(bytes("hello"));
		server.close();

		assertThat(readToEnd(client)).isEqualTo("hello");
		assertThat(client.canWrite()).isFalse();
		assertThatExceptionOfType(PipeAccessDeniedException.class).isThrownBy(() -> client.write(bytes("no")));
	}

	@Test
	void whenTheClientWritesThenTheServerReadsItAndItsEnd() throws Exception {
		AnonymousPipeServer server = pipe(PipeDirection.IN);
		PipeConnection client = closing(AnonymousPipeClient.open(PipeDirection.OUT, server.getClientHandleAsString()));

		client.write(bytes("hello"));
		client.close();

		assertThat(readToEnd(server.connection())).isEqualTo("hello");
	}

	@Test
	void whenTheReaderLeavesThenTheWriterIsTold() throws Exception {
		AnonymousPipeServer server = pipe(PipeDirection.OUT);
		AnonymousPipeClient.open(PipeDirection.IN, server.getClientHandleAsString()).close();

		assertThatExceptionOfType(PeerGoneException.class).isThrownBy(() -> server.connection().write(bytes("hello")));

		assertThat(server.connection().closeReason()).contains(CloseReason.PEER);
	}

	@Test
	void whenAnEndIsClosedThenItsBlockedReadEnds() throws Exception {
		AnonymousPipeServer server = pipe(PipeDirection.IN);
		Future<Integer> read = async(() -> server.connection().read(ByteBuffer.allocate(1)));
		awaitBlocked("read");

		server.connection().close();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(read))
			.withCauseInstanceOf(PipeClosedException.class);
	}

	@Test
	void whenTheInputIsEndedThenABlockedReadGivesTheEndOfTheStream() throws Exception {
		AnonymousPipeServer server = pipe(PipeDirection.IN);
		Future<Integer> read = async(() -> server.connection().read(ByteBuffer.allocate(1)));
		awaitBlocked("read");

		server.connection().endInput();

		assertThat(get(read)).isEqualTo(-1);
	}

	@Test
	void whenAnEndIsClosedThenItsBlockedWriteEnds() throws Exception {
		AnonymousPipeServer server = pipe(PipeDirection.OUT);
		Future<?> write = async(() -> {
			server.connection().write(ByteBuffer.allocate(1024 * 1024));
			return null;
		});
		awaitBlocked("write");

		server.connection().close();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(write))
			.withCauseInstanceOf(PipeClosedException.class);
	}

	private static void awaitBlocked(String call) {
		await().atMost(SOON)
			.until(() -> Thread.getAllStackTraces()
				.values()
				.stream()
				.anyMatch((stack) -> stack.length > 0 && stack[0].isNativeMethod()
						&& stack[0].getClassName().contains("FileDispatcher")
						&& stack[0].getMethodName().startsWith(call)));
	}

	@Test
	void whenDuplexIsAskedForThenItIsRefused() {
		assertThatExceptionOfType(PipeUnsupportedException.class)
			.isThrownBy(() -> AnonymousPipeServer.builder(PipeDirection.DUPLEX).build())
			.withMessageContaining("two pipes");
		assertThatExceptionOfType(PipeUnsupportedException.class)
			.isThrownBy(() -> AnonymousPipeClient.open(PipeDirection.DUPLEX, "3"))
			.withMessageContaining("one way");
	}

	@Test
	void whenMessageModeIsAskedForThenItIsRefused() {
		assertThatExceptionOfType(PipeUnsupportedException.class).isThrownBy(
				() -> AnonymousPipeServer.builder(PipeDirection.IN).transmissionMode(TransmissionMode.MESSAGE).build())
			.withMessageContaining("BYTE");
		assertThatExceptionOfType(PipeUnsupportedException.class)
			.isThrownBy(() -> AnonymousPipeClient.builder(PipeDirection.IN, "3")
				.transmissionMode(TransmissionMode.MESSAGE)
				.build()
				.connect())
			.withMessageContaining("'byte'");
		assertThatExceptionOfType(PipeUnsupportedException.class)
			.isThrownBy(() -> process("cat").transmissionMode(TransmissionMode.MESSAGE).build());
	}

	@ParameterizedTest
	@ValueSource(strings = { "abc", "-1", "+3", "3.0", "99999999999", " 3", "0x3" })
	void whenAHandleIsNoNumberThenItIsRefused(String handle) {
		assertThatExceptionOfType(InvalidPipeNameException.class)
			.isThrownBy(() -> AnonymousPipeClient.open(PipeDirection.IN, handle))
			.withMessageContaining("'" + handle + "'")
			.withMessageContaining("decimal digits");
	}

	@Test
	void whenAHandleIsNotOpenThenItIsRefused() {
		assertThatExceptionOfType(InvalidPipeNameException.class)
			.isThrownBy(() -> AnonymousPipeClient.open(PipeDirection.IN, "99999"))
			.withMessageContaining("'99999' is not open");
	}

	@Test
	void whenAHandleIsNoPipeThenItIsRefusedAndLeftAlone() throws Exception {
		Path file = Files.writeString(this.folder.resolve("file"), "text");
		try (BufferedReader reader = Files.newBufferedReader(file)) {
			String handle = descriptorOf(file);

			assertThatExceptionOfType(InvalidPipeNameException.class)
				.isThrownBy(() -> AnonymousPipeClient.open(PipeDirection.IN, handle))
				.withMessageContaining("'" + handle + "' is not a pipe")
				.withMessageContaining(file.toString());

			assertThat(reader.readLine()).isEqualTo("text");
		}
	}

	private static String descriptorOf(Path file) throws IOException {
		try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
			return descriptors.filter((descriptor) -> {
				try {
					return Files.readSymbolicLink(descriptor).equals(file);
				}
				catch (IOException ex) {
					return false;
				}
			}).findFirst().orElseThrow().getFileName().toString();
		}
	}

	@Test
	void whenAHandleIsTheOtherEndThenItIsRefusedAndStillOfUse() throws Exception {
		AnonymousPipeServer server = pipe(PipeDirection.OUT);
		String handle = server.getClientHandleAsString();

		assertThatExceptionOfType(InvalidPipeNameException.class)
			.isThrownBy(() -> AnonymousPipeClient.open(PipeDirection.OUT, handle))
			.withMessageContaining("'" + handle + "'")
			.withMessageContaining("swap");

		server.connection().write(bytes("x"));
		server.close();
		assertThat(readToEnd(closing(AnonymousPipeClient.open(PipeDirection.IN, handle)))).isEqualTo("x");
	}

	@Test
	void whenAHandleIsOpenedTwiceThenTheSecondTimeIsRefused() throws Exception {
		AnonymousPipeServer server = pipe(PipeDirection.OUT);
		PipeClient client = closing(
				AnonymousPipeClient.builder(PipeDirection.IN, server.getClientHandleAsString()).build());
		client.connect();

		assertThatExceptionOfType(PipeClosedException.class).isThrownBy(client::connect)
			.withMessageContaining("has been used");
	}

	@Test
	void whenJnaIsMissingThenTheObstacleSaysWhatToAdd() throws Exception {
		URL classes = AnonymousPipes.class.getProtectionDomain().getCodeSource().getLocation();
		try (URLClassLoader withoutJna = new URLClassLoader(new URL[] { classes },
				ClassLoader.getPlatformClassLoader())) {
			Class<?> type = withoutJna.loadClass("io.namedpipe.transport.unix.LinuxAnonymousPipes");
			Object pipes = type.getConstructor().newInstance();

			assertThat(type.getMethod("isForThisPlatform").invoke(pipes)).isEqualTo(true);
			assertThat(type.getMethod("obstacle").invoke(pipes).toString()).contains("An anonymous pipe")
				.contains("net.java.dev.jna:jna");
		}
	}

	@Test
	void whenABufferSizeIsConfiguredThenSoMuchCanBeWrittenWithoutAReader() throws Exception {
		AnonymousPipeServer server = closing(
				AnonymousPipeServer.builder(PipeDirection.OUT).outBufferSize(256 * 1024).build());

		assertThat(get(async(() -> {
			server.connection().write(ByteBuffer.allocate(256 * 1024));
			return "written";
		}))).isEqualTo("written");
	}

	@Test
	void whenTheBufferCannotBeHadThenItIsSaidWhereTheLimitIs() {
		assertThatExceptionOfType(PipeResourceException.class)
			.isThrownBy(() -> AnonymousPipeServer.builder(PipeDirection.OUT).outBufferSize(Integer.MAX_VALUE).build())
			.withMessageContaining("/proc/sys/fs/pipe-max-size");
	}

	@Test
	void whenAShellIsTheChildThenBothWaysAndBothEndsWork() throws Exception {
		PipeProcess process = process(process("sh", "-c", "cat <&{in} >&{out}; echo done >&2"));
		PipeConnection connection = process.start();

		connection.write(bytes("to and fro"));
		connection.endOutput();

		assertThat(readToEnd(connection)).isEqualTo("to and fro");
		assertThat(exitCode(process.process())).isZero();
		assertThat(this.output.poll(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo("done");
	}

	@Test
	@RequiresCommand("python3")
	void whenPythonIsTheChildThenItTakesTheHandlesAsNumbers() throws Exception {
		PipeProcess process = process(process("python3", PeerProcess.file("anonymous.py").toString(), "{in}", "{out}"));
		PipeConnection connection = process.start();
		BufferedReader reader = new BufferedReader(
				new InputStreamReader(connection.inputStream(), StandardCharsets.UTF_8));

		connection.write(bytes("four\n"));
		assertThat(reader.readLine()).isEqualTo("4");
		assertThat(connection.peer().processId()).hasValue(process.process().pid());
		connection.write(bytes("die 7\n"));

		assertThat(reader.readLine()).isNull();
		assertThat(exitCode(process.process())).isEqualTo(7);
		assertThat(process.exitCode()).isEqualTo(OptionalInt.of(7));
		assertThat(this.output.poll(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo("ready");
	}

	@Test
	@RequiresCommand("gcc")
	void whenACProgramIsTheChildThenAMegabyteGoesThroughIt() throws Exception {
		Path program = PeerProcess.compile("anonymous.c", this.folder);
		PipeProcess process = process(process(program.toString(), "{in}", "{out}"));
		PipeConnection connection = process.start();
		String text = "abcdefgh".repeat(128 * 1024);

		Future<?> writing = async(() -> {
			connection.write(bytes(text));
			connection.endOutput();
			return null;
		});

		assertThat(readToEnd(connection)).isEqualTo(text.toUpperCase(Locale.ROOT));
		get(writing);
		assertThat(exitCode(process.process())).isZero();
	}

	@Test
	void whenAJavaProcessIsTheChildThenItOpensTheHandles() throws Exception {
		PipeProcess process = process(
				process(JavaProcess.of(Shout.class, "{in}", "{out}").command().toArray(String[]::new)));
		PipeConnection connection = process.start();

		connection.write(bytes("loud"));
		connection.endOutput();

		assertThat(readToEnd(connection)).isEqualTo("LOUD");
		assertThat(exitCode(process.process())).isZero();
	}

	@Test
	void whenAShellPipesInAndOutThenTheStandardStreamsAreHandlesToo() throws Exception {
		List<String> command = new ArrayList<>(List.of("sh", "-c", "printf loud | \"$@\" | cat", "sh"));
		command
			.addAll(JavaProcess.of(Shout.class, "0", "1").jvmArguments("--enable-native-access=ALL-UNNAMED").command());

		assertThat(closing(PeerProcess.start(command.toArray(String[]::new))).output()).isEqualTo("LOUD");
	}

	@Test
	void whenTwoServersArePassedByNameThenTheChildHasBothAndTheLocalCopiesAreGone() throws Exception {
		AnonymousPipeServer orders = pipe(PipeDirection.OUT);
		AnonymousPipeServer receipts = pipe(PipeDirection.IN);

		Process process = AnonymousPipeServer.start(new ProcessBuilder("sh", "-c", "cat <&{orders} >&{receipts}"),
				Map.of("orders", orders, "receipts", receipts));
		orders.connection().write(bytes("1"));
		orders.close();

		assertThat(readToEnd(receipts.connection())).isEqualTo("1");
		assertThat(exitCode(process)).isZero();
	}

	@Test
	void whenOnlyOneWayIsAskedForThenThereIsNoOther() throws Exception {
		Path file = this.folder.resolve("got");
		PipeProcess in = process(process("sh", "-c", "echo out >&{out}; echo {in} >&2").direction(PipeDirection.IN));
		PipeProcess out = process(process("sh", "-c", "cat <&{in} > '" + file + "'").direction(PipeDirection.OUT));

		assertThat(readToEnd(in.start())).isEqualTo("out\n");
		PipeConnection connection = out.start();
		connection.write(bytes("in"));
		connection.endOutput();

		await().atMost(SOON).until(() -> connection.closeReason().equals(Optional.of(CloseReason.PEER)));
		assertThat(file).hasContent("in");
		assertThat(this.output.poll(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo("{in}");
	}

	@Test
	void whenTheChildUsesItsStandardStreamsThenTheyAreNotThePipes() throws Exception {
		PipeProcess process = process(process("sh", "-c", "read line || echo empty; echo {out}; cat <&{in} >&{out}"));
		PipeConnection connection = process.start();
		connection.write(bytes("payload"));
		connection.endOutput();

		assertThat(readToEnd(connection)).isEqualTo("payload");
		assertThat(this.output.poll(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo("empty");
		assertThat(this.output.poll(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo("4");
	}

	@Test
	void whenDirectoryAndEnvironmentAreGivenThenTheChildHasThem() throws Exception {
		PipeProcess process = process(
				process("sh", "-c", "pwd >&{out}; echo $GREETING >&{out}").workingDirectory(this.folder)
					.environment(Map.of("GREETING", "hello 'world'")));

		assertThat(readToEnd(process.start())).isEqualTo(this.folder.toRealPath() + "\nhello 'world'\n");
	}

	@Test
	void whenAVariableCannotBePassedThenTheStartFailsAndNamesIt() throws Exception {
		PipeProcess process = process(process("true").environment(Map.of("a.b", "1")));

		assertThatExceptionOfType(PipeUnsupportedException.class).isThrownBy(process::start)
			.withMessageContaining("'a.b'");
	}

	@Test
	void whenTheCommandIsWrongThenTheStartFailsAndNothingStays() throws Exception {
		long before = Descriptors.open();
		Path plain = Files.writeString(this.folder.resolve("plain"), "");

		assertThatExceptionOfType(PipeNotFoundException.class).isThrownBy(process(process("no-such-program"))::start)
			.withMessageContaining("'no-such-program'");
		assertThatExceptionOfType(PipeNotFoundException.class)
			.isThrownBy(process(process("./missing").workingDirectory(this.folder))::start)
			.withMessageContaining("missing");
		assertThatExceptionOfType(PipeAccessDeniedException.class).isThrownBy(process(process(plain.toString()))::start)
			.withMessageContaining("not executable");
		assertThatExceptionOfType(PipeFolderException.class)
			.isThrownBy(process(process("true").workingDirectory(this.folder.resolve("none")))::start)
			.withMessageContaining("none");
		assertThatIllegalArgumentException().isThrownBy(() -> process(" "));

		assertThat(Descriptors.open()).isLessThanOrEqualTo(before);
	}

	@Test
	void whenTheProcessIsRunningThenItIsNotStartedTwice() throws Exception {
		PipeProcess process = process(process("sh", "-c", "cat <&{in}"));
		process.start();

		assertThatIllegalStateException().isThrownBy(process::start);
	}

	@Test
	void whenTheChildEndsAtTheEndOfItsInputThenStopSendsNoSignal() throws Exception {
		PipeProcess process = process(process("sh", "-c", "trap 'exit 9' TERM; cat <&{in} >&{out}; exit 3"));
		PipeConnection connection = process.start();
		Future<String> rest = async(() -> {
			try (connection) {
				return readToEnd(connection);
			}
		});
		connection.write(bytes("last words"));

		process.stop();

		assertThat(process.exitCode()).isEqualTo(OptionalInt.of(3));
		assertThat(get(rest)).isEqualTo("last words");
	}

	@Test
	void whenTheChildIgnoresTheEndOfItsInputThenItIsTerminated() throws Exception {
		PipeProcess process = process(process("sleep", "300").drainTimeout(Duration.ofSeconds(2)));
		process.start();

		process.stop();

		assertThat(process.exitCode()).isEqualTo(OptionalInt.of(128 + 15));
		assertThat(process.connections()).isEmpty();
	}

	@Test
	void whenTheChildIgnoresEverythingThenItIsKilledWithinTheTimeout() throws Exception {
		PipeProcess process = process(
				process("sh", "-c", "trap '' TERM; echo ready >&{out}; while :; do sleep 0.1; done")
					.drainTimeout(Duration.ofSeconds(2)));
		PipeConnection connection = process.start();
		assertThat(connection.read(ByteBuffer.allocate(16))).isPositive();

		long begin = System.nanoTime();
		process.stop();

		assertThat(process.exitCode()).isEqualTo(OptionalInt.of(128 + 9));
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofMillis(1700), SOON);
		assertThat(connection.closeReason()).contains(CloseReason.STOP);
	}

	@Test
	void whenAWriteIsBlockedThenStopEndsIt() throws Exception {
		PipeProcess process = process(process("sleep", "300").drainTimeout(Duration.ofSeconds(1)));
		PipeConnection connection = process.start();
		Future<?> write = async(() -> {
			connection.write(ByteBuffer.allocate(1024 * 1024));
			return null;
		});
		awaitBlocked("write");

		process.stop();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(write))
			.withCauseInstanceOf(PipeClosedException.class);
	}

	@Test
	void whenTheChildIsKilledThenBothDirectionsEnd() throws Exception {
		PipeProcess process = process(process("sh", "-c", "echo started >&{out}; exec sleep 300"));
		PipeConnection connection = process.start();
		assertThat(connection.read(ByteBuffer.allocate(16))).isPositive();

		process.process().destroyForcibly();

		assertThat(connection.read(ByteBuffer.allocate(16))).isEqualTo(-1);
		assertThat(exitCode(process.process())).isEqualTo(128 + 9);
		assertThatExceptionOfType(PeerGoneException.class).isThrownBy(() -> connection.write(bytes("late")));
	}

	@Test
	void whenAProcessIsStartedFiftyTimesThenNoDescriptorAndNoZombieIsLeft() throws Exception {
		PipeProcess process = process(process("sh", "-c", "cat <&{in} >&{out}"));
		runOnce(process);
		long before = Descriptors.open();

		for (int i = 0; i < 50; i++) {
			runOnce(process);
		}

		await().atMost(SOON).until(() -> Descriptors.open() <= before);
		assertThat(ProcessHandle.current().children().filter((child) -> child.pid() == process.process().pid()))
			.isEmpty();
		assertThat(process.statistics().accepted()).isEqualTo(51);
		assertThat(process.statistics().current()).isZero();
	}

	private static void runOnce(PipeProcess process) throws Exception {
		try (PipeConnection connection = process.start()) {
			connection.write(bytes("x"));
			connection.endOutput();
			assertThat(readToEnd(connection)).isEqualTo("x");
		}
		exitCode(process.process());
	}

	@Test
	void whenTwoChildrenStartAtTheSameMomentThenNeitherKeepsThePipesOfTheOther() throws Exception {
		CyclicBarrier together = new CyclicBarrier(2);
		for (int i = 0; i < 200; i++) {
			PipeProcess first = process("sh", "-c", "cat <&{in} >&{out}").build();
			PipeProcess second = process("sh", "-c", "cat <&{in} >&{out}").build();
			try (first; second) {
				Future<PipeConnection> other = async(() -> {
					together.await();
					return second.start();
				});
				together.await();
				PipeConnection connection = first.start();
				PipeConnection sibling = get(other);

				connection.endOutput();
				assertThat(get(async(() -> readToEnd(connection)))).as("round " + i).isEmpty();
				assertThat(second.isAlive()).isTrue();
				sibling.endOutput();
				assertThat(get(async(() -> readToEnd(sibling)))).as("round " + i).isEmpty();
			}
		}
	}

	/**
	 * Sends back in upper case what comes.
	 */
	static final class Shout {

		private Shout() {
		}

		public static void main(String[] args) throws IOException {
			try (PipeConnection in = AnonymousPipeClient.open(PipeDirection.IN, args[0]);
					PipeConnection out = AnonymousPipeClient.open(PipeDirection.OUT, args[1])) {
				out.write(bytes(readToEnd(in).toUpperCase(Locale.ROOT)));
			}
		}

	}

}
