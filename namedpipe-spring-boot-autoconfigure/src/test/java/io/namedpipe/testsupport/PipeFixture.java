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

package io.namedpipe.testsupport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;

import io.namedpipe.PipeConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Closes what a test opened, runs calls that block beside it, and sees that each of them
 * has ended.
 */
public abstract class PipeFixture {

	/** Long enough for what happens at once, on the slowest machine. */
	protected static final Duration SOON = Duration.ofSeconds(20);

	private final ExecutorService threads = Executors.newCachedThreadPool((task) -> {
		Thread thread = new Thread(task, "peer");
		thread.setDaemon(true);
		return thread;
	});

	private final List<AutoCloseable> resources = new CopyOnWriteArrayList<>();

	@AfterEach
	final void closeAll() throws Exception {
		for (AutoCloseable resource : this.resources) {
			resource.close();
		}
		this.threads.shutdownNow();
		assertThat(this.threads.awaitTermination(10, TimeUnit.SECONDS)).as("every call has ended").isTrue();
	}

	protected final <T extends AutoCloseable> T closing(T resource) {
		this.resources.add(resource);
		return resource;
	}

	protected final <T> Future<T> async(Callable<T> call) {
		return this.threads.submit(call);
	}

	protected static <T> T get(Future<T> future) throws Exception {
		return future.get(SOON.toSeconds(), TimeUnit.SECONDS);
	}

	/**
	 * Waits until some thread is in a call. A native one is always the innermost.
	 */
	protected static void awaitCall(Predicate<StackTraceElement> call) {
		await().atMost(SOON)
			.until(() -> Thread.getAllStackTraces().values().stream().flatMap(Stream::of).anyMatch(call));
	}

	protected static ByteBuffer bytes(String text) {
		return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

	protected static String readToEnd(PipeConnection connection) throws IOException {
		return new String(connection.inputStream().readAllBytes(), StandardCharsets.UTF_8);
	}

	/**
	 * Reads what is ended by a NUL each, to the end.
	 */
	protected static List<String> readStrings(PipeConnection connection, Charset charset) throws IOException {
		String all = new String(connection.inputStream().readAllBytes(), charset);
		assertThat(all).endsWith("\0");
		return Arrays.asList(all.substring(0, all.length() - 1).split("\0", -1));
	}

	protected static int exitCode(Process process) throws InterruptedException {
		assertThat(process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
		return process.exitValue();
	}

	/**
	 * Writes and reads at the same time, for more than the pipes have room for.
	 */
	protected final void assertSendsBackAMegabyteInUpperCase(PipeConnection connection) throws Exception {
		String text = "abcdefgh".repeat(128 * 1024);

		Future<?> writing = async(() -> {
			connection.write(bytes(text));
			connection.endOutput();
			return null;
		});

		assertThat(readToEnd(connection)).isEqualTo(text.toUpperCase(Locale.ROOT));
		get(writing);
	}

}
