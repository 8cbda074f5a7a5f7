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
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.namedpipe.testsupport.PipeConditions;
import io.namedpipe.testsupport.PipeFixture;
import io.namedpipe.transport.TransportException.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * What anonymous pipes and their child processes do on every platform: BEHAVIOUR 57 and
 * 58.
 */
@Timeout(60)
abstract class AnonymousPipeBehaviourTests extends PipeFixture {

	private final BlockingQueue<String> output = new LinkedBlockingQueue<>();

	/**
	 * The method of the library or of the JDK in which a read that finds nothing waits.
	 */
	abstract boolean isBlockedRead(StackTraceElement frame);

	/**
	 * The method of the library or of the JDK in which a write that finds no room waits.
	 */
	abstract boolean isBlockedWrite(StackTraceElement frame);

	/**
	 * A child that sends back in upper case what comes and says "done" on its standard
	 * error; with the standard streams where no handles are given.
	 */
	abstract List<String> shout(String... inAndOut);

	/**
	 * A child that writes a byte and stays, whatever comes.
	 */
	abstract List<String> stay(String in, String out);

	/**
	 * A child that ends with a code once its input has.
	 */
	abstract List<String> exit(String in, int code);

	/**
	 * A child that writes its arguments, each ended by a NUL.
	 */
	abstract List<String> arguments(String out, List<String> arguments);

	/**
	 * A child that writes a variable and its folder, each ended by a NUL.
	 */
	abstract List<String> variableAndFolder(String out, String variable);

	/**
	 * How children write what is ended by a NUL.
	 */
	abstract Charset charset();

	/**
	 * A folder to run a child in.
	 */
	abstract Path workingFolder() throws IOException;

	/**
	 * What a child ends with that was terminated by the stop.
	 */
	abstract int terminatedCode();

	/**
	 * What a child ends with that was killed.
	 */
	abstract int killedCode();

	/**
	 * The number of handles of this process.
	 */
	abstract long handles();

	abstract boolean hasNoMoreHandlesThan(long before);

	/**
	 * How often a race is run.
	 */
	abstract int rounds();

	private AnonymousPipeServer pipe(PipeDirection direction) throws PipeException {
		return closing(AnonymousPipeServer.builder(direction).build());
	}

	private PipeProcess.Builder builder(List<String> command) {
		return PipeProcess.builder(command).output(this.output::add).drainTimeout(Duration.ofSeconds(4));
	}

	private PipeProcess process(List<String> command) throws PipeException {
		return closing(builder(command).build());
	}

	private void awaitOutput(String line) throws InterruptedException {
		assertThat(this.output.poll(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo(line);
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
		awaitCall(this::isBlockedRead);

		server.connection().close();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(read))
			.withCauseInstanceOf(PipeClosedException.class);
	}

	@Test
	void whenTheInputIsEndedThenABlockedReadGivesTheEndOfTheStream() throws Exception {
		AnonymousPipeServer server = pipe(PipeDirection.IN);
		Future<Integer> read = async(() -> server.connection().read(ByteBuffer.allocate(1)));
		awaitCall(this::isBlockedRead);

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
		awaitCall(this::isBlockedWrite);

		server.connection().close();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(write))
			.withCauseInstanceOf(PipeClosedException.class);
	}

	@Test
	void whenAThreadThatReadsIsInterruptedThenItsEndIsClosed() throws Exception {
		AnonymousPipeServer server = pipe(PipeDirection.IN);
		Thread[] reader = new Thread[1];
		Future<Integer> read = async(() -> {
			reader[0] = Thread.currentThread();
			return server.connection().read(ByteBuffer.allocate(1));
		});
		awaitCall(this::isBlockedRead);

		reader[0].interrupt();

		assertEndedByInterrupt(read, server.connection());
	}

	@Test
	void whenAThreadThatWritesIsInterruptedThenItsEndIsClosed() throws Exception {
		AnonymousPipeServer server = pipe(PipeDirection.OUT);
		Thread[] writer = new Thread[1];
		Future<?> write = async(() -> {
			writer[0] = Thread.currentThread();
			server.connection().write(ByteBuffer.allocate(1024 * 1024));
			return null;
		});
		awaitCall(this::isBlockedWrite);

		writer[0].interrupt();

		assertEndedByInterrupt(write, server.connection());
	}

	private static void assertEndedByInterrupt(Future<?> call, PipeConnection connection) {
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(call))
			.withCauseInstanceOf(PipeException.class);
		assertThat(connection.isOpen()).isFalse();
		assertThat(connection.closeReason()).contains(CloseReason.ERROR);
	}

	@Test
	void whenDuplexIsAskedForThenItIsRefused() {
		assertThatExceptionOfType(PipeException.class)
			.isThrownBy(() -> AnonymousPipeServer.builder(PipeDirection.DUPLEX).build())
			.has(PipeConditions.reason(Reason.UNSUPPORTED))
			.withMessageContaining("two pipes");
		assertThatExceptionOfType(PipeException.class)
			.isThrownBy(() -> AnonymousPipeClient.open(PipeDirection.DUPLEX, "3"))
			.has(PipeConditions.reason(Reason.UNSUPPORTED))
			.withMessageContaining("one way");
	}

	@Test
	void whenMessageModeIsAskedForThenItIsRefused() {
		assertThatExceptionOfType(PipeException.class).isThrownBy(
				() -> AnonymousPipeServer.builder(PipeDirection.IN).transmissionMode(TransmissionMode.MESSAGE).build())
			.has(PipeConditions.reason(Reason.UNSUPPORTED))
			.withMessageContaining("BYTE");
		assertThatExceptionOfType(PipeException.class)
			.isThrownBy(() -> AnonymousPipeClient.builder(PipeDirection.IN, "3")
				.transmissionMode(TransmissionMode.MESSAGE)
				.build()
				.connect())
			.has(PipeConditions.reason(Reason.UNSUPPORTED))
			.withMessageContaining("'byte'");
		assertThatExceptionOfType(PipeException.class)
			.isThrownBy(() -> builder(shout()).transmissionMode(TransmissionMode.MESSAGE).build())
			.has(PipeConditions.reason(Reason.UNSUPPORTED));
	}

	@ParameterizedTest
	@ValueSource(strings = { "abc", "-1", "+4", "4.0", "99999999999", " 4", "0x4", "" })
	void whenAHandleIsNoNumberThenItIsRefused(String handle) {
		assertRefused(PipeDirection.IN, handle, "decimal digits");
	}

	@Test
	void whenAHandleIsNotOpenThenItIsRefused() {
		assertRefused(PipeDirection.IN, "999996", "is not open");
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
		assertThatExceptionOfType(PipeException.class).isThrownBy(() -> AnonymousPipeClient.open(direction, handle))
			.has(PipeConditions.reason(Reason.INVALID_NAME))
			.withMessageContaining("'" + handle + "'")
			.withMessageContaining(problem);
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
	void whenAProgramIsTheChildThenBothWaysAndBothEndsWork() throws Exception {
		PipeProcess process = process(shout("{in}", "{out}"));

		assertSendsBackAMegabyteInUpperCase(process.start());
		assertThat(exitCode(process.process())).isZero();
		awaitOutput("done");
	}

	@Test
	void whenNoArgumentNamesThePipesThenTheyAreTheStandardStreams() throws Exception {
		PipeProcess process = process(shout());
		PipeConnection connection = process.start();

		connection.write(bytes("hello"));
		connection.endOutput();

		assertThat(readToEnd(connection)).isEqualTo("HELLO");
		awaitOutput("done");
	}

	@Test
	void whenTwoServersArePassedThenChildHasBothAndCopiesAreGone() throws Exception {
		AnonymousPipeServer orders = pipe(PipeDirection.OUT);
		AnonymousPipeServer receipts = pipe(PipeDirection.IN);

		Process process = AnonymousPipeServer.start(new ProcessBuilder(shout("{orders}", "{receipts}")),
				Map.of("orders", orders, "receipts", receipts));
		orders.connection().write(bytes("one"));
		orders.close();

		assertThat(readToEnd(receipts.connection())).isEqualTo("ONE");
		assertThat(exitCode(process)).isZero();
	}

	@Test
	void whenArgumentsAreSpecialToAShellThenTheChildGetsThemAsTheyAre() throws Exception {
		List<String> arguments = List.of("", "a b", "\\\\", "\"", "a\\\"b", "tail\\ \\", "%PATH%", "$HOME", "'", "*",
				";", "-n", "{}");
		PipeProcess.Builder process = builder(arguments("{out}", arguments)).direction(PipeDirection.IN);

		PipeConnection connection = closing(process.build()).start();

		assertThat(readStrings(connection, charset())).isEqualTo(arguments);
	}

	@Test
	void whenDirectoryAndEnvironmentAreGivenThenTheChildHasThem() throws Exception {
		PipeProcess.Builder process = builder(variableAndFolder("{out}", "GREETING")).direction(PipeDirection.IN)
			.workingDirectory(workingFolder())
			.environment(Map.of("GREETING", "hello 'world'"));

		List<String> strings = readStrings(closing(process.build()).start(), charset());

		assertThat(strings.get(0)).isEqualTo("hello 'world'");
		assertThat(strings.get(1).replace('\\', '/')).endsWith(workingFolder().toString().replace('\\', '/'));
	}

	@Test
	void whenTheCommandIsWrongThenTheStartFailsAndNothingStays() throws Exception {
		failToStart();
		long before = handles();

		failToStart();

		assertThat(hasNoMoreHandlesThan(before)).isTrue();
	}

	private void failToStart() throws Exception {
		assertThatExceptionOfType(PipeNotFoundException.class).isThrownBy(process(List.of("no-such-program"))::start)
			.withMessageContaining("'no-such-program'");
		assertThatExceptionOfType(PipeException.class)
			.isThrownBy(closing(builder(shout()).workingDirectory(Path.of("/none")).build())::start)
			.has(PipeConditions.reason(Reason.UNUSABLE_FOLDER))
			.withMessageContaining("none");
		assertThatIllegalArgumentException().isThrownBy(() -> process(List.of(" ")));
	}

	@Test
	void whenTheProcessIsRunningThenItIsNotStartedTwice() throws Exception {
		PipeProcess process = process(shout("{in}", "{out}"));
		process.start();

		assertThatIllegalStateException().isThrownBy(process::start);
	}

	@Test
	void whenTheInputEndsThenTheChildEndsByItselfAndItsCodeIsKnown() throws Exception {
		PipeProcess process = closing(
				builder(exit("{in}", 7)).direction(PipeDirection.OUT).drainTimeout(Duration.ofSeconds(60)).build());
		process.start();

		process.stop();

		assertThat(process.exitCode()).isEqualTo(OptionalInt.of(7));
	}

	@Test
	void whenTheChildStaysThenItIsTerminatedWithinTheTimeout() throws Exception {
		PipeProcess process = closing(builder(stay("{in}", "{out}")).drainTimeout(Duration.ofSeconds(8)).build());
		PipeConnection connection = process.start();
		assertThat(connection.read(ByteBuffer.allocate(1))).isEqualTo(1);
		long begin = System.nanoTime();

		process.stop();

		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SOON);
		assertThat(process.exitCode()).isEqualTo(OptionalInt.of(terminatedCode()));
		assertThat(process.connections()).isEmpty();
	}

	@Test
	void whenAWriteIsBlockedThenStopEndsIt() throws Exception {
		PipeProcess process = process(stay("{in}", "{out}"));
		PipeConnection connection = process.start();
		assertThat(connection.read(ByteBuffer.allocate(1))).isEqualTo(1);
		Future<?> write = async(() -> {
			connection.write(ByteBuffer.allocate(1024 * 1024));
			return null;
		});
		awaitCall(this::isBlockedWrite);

		process.stop();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(write))
			.withCauseInstanceOf(PipeClosedException.class);
	}

	@Test
	void whenOutputIsAbortedThenBlockedWriteEnds() throws Exception {
		PipeProcess process = process(stay("{in}", "{out}"));
		PipeConnection connection = process.start();
		assertThat(connection.read(ByteBuffer.allocate(1))).isEqualTo(1);
		Future<?> write = async(() -> {
			connection.write(ByteBuffer.allocate(1024 * 1024));
			return null;
		});
		awaitCall(this::isBlockedWrite);

		connection.abortOutput();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(write))
			.withCauseInstanceOf(PipeClosedException.class)
			.withMessageContaining("output");
		assertThat(connection.isOpen()).isTrue();
	}

	@Test
	void whenTheChildIsKilledThenBothDirectionsEnd() throws Exception {
		PipeProcess process = process(stay("{in}", "{out}"));
		PipeConnection connection = process.start();
		assertThat(connection.read(ByteBuffer.allocate(1))).isEqualTo(1);

		process.process().destroyForcibly();

		assertThat(connection.read(ByteBuffer.allocate(1))).isEqualTo(-1);
		assertThat(exitCode(process.process())).isEqualTo(killedCode());
		assertThatExceptionOfType(PeerGoneException.class).isThrownBy(() -> connection.write(bytes("late")));
	}

	@Test
	void whenTwoChildrenStartAtOnceThenNeitherKeepsPipesOfOther() throws Exception {
		CyclicBarrier together = new CyclicBarrier(2);
		for (int i = 0; i < rounds(); i++) {
			PipeProcess first = builder(shout("{in}", "{out}")).build();
			PipeProcess second = builder(shout("{in}", "{out}")).build();
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
	void whenAProcessIsStartedAgainAndAgainThenNoHandleIsLeft() throws Exception {
		PipeProcess process = process(shout("{in}", "{out}"));
		runOnce(process);
		long before = handles();

		int times = rounds() / 2;
		for (int i = 0; i < times; i++) {
			runOnce(process);
		}

		await().atMost(SOON).until(() -> hasNoMoreHandlesThan(before));
		assertThat(process.statistics().accepted()).isEqualTo(times + 1);
		assertThat(process.statistics().current()).isZero();
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
