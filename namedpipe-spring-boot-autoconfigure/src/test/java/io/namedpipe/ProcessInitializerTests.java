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
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

import io.namedpipe.testsupport.PipeFixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * The first word between us and a child, and its limits.
 */
@DisabledOnOs(OS.WINDOWS)
@Timeout(60)
class ProcessInitializerTests extends PipeFixture {

	private static final String MUTE = "exec sleep 600";

	private final BlockingQueue<ProcessHandle> begun = new LinkedBlockingQueue<>();

	private PipeProcess.Builder child(String script) {
		return PipeProcess.builder(List.of("sh", "-c", script)).initializer(this::expectGreeting);
	}

	private void expectGreeting(PipeConnection connection) throws IOException {
		this.begun.add(ProcessHandle.of(connection.peer().processId().orElseThrow()).orElseThrow());
		int first = connection.inputStream().read();
		if (first != 'h') {
			throw new IOException("no greeting but " + first);
		}
	}

	private ProcessHandle begun() throws InterruptedException {
		ProcessHandle child = this.begun.poll(SOON.toSeconds(), TimeUnit.SECONDS);
		assertThat(child).isNotNull();
		return child;
	}

	private static void awaitEnd(ProcessHandle child) {
		await().atMost(SOON).until(() -> !child.isAlive());
	}

	@Test
	void whenAChildGreetsThenItIsStarted() throws Exception {
		PipeProcess process = closing(child("printf hx; " + MUTE).build());

		PipeConnection connection = process.start();

		assertThat(connection.inputStream().read()).isEqualTo('x');
	}

	@Test
	void whenAChildIsMuteThenItsStartTimesOut() throws Exception {
		PipeProcess process = closing(child(MUTE).handshakeTimeout(Duration.ofMillis(200)).build());

		assertThatExceptionOfType(PipeTimeoutException.class).isThrownBy(process::start)
			.withMessageContaining("handshake timeout");

		awaitEnd(begun());
		assertThat(process.connections()).isEmpty();
		assertThat(process.isAlive()).isFalse();
	}

	@Test
	void whenAChildGreetsWronglyThenItIsKilled() throws Exception {
		PipeProcess process = closing(child("printf x; " + MUTE).build());

		assertThatExceptionOfType(PipeException.class).isThrownBy(process::start)
			.withMessageContaining("no greeting but 120");

		awaitEnd(begun());
		assertThat(process.connections()).isEmpty();
	}

	@Test
	void whenAProcessIsStoppedThenItsInitializerEnds() throws Exception {
		PipeProcess process = closing(child(MUTE).build());
		Future<PipeConnection> starting = async(process::start);
		ProcessHandle child = begun();

		Future<?> stopping = async(() -> {
			process.stop(Duration.ofMinutes(10));
			return null;
		});

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(starting))
			.withCauseInstanceOf(PipeClosedException.class)
			.withStackTraceContaining("stopped");
		get(stopping);
		awaitEnd(child);
	}

	@Test
	void whenAProcessIsClosedThenItsInitializerEnds() throws Exception {
		PipeProcess process = child(MUTE).build();
		Future<PipeConnection> starting = async(process::start);
		ProcessHandle child = begun();

		process.close();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(starting))
			.withCauseInstanceOf(PipeClosedException.class);
		awaitEnd(child);
	}

	@Test
	void whenTheHandshakeTimeoutIsNoTimeThenItIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> child(MUTE).handshakeTimeout(Duration.ZERO))
			.withMessageContaining("handshakeTimeout");
	}

}
