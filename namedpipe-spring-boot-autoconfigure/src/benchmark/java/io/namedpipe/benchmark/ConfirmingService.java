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

package io.namedpipe.benchmark;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Stands for a broker: to publish costs the caller some time, and the confirm comes about
 * a millisecond later from another thread.
 */
final class ConfirmingService implements AutoCloseable {

	// What a client of RabbitMQ needs to hand a message to its socket
	private static final long PUBLISH_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

	private static final long CONFIRM_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

	private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

	private final Queue<Publication> publications = new ConcurrentLinkedQueue<>();

	private final Thread confirming = new Thread(this::confirm, "confirming");

	private volatile boolean closed;

	ConfirmingService() {
		this.confirming.setDaemon(true);
		this.confirming.start();
	}

	CompletableFuture<byte[]> publish(byte[] payload) {
		long end = System.nanoTime() + PUBLISH_NANOS;
		while (System.nanoTime() - end < 0) {
			Thread.onSpinWait();
		}
		Publication publication = new Publication(payload, System.nanoTime() + CONFIRM_NANOS,
				new CompletableFuture<>());
		this.publications.add(publication);
		return publication.confirm();
	}

	private void confirm() {
		while (!this.closed) {
			LockSupport.parkNanos(LOOK_NANOS);
			long now = System.nanoTime();
			Publication next = this.publications.peek();
			while (next != null && next.confirmAt() - now <= 0) {
				this.publications.remove();
				next.confirm().complete(next.payload());
				next = this.publications.peek();
			}
		}
	}

	@Override
	public void close() {
		this.closed = true;
	}

	/**
	 * What waits for its confirm.
	 *
	 * @param payload what was published
	 * @param confirmAt when it is confirmed
	 * @param confirm gets the payload then
	 */
	private record Publication(byte[] payload, long confirmAt, CompletableFuture<byte[]> confirm) {

	}

}
