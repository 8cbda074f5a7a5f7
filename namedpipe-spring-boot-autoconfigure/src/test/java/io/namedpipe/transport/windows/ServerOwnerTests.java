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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ServerOwner} with answers that no Windows is needed for.
 */
class ServerOwnerTests {

	@Test
	void whenNobodyCanBeAskedForTheUserThenConnectingFails() {
		WindowsAccounts unreachable = new WindowsAccounts((name) -> {
			throw new TransportException(Reason.IO, "no domain controller");
		});

		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> ServerOwner.of("CORP\\alice", unreachable))
			.withMessageContaining("CORP\\alice")
			.withStackTraceContaining("no domain controller")
			.extracting(TransportException::getReason)
			.isEqualTo(Reason.IO);
	}

	@Test
	void whenThereIsNoSuchUserThenTheUserIsWrong() {
		WindowsAccounts nobody = new WindowsAccounts((name) -> null);

		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> ServerOwner.of("mallory", nobody))
			.withMessageContaining("mallory")
			.extracting(TransportException::getReason)
			.isEqualTo(Reason.INVALID_ACCESS);
	}

	@Test
	@Timeout(60)
	void whenDomainControllerIsMuteThenConnectingTakesNoLonger() {
		CountDownLatch never = new CountDownLatch(1);
		WindowsTransport transport = new WindowsTransport(new WindowsAccounts((name) -> {
			awaitUninterruptibly(never);
			return null;
		}));

		assertThatExceptionOfType(TransportException.class)
			.isThrownBy(() -> transport.connect(Options.of("orders").verifyServerUser("CORP\\alice").connect(),
					Duration.ofSeconds(1)))
			.withMessageContaining("CORP\\alice")
			.extracting(TransportException::getReason)
			.isEqualTo(Reason.NO_SERVER);
		never.countDown();
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
