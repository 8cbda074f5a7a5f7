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

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.GrantedAccess;
import io.namedpipe.transport.PeerCredentials;
import io.namedpipe.transport.PendingInput;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.unix.account.PosixAccounts;
import io.namedpipe.transport.unix.identity.RunAs;
import io.namedpipe.transport.unix.libc.Descriptor;
import io.namedpipe.transport.unix.libc.Errno;
import io.namedpipe.transport.unix.libc.Interruption;
import io.namedpipe.transport.unix.libc.LibC;
import io.namedpipe.transport.unix.libc.Wakeup;
import io.namedpipe.transport.unix.socket.UnixPeer;

/**
 * One end of a connected {@code SOCK_SEQPACKET} socket: one system call per message, and
 * the kernel keeps the boundaries.
 */
final class SeqPacketChannel implements TransportChannel {

	/**
	 * The reset that a peer leaves by not reading everything is told once, ahead of what
	 * it has sent.
	 */
	private static final int MOST_RESETS = 3;

	private final Path path;

	private final Descriptor descriptor;

	private final MessageMemory memory;

	private final @Nullable Gatekeeper gatekeeper;

	private volatile PeerCredentials peer;

	private volatile GrantedAccess granted;

	private final int maxMessageSize;

	private final Interruption interruption;

	private volatile boolean inputEnded;

	private volatile boolean peerLeftUnread;

	private SeqPacketChannel(Path path, Descriptor descriptor, MessageMemory memory, PeerCredentials peer,
			GrantedAccess granted, int maxMessageSize, @Nullable Gatekeeper gatekeeper) {
		this.path = path;
		this.descriptor = descriptor;
		this.interruption = new Interruption(descriptor::close);
		this.memory = memory;
		this.peer = peer;
		this.granted = granted;
		this.maxMessageSize = maxMessageSize;
		this.gatekeeper = gatekeeper;
	}

	/**
	 * Takes a connected socket over.
	 * @param path the name of the pipe
	 * @param socket the descriptor, closed if this fails
	 * @param peer who is at the other end
	 * @param granted what the peer may do
	 * @param maxMessageSize the largest message in either direction
	 * @return the channel
	 * @throws TransportException if there is no memory for it
	 */
	static SeqPacketChannel of(Path path, int socket, PeerCredentials peer, GrantedAccess granted, int maxMessageSize)
			throws TransportException {
		return create(path, socket, peer, granted, maxMessageSize, null);
	}

	/**
	 * Takes over an accepted socket of which nothing is known yet.
	 * @param path the name of the pipe
	 * @param socket the descriptor, closed if this fails
	 * @param gatekeeper decides on the peer
	 * @param maxMessageSize the largest message in either direction
	 * @return the channel
	 * @throws TransportException if there is no memory for it, or the platform fails
	 */
	static SeqPacketChannel accepted(Path path, int socket, Gatekeeper gatekeeper, int maxMessageSize)
			throws TransportException {
		try {
			// what is sent from now on can be told from the end of the stream
			SeqPacketSockets.passCredentials(socket);
		}
		catch (TransportException ex) {
			LibC.close(socket);
			throw ex;
		}
		return create(path, socket, PeerCredentials.UNKNOWN, GrantedAccess.NONE, maxMessageSize, gatekeeper);
	}

	private static SeqPacketChannel create(Path path, int socket, PeerCredentials peer, GrantedAccess granted,
			int maxMessageSize, @Nullable Gatekeeper gatekeeper) throws TransportException {
		try {
			MessageMemory memory = new MessageMemory(Math.min(maxMessageSize, SeqPacketSockets.LARGEST_MESSAGE));
			return new SeqPacketChannel(path, Descriptor.ofSocket(socket, memory::free), memory, peer, granted,
					maxMessageSize, gatekeeper);
		}
		catch (TransportException | RuntimeException | Error ex) {
			LibC.close(socket);
			throw ex;
		}
	}

	@Override
	public void admit() throws TransportException {
		if (this.gatekeeper == null) {
			return;
		}
		int socket = this.descriptor.enter();
		try {
			PeerCredentials credentials = SeqPacketSockets.peer(socket);
			this.peer = credentials;
			this.granted = this.gatekeeper.admit(socket, credentials);
		}
		finally {
			this.descriptor.leave();
		}
	}

	@Override
	public PeerCredentials peer() {
		return this.peer;
	}

	@Override
	public GrantedAccess granted() {
		return this.granted;
	}

	@Override
	public int read(ByteBuffer target) throws TransportException {
		throw messageModeOnly();
	}

	@Override
	public void write(ByteBuffer[] sources, int offset, int length) throws TransportException {
		throw messageModeOnly();
	}

	private TransportException messageModeOnly() {
		return new TransportException(Reason.MODE_MISMATCH, "The pipe " + this.path + " is in message mode");
	}

	@Override
	public byte @Nullable [] readMessage(int maxSize) throws TransportException {
		int socket = this.descriptor.enter();
		try {
			for (int resets = 0; !this.inputEnded && resets < MOST_RESETS; resets++) {
				long length = receive(socket);
				if (length > 0 || (length == 0 && this.memory.isMessage())) {
					return message(length, Math.min(maxSize, this.memory.receiveCapacity()));
				}
				if (length == 0) {
					break;
				}
				if (Errno.last() != Errno.ECONNRESET) {
					throw Errno.failure("receive a message on " + this.path, Errno.last());
				}
				this.peerLeftUnread = true;
			}
		}
		finally {
			this.descriptor.leave();
		}
		if (this.descriptor.isClosed()) {
			throw closed();
		}
		return null;
	}

	@Override
	public PendingInput pendingInput() throws TransportException {
		int socket = this.descriptor.enter();
		try {
			int happened = Wakeup.happened(socket, LibC.POLLIN);
			if (happened == 0) {
				return PendingInput.NOTHING;
			}
			return (this.memory.isMessageWaiting(socket)) ? PendingInput.DATA : PendingInput.END;
		}
		finally {
			this.descriptor.leave();
		}
	}

	@Override
	public boolean hasPending() throws TransportException {
		int socket = this.descriptor.enter();
		try {
			return LibC.recv(socket, 0, 0, LibC.MSG_PEEK | LibC.MSG_DONTWAIT | LibC.MSG_TRUNC) > 0;
		}
		finally {
			this.descriptor.leave();
		}
	}

	@Override
	public boolean hasPeerLeft() throws TransportException {
		int socket = this.descriptor.enter();
		try {
			return UnixPeer.hasLeft(socket);
		}
		finally {
			this.descriptor.leave();
		}
	}

	@Override
	public boolean isPeerStillThere() throws TransportException {
		return !hasPeerLeft();
	}

	@Override
	public boolean peerLeftUnread() {
		return this.peerLeftUnread;
	}

	private long receive(int socket) {
		this.interruption.arm();
		try {
			return this.memory.receive(socket);
		}
		finally {
			this.interruption.disarm();
		}
	}

	private byte[] message(long length, int limit) throws TransportException {
		if (length > limit) {
			throw new TransportException(Reason.MESSAGE_TOO_LARGE, "A message of " + length + " bytes has come on "
					+ this.path + ", which is more than the maximum of " + limit + " bytes");
		}
		return this.memory.message((int) length);
	}

	@Override
	public void writeMessage(ByteBuffer message) throws TransportException {
		int length = message.remaining();
		if (length > this.maxMessageSize) {
			throw tooLarge(length);
		}
		int socket = this.descriptor.enter();
		try {
			if (message.isDirect()) {
				send(socket, MessageMemory.addressOf(message), length);
			}
			else if (length <= MessageMemory.SEND_CAPACITY) {
				send(socket, this.memory.copy(message), length);
			}
			else {
				ByteBuffer copy = LargeMessages.copy(message);
				send(socket, MessageMemory.addressOf(copy), length);
				LargeMessages.giveBack(copy);
			}
			message.position(message.limit());
		}
		finally {
			this.descriptor.leave();
		}
	}

	private void send(int socket, long address, int length) throws TransportException {
		int error = 0;
		this.interruption.arm();
		try {
			for (int i = 0; LibC.send(socket, address, length, LibC.MSG_NOSIGNAL) < 0; i++) {
				error = Errno.last();
				if (!Errno.isInterruption(i)) {
					break;
				}
				error = 0;
			}
		}
		finally {
			this.interruption.disarm();
		}
		if (error != 0) {
			throw sendFailure(error, length);
		}
	}

	private TransportException sendFailure(int error, int length) {
		if (this.descriptor.isClosed()) {
			return closed();
		}
		return switch (error) {
			case Errno.EMSGSIZE -> tooLarge(length);
			case Errno.EPIPE, Errno.ECONNRESET -> {
				this.peerLeftUnread = true;
				yield UnixPeer.gone(this.path, this.peer, null);
			}
			default -> Errno.failure("send a message on " + this.path, error);
		};
	}

	private TransportException tooLarge(int length) {
		return new TransportException(Reason.MESSAGE_TOO_LARGE,
				"A message of " + length + " bytes is larger than the maximum of " + this.maxMessageSize + " bytes on "
						+ this.path + "; nothing was sent");
	}

	private TransportException closed() {
		return new TransportException(Reason.CLOSED, "The connection on " + this.path + " is closed");
	}

	@Override
	public void endInput() {
		this.inputEnded = true;
		this.descriptor.use((socket) -> LibC.shutdown(socket, LibC.SHUT_RD));
	}

	@Override
	public void endOutput() {
		this.descriptor.use((socket) -> LibC.shutdown(socket, LibC.SHUT_WR));
	}

	@Override
	public boolean drain(Duration timeout) {
		return true; // the kernel keeps what was sent, whatever becomes of this end
	}

	@Override
	public <T extends @Nullable Object> T runAsPeer(Callable<T> task) throws Exception {
		return RunAs.runAs(this.peer, PosixAccounts.get(), task);
	}

	@Override
	public void close() {
		this.descriptor.close();
	}

	/**
	 * Decides on the peer of an accepted socket, and prepares the socket.
	 */
	@FunctionalInterface
	interface Gatekeeper {

		GrantedAccess admit(int socket, PeerCredentials peer) throws TransportException;

	}

}
