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

package io.namedpipe.integration.inbound;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageDeliveryException;

/**
 * Takes the reply to one request, or the failure of its flow on another thread. A reply
 * to a request that has had its reply, or that nobody waits for any more, is dropped.
 */
final class ReplyChannel implements MessageChannel {

	private static final Log logger = LogFactory.getLog(ReplyChannel.class);

	private static final Object CLOSED = new Object();

	private final AtomicReference<@Nullable Object> reply = new AtomicReference<>();

	private final boolean lateRepliesFail;

	private volatile @Nullable Thread waiting;

	/**
	 * Creates a channel.
	 * @param lateRepliesFail whether a reply that comes too late fails to its sender
	 */
	ReplyChannel(boolean lateRepliesFail) {
		this.lateRepliesFail = lateRepliesFail;
	}

	@Override
	public boolean send(Message<?> message, long timeout) {
		if (this.reply.compareAndSet(null, message)) {
			LockSupport.unpark(this.waiting);
		}
		else {
			tooLate(message, this.lateRepliesFail);
		}
		return true;
	}

	/**
	 * Drops a reply that nobody waits for.
	 * @param fails whether it fails to its sender
	 */
	static void tooLate(Message<?> message, boolean fails) {
		logger.warn("Dropped a reply that comes too late, or after another one: " + message);
		if (fails) {
			throw new MessageDeliveryException(message, "The reply comes too late, or after another one");
		}
	}

	/**
	 * Waits for the reply.
	 * @param timeout the longest time in milliseconds, negative for ever
	 * @return the reply, or {@code null} if the time was up or the thread was interrupted
	 */
	@Nullable Message<?> receive(long timeout) {
		if (this.reply.get() == null) {
			await(timeout);
		}
		return (this.reply.get() instanceof Message<?> message) ? message : null;
	}

	private void await(long timeout) {
		this.waiting = Thread.currentThread();
		long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeout);
		while (this.reply.get() == null && !Thread.currentThread().isInterrupted()) {
			if (timeout < 0) {
				LockSupport.park(this);
				continue;
			}
			long remaining = deadline - System.nanoTime();
			if (remaining <= 0) {
				break;
			}
			LockSupport.parkNanos(this, remaining);
		}
		close();
	}

	/**
	 * Takes no reply any more.
	 */
	void close() {
		this.reply.compareAndSet(null, CLOSED);
	}

}
