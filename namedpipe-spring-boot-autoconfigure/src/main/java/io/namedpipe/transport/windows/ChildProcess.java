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

import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A process that CreateProcessW has created. A thread of its own waits for its end.
 * <p>
 * Windows knows no request to end that a program without a console or a window gets:
 * {@link #destroy()} does what {@link #destroyForcibly()} does.
 */
final class ChildProcess extends Process {

	/** As the JDK has it. */
	static final int EXIT_CODE_OF_TERMINATED = 1;

	private final long handle;

	private final long id;

	private final InputStream errors;

	private final CountDownLatch ended = new CountDownLatch(1);

	private final CompletableFuture<Process> exit = new CompletableFuture<>();

	private volatile int exitCode;

	/**
	 * Creates the object for a process.
	 * @param handle its handle
	 * @param id its process id
	 * @param errors what it prints
	 */
	ChildProcess(long handle, long id, InputStream errors) {
		this.handle = handle;
		this.id = id;
		this.errors = errors;
		Thread thread = new Thread(this::awaitEnd, "namedpipe-process-" + id);
		thread.setDaemon(true);
		thread.start();
	}

	private void awaitEnd() {
		Kernel32.WaitForSingleObject(this.handle, Kernel32.INFINITE);
		int[] code = new int[1];
		Kernel32.GetExitCodeProcess(this.handle, code);
		synchronized (this.ended) {
			this.exitCode = code[0];
			this.ended.countDown();
			Kernel32.CloseHandle(this.handle);
		}
		this.exit.complete(this);
	}

	@Override
	public OutputStream getOutputStream() {
		return OutputStream.nullOutputStream();
	}

	@Override
	public InputStream getInputStream() {
		return InputStream.nullInputStream();
	}

	@Override
	public InputStream getErrorStream() {
		return this.errors;
	}

	@Override
	public int waitFor() throws InterruptedException {
		this.ended.await();
		return this.exitCode;
	}

	@Override
	public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
		return this.ended.await(timeout, unit);
	}

	@Override
	public int exitValue() {
		if (isAlive()) {
			throw new IllegalThreadStateException("Process " + this.id + " has not ended");
		}
		return this.exitCode;
	}

	@Override
	public boolean isAlive() {
		return this.ended.getCount() > 0;
	}

	@Override
	public void destroy() {
		synchronized (this.ended) {
			if (isAlive()) {
				Kernel32.TerminateProcess(this.handle, EXIT_CODE_OF_TERMINATED);
			}
		}
	}

	@Override
	public Process destroyForcibly() {
		destroy();
		return this;
	}

	@Override
	public boolean supportsNormalTermination() {
		return false;
	}

	@Override
	public CompletableFuture<Process> onExit() {
		return this.exit.copy();
	}

	@Override
	public long pid() {
		return this.id;
	}

	@Override
	public ProcessHandle toHandle() {
		return ProcessHandle.of(this.id)
			.orElseThrow(() -> new UnsupportedOperationException("Process " + this.id + " has ended"));
	}

	@Override
	public String toString() {
		return "process " + this.id;
	}

}
