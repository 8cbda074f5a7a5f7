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

package io.namedpipe.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.namedpipe.PeerGoneException;
import io.namedpipe.PipeClient;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeServer;
import io.namedpipe.TransmissionMode;
import io.namedpipe.framing.Frame;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.framing.MessageReader;
import io.namedpipe.framing.MessageWriter;
import io.namedpipe.framing.PayloadFormat;
import io.namedpipe.integration.NamedPipeServer;

/**
 * A client of a pipe server for tests, in the style of Spring's {@code WebTestClient}:
 *
 * <pre>
 * try (PipeTestClient client = PipeTestClient.bindTo(server).connect()) {
 *     client.send("7").expectReply("order 7 accepted");
 * }
 * </pre>
 *
 * It speaks the framing of the server and compares payloads byte by byte: text is the
 * same as its bytes in the charset of the pipe. Nothing is read before somebody expects
 * it, so that a client which expects nothing is one that does not read. What is not as
 * expected is an {@link AssertionError} that shows both. Used by one thread at a time.
 */
public final class PipeTestClient implements AutoCloseable {

	private static final long CHECK_PERIOD = TimeUnit.MILLISECONDS.toNanos(5);

	private final @Nullable NamedPipeServer server;

	private final Set<String> connectedBefore;

	private final PipeClient client;

	private final PipeConnection connection;

	private final boolean boundaries;

	private final Charset charset;

	private final Duration timeout;

	private final MessageReader reader;

	private final MessageWriter writer;

	private final ExecutorService reading = Executors.newSingleThreadExecutor((task) -> {
		Thread thread = new Thread(task, "pipe-test-client");
		thread.setDaemon(true);
		return thread;
	});

	// one that has not ended within the time of an expectation
	private @Nullable Future<@Nullable Object> read;

	// of a stream without boundaries, received but not expected yet
	private byte[] rest = {};

	private @Nullable String connectionId;

	private PipeTestClient(Builder builder) throws IOException {
		this.server = builder.server;
		this.timeout = builder.timeout;
		this.charset = builder.charset;
		// of what is read, which the other end writes
		this.boundaries = builder.framing.opposite().hasBoundaries();
		this.connectedBefore = connectionIds();
		this.client = builder.pipe.connectTimeout(builder.timeout)
			.writeTimeout(builder.timeout)
			.waitForServer(true)
			.build();
		try {
			this.connection = this.client.connect();
		}
		catch (IOException | RuntimeException | Error ex) {
			this.client.close();
			throw ex;
		}
		PayloadFormat format = PayloadFormat.bytes(builder.charset);
		this.reader = builder.framing.reader(this.connection, format);
		this.writer = builder.framing.writer(this.connection, format);
	}

	/**
	 * Starts to build a client of a server bean, with its framing and the charset of its
	 * payloads.
	 * @param server the server, which need not run yet
	 * @return the builder
	 */
	public static Builder bindTo(NamedPipeServer server) {
		return new Builder(server, server.pipe().clientBuilder(), server.framing().opposite(),
				server.format().charset());
	}

	/**
	 * Starts to build a client of a pipe server.
	 * @param server the server, which need not run yet
	 * @param framing the framing, as the client has it
	 * @return the builder
	 */
	public static Builder bindTo(PipeServer server, MessageFraming framing) {
		return bindTo(server.clientBuilder(), framing);
	}

	/**
	 * Starts to build a client of any server.
	 * @param pipe builds the client
	 * @param framing the framing, as the client has it
	 * @return the builder
	 */
	public static Builder bindTo(PipeClient.Builder pipe, MessageFraming framing) {
		return new Builder(null, pipe, framing, PayloadFormat.bytes().charset());
	}

	private Set<String> connectionIds() {
		Set<String> ids = new HashSet<>();
		if (this.server != null) {
			this.server.connections().forEach((open) -> ids.add(open.id()));
		}
		return ids;
	}

	/**
	 * Waits until the server has taken the connection over, so that what it sends to
	 * everybody is sent to this client too. If other clients connect meanwhile, it may be
	 * the connection of one of them that is found.
	 * @return this client
	 * @throws IllegalStateException if this client is not bound to a server bean
	 * @throws AssertionError if the server has not done so in time
	 */
	public PipeTestClient awaitConnected() {
		NamedPipeServer boundTo = this.server;
		if (boundTo == null) {
			throw new IllegalStateException("Only a client that is bound to a NamedPipeServer knows when that is "
					+ "connected; use bindTo(NamedPipeServer)");
		}
		long begin = System.nanoTime();
		while (this.connectionId == null) {
			boundTo.connections()
				.stream()
				.filter((open) -> !this.connectedBefore.contains(open.id()))
				.filter((open) -> boundTo.session(open.id()).isPresent())
				.findFirst()
				.ifPresent((open) -> this.connectionId = open.id());
			if (this.connectionId == null) {
				if (System.nanoTime() - begin > this.timeout.toNanos()) {
					throw new AssertionError(
							boundTo + " has not taken a connection over within " + this.timeout.toMillis() + " ms");
				}
				LockSupport.parkNanos(CHECK_PERIOD);
			}
		}
		return this;
	}

	/**
	 * The id that the server has given to the connection, for the header
	 * {@code namedPipe_connectionId}.
	 * @return the id
	 * @throws IllegalStateException before {@link #awaitConnected()}
	 */
	public String connectionId() {
		String id = this.connectionId;
		if (id == null) {
			throw new IllegalStateException("Not known yet; call awaitConnected() first");
		}
		return id;
	}

	/**
	 * The connection, as the client sees it.
	 * @return the connection
	 */
	public PipeConnection connection() {
		return this.connection;
	}

	/**
	 * Sends messages, each in the framing of the pipe.
	 * @param payloads bytes, text, a {@link Frame} with them, or what the codec of the
	 * pipe writes
	 * @return this client
	 * @throws UncheckedIOException if a message cannot be sent
	 */
	public PipeTestClient send(Object... payloads) {
		try {
			for (Object payload : payloads) {
				this.writer.write(payload);
			}
			return this;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Sending to " + this.connection + " failed: " + ex.getMessage(), ex);
		}
	}

	/**
	 * Sends bytes as they are, without framing: half a message, or none at all.
	 * @param bytes the bytes
	 * @return this client
	 * @throws UncheckedIOException if they cannot be sent
	 */
	public PipeTestClient sendBytes(byte... bytes) {
		try {
			this.connection.outputStream().write(bytes);
			return this;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Sending to " + this.connection + " failed: " + ex.getMessage(), ex);
		}
	}

	/**
	 * Sends no more, so that the server reads the end, and still receives.
	 * @return this client
	 * @throws UncheckedIOException if the kind of pipe has no half close
	 */
	public PipeTestClient endOutput() {
		try {
			this.connection.endOutput();
			return this;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Waits for the next message. With a framing without boundaries that is what has come
	 * by then.
	 * @return the payload: bytes, or what the codec of the pipe makes
	 * @throws AssertionError if none comes in time, the server ends the connection, or
	 * what it sends breaks the framing
	 */
	public Object receive() {
		return Frame.payloadOf(nextMessage());
	}

	/**
	 * Waits for the next message with its headers.
	 * @return the payload, headers and prefix
	 * @throws AssertionError as {@link #receive()}
	 */
	public Frame receiveFrame() {
		Object received = nextMessage();
		return (received instanceof Frame frame) ? frame : new Frame(received, Map.of());
	}

	/**
	 * Waits for the next message and compares it. With a framing without boundaries, as
	 * many bytes are waited for as there are in what is expected.
	 * @param expected text, bytes, or what the codec of the pipe makes
	 * @return this client
	 * @throws AssertionError if it is another one, or as {@link #receive()}
	 */
	public PipeTestClient expectReply(Object expected) {
		byte[] bytes = bytes(expected);
		if (bytes == null) {
			Object received = receive();
			if (!expected.equals(received)) {
				throw new AssertionError("Expected\n  " + expected + "\nbut received\n  " + describe(received));
			}
			return this;
		}
		Object received = (this.boundaries) ? receive() : receiveBytes(bytes.length);
		if (!(received instanceof byte[] actual) || !Arrays.equals(bytes, actual)) {
			throw new AssertionError("Expected\n  " + describe(bytes) + "\nbut received\n  " + describe(received));
		}
		return this;
	}

	/**
	 * Waits for the next message and hands it to assertions.
	 * @param assertions gets the payload, as {@link #receive()} returns it
	 * @return this client
	 * @throws AssertionError as {@link #receive()}
	 */
	public PipeTestClient expectReplySatisfying(Consumer<Object> assertions) {
		assertions.accept(receive());
		return this;
	}

	/**
	 * Waits for the next message as text and hands it to assertions.
	 * @param assertions gets the text, in the charset of the pipe
	 * @return this client
	 * @throws AssertionError as {@link #receive()}
	 */
	public PipeTestClient expectTextSatisfying(Consumer<String> assertions) {
		Object received = receive();
		assertions
			.accept((received instanceof byte[] bytes) ? new String(bytes, this.charset) : String.valueOf(received));
		return this;
	}

	/**
	 * Waits for some time, in which nothing may come.
	 * @param during the time
	 * @return this client
	 * @throws AssertionError if something comes, or the server ends the connection
	 */
	public PipeTestClient expectNoReply(Duration during) {
		if (this.rest.length > 0) {
			throw new AssertionError("Expected nothing, but received\n  " + describe(this.rest));
		}
		try {
			Object received = await(during);
			throw new AssertionError("Expected nothing, but "
					+ ((received != null) ? "received\n  " + describe(received) : "the server ended the connection"));
		}
		catch (TimeoutException ex) {
			return this;
		}
		catch (IOException ex) {
			throw failed("nothing", ex);
		}
	}

	/**
	 * Waits until the server ends the connection, before which nothing more may come.
	 * @return this client
	 * @throws AssertionError if a message comes, or the connection does not end in time
	 */
	public PipeTestClient expectEnd() {
		try {
			Object received = await(this.timeout);
			if (received != null || this.rest.length > 0) {
				throw new AssertionError("Expected the end of the connection, but received\n  "
						+ describe((received != null) ? received : this.rest));
			}
			return this;
		}
		catch (TimeoutException ex) {
			throw missing("the end of the connection");
		}
		catch (PeerGoneException ex) {
			// a server that leaves something unread ends a connection so
			return this;
		}
		catch (IOException ex) {
			throw failed("the end of the connection", ex);
		}
	}

	private byte[] receiveBytes(int count) {
		while (this.rest.length < count) {
			byte[] more = (byte[]) Frame
				.payloadOf(next(count + " bytes" + ((this.rest.length > 0) ? " after " + describe(this.rest) : "")));
			byte[] all = Arrays.copyOf(this.rest, this.rest.length + more.length);
			System.arraycopy(more, 0, all, this.rest.length, more.length);
			this.rest = all;
		}
		byte[] wanted = Arrays.copyOf(this.rest, count);
		this.rest = Arrays.copyOfRange(this.rest, count, this.rest.length);
		return wanted;
	}

	private Object nextMessage() {
		byte[] left = this.rest;
		this.rest = new byte[0];
		return (left.length > 0) ? left : next("a message");
	}

	private Object next(String what) {
		try {
			Object received = await(this.timeout);
			if (received == null) {
				throw new AssertionError("Expected " + what + ", but the server ended " + this.connection);
			}
			return received;
		}
		catch (TimeoutException ex) {
			throw missing(what);
		}
		catch (IOException ex) {
			throw failed(what, ex);
		}
	}

	private AssertionError missing(String what) {
		return new AssertionError("Expected " + what + " on " + this.connection + " within " + this.timeout.toMillis()
				+ " ms, but nothing came");
	}

	private AssertionError failed(String what, IOException failure) {
		return new AssertionError("Expected " + what + " on " + this.connection + ", but " + failure.getMessage(),
				failure);
	}

	private @Nullable Object await(Duration atMost) throws IOException, TimeoutException {
		Future<@Nullable Object> current = this.read;
		if (current == null) {
			current = this.reading.submit(this.reader::read);
			this.read = current;
		}
		try {
			Object received = current.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
			this.read = null;
			return received;
		}
		catch (ExecutionException ex) {
			this.read = null;
			if (ex.getCause() instanceof IOException failure) {
				throw failure;
			}
			throw new IllegalStateException("Reading from " + this.connection + " failed: " + ex.getCause(), ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while waiting for " + this.connection, ex);
		}
	}

	private byte @Nullable [] bytes(Object expected) {
		if (expected instanceof CharSequence text) {
			return text.toString().getBytes(this.charset);
		}
		return (expected instanceof byte[] bytes) ? bytes : null;
	}

	private String describe(Object received) {
		return (received instanceof byte[] bytes) ? Bytes.describe(bytes, this.charset) : received.toString();
	}

	/**
	 * Closes the connection.
	 */
	@Override
	public void close() {
		this.client.close();
		this.reading.shutdown();
	}

	@Override
	public String toString() {
		return "test client, " + this.connection;
	}

	/**
	 * Builds a {@link PipeTestClient}.
	 */
	public static final class Builder {

		private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

		private final @Nullable NamedPipeServer server;

		private final PipeClient.Builder pipe;

		private final Charset charset;

		private MessageFraming framing;

		private Duration timeout = DEFAULT_TIMEOUT;

		private Builder(@Nullable NamedPipeServer server, PipeClient.Builder pipe, MessageFraming framing,
				Charset charset) {
			this.server = server;
			this.pipe = pipe;
			this.framing = framing;
			this.charset = charset;
		}

		/**
		 * The longest time to wait: for the server, for each message, and until what is
		 * sent has been taken. Default: 5 seconds.
		 * @param timeout the time, positive
		 * @return this builder
		 */
		public Builder timeout(Duration timeout) {
			this.timeout = Objects.requireNonNull(timeout, "timeout");
			return this;
		}

		/**
		 * Sends and compares the stream as it is, framing included. In message mode,
		 * where the pipe itself keeps the boundaries, that changes nothing.
		 * @return this builder
		 */
		public Builder raw() {
			if (this.framing.transmissionMode() == TransmissionMode.BYTE) {
				this.framing = MessageFraming.raw();
			}
			return this;
		}

		/**
		 * Changes the client, for example its buffers.
		 * @param customizer gets the builder
		 * @return this builder
		 */
		public Builder pipe(Consumer<PipeClient.Builder> customizer) {
			customizer.accept(this.pipe);
			return this;
		}

		/**
		 * Waits for the server, and connects.
		 * @return the client, to be closed by the test
		 * @throws UncheckedIOException if that is not possible in time
		 */
		public PipeTestClient connect() {
			try {
				return new PipeTestClient(this);
			}
			catch (IOException ex) {
				throw new UncheckedIOException("A test client cannot connect: " + ex.getMessage(), ex);
			}
		}

	}

}
