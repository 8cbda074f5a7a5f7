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

package io.namedpipe.transport.unix.seqpacket;

import java.nio.file.Files;
import java.nio.file.LinkOption;
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
import io.namedpipe.transport.Transport;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.TransportListener;
import io.namedpipe.transport.unix.account.PosixAccounts;
import io.namedpipe.transport.unix.account.ServerUser;
import io.namedpipe.transport.unix.file.PosixPipePath;
import io.namedpipe.transport.unix.identity.RunAs;
import io.namedpipe.transport.unix.libc.Errno;
import io.namedpipe.transport.unix.libc.LibC;

/**
 * Message mode pipes on Linux: {@code AF_UNIX} sockets of type {@code SOCK_SEQPACKET},
 * which Java does not have, by way of {@link LibC}. Names, ownership and access rules are
 * those of byte mode. Blocking calls occupy a platform thread.
 */
final class SeqPacketTransport implements Transport {

	static final Set<Capability> CAPABILITIES = Collections.unmodifiableSet(EnumSet.of(Capability.MESSAGE_MODE,
			Capability.DUPLEX, Capability.HALF_CLOSE, Capability.FILE_SYSTEM_NAME, Capability.ACCESS_RULES,
			Capability.PEER_USER, Capability.PEER_USER_ID, Capability.PEER_PROCESS_ID, Capability.PEER_GROUPS));

	@Override
	public Set<Capability> capabilities() {
		return RunAs.addTo(CAPABILITIES);
	}

	@Override
	public Optional<String> runAsPeerObstacle() {
		return RunAs.obstacle();
	}

	@Override
	public String resolve(String pipeName, @Nullable Path directory) throws TransportException {
		return path(pipeName, directory).toString();
	}

	// The JDK's limit: whether a name is free is found out with a socket of the JDK
	private static Path path(String pipeName, @Nullable Path directory) throws TransportException {
		return PosixPipePath.ofSocket(pipeName, directory, PosixPipePath.NIO_LIMIT);
	}

	@Override
	public TransportListener listen(ListenOptions options) throws TransportException {
		Path path = path(options.pipeName(), options.directory());
		return SeqPacketListener.open(path, options.access().posix(PosixAccounts.get()), options);
	}

	@Override
	public TransportChannel connect(ConnectOptions options) throws TransportException {
		Path path = path(options.pipeName(), options.directory());
		ServerUser expectedUser = ServerUser.of(options.verifyServerUser());
		if (options.writable()) {
			SeqPacketSockets.prove(options.outBufferSize(), options.maxMessageSize());
		}
		// a blocking connect would hang on a full backlog
		int socket = SeqPacketSockets.create(LibC.SOCK_NONBLOCK);
		PeerCredentials server;
		try {
			byte[] address = LibC.address(path.toString());
			if (LibC.connect(socket, address, address.length) < 0) {
				throw connectFailure(path, Errno.last());
			}
			Errno.checked("wait for a socket", () -> LibC.fcntl(socket, LibC.F_SETFL, 0));
			server = SeqPacketSockets.peer(socket);
			if (expectedUser != null) {
				expectedUser.verify(path, server);
			}
			SeqPacketSockets.useDirections(socket, options.readable(), options.writable(), options.outBufferSize(),
					options.maxMessageSize());
		}
		catch (TransportException | RuntimeException ex) {
			LibC.close(socket);
			throw ex;
		}
		return SeqPacketChannel.of(path, socket, server, GrantedAccess.FULL, options.maxMessageSize());
	}

	private static TransportException connectFailure(Path path, int error) {
		return switch (error) {
			case Errno.ENOENT ->
				new TransportException(Reason.NO_SERVER, "Nobody serves " + path + ": there is no such file");
			case Errno.ECONNREFUSED -> (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
					? new TransportException(Reason.IO, path + " is a regular file, not a pipe")
					: new TransportException(Reason.NO_SERVER,
							"Nobody serves " + path + ": its server has gone and left the file");
			case Errno.EAGAIN -> new TransportException(Reason.BUSY, "The backlog of " + path + " is full");
			case Errno.EPROTOTYPE -> new TransportException(Reason.MODE_MISMATCH,
					"The pipe " + path + " is in byte mode: use transmission mode 'byte' to connect");
			case Errno.EACCES -> new TransportException(Reason.ACCESS_DENIED, "Connecting to " + path
					+ " is not permitted: the permissions of the file or of a folder above it do not let this user in");
			default -> Errno.failure("connect to " + path, error);
		};
	}

}
