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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import io.namedpipe.testsupport.PipeFixture;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link RemoteCall}, with a machine that does not answer.
 */
@EnabledOnOs(OS.WINDOWS)
@Timeout(60)
class RemoteCallTests extends PipeFixture {

	private static final String WHOM = "The machine of \\\\filer\\pipe\\orders";

	private final RemoteCall<Long> question = new RemoteCall<>(Kernel32::CloseHandle);

	private final CountDownLatch begun = new CountDownLatch(1);

	private final CountDownLatch answer = new CountDownLatch(1);

	private long pipe;

	private Long answerLate(SynchronousCall call) {
		this.begun.countDown();
		try {
			this.answer.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return this.pipe;
	}

	@Test
	void answerInTimeIsGivenBack() throws Exception {
		assertThat(this.question.ask((call) -> 4711L, WHOM, Duration.ZERO)).isEqualTo(4711);
	}

	@Test
	void failureOfTheQuestionComesThrough() {
		assertFails(Reason.BUSY, () -> this.question.ask((call) -> {
			throw new TransportException(Reason.BUSY, "busy");
		}, WHOM, SOON));
	}

	@Test
	void machineThatDoesNotAnswerIsNotWaitedForAndTheHandleIsClosed() throws Exception {
		byte[] name = WideString.encode("\\\\.\\pipe\\opened-late");
		this.pipe = Kernel32.CreateNamedPipeW(name, 3, 0, 1, 512, 512, 0, Kernel32.NULL);

		assertFails(Reason.NO_SERVER, () -> this.question.ask(this::answerLate, WHOM, Duration.ofSeconds(1)));

		this.answer.countDown();
		await().atMost(SOON).until(() -> !Kernel32.WaitNamedPipeW(name, 1));
	}

	@Test
	void cancelEndsTheWait() throws Exception {
		Future<Long> waiting = async(() -> this.question.ask(this::answerLate, WHOM, Duration.ofMinutes(5)));
		this.begun.await();

		this.question.cancel();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(waiting))
			.withCauseInstanceOf(TransportException.class)
			.extracting((ex) -> ((TransportException) ex.getCause()).getReason())
			.isEqualTo(Reason.CLOSED);
		this.answer.countDown();
	}

	@Test
	void cancelEndsEveryWait() throws Exception {
		CountDownLatch bothBegun = new CountDownLatch(2);
		List<Future<Long>> waiting = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			waiting.add(async(() -> this.question.ask((call) -> {
				bothBegun.countDown();
				return answerLate(call);
			}, WHOM, Duration.ofMinutes(5))));
		}
		bothBegun.await();

		this.question.cancel();

		for (Future<Long> each : waiting) {
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(each))
				.withCauseInstanceOf(TransportException.class);
		}
		this.answer.countDown();
	}

	@Test
	void callThatNobodyWaitsForIsCancelled() throws Exception {
		WindowsAnonymousPipe silent = closing(WindowsAnonymousPipe.create(false, OptionalInt.empty()));
		CompletableFuture<Integer> error = new CompletableFuture<>();

		assertFails(Reason.NO_SERVER, () -> this.question.ask((call) -> {
			call.enter();
			long client = Long.parseLong(silent.clientHandle());
			try (Memory buffer = new Memory(8)) {
				boolean read = Kernel32.ReadFile(client, Pointer.nativeValue(buffer), 1,
						Pointer.nativeValue(buffer) + 4, Kernel32.NULL);
				error.complete(read ? 0 : Win32Error.last());
			}
			finally {
				call.leave();
			}
			return 0L;
		}, WHOM, Duration.ofSeconds(1)));

		assertThat(get(error)).isEqualTo(Win32Error.ERROR_OPERATION_ABORTED);
	}

	private static void assertFails(Reason reason, ThrowingCallable call) {
		assertThatExceptionOfType(TransportException.class).isThrownBy(call)
			.extracting(TransportException::getReason)
			.isEqualTo(reason);
	}

}
