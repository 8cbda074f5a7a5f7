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
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link AccountNames}.
 */
@Timeout(60)
class AccountNamesTests {

	private static final String SID = "S-1-5-21-1-2-3-1000";

	private final AccountNames names = new AccountNames();

	private final AtomicInteger asked = new AtomicInteger();

	private Optional<String> answer(String name) {
		this.asked.incrementAndGet();
		return Optional.ofNullable(name);
	}

	@Test
	void whenANameIsKnownThenItIsAskedForOnce() {
		assertThat(this.names.nameOf(SID, () -> answer("CORP\\alice"))).isEqualTo("CORP\\alice");
		assertThat(this.names.nameOf(SID, () -> answer("CORP\\bob"))).isEqualTo("CORP\\alice");

		assertThat(this.asked).hasValue(1);
	}

	@Test
	void whenNobodyKnowsTheNameThenItIsNotAskedForAgainAtOnce() {
		assertThat(this.names.nameOf(SID, () -> answer(null))).isNull();
		assertThat(this.names.nameOf(SID, () -> answer("CORP\\alice"))).isNull();

		assertThat(this.asked).hasValue(1);
	}

	@Test
	void whenDomainControllerIsSlowThenNobodyWaitsAndAnswerIsKept() {
		CountDownLatch answers = new CountDownLatch(1);
		assertThat(this.names.nameOf(SID, () -> {
			awaitUninterruptibly(answers);
			return answer("CORP\\alice");
		})).isNull();
		assertThat(this.names.nameOf(SID, () -> answer("CORP\\bob"))).isNull();

		answers.countDown();

		await().atMost(Duration.ofSeconds(20))
			.until(() -> "CORP\\alice".equals(this.names.nameOf(SID, () -> answer("CORP\\bob"))));
		assertThat(this.asked).hasValue(1);
	}

	@Test
	void whenTheThreadIsInterruptedThenTheNameIsAskedForAgain() {
		CountDownLatch never = new CountDownLatch(1);
		Thread.currentThread().interrupt();
		assertThat(this.names.nameOf(SID, () -> {
			awaitUninterruptibly(never);
			return Optional.empty();
		})).isNull();
		assertThat(Thread.interrupted()).isTrue();

		assertThat(this.names.nameOf(SID, () -> answer("CORP\\alice"))).isEqualTo("CORP\\alice");
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		while (latch.getCount() > 0) {
			try {
				latch.await();
			}
			catch (InterruptedException ex) {
				// as a call of the system would
			}
		}
	}

}
