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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

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
 * Tests for {@link RemoteOpening}, with a machine that does not answer.
 */
@EnabledOnOs(OS.WINDOWS)
@Timeout(60)
class RemoteOpeningTests extends PipeFixture {

	private static final String ADDRESS = "\\\\filer\\pipe\\orders";

	private final RemoteOpening opening = new RemoteOpening();

	private final CountDownLatch begun = new CountDownLatch(1);

	private final CountDownLatch answer = new CountDownLatch(1);

	private long pipe;

	private long answerLate() {
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
	void whatIsOpenedInTimeIsGivenBack() throws Exception {
		assertThat(this.opening.open(() -> 4711, ADDRESS, Duration.ZERO)).isEqualTo(4711);
	}

	@Test
	void failureOfTheOpeningComesThrough() {
		assertFails(Reason.BUSY, () -> this.opening.open(() -> {
			throw new TransportException(Reason.BUSY, "busy");
		}, ADDRESS, SOON));
	}

	@Test
	void machineThatDoesNotAnswerIsNotWaitedForAndTheHandleIsClosed() throws Exception {
		byte[] name = WideString.encode("\\\\.\\pipe\\opened-late");
		this.pipe = Kernel32.CreateNamedPipeW(name, 3, 0, 1, 512, 512, 0, Kernel32.NULL);

		assertFails(Reason.NO_SERVER, () -> this.opening.open(this::answerLate, ADDRESS, Duration.ofSeconds(1)));

		this.answer.countDown();
		await().atMost(SOON).until(() -> !Kernel32.WaitNamedPipeW(name, 1));
	}

	@Test
	void cancelEndsTheWait() throws Exception {
		Future<Long> waiting = async(() -> this.opening.open(this::answerLate, ADDRESS, Duration.ofMinutes(5)));
		this.begun.await();

		this.opening.cancel();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(waiting))
			.withCauseInstanceOf(TransportException.class)
			.extracting((ex) -> ((TransportException) ex.getCause()).getReason())
			.isEqualTo(Reason.CLOSED);
		this.answer.countDown();
	}

	private static void assertFails(Reason reason, ThrowingCallable call) {
		assertThatExceptionOfType(TransportException.class).isThrownBy(call)
			.extracting(TransportException::getReason)
			.isEqualTo(reason);
	}

}
