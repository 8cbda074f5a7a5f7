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

import java.nio.ByteOrder;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.namedpipe.PipeException;
import io.namedpipe.PipeListener;
import io.namedpipe.TransmissionMode;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.framing.PayloadFormat;

/**
 * The settings that the builders of {@link NamedPipeServer}, {@link NamedPipeClient} and
 * {@link NamedPipeProcess} have in common.
 *
 * @param <B> the type of the builder
 */
public abstract class NamedPipeBuilder<B extends NamedPipeBuilder<B>> {

	/** Default of {@link #queueCapacity(int)}. */
	public static final int DEFAULT_QUEUE_CAPACITY = 1024;

	private static final int LENGTH_HEADER_SIZE = 4;

	private final String name;

	private @Nullable MessageFraming framing;

	private PayloadFormat format = PayloadFormat.bytes();

	private int queueCapacity = DEFAULT_QUEUE_CAPACITY;

	private @Nullable OverflowPolicy overflow;

	private boolean autoStartup = true;

	private PipeListener listener = PipeListener.NONE;

	private @Nullable ThreadFactory virtualThreads;

	NamedPipeBuilder(String name) {
		Assert.hasText(name, "The logical name of a pipe must not be blank");
		this.name = name;
	}

	abstract B self();

	/**
	 * The framing. Default: a length header of four bytes, big-endian; in message mode
	 * the pipe keeps the boundaries.
	 * @param framing the framing
	 * @return this builder
	 */
	public B framing(MessageFraming framing) {
		this.framing = framing;
		return self();
	}

	/**
	 * What payloads are. Default: bytes.
	 * @param format the format
	 * @return this builder
	 */
	public B payload(PayloadFormat format) {
		this.format = format;
		return self();
	}

	/**
	 * How many messages can wait for one connection. Default:
	 * {@value #DEFAULT_QUEUE_CAPACITY}.
	 * @param capacity the number of messages, at least 1
	 * @return this builder
	 */
	public B queueCapacity(int capacity) {
		Assert.isTrue(capacity >= 1, () -> "queueCapacity must be at least 1, but is " + capacity);
		this.queueCapacity = capacity;
		return self();
	}

	/**
	 * What happens when that many wait. Default: {@link OverflowPolicy#DISCONNECT} on
	 * servers, where a slow peer must not hold up the others, else
	 * {@link OverflowPolicy#BLOCK}.
	 * @param policy the policy
	 * @return this builder
	 */
	public B overflow(OverflowPolicy policy) {
		this.overflow = policy;
		return self();
	}

	/**
	 * Whether this starts with the application. Default: {@code true}.
	 * @param autoStartup whether it starts
	 * @return this builder
	 */
	public B autoStartup(boolean autoStartup) {
		this.autoStartup = autoStartup;
		return self();
	}

	/**
	 * The listener that connections are reported to, besides the listeners of application
	 * events.
	 * @param listener the listener
	 * @return this builder
	 */
	public B listener(PipeListener listener) {
		this.listener = listener;
		return self();
	}

	/**
	 * Makes the threads of connections where the transport parks virtual threads (see
	 * {@link io.namedpipe.transport.Capability#VIRTUAL_THREADS}). Default: platform
	 * threads everywhere.
	 * @param factory makes virtual threads, or {@code null} for platform threads
	 * @return this builder
	 */
	public B virtualThreads(@Nullable ThreadFactory factory) {
		this.virtualThreads = factory;
		return self();
	}

	/**
	 * Builds the server or client.
	 * @return the server or client, not started
	 * @throws PipeException if this platform cannot do what is asked for
	 */
	public abstract NamedPipe build() throws PipeException;

	final String name() {
		return this.name;
	}

	final MessageFraming framing(TransmissionMode mode) {
		if (this.framing != null) {
			return this.framing;
		}
		return (mode == TransmissionMode.MESSAGE) ? MessageFraming.messageMode()
				: MessageFraming.lengthHeader(LENGTH_HEADER_SIZE, ByteOrder.BIG_ENDIAN);
	}

	final PayloadFormat format() {
		return this.format;
	}

	MessageFraming outboundFraming(TransmissionMode mode) {
		return framing(mode);
	}

	PayloadFormat outboundFormat() {
		return this.format;
	}

	final int queueCapacity() {
		return this.queueCapacity;
	}

	final OverflowPolicy overflow() {
		return (this.overflow != null) ? this.overflow : defaultOverflow();
	}

	OverflowPolicy defaultOverflow() {
		return OverflowPolicy.BLOCK;
	}

	final boolean isAutoStartup() {
		return this.autoStartup;
	}

	final PipeListener listener() {
		return this.listener;
	}

	/**
	 * Makes the threads that read.
	 */
	final ThreadFactory readers(boolean parksVirtualThreads) {
		ThreadFactory virtual = virtualThreads(parksVirtualThreads);
		return (virtual != null) ? virtual : daemonThreads("connection");
	}

	/**
	 * Makes virtual threads, or is {@code null} where there are to be none.
	 */
	final @Nullable ThreadFactory virtualThreads(boolean parksVirtualThreads) {
		return parksVirtualThreads ? this.virtualThreads : null;
	}

	/**
	 * Runs what writes: a thread for each queue that is not empty.
	 */
	final Executor writers(boolean parksVirtualThreads) {
		ThreadFactory virtual = virtualThreads(parksVirtualThreads);
		if (virtual != null) {
			return (task) -> virtual.newThread(task).start();
		}
		return new ThreadPoolExecutor(0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, new SynchronousQueue<>(),
				daemonThreads("writer"));
	}

	private ThreadFactory daemonThreads(String role) {
		AtomicInteger count = new AtomicInteger();
		return (task) -> {
			Thread thread = new Thread(task, "namedpipe-" + this.name + "-" + role + "-" + count.incrementAndGet());
			thread.setDaemon(true);
			return thread;
		};
	}

}
