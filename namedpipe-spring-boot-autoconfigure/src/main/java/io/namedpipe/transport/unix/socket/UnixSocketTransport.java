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

package io.namedpipe.transport.unix.socket;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.Capability;
import io.namedpipe.transport.ConnectOptions;
import io.namedpipe.transport.GrantedAccess;
import io.namedpipe.transport.ListenOptions;
import io.namedpipe.transport.PeerCredentials;
import io.namedpipe.transport.PosixAccess;
import io.namedpipe.transport.Transport;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.unix.account.PosixAccounts;
import io.namedpipe.transport.unix.account.ServerUser;
import io.namedpipe.transport.unix.file.PosixPipePath;
import io.namedpipe.transport.unix.identity.RunAs;
import io.namedpipe.transport.unix.libc.Closeables;
import io.namedpipe.transport.unix.libc.SystemError;

/**
 * Byte mode pipes on POSIX systems: Unix domain stream sockets of {@code java.nio}, at
 * the paths that .NET uses. Needs no native library; virtual threads park.
 */
final class UnixSocketTransport implements Transport {

	static final Set<Capability> CAPABILITIES = Collections.unmodifiableSet(EnumSet.of(Capability.BYTE_MODE,
			Capability.DUPLEX, Capability.HALF_CLOSE, Capability.TIMED_READS, Capability.FILE_SYSTEM_NAME,
			Capability.ACCESS_RULES, Capability.PEER_USER, Capability.PEER_USER_ID, Capability.VIRTUAL_THREADS));

	// the caller is about to run as its clients, which may have left by then
	private volatile boolean runsAsPeer;

	@Override
	public Set<Capability> capabilities() {
		return RunAs.addTo(CAPABILITIES);
	}

	// without a native library it is not known whether a task can run as the peer
	@Override
	public boolean supports(Capability capability) {
		return CAPABILITIES.contains(capability) || Transport.super.supports(capability);
	}

	@Override
	public Optional<String> runAsPeerObstacle() {
		this.runsAsPeer = true;
		return RunAs.obstacle();
	}

	@Override
	public String resolve(String pipeName, @Nullable Path directory) throws TransportException {
		return PosixPipePath.ofSocket(pipeName, directory, PosixPipePath.NIO_LIMIT).toString();
	}

	@Override
	public UnixSocketListener listen(ListenOptions options) throws TransportException {
		Path path = PosixPipePath.ofSocket(options.pipeName(), options.directory(), PosixPipePath.NIO_LIMIT);
		PosixAccess access = options.access().posix(PosixAccounts.get());
		SystemError.preload();
		return UnixSocketListener.open(path, access, options, () -> this.runsAsPeer);
	}

	@Override
	public UnixSocketChannel connect(ConnectOptions options) throws TransportException {
		Path path = PosixPipePath.ofSocket(options.pipeName(), options.directory(), PosixPipePath.NIO_LIMIT);
		ServerUser expectedUser = ServerUser.of(options.verifyServerUser());
		SystemError.preload();
		SocketChannel channel = null;
		try {
			channel = SocketChannel.open(StandardProtocolFamily.UNIX);
			if (options.outBufferSize().isPresent()) {
				channel.setOption(StandardSocketOptions.SO_SNDBUF, options.outBufferSize().getAsInt());
			}
			// a blocking connect would hang on a full backlog
			channel.configureBlocking(false);
			if (!channel.connect(UnixDomainSocketAddress.of(path))) {
				throw new TransportException(Reason.BUSY, "The backlog of " + path + " is full");
			}
			channel.configureBlocking(true);
			PeerCredentials server = UnixPeer.of(channel);
			if (expectedUser != null) {
				expectedUser.verify(path, server);
			}
			closeUnusedDirection(channel, options.readable(), options.writable());
			return new UnixSocketChannel(path, channel, server, GrantedAccess.FULL);
		}
		catch (IOException ex) {
			Closeables.closeQuietly(channel);
			throw SocketErrors.ofConnect(path, ex);
		}
	}

	/**
	 * As .NET does ({@code NamedPipeClientStream.Unix.cs}, {@code ConfigureSocket}): an
	 * end that never writes says so, and its peer sees the end of the stream; the peer of
	 * one that never reads cannot write to it.
	 */
	static void closeUnusedDirection(SocketChannel channel, boolean readable, boolean writable) throws IOException {
		if (readable && !writable) {
			channel.shutdownOutput();
		}
		else if (writable && !readable) {
			channel.shutdownInput();
		}
	}

}
