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

import java.util.OptionalInt;

import io.namedpipe.transport.AnonymousPipe;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * An anonymous pipe made by CreatePipe. Neither end is inherited, except for the client's
 * end while its process is being created.
 */
final class WindowsAnonymousPipe implements AnonymousPipe {

	private final SynchronousChannel channel;

	private final long client;

	private final boolean clientReads;

	private boolean disposed;

	private WindowsAnonymousPipe(SynchronousChannel channel, long client, boolean clientReads) {
		this.channel = channel;
		this.client = client;
		this.clientReads = clientReads;
	}

	static WindowsAnonymousPipe create(boolean weRead, OptionalInt bufferSize) throws TransportException {
		long[] reader = new long[1];
		long[] writer = new long[1];
		Win32Error.check(Kernel32.CreatePipe(reader, writer, Kernel32.NULL,
				bufferSize.orElse(InstanceFactory.DEFAULT_BUFFER_SIZE)), "create an anonymous pipe");
		WindowsAnonymousPipe pipe = null;
		try {
			pipe = new WindowsAnonymousPipe(new SynchronousChannel((weRead) ? reader[0] : writer[0], weRead),
					(weRead) ? writer[0] : reader[0], !weRead);
			return pipe;
		}
		finally {
			// for example when out of memory
			if (pipe == null) {
				Kernel32.CloseHandle(reader[0]);
				Kernel32.CloseHandle(writer[0]);
			}
		}
	}

	/**
	 * Whether the client's end is the one that reads.
	 */
	boolean clientReads() {
		return this.clientReads;
	}

	/**
	 * Lets new processes inherit the client's end, until it is disposed or {@link #keep()
	 * kept}.
	 * @return its handle
	 * @throws TransportException if it has been disposed
	 */
	synchronized long expose() throws TransportException {
		if (this.disposed) {
			throw new TransportException(Reason.CLOSED,
					"The client's end of the anonymous pipe " + clientHandle() + " has been disposed");
		}
		Win32Error.check(
				Kernel32.SetHandleInformation(this.client, Kernel32.HANDLE_FLAG_INHERIT, Kernel32.HANDLE_FLAG_INHERIT),
				"pass the client's end of an anonymous pipe on");
		return this.client;
	}

	/**
	 * Lets no new process inherit the client's end.
	 */
	synchronized void keep() {
		if (!this.disposed) {
			Kernel32.SetHandleInformation(this.client, Kernel32.HANDLE_FLAG_INHERIT, 0);
		}
	}

	@Override
	public TransportChannel channel() {
		return this.channel;
	}

	@Override
	public String clientHandle() {
		return Long.toUnsignedString(this.client);
	}

	@Override
	public synchronized void disposeClient() {
		if (!this.disposed) {
			this.disposed = true;
			Kernel32.CloseHandle(this.client);
		}
	}

	@Override
	public void close() {
		disposeClient();
		this.channel.close();
	}

}
