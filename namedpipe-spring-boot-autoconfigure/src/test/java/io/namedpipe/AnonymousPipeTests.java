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
import java.io.InputStream;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

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
import io.namedpipe.testsupport.PipeConditions;
import io.namedpipe.testsupport.PipeFixture;
import io.namedpipe.testsupport.RequiresCommand;
import io.namedpipe.transport.AnonymousPipes;
import io.namedpipe.transport.TransportException.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * What is special about anonymous pipes and child processes on Linux: children in shell,
 * Python, C and Java.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class AnonymousPipeTests extends PipeFixture {

	private final BlockingQueue<String> output = new LinkedBlockingQueue<>();

	@TempDir
	private Path folder;

	private PipeProcess.Builder process(String... command) {
		return PipeProcess.builder(List.of(command)).output(this.output::add);
	}

	private PipeProcess process(PipeProcess.Builder builder) throws PipeException {
		return closing(builder.build());
	}

	@Test
	void whenWhoeverTakesTheErrorsFailsThenTheNextLinesAreTakenToo() throws Exception {
		PipeProcess process = process(
				PipeProcess.builder(List.of("sh", "-c", "echo one >&2; echo two >&2; cat")).output((line) -> {
					this.output.add(line);
					throw new AssertionError(line);
				}));

		process.start();

		assertThat(this.output.poll(10, TimeUnit.SECONDS)).isEqualTo("one");
		assertThat(this.output.poll(10, TimeUnit.SECONDS)).isEqualTo("two");
	}

	@Test
	void whenAHandleIsNoPipeThenItIsRefusedAndLeftAlone() throws Exception {
		Path file = Files.writeString(this.folder.resolve("file"), "text");
		try (BufferedReader reader = Files.newBufferedReader(file)) {
			String handle = descriptorOf(file);

			assertThatExceptionOfType(PipeException.class)
				.isThrownBy(() -> AnonymousPipeClient.open(PipeDirection.IN, handle))
				.has(PipeConditions.reason(Reason.INVALID_NAME))
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
	void whenJnaIsMissingThenTheObstacleSaysWhatToAdd() throws Exception {
		URL classes = AnonymousPipes.class.getProtectionDomain().getCodeSource().getLocation();
		try (URLClassLoader withoutJna = new URLClassLoader(new URL[] { classes },
				ClassLoader.getPlatformClassLoader())) {
			Class<?> type = withoutJna.loadClass("io.namedpipe.transport.unix.anonymous.LinuxAnonymousPipes");
			Object pipes = type.getConstructor().newInstance();

			assertThat(type.getMethod("isForThisPlatform").invoke(pipes)).isEqualTo(true);
			assertThat(type.getMethod("obstacle").invoke(pipes).toString()).contains("An anonymous pipe")
				.contains("net.java.dev.jna:jna");
		}
	}

	@Test
	void whenBufferSizeIsSetThenThatMuchIsWrittenWithoutReader() throws Exception {
		AnonymousPipeServer server = closing(
				AnonymousPipeServer.builder(PipeDirection.OUT).outBufferSize(256 * 1024).build());

		assertThat(get(async(() -> {
			server.connection().write(ByteBuffer.allocate(256 * 1024));
			return "written";
		}))).isEqualTo("written");
	}

	@Test
	void whenTheBufferCannotBeHadThenItIsSaidWhereTheLimitIs() {
		assertThatExceptionOfType(PipeException.class)
			.isThrownBy(() -> AnonymousPipeServer.builder(PipeDirection.OUT).outBufferSize(Integer.MAX_VALUE).build())
			.has(PipeConditions.reason(Reason.RESOURCE_LIMIT))
			.withMessageContaining("/proc/sys/fs/pipe-max-size");
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

		assertSendsBackAMegabyteInUpperCase(process.start());
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
	void whenAVariableCannotBePassedThenTheStartFailsAndNamesIt() throws Exception {
		PipeProcess process = process(process("true").environment(Map.of("a.b", "1")));

		assertThatExceptionOfType(PipeException.class).isThrownBy(process::start)
			.has(PipeConditions.reason(Reason.UNSUPPORTED))
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
		assertThatExceptionOfType(PipeException.class)
			.isThrownBy(process(process("true").workingDirectory(this.folder.resolve("none")))::start)
			.has(PipeConditions.reason(Reason.UNUSABLE_FOLDER))
			.withMessageContaining("none");
		assertThatIllegalArgumentException().isThrownBy(() -> process(" "));

		assertThat(Descriptors.open()).isLessThanOrEqualTo(before);
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
	void whenAChildHasEndedThenNoZombieIsLeft() throws Exception {
		PipeProcess process = process(process("true"));

		assertThat(readToEnd(process.start())).isEmpty();

		assertThat(exitCode(process.process())).isZero();
		await().atMost(SOON)
			.until(() -> ProcessHandle.current()
				.children()
				.noneMatch((child) -> child.pid() == process.process().pid()));
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

	@ParameterizedTest
	@ValueSource(strings = { "", "A=B", "A\0" })
	void whenAVariableCannotHaveItsNameThenItIsSaid(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> process("true").environment(Map.of(name, "value")))
			.withMessageContaining("cannot be the name of an environment variable");
	}

	@Test
	void whenProcessStartsDuringStopThenNextChildIsNotStopped() throws Exception {
		PipeProcess process = process(process("true").drainTimeout(Duration.ofMinutes(10)));
		PipeConnection first = process.start();
		exitCode(process.process());
		Future<String> stopping = async(() -> {
			process.stop();
			return "stopped";
		});
		await().atMost(SOON).until(() -> first.isStopping());
		Future<PipeConnection> starting = async(process::start);
		await().during(Duration.ofMillis(100)).atMost(SOON).until(() -> !starting.isDone());

		first.close();

		assertThat(get(stopping)).isEqualTo("stopped");
		assertThat(get(starting).isStopping()).isFalse();
	}

	@Test
	void whenTheStreamOfAOneWayPipeIsClosedThenThePipeIs() throws Exception {
		AnonymousPipeServer server = closing(AnonymousPipeServer.builder(PipeDirection.IN).build());

		try (InputStream in = server.connection().inputStream()) {
			assertThat(in).isNotNull();
		}

		assertThat(server.connection().isOpen()).isFalse();
	}

	@Test
	void whenAGrandchildKeepsThePipeThenTheStreamEndsAfterTheChild() throws Exception {
		PipeProcess process = process(
				process("sh", "-c", "sleep 600 & echo $!; printf rest").direction(PipeDirection.IN));
		PipeConnection connection = process.start();

		String text = readToEnd(connection);

		ProcessHandle.of(Long.parseLong(text.lines().findFirst().orElseThrow())).ifPresent(ProcessHandle::destroy);
		assertThat(text).endsWith("rest");
		await().atMost(SOON).until(() -> !connection.isOpen());
		assertThat(connection.closeReason()).contains(CloseReason.PEER);
	}

	@Test
	void whenNobodyReadsThenTheRestIsKeptAfterTheChild() throws Exception {
		PipeProcess process = process(process("sh", "-c", "sleep 600 & echo $!").direction(PipeDirection.IN));
		PipeConnection connection = process.start();
		assertThat(exitCode(process.process())).isZero();
		await().during(Duration.ofSeconds(3)).atMost(SOON).until(connection::isOpen);

		String text = readToEnd(connection);

		ProcessHandle.of(Long.parseLong(text.trim())).ifPresent(ProcessHandle::destroy);
		assertThat(text).isNotBlank();
	}

	@Test
	void whenAGrandchildKeepsThePipeThenAStopDoesNotWaitForIt() throws Exception {
		PipeProcess process = process(
				process("sh", "-c", "sleep 600 & echo $!; read line").drainTimeout(Duration.ofMinutes(10)));
		PipeConnection connection = process.start();
		String grandchild = readLine(connection);
		Future<String> rest = async(() -> readToEnd(connection) + closed(connection));

		get(async(() -> {
			process.stop();
			return null;
		}));

		ProcessHandle.of(Long.parseLong(grandchild)).ifPresent(ProcessHandle::destroy);
		assertThat(get(rest)).isEqualTo("closed");
		assertThat(process.isAlive()).isFalse();
	}

	private static String closed(PipeConnection connection) {
		connection.close();
		return "closed";
	}

	private static String readLine(PipeConnection connection) throws IOException {
		StringBuilder line = new StringBuilder();
		int value = connection.inputStream().read();
		while (value != '\n') {
			line.append((char) value);
			value = connection.inputStream().read();
		}
		return line.toString();
	}

	@Test
	void whenAProcessIsClosedBesideItsStartThenNoChildIsLeft() throws Exception {
		List<Thread> closing = new CopyOnWriteArrayList<>();
		List<PipeProcess> processes = new CopyOnWriteArrayList<>();
		PipeProcess process = process(process("sleep", "600").listener(new PipeListener() {

			@Override
			public void opened(PipeConnection connection) {
				Thread thread = new Thread(() -> processes.get(0).close());
				thread.start();
				closing.add(thread);
				await().atMost(SOON)
					.until(() -> thread.getState() == Thread.State.TIMED_WAITING
							|| thread.getState() == Thread.State.TERMINATED);
			}

		}));
		processes.add(process);

		try {
			process.start();
		}
		catch (PipeException ex) {
			assertThat(ex).isInstanceOf(PipeClosedException.class);
		}

		closing.get(0).join(SOON.toMillis());
		await().atMost(SOON).until(() -> !process.isAlive());
		assertThat(process.connections()).isEmpty();
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
