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
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.AccountDatabase;
import io.namedpipe.transport.Capability;
import io.namedpipe.transport.ConnectOptions;
import io.namedpipe.transport.GrantedAccess;
import io.namedpipe.transport.ListenOptions;
import io.namedpipe.transport.TimeLimit;
import io.namedpipe.transport.Transport;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.TransportListener;
import io.namedpipe.transport.windows.WindowsChannel.Place;

/**
 * Named pipes of Windows.
 */
final class WindowsTransport implements Transport {

	/** The time in which another machine has to answer, where there is no other limit. */
	private static final Duration LONGEST_ATTEMPT = Duration.ofSeconds(30);

	private final AccountDatabase accounts;

	private final RemoteCall<WindowsChannel> remoteOpening = new RemoteCall<>(WindowsChannel::close);

	private final RemoteCall<ServerOwner> remoteOwner = new RemoteCall<>((owner) -> {
	});

	private volatile @Nullable ServerOwner serverOwner;

	WindowsTransport() {
		this(new WindowsAccounts());
	}

	WindowsTransport(AccountDatabase accounts) {
		this.accounts = accounts;
	}

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
		List<String> warnings = options.access().securityDescriptorWarnings(this.accounts);
		NativeSecurityDescriptor security = NativeSecurityDescriptor.parse(sddl, this.accounts.currentUserId());
		return WindowsListener.open(new InstanceFactory(address, options, security), options, warnings);
	}

	@Override
	public TransportChannel connect(ConnectOptions options, Duration atMost) throws TransportException {
		String address = PipeNames.resolve(options.pipeName(), options.serverName());
		long deadline = TimeLimit.deadline(atMost);
		ServerOwner expected = serverOwner(options.verifyServerUser(), atMost);
		return isRemote(options)
				? this.remoteOpening.ask((call) -> connect(address, options, expected, call),
						"The machine of " + address, TimeLimit.remaining(deadline))
				: connect(address, options, expected, new SynchronousCall());
	}

	private static boolean isRemote(ConnectOptions options) {
		return !options.serverName().equals(PipeNames.LOCAL_SERVER);
	}

	private static WindowsChannel connect(String address, ConnectOptions options, @Nullable ServerOwner expected,
			SynchronousCall call) throws TransportException {
		TransportException denied = null;
		for (GrantedAccess ours : attempts(options)) {
			try {
				return channel(open(address, options, ours, call), address, options, ours, expected);
			}
			catch (TransportException ex) {
				if (ex.getReason() != Reason.ACCESS_DENIED) {
					throw ex;
				}
				denied = (denied != null) ? denied : ex;
			}
		}
		throw Objects.requireNonNull(denied);
	}

	@Override
	public TransportChannel connect(ConnectOptions options) throws TransportException {
		return connect(options, LONGEST_ATTEMPT);
	}

	@Override
	public void releaseKept() {
		this.remoteOpening.cancel();
		this.remoteOwner.cancel();
	}

	private @Nullable ServerOwner serverOwner(@Nullable String user, Duration atMost) throws TransportException {
		if (user == null) {
			return null;
		}
		ServerOwner known = this.serverOwner;
		if (known == null || !known.user().equals(user)) {
			known = this.remoteOwner.ask((call) -> ServerOwner.of(user, this.accounts),
					"Whoever knows the account '" + user + "'", atMost);
			this.serverOwner = known;
		}
		return known;
	}

	/**
	 * What to open the pipe for: a rule, or the direction of the server, may grant one
	 * direction only.
	 */
	private static List<GrantedAccess> attempts(ConnectOptions options) {
		GrantedAccess asked = new GrantedAccess(options.readable(), options.writable());
		return (options.readable() && options.writable())
				? List.of(asked, new GrantedAccess(true, false), new GrantedAccess(false, true)) : List.of(asked);
	}

	private static long open(String address, ConnectOptions options, GrantedAccess ours, SynchronousCall call)
			throws TransportException {
		byte[] name = WideString.encode(address);
		int access = access(options, ours);
		int flags = Kernel32.FILE_FLAG_OVERLAPPED | qualityOfService(options);
		if (!call.enter()) {
			throw new TransportException(Reason.CLOSED, "Connecting to " + address + " was given up");
		}
		long pipe;
		int error;
		try {
			pipe = Kernel32.CreateFileW(name, access, 0, Kernel32.NULL, Kernel32.OPEN_EXISTING, flags, Kernel32.NULL);
			error = Win32Error.last();
		}
		finally {
			call.leave();
		}
		if (pipe == Kernel32.INVALID_HANDLE_VALUE) {
			throw Win32Error.failure("connect to " + address, error);
		}
		return pipe;
	}

	private static WindowsChannel channel(long pipe, String address, ConnectOptions options, GrantedAccess ours,
			@Nullable ServerOwner expected) throws TransportException {
		PipeInstance end = PipeInstance.of(pipe);
		WindowsChannel channel = null;
		try {
			if (expected != null) {
				expected.verify(address, pipe);
			}
			channel = new WindowsChannel(end, isRemote(options) ? Place.CLIENT_OF_ANOTHER_MACHINE : Place.CLIENT,
					content(address, pipe, options, ours), new GrantedAccess(ours.write(), ours.read()),
					options.maxMessageSize(), PipeInstance::close);
			return channel;
		}
		finally {
			if (channel == null) {
				end.close();
			}
		}
	}

	/**
	 * The rights that are needed and no others: a server may grant everybody less than
	 * GENERIC_READ and GENERIC_WRITE. CreateFile adds FILE_READ_ATTRIBUTES.
	 */
	static int access(ConnectOptions options, GrantedAccess ours) {
		return (ours.read() ? Kernel32.FILE_READ_DATA : 0) | (ours.write() ? Kernel32.FILE_WRITE_DATA : 0)
		// what setting the read mode needs
				| ((options.message() && ours.read()) ? Kernel32.FILE_WRITE_ATTRIBUTES : 0)
				// what reading the owner needs
				| ((options.verifyServerUser() != null) ? Kernel32.READ_CONTROL : 0);
	}

	static int qualityOfService(ConnectOptions options) {
		int level = switch (options.impersonationLevel()) {
			case ANONYMOUS -> 0;
			case IDENTIFICATION -> 0x10000;
			case IMPERSONATION -> 0x20000;
			case DELEGATION -> 0x30000;
		};
		// A server other than the expected one must not impersonate this
		// process: with dynamic tracking it gets the identity with the first
		// bytes, which are sent once the server is verified
		boolean tracking = options.verifyServerUser() != null && level >= 0x20000;
		return Kernel32.SECURITY_SQOS_PRESENT | level | (tracking ? Kernel32.SECURITY_CONTEXT_TRACKING : 0);
	}

	private static PipeReadMode content(String address, long pipe, ConnectOptions options, GrantedAccess ours)
			throws TransportException {
		int[] flags = new int[1];
		Win32Error.check(Kernel32.GetNamedPipeInfo(pipe, flags, Kernel32.NULL, Kernel32.NULL, Kernel32.NULL),
				"ask for the mode of " + address);
		boolean message = (flags[0] & Kernel32.PIPE_TYPE_MESSAGE) != 0;
		if (!options.message()) {
			return message ? PipeReadMode.BYTES_OF_MESSAGES : PipeReadMode.BYTES;
		}
		if (!message) {
			throw new TransportException(Reason.MODE_MISMATCH,
					"The pipe " + address + " carries bytes, and this client is for messages");
		}
		if (ours.read()) {
			Win32Error.check(Kernel32.SetNamedPipeHandleState(pipe, new int[] { Kernel32.PIPE_READMODE_MESSAGE },
					Kernel32.NULL, Kernel32.NULL), "read messages from " + address);
		}
		return PipeReadMode.MESSAGES;
	}

	@Override
	public void awaitServer(ConnectOptions options, Reason reason, Duration atMost) throws InterruptedException {
		// WaitNamedPipe of another machine waits for that machine
		if (reason != Reason.BUSY || isRemote(options)) {
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
