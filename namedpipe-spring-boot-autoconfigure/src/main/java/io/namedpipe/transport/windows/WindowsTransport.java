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

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.AccountDatabase;
import io.namedpipe.transport.Capability;
import io.namedpipe.transport.ConnectOptions;
import io.namedpipe.transport.ListenOptions;
import io.namedpipe.transport.Transport;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.TransportListener;

/**
 * Named pipes of Windows.
 */
final class WindowsTransport implements Transport {

	private final AccountDatabase accounts = new WindowsAccounts();

	@Override
	public Set<Capability> capabilities() {
		return WindowsTransportProvider.CAPABILITIES;
	}

	@Override
	public String resolve(String pipeName, @Nullable Path directory) throws TransportException {
		return PipeNames.resolve(pipeName);
	}

	@Override
	public TransportListener listen(ListenOptions options) throws TransportException {
		String address = PipeNames.resolve(options.pipeName());
		String sddl = options.access().securityDescriptor(this.accounts, options.rejectRemoteClients());
		SecurityDescriptor security = SecurityDescriptor.parse(sddl);
		return WindowsListener.open(new InstanceFactory(address, options, security), options,
				options.access().securityDescriptorWarnings(this.accounts));
	}

	@Override
	public TransportChannel connect(ConnectOptions options) throws TransportException {
		String address = PipeNames.resolve(options.pipeName(), options.serverName());
		ServerOwner expected = ServerOwner.of(options.verifyServerUser(), this.accounts);
		long pipe = Kernel32.CreateFileW(WideString.encode(address), access(options), 0, Kernel32.NULL,
				Kernel32.OPEN_EXISTING, Kernel32.FILE_FLAG_OVERLAPPED | qualityOfService(options), Kernel32.NULL);
		if (pipe == Kernel32.INVALID_HANDLE_VALUE) {
			throw Win32Error.failure("connect to " + address, Win32Error.last());
		}
		PipeEnd end = PipeEnd.of(pipe);
		try {
			if (expected != null) {
				expected.verify(address, pipe);
			}
			matchMode(address, pipe, options);
			return new WindowsChannel(end, false, options.maxMessageSize(), (closed, peerGone) -> closed.close());
		}
		catch (TransportException ex) {
			end.close();
			throw ex;
		}
	}

	static int access(ConnectOptions options) {
		return (options.readable() ? Kernel32.GENERIC_READ : 0) | (options.writable() ? Kernel32.GENERIC_WRITE : 0)
		// what setting the read mode needs, and GENERIC_WRITE contains
				| ((options.message() && options.readable()) ? Kernel32.FILE_WRITE_ATTRIBUTES : 0);
	}

	static int qualityOfService(ConnectOptions options) {
		return Kernel32.SECURITY_SQOS_PRESENT | switch (options.impersonation()) {
			case ANONYMOUS -> 0;
			case IDENTIFICATION -> 0x10000;
			case IMPERSONATION -> 0x20000;
			case DELEGATION -> 0x30000;
		};
	}

	private static void matchMode(String address, long pipe, ConnectOptions options) throws TransportException {
		int[] flags = new int[1];
		Win32Error.check(Kernel32.GetNamedPipeInfo(pipe, flags, Kernel32.NULL, Kernel32.NULL, Kernel32.NULL),
				"ask for the mode of " + address);
		boolean message = (flags[0] & Kernel32.PIPE_TYPE_MESSAGE) != 0;
		if (message != options.message()) {
			throw new TransportException(Reason.MODE_MISMATCH,
					"The pipe " + address + " carries " + (message ? "messages" : "bytes") + ", and this client is for "
							+ (message ? "bytes" : "messages"));
		}
		if (message && options.readable()) {
			Win32Error.check(Kernel32.SetNamedPipeHandleState(pipe, new int[] { Kernel32.PIPE_READMODE_MESSAGE },
					Kernel32.NULL, Kernel32.NULL), "read messages from " + address);
		}
	}

	@Override
	public void awaitServer(ConnectOptions options, Reason reason, Duration atMost) throws InterruptedException {
		if (reason != Reason.BUSY) {
			TimeUnit.NANOSECONDS.sleep(atMost.toNanos());
			return;
		}
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
		boolean free = Kernel32.WaitNamedPipeW(WideString.encode(address(options)),
				(int) Math.max(1, atMost.toMillis()));
		if (!free && Win32Error.last() != Win32Error.ERROR_SEM_TIMEOUT) {
			// it has not waited
			TimeUnit.NANOSECONDS.sleep(atMost.toNanos());
		}
	}

	private static String address(ConnectOptions options) {
		try {
			return PipeNames.resolve(options.pipeName(), options.serverName());
		}
		catch (TransportException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
