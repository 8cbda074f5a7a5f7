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

package io.namedpipe.integration;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.integration.dsl.IntegrationFlow;

import io.namedpipe.PipeDirection;
import io.namedpipe.PipeErrorType;
import io.namedpipe.PipeException;
import io.namedpipe.PipeProcess;
import io.namedpipe.framing.LineTerminator;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.integration.dsl.NamedPipes;
import io.namedpipe.integration.event.NamedPipeProcessExitedEvent;
import io.namedpipe.testsupport.TestTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Children that end when nobody expects it, or before their flow does.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class NamedPipeProcessTests {

	private static NamedPipeProcess process(TestFlows flows, PipeDirection direction, Duration stopTimeout,
			String script) throws PipeException {
		PipeProcess.Builder pipe = PipeProcess.builder(List.of("sh", "-c", script))
			.direction(direction)
			.drainTimeout(stopTimeout);
		return flows.bean("child",
				NamedPipeProcess.builder("child", pipe).framing(MessageFraming.line(LineTerminator.LF)).build());
	}

	@Test
	void whenAChildThatOnlyReadsEndsAtOnceThenThePipeIsStopped() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeProcess process = process(flows, PipeDirection.OUT, Duration.ofSeconds(10), "exit 127");
			flows.flow("out", (flow) -> flow.handle(NamedPipes.outboundAdapter(process))).start();
			for (int i = 0; i < 20; i++) {
				await().until(() -> !process.isRunning());
				assertThat(process.fault().orElseThrow()).hasMessageContaining("exit code 127");
				assertThat(process.sessions()).isEmpty();
				process.start();
			}
		}
	}

	@Test
	void whenAChildEndsBeforeItsReceiverStartsThenItIsNotStartedAgain() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeProcess process = process(flows, PipeDirection.IN, Duration.ofSeconds(10), "exit 4");
			flows.bean("between", new AwaitingItsEnd(process));
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(process)).handle(flows::keep).get());

			flows.start();

			assertThat(process.isRunning()).isFalse();
			assertThat(process.statistics().errors(PipeErrorType.PROCESS)).isOne();
			process.start();
			await().untilAsserted(() -> assertThat(process.statistics().errors(PipeErrorType.PROCESS)).isEqualTo(2));
		}
	}

	@Test
	void whenAFlowOutlastsItsChildThenItDoesNoHarmToTheNextOne() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeProcess process = process(flows, PipeDirection.IN, Duration.ofMillis(100),
					"echo hello >&{out}; exec sleep 600");
			BlockingQueue<Thread> inFlow = new LinkedBlockingQueue<>();
			CountDownLatch late = new CountDownLatch(1);
			flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(process)).handle((message) -> {
				inFlow.add(Thread.currentThread());
				TestFlows.awaitLatch(late);
			}).get()).start();
			Thread first = inFlow.take();
			process.stop();
			process.start();
			inFlow.take();

			late.countDown();
			first.join();

			assertThat(process.status()).isEqualTo(NamedPipeOperations.Status.RUNNING);
			assertThat(process.fault()).isEmpty();
			assertThat(process.pipe().isAlive()).isTrue();
			assertThat(flows.awaitEvent(NamedPipeProcessExitedEvent.class).isExpected()).isTrue();
		}
	}

	@Test
	void whenThereIsNoThreadForARestartThenTheNextOneHelps() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeProcess process = restarting(flows, "exec sleep 600", -1, new Threads(2, (thread) -> {
				throw new OutOfMemoryError("unable to create native thread");
			}));
			flows.start();

			process.pipe().process().destroyForcibly();

			await().untilAsserted(() -> {
				assertThat(process.restarts()).isEqualTo(2);
				assertThat(process.fault()).isEmpty();
				assertThat(process.pipe().isAlive()).isTrue();
			});
			assertThat(process.sessions()).hasSize(1);
		}
	}

	@Test
	void whenThereIsNoThreadForTheLastRestartThenNoChildIsLeft() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeProcess process = restarting(flows, "exec sleep 600", 1, new Threads(2, (thread) -> {
				throw new OutOfMemoryError("unable to create native thread");
			}));
			flows.start();

			process.pipe().process().destroyForcibly();

			await().until(() -> !process.isRunning());
			assertThat(process.pipe().isAlive()).isFalse();
			assertThat(process.sessions()).isEmpty();
			assertThat(process.fault().orElseThrow()).hasMessageContaining("unable to create native thread");
		}
	}

	@Test
	void whenTheNextChildEndsAtOnceThenItsFaultStays() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			// the old child's thread goes on only after the new one's has ended
			NamedPipeProcess process = restarting(flows, "exit 1", 1, new Threads(2, Threads::awaitEnd));

			flows.start();

			await().until(() -> !process.isRunning() && process.restarts() == 1);
			flows.awaitEvent(NamedPipeProcessExitedEvent.class);
			flows.awaitEvent(NamedPipeProcessExitedEvent.class);
			await().during(Duration.ofMillis(200)).until(() -> process.fault().isPresent());
			assertThat(process.fault().orElseThrow()).hasMessageContaining("exit code 1");
		}
	}

	@Test
	void whenTheWaitForARestartIsInterruptedThenItGoesOn() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
			NamedPipeProcess process = restarting(flows, "exec sleep 600", Duration.ofSeconds(3), -1, (task) -> {
				Thread thread = new Thread(task, "reader");
				threads.add(thread);
				return thread;
			});
			flows.start();
			Thread first = threads.take();
			process.pipe().process().destroyForcibly();
			await().until(() -> process.fault().isPresent() && first.getState() == Thread.State.TIMED_WAITING);

			first.interrupt();

			await().untilAsserted(() -> {
				assertThat(process.restarts()).isOne();
				assertThat(process.pipe().isAlive()).isTrue();
			});
		}
	}

	private static NamedPipeProcess restarting(TestFlows flows, String script, int maxAttempts, ThreadFactory threads)
			throws PipeException {
		return restarting(flows, script, Duration.ofMillis(1), maxAttempts, threads);
	}

	private static NamedPipeProcess restarting(TestFlows flows, String script, Duration delay, int maxAttempts,
			ThreadFactory threads) throws PipeException {
		PipeProcess.Builder pipe = PipeProcess.builder(List.of("sh", "-c", script)).direction(PipeDirection.IN);
		return flows.bean("child", NamedPipeProcess.builder("child", pipe)
			.framing(MessageFraming.line(LineTerminator.LF))
			.restart(new RestartPolicy(RestartPolicy.When.ALWAYS, delay, 1, Duration.ofSeconds(30), maxAttempts))
			.threads(threads)
			.build());
	}

	@Test
	void whenAPipeIsStoppedThenTheInitializerOfItsChildEnds() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		PipeProcess.Builder pipe = PipeProcess.builder(List.of("sleep", "600")).initializer((connection) -> {
			begun.countDown();
			connection.inputStream().read();
		});
		NamedPipeProcess process = NamedPipeProcess.builder("child", pipe)
			.framing(MessageFraming.line(LineTerminator.LF))
			.build();
		FutureTask<Object> starting = new FutureTask<>(() -> {
			process.start();
			return null;
		});
		new Thread(starting, "start").start();
		TestFlows.awaitLatch(begun);

		FutureTask<Object> stopping = new FutureTask<>(() -> {
			process.stop();
			return null;
		});
		new Thread(stopping, "stop").start();

		stopping.get(TestFlows.SECONDS, TimeUnit.SECONDS);
		assertThatExceptionOfType(ExecutionException.class)
			.isThrownBy(() -> starting.get(TestFlows.SECONDS, TimeUnit.SECONDS))
			.withStackTraceContaining("stopped");
		assertThat(process.isRunning()).isFalse();
	}

	@Test
	void whenAListenerStartsTheChildAgainThenNoStopWaitsForIt() throws Exception {
		try (TestFlows flows = new TestFlows(TestTransport.UNIX)) {
			NamedPipeProcess process = process(flows, PipeDirection.OUT, Duration.ofSeconds(10), "cat >/dev/null");
			AtomicInteger restarts = new AtomicInteger(10);
			flows.context().addApplicationListener((ApplicationListener<NamedPipeProcessExitedEvent>) (event) -> {
				if (restarts.getAndDecrement() > 0) {
					process.start();
				}
			});
			flows.start();
			long stopping = 0;

			for (int i = 0; i < 10; i++) {
				await().until(() -> process.pipe().isAlive());
				long begin = System.nanoTime();
				process.stop();
				stopping += System.nanoTime() - begin;
			}

			await().until(() -> process.pipe().isAlive());
			// each would wait for a second
			assertThat(Duration.ofNanos(stopping)).isLessThan(Duration.ofSeconds(8));
		}
	}

	/**
	 * Starts after a child process and before what receives from it, which waits for its
	 * end.
	 */
	private record AwaitingItsEnd(NamedPipeProcess process) implements SmartLifecycle {

		@Override
		public void start() {
			await().until(() -> !this.process.isRunning());
		}

		@Override
		public void stop() {
		}

		@Override
		public boolean isRunning() {
			return false;
		}

		@Override
		public int getPhase() {
			return this.process.getPhase() + 1;
		}

	}

	/**
	 * Threads of which one does something instead of starting, or after that.
	 */
	private static final class Threads implements ThreadFactory {

		private final int number;

		private final Consumer<Thread> action;

		private int made;

		Threads(int number, Consumer<Thread> action) {
			this.number = number;
			this.action = action;
		}

		@Override
		public synchronized Thread newThread(Runnable task) {
			this.made++;
			boolean special = this.made == this.number;
			Consumer<Thread> instead = this.action;
			return new Thread(task, "reader-" + this.made) {

				@Override
				public void start() {
					if (special) {
						instead.accept(new Thread(task, getName() + "-inner"));
						return;
					}
					super.start();
				}

			};
		}

		static void awaitEnd(Thread thread) {
			thread.start();
			try {
				thread.join(TimeUnit.SECONDS.toMillis(TestFlows.SECONDS));
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

}
