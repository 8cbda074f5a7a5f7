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

package io.namedpipe.transport;

import java.io.FileNotFoundException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link ProcessIdentity}, without any change of identity.
 */
class ProcessIdentityTests {

	private final Thread test = Thread.currentThread();

	private final BlockingQueue<Thread> runners = new LinkedBlockingQueue<>();

	@Test
	void whenTheThreadIsItsOwnSelfThenTasksRunOnIt() {
		assertThat(ProcessIdentity.call(Thread::currentThread)).isSameAs(this.test);

		ProcessIdentity.execute(this::noteRunner);

		assertThat(this.runners).containsExactly(this.test);
	}

	@Test
	void whenTheThreadIsAwayThenTasksRunOnAnother() throws Exception {
		Thread called = ProcessIdentity.leaveFor(() -> {
			ProcessIdentity.execute(this::noteRunner);
			return ProcessIdentity.call(Thread::currentThread);
		});

		assertThat(called).isNotSameAs(this.test);
		assertThat(this.runners.poll(20, TimeUnit.SECONDS)).isNotNull().isNotSameAs(this.test);
		assertThat(ProcessIdentity.call(Thread::currentThread)).isSameAs(this.test);
	}

	@Test
	void whenTheThreadIsAwayThenOthersHaveItsClassLoader() throws Exception {
		ClassLoader before = this.test.getContextClassLoader();
		ClassLoader ofTheTest = new ClassLoader() {
		};
		this.test.setContextClassLoader(ofTheTest);
		try {
			assertThat(ProcessIdentity.<ClassLoader>leaveFor(
					() -> ProcessIdentity.call(() -> Thread.currentThread().getContextClassLoader())))
				.isSameAs(ofTheTest);
		}
		finally {
			this.test.setContextClassLoader(before);
		}
	}

	@Test
	void whenATaskFailsElsewhereThenTheCallerGetsItsFailure() {
		assertThatExceptionOfType(FileNotFoundException.class)
			.isThrownBy(() -> ProcessIdentity.leaveFor(() -> ProcessIdentity.call(() -> {
				throw new FileNotFoundException("missing");
			})));
		assertThatExceptionOfType(StackOverflowError.class)
			.isThrownBy(() -> ProcessIdentity.leaveFor(() -> ProcessIdentity.call(() -> {
				throw new StackOverflowError();
			})));
		assertThat(ProcessIdentity.call(Thread::currentThread)).isSameAs(this.test);
	}

	@Test
	void whenTheCallerIsInterruptedThenTheTaskIs() throws Exception {
		CountDownLatch never = new CountDownLatch(1);

		String outcome = ProcessIdentity.leaveFor(() -> {
			Thread.currentThread().interrupt();
			return ProcessIdentity.call(() -> {
				try {
					never.await();
					return "came to an end";
				}
				catch (InterruptedException ex) {
					return "interrupted";
				}
			});
		});

		assertThat(outcome).isEqualTo("interrupted");
		assertThat(Thread.interrupted()).isTrue();
		assertThat(ProcessIdentity.<Boolean>leaveFor(() -> ProcessIdentity.call(Thread::interrupted))).isFalse();
	}

	@Test
	void whenTheTaskFailsThenTheThreadIsBack() {
		assertThatIllegalStateException().isThrownBy(() -> ProcessIdentity.leaveFor(() -> {
			throw new IllegalStateException();
		}));

		assertThat(ProcessIdentity.isLost()).isFalse();
		assertThat(ProcessIdentity.call(Thread::currentThread)).isSameAs(this.test);
	}

	@Test
	void whenTheThreadIsLostThenNothingMoreRunsOnIt() throws Exception {
		BlockingQueue<Object> results = new LinkedBlockingQueue<>();
		Thread thread = new Thread(() -> {
			results.add(attempt(() -> ProcessIdentity.leaveFor(() -> {
				throw new PeerIdentityError("lost", null);
			})));
			results.add(ProcessIdentity.isLost());
			results.add(attempt(() -> ProcessIdentity.leaveFor(() -> "has run")));
			ProcessIdentity.executeUnlessLost(this::noteRunner);
			ProcessIdentity.execute(this::noteRunner);
			results.add(ProcessIdentity.call(Thread::currentThread));
		});

		thread.start();
		thread.join();

		assertThat(results.poll()).isInstanceOf(PeerIdentityError.class);
		assertThat(results.poll()).isEqualTo(true);
		assertThat(results.poll()).isInstanceOf(PeerIdentityError.class);
		assertThat(results.poll()).isInstanceOf(Thread.class).isNotSameAs(thread);
		assertThat(this.runners.poll(20, TimeUnit.SECONDS)).isNotNull().isNotSameAs(thread);
		assertThat(this.runners.poll(20, TimeUnit.SECONDS)).isNotNull().isNotSameAs(thread);
	}

	private void noteRunner() {
		this.runners.add(Thread.currentThread());
	}

	private static Object attempt(Callable<Object> task) {
		try {
			return task.call();
		}
		catch (Throwable ex) {
			return ex;
		}
	}

}
