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

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalInt;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.TimeLimit;
import io.namedpipe.transport.Transport;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.Transports;

/**
 * The settings that servers and clients share, and how they are built.
 *
 * @param <B> the type of the builder
 */
public abstract sealed class PipeBuilder<B extends PipeBuilder<B>>
		permits PipeServer.Builder, PipeClient.Builder, AnonymousPipeServer.Builder, PipeProcess.Builder {

	/** Default of {@link #maxMessageSize(int)}: 1 MB. */
	public static final int DEFAULT_MAX_MESSAGE_SIZE = 1024 * 1024;

	private final String pipeName;

	private @Nullable Path directory;

	private PipeType type = PipeType.NATIVE;

	private PipeDirection direction = PipeDirection.DUPLEX;

	private TransmissionMode transmissionMode = TransmissionMode.BYTE;

	private OptionalInt inBufferSize = OptionalInt.empty();

	private OptionalInt outBufferSize = OptionalInt.empty();

	private int maxMessageSize = DEFAULT_MAX_MESSAGE_SIZE;

	@Nullable Integer maxConnectionsPerUser;

	@Nullable Duration handshakeTimeout;

	private @Nullable Duration idleTimeout;

	private @Nullable Duration writeTimeout = Duration.ofSeconds(30);

	private Duration drainTimeout = Duration.ofSeconds(10);

	private PipeListener listener = PipeListener.NONE;

	private ConnectionInitializer initializer = ConnectionInitializer.NONE;

	private @Nullable Transport transport;

	PipeBuilder(String pipeName) {
		if (pipeName.isBlank()) {
			throw new IllegalArgumentException("The name of a pipe must not be blank");
		}
		if (pipeName.toLowerCase(Locale.ROOT).equals("anonymous")) {
			throw new IllegalArgumentException("The pipe name '" + pipeName + "' is reserved: choose another");
		}
		this.pipeName = pipeName;
	}

	abstract B self();

	/**
	 * The folder for short names on POSIX systems. Default: env {@code TMPDIR}, else
	 * {@code /tmp}, as .NET has it. Ignored on Windows and for rooted names.
	 * @param directory the folder
	 * @return this builder
	 */
	public B directory(@Nullable Path directory) {
		this.directory = directory;
		return self();
	}

	/**
	 * The kind of pipe. Default: {@link PipeType#NATIVE}.
	 * @param type the kind
	 * @return this builder
	 */
	public B type(PipeType type) {
		this.type = type;
		return self();
	}

	/**
	 * The direction as this end sees it. Default: {@link PipeDirection#DUPLEX}.
	 * @param direction the direction
	 * @return this builder
	 */
	public B direction(PipeDirection direction) {
		this.direction = direction;
		return self();
	}

	/**
	 * Whether message boundaries are kept. Default: {@link TransmissionMode#BYTE}.
	 * @param transmissionMode the mode
	 * @return this builder
	 */
	public B transmissionMode(TransmissionMode transmissionMode) {
		this.transmissionMode = transmissionMode;
		return self();
	}

	/**
	 * The kernel's buffer for what this end reads. Default: the platform's own (64 KB on
	 * Windows). Without effect on Unix sockets, where the writer's buffer counts.
	 * @param bytes the size in bytes, at least 0
	 * @return this builder
	 */
	public B inBufferSize(int bytes) {
		this.inBufferSize = OptionalInt.of(notNegative("inBufferSize", bytes));
		return self();
	}

	/**
	 * The kernel's buffer for what this end writes. Default: the platform's own (64 KB on
	 * Windows).
	 * @param bytes the size in bytes, at least 0
	 * @return this builder
	 */
	public B outBufferSize(int bytes) {
		this.outBufferSize = OptionalInt.of(notNegative("outBufferSize", bytes));
		return self();
	}

	/**
	 * The largest message in either direction. Default:
	 * {@value #DEFAULT_MAX_MESSAGE_SIZE}. A larger one closes the connection that it came
	 * on.
	 * @param bytes the size in bytes, at least 1
	 * @return this builder
	 */
	public B maxMessageSize(int bytes) {
		if (bytes < 1) {
			throw new IllegalArgumentException("maxMessageSize must be at least 1, but is " + bytes);
		}
		this.maxMessageSize = bytes;
		return self();
	}

	/**
	 * Closes a connection with no traffic for that long, unless somebody is at work for
	 * it (see {@link PipeConnection#busyWhile}). Default: never.
	 * @param timeout the time, positive and at most {@link TimeLimit#LONGEST}, or
	 * {@code null} for never
	 * @return this builder
	 */
	public B idleTimeout(@Nullable Duration timeout) {
		this.idleTimeout = positive("idleTimeout", timeout);
		return self();
	}

	/**
	 * Disconnects a peer that has not read enough for a write to go on for that long. Of
	 * a large write in byte mode, each 256 KiB have that time. Default: 30 seconds.
	 * @param timeout the time, positive and at most {@link TimeLimit#LONGEST}, or
	 * {@code null} to wait forever
	 * @return this builder
	 */
	public B writeTimeout(@Nullable Duration timeout) {
		this.writeTimeout = positive("writeTimeout", timeout);
		return self();
	}

	/**
	 * The bound of a graceful stop. Default: 10 seconds.
	 * @param timeout the time, at least zero and at most {@link TimeLimit#LONGEST}
	 * @return this builder
	 */
	public B drainTimeout(Duration timeout) {
		this.drainTimeout = TimeLimit.notNegative("drainTimeout", timeout);
		return self();
	}

	/**
	 * The listener that connections are reported to. Default: none.
	 * @param listener the listener
	 * @return this builder
	 */
	public B listener(PipeListener listener) {
		this.listener = listener;
		return self();
	}

	/**
	 * The listener that connections are reported to.
	 * @return the listener, {@link PipeListener#NONE} if there is none
	 */
	public PipeListener listener() {
		return this.listener;
	}

	/**
	 * Adds an initializer, which runs after those that were added before.
	 * @param initializer has the first word on each connection
	 * @return this builder
	 */
	public B initializer(ConnectionInitializer initializer) {
		this.initializer = (this.initializer != ConnectionInitializer.NONE) ? this.initializer.andThen(initializer)
				: initializer;
		return self();
	}

	/**
	 * The transport to use. Default: the one of this platform that can do what is asked
	 * for.
	 * @param transport the transport
	 * @return this builder
	 */
	public B transport(Transport transport) {
		this.transport = transport;
		return self();
	}

	final PipeSettings settings() {
		return new PipeSettings(this.pipeName, this.directory, this.type, this.direction, this.transmissionMode,
				this.inBufferSize, this.outBufferSize, this.maxMessageSize, this.maxConnectionsPerUser,
				this.handshakeTimeout, this.idleTimeout, this.writeTimeout, this.drainTimeout, this.listener,
				this.initializer);
	}

	final Transport selectTransport(PipeSettings settings) throws PipeException {
		try {
			return (this.transport != null) ? this.transport : Transports.select(settings.requiredCapabilities());
		}
		catch (TransportException ex) {
			throw PipeExceptions.translate(ex, this.pipeName);
		}
	}

	static String resolve(PipeSettings settings, Transport transport) throws PipeException {
		try {
			return transport.resolve(settings.pipeName(), settings.directory());
		}
		catch (TransportException ex) {
			throw PipeExceptions.translate(ex, settings.pipeName());
		}
	}

	static int notNegative(String name, int value) {
		if (value < 0) {
			throw new IllegalArgumentException(name + " must not be negative, but is " + value);
		}
		return value;
	}

	static @Nullable Duration positive(String name, @Nullable Duration value) {
		return (value != null) ? TimeLimit.positive(name, value) : null;
	}

}
