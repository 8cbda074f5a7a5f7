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

import java.util.concurrent.TimeUnit;

import io.namedpipe.transport.ListenOptions;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * Creates the instances of a pipe name, all with the same arguments.
 */
class InstanceFactory {

	static final int DEFAULT_BUFFER_SIZE = 64 * 1024;

	/** What a client waits that asks for the default, in milliseconds. */
	static final int DEFAULT_TIMEOUT = 50;

	private static final long NAME_PATIENCE_MILLIS = 500;

	private static final long NAME_RETRY_MILLIS = 10;

	private final String address;

	private final byte[] name;

	private final ListenOptions options;

	private final NativeSecurityDescriptor security;

	InstanceFactory(String address, ListenOptions options, NativeSecurityDescriptor security) {
		this.address = address;
		this.name = WideString.encode(address);
		this.options = options;
		this.security = security;
	}

	String address() {
		return this.address;
	}

	/**
	 * Takes the name. When a server has closed its end of an instance, the name is taken
	 * until the client has closed too: for clients of a server that was running a moment
	 * ago there is some patience.
	 * @return the first instance
	 * @throws TransportException with {@link Reason#NAME_IN_USE}, or for another reason
	 */
	PipeInstance createFirst() throws TransportException {
		long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(NAME_PATIENCE_MILLIS);
		while (true) {
			try {
				return create(true);
			}
			catch (TransportException ex) {
				if (!isRefused(ex) || deadline - System.nanoTime() < 0) {
					throw ex;
				}
				pause(ex);
			}
		}
	}

	// access is denied: the name may have been freed before the reason was looked up
	private static boolean isRefused(TransportException ex) {
		return ex.getReason() == Reason.NAME_IN_USE || ex.getReason() == Reason.ACCESS_DENIED
				|| ex.getReason() == Reason.BUSY;
	}

	private static void pause(TransportException failure) throws TransportException {
		try {
			TimeUnit.MILLISECONDS.sleep(NAME_RETRY_MILLIS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw failure;
		}
	}

	/**
	 * Creates a further instance. A client can connect to it from now on.
	 * @return the instance
	 * @throws TransportException with {@link Reason#BUSY} if there are as many as may be,
	 * or for another reason
	 */
	PipeInstance create() throws TransportException {
		return create(false);
	}

	private PipeInstance create(boolean first) throws TransportException {
		Arguments arguments = arguments(first);
		long pipe = Kernel32.CreateNamedPipeW(this.name, arguments.openMode(), arguments.pipeMode(),
				arguments.maxInstances(), arguments.outBufferSize(), arguments.inBufferSize(),
				arguments.defaultTimeout(), this.security.attributes());
		if (pipe == Kernel32.INVALID_HANDLE_VALUE) {
			throw failure(first, Win32Error.last());
		}
		return PipeInstance.of(pipe);
	}

	private TransportException failure(boolean first, int error) {
		boolean refused = error == Win32Error.ERROR_ACCESS_DENIED || error == Win32Error.ERROR_PIPE_BUSY;
		if (first && refused && exists(this.name)) {
			return new TransportException(Reason.NAME_IN_USE, "The pipe " + this.address
					+ " is served already, by this or another process, or a client of an earlier server still has it"
					+ " open");
		}
		return Win32Error.failure("create an instance of " + this.address, error);
	}

	private static boolean exists(byte[] name) {
		return Kernel32.WaitNamedPipeW(name, 1) || Win32Error.last() == Win32Error.ERROR_SEM_TIMEOUT;
	}

	/**
	 * What CreateNamedPipe is called with.
	 * @param first whether the name must not exist yet
	 * @return the arguments
	 */
	Arguments arguments(boolean first) {
		int openMode = Kernel32.FILE_FLAG_OVERLAPPED | (first ? Kernel32.FILE_FLAG_FIRST_PIPE_INSTANCE : 0)
				| (this.options.readable() ? Kernel32.PIPE_ACCESS_INBOUND : 0)
				| (this.options.writable() ? Kernel32.PIPE_ACCESS_OUTBOUND : 0);
		int pipeMode = (this.options.message() ? Kernel32.PIPE_TYPE_MESSAGE | Kernel32.PIPE_READMODE_MESSAGE : 0)
				| (this.options.rejectRemoteClients() ? Kernel32.PIPE_REJECT_REMOTE_CLIENTS : 0);
		// this process enforces the maximum: the kernel counts a closed
		// instance until its client has read the rest
		return new Arguments(openMode, pipeMode, Kernel32.PIPE_UNLIMITED_INSTANCES,
				this.options.outBufferSize().orElse(DEFAULT_BUFFER_SIZE),
				this.options.inBufferSize().orElse(DEFAULT_BUFFER_SIZE), DEFAULT_TIMEOUT);
	}

	void close() {
		this.security.free();
	}

	/**
	 * The arguments of CreateNamedPipe but for the name and the security descriptor.
	 *
	 * @param openMode {@code dwOpenMode}
	 * @param pipeMode {@code dwPipeMode}
	 * @param maxInstances {@code nMaxInstances}
	 * @param outBufferSize {@code nOutBufferSize}
	 * @param inBufferSize {@code nInBufferSize}
	 * @param defaultTimeout {@code nDefaultTimeOut}
	 */
	record Arguments(int openMode, int pipeMode, int maxInstances, int outBufferSize, int inBufferSize,
			int defaultTimeout) {
	}

}
