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

import java.util.OptionalInt;
import java.util.OptionalLong;

import io.namedpipe.transport.PeerCredentials;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.unix.account.UserNames;
import io.namedpipe.transport.unix.libc.Errno;
import io.namedpipe.transport.unix.libc.LibC;
import io.namedpipe.transport.unix.socket.PeerGroups;

/**
 * Makes {@code SOCK_SEQPACKET} sockets, sizes their buffers and reads the credentials of
 * their peers.
 */
final class SeqPacketSockets {

	/**
	 * No kernel so far carries a message of more than about 4.2 MB, whatever the size of
	 * the buffer.
	 */
	static final int LARGEST_MESSAGE = 8 * 1024 * 1024;

	/** The part of a socket's buffer that the kernel reserves. */
	private static final int OVERHEAD = 32;

	private static final int SIZE_OF_UCRED = 12;

	private static final UserNames userNames = new UserNames();

	private static volatile int largestProven;

	private SeqPacketSockets() {
	}

	/**
	 * Makes a socket that is closed in child processes and asks for the credentials that
	 * come with each message.
	 * @param flags further flags of socket(2)
	 * @return the descriptor
	 * @throws TransportException if there are too many already
	 */
	static int create(int flags) throws TransportException {
		int socket = Errno.checked("create a socket",
				() -> LibC.socket(LibC.AF_UNIX, LibC.SOCK_SEQPACKET | LibC.SOCK_CLOEXEC | flags, 0));
		try {
			passCredentials(socket);
			return socket;
		}
		catch (TransportException ex) {
			LibC.close(socket);
			throw ex;
		}
	}

	/**
	 * Makes messages come with the credentials of their sender, which distinguishes an
	 * empty one from the end of the stream.
	 * @param socket the descriptor
	 * @throws TransportException if the kernel refuses
	 */
	static void passCredentials(int socket) throws TransportException {
		Errno.checked("ask for credentials",
				() -> LibC.setsockopt(socket, LibC.SOL_SOCKET, LibC.SO_PASSCRED, new int[] { 1 }, Integer.BYTES));
	}

	/**
	 * Prepares a socket for the directions it is used in. As .NET does in byte mode, an
	 * end that never writes says so, and its peer sees the end of the stream; the peer of
	 * one that never reads cannot write to it.
	 * @param socket the descriptor
	 * @param readable whether this end reads
	 * @param writable whether this end writes
	 * @param outBufferSize the size of the buffer as configured
	 * @param maxMessageSize the largest message
	 * @throws TransportException if messages of that size cannot be sent
	 */
	static void useDirections(int socket, boolean readable, boolean writable, OptionalInt outBufferSize,
			int maxMessageSize) throws TransportException {
		if (writable) {
			sizeSendBuffer(socket, outBufferSize, maxMessageSize);
			if (!readable) {
				LibC.shutdown(socket, LibC.SHUT_RD);
			}
		}
		else if (readable) {
			LibC.shutdown(socket, LibC.SHUT_WR);
		}
	}

	/**
	 * Makes sure that messages of the largest size can be sent.
	 * @param socket the descriptor
	 * @param asked the size of the buffer as configured
	 * @param maxMessageSize the largest message
	 * @throws TransportException if they cannot
	 */
	private static void sizeSendBuffer(int socket, OptionalInt asked, int maxMessageSize) throws TransportException {
		if (asked.isPresent()) {
			setSendBuffer(socket, asked.getAsInt());
		}
		if (sendCapacity(socket) < maxMessageSize) {
			setSendBuffer(socket, (int) (((long) maxMessageSize + OVERHEAD + 1) / 2));
		}
		int capacity = sendCapacity(socket);
		if (capacity < maxMessageSize) {
			throw new TransportException(Reason.RESOURCE_LIMIT,
					"Messages of %d bytes do not fit into a socket buffer of this system, which carries %d at most: "
						.formatted(maxMessageSize, capacity)
							+ "set max-message-size to %d or less, or raise the limit with 'sysctl -w net.core.wmem_max=%d'"
								.formatted(capacity, ((long) maxMessageSize + OVERHEAD + 1) / 2));
		}
	}

	private static void setSendBuffer(int socket, int size) throws TransportException {
		Errno.checked("size the socket buffer",
				() -> LibC.setsockopt(socket, LibC.SOL_SOCKET, LibC.SO_SNDBUF, new int[] { size }, Integer.BYTES));
	}

	private static int sendCapacity(int socket) throws TransportException {
		int[] size = new int[1];
		Errno.checked("read the size of the socket buffer",
				() -> LibC.getsockopt(socket, LibC.SOL_SOCKET, LibC.SO_SNDBUF, size, new int[] { Integer.BYTES }));
		return size[0] - OVERHEAD;
	}

	/**
	 * Sends a message of the largest size from one end of a pair to the other. The limit
	 * of the buffer is not the only one: the kernel also needs memory in one piece.
	 * @param asked the size of the buffer as configured
	 * @param maxMessageSize the largest message
	 * @throws TransportException if it cannot be sent
	 */
	static void prove(OptionalInt asked, int maxMessageSize) throws TransportException {
		if (asked.isEmpty() && maxMessageSize <= largestProven) {
			return;
		}
		int[] pair = new int[2];
		Errno.checked("create a socket",
				() -> LibC.socketpair(LibC.AF_UNIX, LibC.SOCK_SEQPACKET | LibC.SOCK_CLOEXEC, 0, pair));
		try {
			sizeSendBuffer(pair[0], asked, maxMessageSize);
			long address = LibC.mmap(0, maxMessageSize, LibC.PROT_READ_WRITE, LibC.MAP_PRIVATE_ANONYMOUS_NORESERVE, -1,
					0);
			if (address == -1) {
				throw Errno.failure("map " + maxMessageSize + " bytes of memory", Errno.last());
			}
			long sent = LibC.send(pair[0], address, maxMessageSize, LibC.MSG_NOSIGNAL | LibC.MSG_DONTWAIT);
			int error = Errno.last();
			LibC.munmap(address, maxMessageSize);
			if (sent < 0) {
				throw new TransportException(Reason.RESOURCE_LIMIT,
						"Messages of %d bytes cannot be sent by this system (%s): set max-message-size to 4MB or less"
							.formatted(maxMessageSize, LibC.strerror(error)));
			}
			largestProven = Math.max(largestProven, maxMessageSize);
		}
		finally {
			LibC.close(pair[0]);
			LibC.close(pair[1]);
		}
	}

	/**
	 * Reads the credentials of the peer.
	 * @param socket the descriptor
	 * @return the credentials that the peer had when it connected or began to listen
	 * @throws TransportException if the kernel refuses
	 */
	static PeerCredentials peer(int socket) throws TransportException {
		int[] credentials = new int[SIZE_OF_UCRED / Integer.BYTES];
		Errno.checked("read the credentials of the peer", () -> LibC.getsockopt(socket, LibC.SOL_SOCKET,
				LibC.SO_PEERCRED, credentials, new int[] { SIZE_OF_UCRED }));
		String userId = Integer.toUnsignedString(credentials[1]);
		return new PeerCredentials(userNames.nameOf(credentials[1]), userId, Integer.toUnsignedString(credentials[2]),
				PeerGroups.of(socket), OptionalLong.of(credentials[0]));
	}

}
