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

import java.util.LinkedHashMap;
import java.util.Map;

import io.namedpipe.transport.AnonymousPipe;
import io.namedpipe.transport.AnonymousPipes;
import io.namedpipe.transport.TimeLimit;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * The parent's end of an anonymous pipe to a child process, with the semantics of .NET's
 * {@code AnonymousPipeServerStream}: one way, in byte mode, made with both ends, of which
 * the client's goes to a child by inheritance and is named to it by a string.
 * <p>
 * While this process has its copy of the client's end open, neither side sees the other
 * one leave: it has to be {@link #disposeLocalCopyOfClientHandle() disposed} once the
 * child has it. {@link #start} does that.
 * <p>
 * On POSIX systems the string is the number of a descriptor. Java closes all descriptors
 * above 2 in a child and gives them to no other, so that unlike in .NET the string of
 * {@link #getClientHandleAsString()} is of no use on the command line of a
 * {@link ProcessBuilder}: start the child by {@link #start}. All methods may be called by
 * any thread.
 */
public final class AnonymousPipeServer implements AutoCloseable {

	private final AnonymousPipe pipe;

	private final PipeConnection connection;

	private volatile boolean clientHandleExposed;

	private AnonymousPipeServer(Builder builder) throws PipeException {
		PipeSettings settings = builder.settings();
		verify(settings);
		try {
			boolean reads = settings.direction().canRead();
			this.pipe = AnonymousPipes.ofThisPlatform()
				.create(reads, (reads) ? settings.inBufferSize() : settings.outBufferSize());
		}
		catch (TransportException ex) {
			throw PipeExceptions.translate(ex, null);
		}
		this.connection = connect(settings, this.pipe);
	}

	private static PipeConnection connect(PipeSettings settings, AnonymousPipe pipe) throws PipeException {
		boolean connected = false;
		try {
			ConnectionRegistry registry = new ConnectionRegistry(settings,
					AnonymousPipeClientTransport.address(pipe.clientHandle()));
			PipeConnection connection = registry.admission()
				.open(pipe.channel(), TimeLimit.deadline(Admission.HANDSHAKE_OF_CHILD), "handshake timeout");
			connected = true;
			return connection;
		}
		finally {
			if (!connected) {
				pipe.close();
			}
		}
	}

	static void verify(PipeSettings settings) throws PipeUnsupportedException {
		if (settings.direction() == PipeDirection.DUPLEX) {
			throw new PipeUnsupportedException(
					"An anonymous pipe goes one way: use direction IN or OUT, or two pipes for both", null, null);
		}
		verifyByteMode(settings);
	}

	static void verifyByteMode(PipeSettings settings) throws PipeUnsupportedException {
		if (settings.transmissionMode() == TransmissionMode.MESSAGE) {
			throw new PipeUnsupportedException(
					"An anonymous pipe carries bytes: use transmission mode BYTE and mark the messages in them", null,
					null);
		}
	}

	/**
	 * Starts to build a pipe.
	 * @param direction the direction as this end, the parent's, sees it: {@code IN} to
	 * read from the child, {@code OUT} to write to it
	 * @return the builder
	 */
	public static Builder builder(PipeDirection direction) {
		return new Builder().direction(direction);
	}

	/**
	 * Starts a child process that gets the client's ends of these pipes and of no others,
	 * also if another child is started at the same moment, and disposes the local copies.
	 * A pipe that no argument names becomes the child's standard input or output.
	 * Otherwise the child's standard input is empty, and what it prints on its standard
	 * output goes to its standard error. On Linux one pipe in each direction can be
	 * passed, and {@code /bin/sh} is needed.
	 * @param command the command, environment, directory and redirection of standard
	 * error; each <code>{name}</code> in an argument is replaced by the string that names
	 * the pipe in the child
	 * @param pipes the pipes by name
	 * @return the process
	 * @throws PipeNotFoundException if there is no such program
	 * @throws PipeAccessDeniedException if the program may not be executed
	 * @throws PipeException with {@link Reason#UNUSABLE_FOLDER} if there is no such
	 * directory
	 * @throws PipeException if the process cannot be started for another reason
	 */
	public static Process start(ProcessBuilder command, Map<String, AnonymousPipeServer> pipes) throws PipeException {
		Map<String, AnonymousPipe> ends = new LinkedHashMap<>();
		pipes.forEach((name, server) -> ends.put(name, server.pipe));
		try {
			return AnonymousPipes.ofThisPlatform().start(command, ends);
		}
		catch (TransportException ex) {
			throw PipeExceptions.translate(ex, null);
		}
	}

	/**
	 * The string that names the client's end (.NET {@code GetClientHandleAsString}): what
	 * {@link AnonymousPipeClient} takes within this process.
	 * @return the handle in decimal digits
	 */
	public String getClientHandleAsString() {
		this.clientHandleExposed = true;
		return this.pipe.clientHandle();
	}

	/**
	 * Closes this process's copy of the client's end (.NET
	 * {@code DisposeLocalCopyOfClientHandle}). Not to be called when the client is in
	 * this process: it has taken the handle over. Idempotent.
	 */
	public void disposeLocalCopyOfClientHandle() {
		this.pipe.disposeClient();
	}

	/**
	 * Our end of the pipe.
	 * @return the connection, always the same
	 */
	public PipeConnection connection() {
		return this.connection;
	}

	/**
	 * Closes our end, and the client's end unless its handle was asked for: as in .NET it
	 * belongs to whoever did.
	 */
	@Override
	public void close() {
		this.connection.close();
		if (!this.clientHandleExposed) {
			this.pipe.disposeClient();
		}
	}

	@Override
	public String toString() {
		return this.connection.address();
	}

	/**
	 * Builds an {@link AnonymousPipeServer}.
	 */
	public static final class Builder extends PipeBuilder<Builder> {

		private Builder() {
			super("anonymous pipe");
		}

		@Override
		Builder self() {
			return this;
		}

		/**
		 * Makes the pipe. Its initializers have 30 seconds, and nobody at the other end.
		 * @return the pipe, open
		 * @throws PipeTimeoutException if an initializer takes longer
		 * @throws PipeUnsupportedException if it is to be duplex or in message mode, or
		 * this platform has none
		 * @throws PipeException if the pipe cannot be had
		 */
		public AnonymousPipeServer build() throws PipeException {
			return new AnonymousPipeServer(this);
		}

	}

}
