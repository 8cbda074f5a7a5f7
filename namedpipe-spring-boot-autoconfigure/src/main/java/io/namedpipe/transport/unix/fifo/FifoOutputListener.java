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

package io.namedpipe.transport.unix.fifo;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.ListenOptions;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.unix.libc.Closeables;

/**
 * Serves a FIFO that others read. A channel comes with the first reader. That the last
 * one has left shows when the next write fails.
 */
final class FifoOutputListener extends FifoListener {

	private final OptionalInt bufferSize;

	private final AtomicReference<@Nullable Opening> opening = new AtomicReference<>();

	FifoOutputListener(Path path, ListenOptions options) throws TransportException {
		super(path, options);
		this.bufferSize = options.outBufferSize();
	}

	@Override
	public TransportChannel accept() throws TransportException {
		while (true) {
			FifoFile file = awaitTurn();
			Opening current = this.opening.get();
			if (current == null) {
				current = new Opening(file);
				this.opening.set(current);
			}
			if (serves(file)) {
				FileChannel opened = await(current);
				TransportChannel channel = (opened != null) ? channel(file, opened) : null;
				if (channel != null) {
					return channel;
				}
			}
			else {
				wake(file);
			}
		}
	}

	private @Nullable FileChannel await(Opening current) throws TransportException {
		try {
			FileChannel channel = current.result.get();
			// who abandons it closes it
			return (this.opening.compareAndSet(current, null)) ? channel : null;
		}
		catch (CancellationException ex) {
			return null;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw interrupted(ex);
		}
		catch (ExecutionException ex) {
			this.opening.compareAndSet(current, null);
			throw FifoFile.failure(Path.of(address()),
					(ex.getCause() instanceof IOException cause) ? cause : new IOException(ex.getCause()));
		}
	}

	private @Nullable TransportChannel channel(FifoFile file, FileChannel channel) throws TransportException {
		try {
			if (!file.resize(this.bufferSize, false)) {
				// the reader has left already
				Closeables.closeQuietly(channel);
				return null;
			}
			take();
			return new OneWayOutputChannel("the FIFO " + file, channel, this::release);
		}
		catch (TransportException | RuntimeException ex) {
			Closeables.closeQuietly(channel);
			throw ex;
		}
	}

	@Override
	void wake(FifoFile abandoned) {
		Opening current = this.opening.getAndSet(null);
		if (current != null) {
			current.abandon();
		}
	}

	/**
	 * A thread in open(2), from which it returns when somebody opens the other end, and
	 * for no other reason.
	 */
	private static final class Opening implements Runnable {

		private static final long TIMEOUT_SECONDS = 5;

		private final FifoFile file;

		private final CompletableFuture<FileChannel> result = new CompletableFuture<>();

		private final Thread thread = new Thread(this, "namedpipe-fifo-open");

		Opening(FifoFile file) throws TransportException {
			this.file = file.retain();
			this.thread.setDaemon(true);
			try {
				this.thread.start();
			}
			catch (RuntimeException | Error ex) {
				file.close();
				throw ex;
			}
		}

		@Override
		public void run() {
			try {
				FileChannel channel = this.file.openToWrite();
				if (!this.result.complete(channel)) {
					channel.close();
				}
			}
			catch (IOException ex) {
				this.result.completeExceptionally(ex);
			}
			finally {
				this.file.close();
			}
		}

		/**
		 * Opens the other end until the thread has come back, whatever interrupts this
		 * one: the thread may have yet to get to the open that it would stay in.
		 */
		void abandon() {
			if (!this.result.cancel(false)) {
				// a reader came when nobody waited for it any more
				this.result.whenComplete((channel, ex) -> Closeables.closeQuietly(channel));
				return;
			}
			FileChannel bothEnds = null;
			try {
				bothEnds = this.file.openBothEnds();
				joinUninterruptibly();
			}
			catch (IOException ex) {
				// no descriptor is left to open the FIFO with: the
				// thread stays until a reader opens it
			}
			finally {
				Closeables.closeQuietly(bothEnds);
			}
		}

		private void joinUninterruptibly() {
			boolean interrupted = false;
			long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
			long remaining = end - System.nanoTime();
			while (this.thread.isAlive() && remaining > 0) {
				try {
					TimeUnit.NANOSECONDS.timedJoin(this.thread, remaining);
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
				remaining = end - System.nanoTime();
			}
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}

	}

}
