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

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.TransportException;

/**
 * A handle of a pipe instance, with an OVERLAPPED structure for each direction.
 */
final class PipeInstance {

	/**
	 * {@code FILE_PIPE_LOCAL_INFORMATION} (ntifs.h), ten fields of type ULONG.
	 *
	 * <pre>
	 *  0 NamedPipeType           4 InboundQuota          8 NamedPipeState
	 *  1 NamedPipeConfiguration  5 ReadDataAvailable     9 NamedPipeEnd
	 *  2 MaximumInstances        6 OutboundQuota
	 *  3 CurrentInstances        7 WriteQuotaAvailable
	 * </pre>
	 */
	private static final int LOCAL_INFORMATION_FIELDS = 10;

	/** {@code NamedPipeState}. */
	private static final int STATE_FIELD = 8;

	/** {@code FILE_PIPE_CONNECTED_STATE}. */
	private static final int CONNECTED_STATE = 3;

	private final long pipe;

	private final Overlapped input;

	private final Overlapped output;

	private boolean connecting;

	private PipeInstance(long pipe, Overlapped input, Overlapped output) {
		this.pipe = pipe;
		this.input = input;
		this.output = output;
	}

	/**
	 * Takes a handle, which is closed if this fails.
	 * @param pipe the handle
	 * @return the instance
	 * @throws TransportException if no event can be created
	 */
	static PipeInstance of(long pipe) throws TransportException {
		Overlapped input = null;
		Overlapped output = null;
		PipeInstance end = null;
		try {
			input = new Overlapped();
			output = new Overlapped();
			end = new PipeInstance(pipe, input, output);
			return end;
		}
		finally {
			// also when out of memory: nothing else knows the handle
			if (end == null) {
				free(input);
				free(output);
				Kernel32.CloseHandle(pipe);
			}
		}
	}

	private static void free(@Nullable Overlapped overlapped) {
		if (overlapped != null) {
			overlapped.free();
		}
	}

	long pipe() {
		return this.pipe;
	}

	Overlapped input() {
		return this.input;
	}

	Overlapped output() {
		return this.output;
	}

	/**
	 * Server: waits for a client, without blocking.
	 * @return whether there is a client, which may have connected before this call
	 * @throws TransportException if the platform fails
	 */
	boolean connect() throws TransportException {
		Completion completion = this.connecting ? this.input.result(this.pipe, 0, "accept a client")
				: Completion.CANCELLED;
		if (completion == Completion.CANCELLED) {
			// never begun, or the thread that began it has ended
			this.connecting = false;
			completion = beginConnect();
		}
		this.connecting = (completion == Completion.PENDING);
		return !this.connecting;
	}

	private Completion beginConnect() throws TransportException {
		boolean succeeded = Kernel32.ConnectNamedPipe(this.pipe, this.input.address());
		// ERROR_NO_DATA: a client has connected and left, but what it wrote can be read
		return (!succeeded && Win32Error.last() == Win32Error.ERROR_PIPE_CONNECTED) ? Completion.DONE
				: Win32Error.completion(succeeded, "accept a client");
	}

	/**
	 * Server: whether the client of a connected instance has closed its end. For a server
	 * that does not read, and so does not find the end of the stream.
	 * @return whether it is known to have left
	 */
	boolean hasClientLeft() {
		return !Kernel32.ConnectNamedPipe(this.pipe, this.input.address())
				&& Win32Error.last() == Win32Error.ERROR_NO_DATA;
	}

	/**
	 * Client: whether the server has closed or disconnected its end. For a client that
	 * does not read, and so does not find the end of the stream. Does not wait, if the
	 * server is on this machine.
	 * @return whether it is known to have left
	 */
	boolean hasServerLeft() {
		int[] information = new int[LOCAL_INFORMATION_FIELDS];
		int status = Ntdll.NtQueryInformationFile(this.pipe, new long[2], information,
				information.length * Integer.BYTES, Ntdll.FILE_PIPE_LOCAL_INFORMATION);
		return status == 0 && information[STATE_FIELD] != CONNECTED_STATE;
	}

	/**
	 * Server: disconnects the client, which loses what it has not read.
	 */
	void disconnect() {
		Kernel32.DisconnectNamedPipe(this.pipe);
	}

	/**
	 * Closes the handle. The peer can still read what was written to it.
	 */
	void close() {
		if (this.connecting) {
			cancelConnect();
		}
		Kernel32.CloseHandle(this.pipe);
		this.input.free();
		this.output.free();
	}

	private void cancelConnect() {
		Kernel32.CancelIoEx(this.pipe, this.input.address());
		try {
			this.input.result(this.pipe, Kernel32.INFINITE, "cancel accepting");
		}
		catch (TransportException ex) {
			// the kernel does not use the structure any more, whatever the failure
		}
	}

}
