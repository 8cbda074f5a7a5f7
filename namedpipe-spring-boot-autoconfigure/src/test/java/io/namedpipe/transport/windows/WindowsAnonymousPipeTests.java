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

package io.namedpipe.transport.windows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.namedpipe.AnonymousPipeClient;
import io.namedpipe.AnonymousPipeServer;
import io.namedpipe.CloseReason;
import io.namedpipe.InvalidPipeNameException;
import io.namedpipe.PeerGoneException;
import io.namedpipe.PipeClosedException;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeDirection;
import io.namedpipe.PipeException;
import io.namedpipe.PipeFolderException;
import io.namedpipe.PipeNotFoundException;
import io.namedpipe.PipeProcess;
import io.namedpipe.PipeUnsupportedException;
import io.namedpipe.TransmissionMode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Anonymous pipes within this process, and to children in C: BEHAVIOUR 57 and 58.
 */
@EnabledOnOs(OS.WINDOWS)
@Timeout(60)
class WindowsAnonymousPipeTests {

	private static final Duration SOON = Duration.ofSeconds(20);

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final List<AutoCloseable> resources = new ArrayList<>();

	private final BlockingQueue<String> output = new LinkedBlockingQueue<>();

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

	private PipeProcess.Builder builder(String... arguments) {
		List<String> command = new ArrayList<>(List.of(WindowsProgram.path("anonymous-child")));
		command.addAll(List.of(arguments));
		return PipeProcess.builder(command).output(this.output::add).drainTimeout(Duration.ofSeconds(4));
	}

	private PipeProcess process(String... arguments) throws PipeException {
		return closing(builder(arguments).build());
	}

	private static ByteBuffer bytes(String text) {
		return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

	private static String readToEnd(PipeConnection connection) throws IOException {
		return new String(connection.inputStream().readAllBytes(), StandardCharsets.UTF_8);
	}

	private static List<String> readStrings(PipeConnection connection) throws IOException {
		String all = new String(connection.inputStream().readAllBytes(), StandardCharsets.UTF_16LE);
		assertThat(all).endsWith("\0");
		return Arrays.asList(all.substring(0, all.length() - 1).split("\0", -1));
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
		assertThat(client.isQuiet()).isTrue();

		server.connection().write(bytes("hello"));
		assertThat(client.isQuiet()).isFalse();
		server.close();

		assertThat(readToEnd(client)).isEqualTo("hello");
	}

	@Test
	void whenTheClientWritesThenTheServerReadsItAndItsEnd() throws Exception {
		AnonymousPipeServer server = pipe(PipeDirection.IN);
		PipeConnection client = closing(AnonymousPipeClient.open(PipeDirection.OUT, server.getClientHandleAsString()));

		client.write(bytes("hel"), bytes("lo"));
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
		awaitBlocked("ReadFile");

		server.connection().close();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(read))
			.withCauseInstanceOf(PipeClosedException.class);
	}

	@Test
	void whenTheInputIsEndedThenABlockedReadGivesTheEndOfTheStream() throws Exception {
		AnonymousPipeServer server = pipe(PipeDirection.IN);
		Future<Integer> read = async(() -> server.connection().read(ByteBuffer.allocate(1)));
		awaitBlocked("ReadFile");

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
		awaitBlocked("WriteFile");

		server.connection().close();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(write))
			.withCauseInstanceOf(PipeClosedException.class);
	}

	private static void awaitBlocked(String call) {
		await().atMost(SOON)
			.until(() -> Thread.getAllStackTraces()
				.values()
				.stream()
				.anyMatch((stack) -> stack.length > 0 && stack[0].getClassName().equals(Kernel32.class.getName())
						&& stack[0].getMethodName().equals(call)));
	}

	@Test
	void whenDuplexOrMessageModeIsAskedForThenItIsRefused() {
		assertThatExceptionOfType(PipeUnsupportedException.class)
			.isThrownBy(() -> AnonymousPipeServer.builder(PipeDirection.DUPLEX).build());
		assertThatExceptionOfType(PipeUnsupportedException.class).isThrownBy(
				() -> AnonymousPipeServer.builder(PipeDirection.IN).transmissionMode(TransmissionMode.MESSAGE).build());
	}

	@ParameterizedTest
	@ValueSource(strings = { "abc", "-1", "+4", "4.0", "99999999999", " 4", "0x4", "" })
	void whenAHandleIsNoNumberThenItIsRefused(String handle) {
		assertRefused(PipeDirection.IN, handle, "decimal digits");
	}

	@Test
	void whenAHandleIsNotOpenOrNoPipeThenItIsRefusedAndLeftAlone() throws Exception {
		assertRefused(PipeDirection.IN, "999996", "is not open");
		InheritedHandles handles = new InheritedHandles();
		try (handles) {
			long nothing = handles.openNothing(Kernel32.GENERIC_READ);
			assertRefused(PipeDirection.IN, String.valueOf(nothing), "is not a pipe");
			assertThat(Kernel32.GetFileType(nothing)).isNotEqualTo(Kernel32.FILE_TYPE_UNKNOWN);
		}
	}

	@Test
	void whenAHandleIsTheOtherEndThenItIsRefusedAndStillOfUse() throws Exception {
		AnonymousPipeServer out = pipe(PipeDirection.OUT);
		AnonymousPipeServer in = pipe(PipeDirection.IN);
		assertRefused(PipeDirection.OUT, out.getClientHandleAsString(), "swap");
		assertRefused(PipeDirection.IN, in.getClientHandleAsString(), "swap");

		out.connection().write(bytes("x"));
		out.close();

		assertThat(readToEnd(closing(AnonymousPipeClient.open(PipeDirection.IN, out.getClientHandleAsString()))))
			.isEqualTo("x");
		closing(AnonymousPipeClient.open(PipeDirection.OUT, in.getClientHandleAsString())).close();
		assertThat(readToEnd(in.connection())).isEmpty();
	}

	private static void assertRefused(PipeDirection direction, String handle, String problem) {
		assertThatExceptionOfType(InvalidPipeNameException.class)
			.isThrownBy(() -> AnonymousPipeClient.open(direction, handle))
			.withMessageContaining("'" + handle + "'")
			.withMessageContaining(problem);
	}

	@Test
	void whenAProgramIsTheChildThenBothWaysAndBothEndsWork() throws Exception {
		PipeProcess process = process("shout", "{in}", "{out}");
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
		assertThat(this.output.poll(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo("done");
	}

	@Test
	void whenNoArgumentNamesThePipesThenTheyAreTheStandardStreams() throws Exception {
		PipeProcess process = process("shout", "-");
		PipeConnection connection = process.start();

		connection.write(bytes("hello"));
		connection.endOutput();

		assertThat(readToEnd(connection)).isEqualTo("HELLO");
		assertThat(this.output.poll(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo("done");
	}

	@Test
	void whenArgumentsAreAnythingThenTheChildGetsThem() throws Exception {
		Random random = new Random(7);
		List<String> arguments = new ArrayList<>(
				List.of("", "a b", "\\\\", "\"", "a\\\"b", "tail\\ \\", "%PATH%", "\u00e4"));
		for (int i = 0; i < 100; i++) {
			arguments.addAll(CommandLineTests.command(random));
		}
		List<String> all = new ArrayList<>(List.of("arguments", "{out}"));
		all.addAll(arguments);

		PipeConnection connection = closing(builder(all.toArray(String[]::new)).direction(PipeDirection.IN).build())
			.start();

		assertThat(readStrings(connection)).isEqualTo(arguments);
	}

	@Test
	void whenDirectoryAndEnvironmentAreGivenThenTheChildHasThem() throws Exception {
		Path folder = Path.of(WindowsProgram.path("anonymous-child").replaceFirst("^Z:", "").replace('\\', '/'))
			.getParent();

		PipeConnection connection = closing(builder("variable", "{out}", "GREETING").direction(PipeDirection.IN)
			.workingDirectory(folder)
			.environment(Map.of("GREETING", "hello 'w\u00f6rld'"))
			.build()).start();

		List<String> strings = readStrings(connection);
		assertThat(strings.get(0)).isEqualTo("hello 'w\u00f6rld'");
		assertThat(strings.get(1).replace('\\', '/')).endsWith(folder.toString().replace('\\', '/'));
	}

	@Test
	void whenTheCommandIsWrongThenTheStartFailsAndNothingStays() throws Exception {
		failToStart();
		int before = NativeProcess.handleCount();

		failToStart();

		assertThat(NativeProcess.hasNoMoreHandlesThan(before)).isTrue();
	}

	private void failToStart() throws Exception {
		assertThatExceptionOfType(PipeNotFoundException.class)
			.isThrownBy(closing(PipeProcess.builder(List.of("no-such-program")).build())::start)
			.withMessageContaining("'no-such-program'");
		assertThatExceptionOfType(PipeFolderException.class)
			.isThrownBy(closing(builder("wait").workingDirectory(Path.of("/none")).build())::start)
			.withMessageContaining("none");
		assertThatExceptionOfType(PipeUnsupportedException.class)
			.isThrownBy(closing(PipeProcess.builder(List.of("run.cmd")).build())::start)
			.withMessageContaining("batch file");
	}

	@Test
	void whenTheInputEndsThenTheChildEndsByItselfAndItsCodeIsKnown() throws Exception {
		PipeProcess process = closing(builder("exit", "{in}", "7").direction(PipeDirection.OUT).build());
		process.start();

		process.stop();

		assertThat(process.exitCode()).isEqualTo(OptionalInt.of(7));
	}

	@Test
	void whenTheChildStaysThenItIsTerminatedWithinTheTimeout() throws Exception {
		PipeProcess process = process("wait", "{out}", "{in}");
		PipeConnection connection = process.start();
		assertThat(connection.read(ByteBuffer.allocate(1))).isEqualTo(1);
		long begin = System.nanoTime();

		process.stop();

		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SOON);
		assertThat(process.exitCode()).isEqualTo(OptionalInt.of(1));
		assertThat(process.connections()).isEmpty();
	}

	@Test
	void whenTheChildIsKilledThenBothDirectionsEnd() throws Exception {
		PipeProcess process = process("wait", "{out}", "{in}");
		PipeConnection connection = process.start();
		assertThat(connection.read(ByteBuffer.allocate(1))).isEqualTo(1);

		process.process().destroyForcibly();

		assertThat(connection.read(ByteBuffer.allocate(1))).isEqualTo(-1);
		assertThat(exitCode(process.process())).isEqualTo(1);
		assertThatExceptionOfType(PeerGoneException.class).isThrownBy(() -> connection.write(bytes("late")));
	}

	@Test
	void whenAProcessIsStartedThenItHasNoHandleOfPipesThatAreMeantForAnother() throws Exception {
		CreatedPipe other = closing(CreatedPipe.create(false, OptionalInt.empty()));
		other.expose();

		PipeConnection connection = closing(
				builder("foreign", "{out}", other.clientHandle()).direction(PipeDirection.IN).build())
			.start();

		assertThat(readStrings(connection)).containsExactly("no");
	}

	@Test
	void whenTwoChildrenStartAtTheSameMomentThenNeitherKeepsThePipesOfTheOther() throws Exception {
		CyclicBarrier together = new CyclicBarrier(2);
		for (int i = 0; i < 20; i++) {
			PipeProcess first = builder("shout", "{in}", "{out}").build();
			PipeProcess second = builder("shout", "{in}", "{out}").build();
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

	@Test
	void whenAProcessIsStartedTenTimesThenNoHandleIsLeft() throws Exception {
		PipeProcess process = process("shout", "{in}", "{out}");
		runOnce(process);
		int before = NativeProcess.handleCount();

		for (int i = 0; i < 10; i++) {
			runOnce(process);
		}

		await().atMost(SOON).until(() -> NativeProcess.hasNoMoreHandlesThan(before));
	}

	private static void runOnce(PipeProcess process) throws Exception {
		try (PipeConnection connection = process.start()) {
			connection.write(bytes("x"));
			connection.endOutput();
			assertThat(readToEnd(connection)).isEqualTo("X");
		}
		exitCode(process.process());
	}

}
