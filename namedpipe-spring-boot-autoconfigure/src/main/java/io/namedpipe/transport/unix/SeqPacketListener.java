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

package io.namedpipe.transport.unix;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.GrantedAccess;
import io.namedpipe.transport.ListenOptions;
import io.namedpipe.transport.PeerCredentials;
import io.namedpipe.transport.PeerRejectedException;
import io.namedpipe.transport.PosixAccess;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.TransportListener;

/**
 * Listens for clients in message mode. The socket is replaced by a new one when its file
 * has vanished.
 */
final class SeqPacketListener implements TransportListener {

	private final Path path;

	private final PosixAccess access;

	private final ListenOptions options;

	private final ReentrantLock lock = new ReentrantLock();

	private volatile @Nullable ListeningSocket server;

	private SocketFile file;

	private SeqPacketListener(Path path, PosixAccess access, ListenOptions options) throws TransportException {
		this.path = path;
		this.access = access;
		this.options = options;
		this.file = claim();
	}

	static SeqPacketListener open(Path path, PosixAccess access, ListenOptions options) throws TransportException {
		if (options.writable()) {
			SeqPacketSockets.prove(options.outBufferSize(), options.maxMessageSize());
		}
		return new SeqPacketListener(path, access, options);
	}

	private SocketFile claim() throws TransportException {
		ListeningSocket[] bound = new ListeningSocket[1];
		try {
			SocketFile claimed = SocketFile.claim(this.path, this.access,
					(path) -> bound[0] = ListeningSocket.bind(path.toString(), this.options.backlog()));
			this.server = bound[0];
			return claimed;
		}
		catch (TransportException | RuntimeException ex) {
			if (bound[0] != null) {
				bound[0].close();
			}
			throw ex;
		}
	}

	@Override
	public String address() {
		return this.path.toString();
	}

	@Override
	public TransportChannel accept() throws TransportException {
		while (true) {
			ListeningSocket current = this.server;
			if (current == null) {
				throw new TransportException(Reason.CLOSED, "The listener of " + this.path + " is closed");
			}
			try {
				int socket = current.accept();
				if (socket >= 0) {
					return admit(socket);
				}
			}
			catch (TransportException ex) {
				if (this.server == current || ex.getReason() != Reason.CLOSED) {
					throw ex;
				}
			}
		}
	}

	private TransportChannel admit(int socket) throws TransportException {
		PeerCredentials peer;
		GrantedAccess granted;
		try {
			peer = SeqPacketSockets.peer(socket);
			granted = this.access.evaluate(peer);
			if (granted.isNone()) {
				throw new PeerRejectedException(peer, "Access to " + this.path + " denied for " + peer.describe());
			}
			SeqPacketSockets.passCredentials(socket);
			SeqPacketSockets.useDirections(socket, this.options.readable(), this.options.writable() && granted.read(),
					this.options.outBufferSize(), this.options.maxMessageSize());
		}
		catch (TransportException | RuntimeException ex) {
			LibC.close(socket);
			throw ex;
		}
		return SeqPacketChannel.of(this.path, socket, peer, granted, this.options.maxMessageSize());
	}

	@Override
	public List<String> warnings() {
		return this.access.warnings();
	}

	@Override
	public boolean restoreName() throws TransportException {
		this.lock.lock();
		try {
			ListeningSocket lost = this.server;
			if (lost == null || !this.file.isMissing()) {
				return false;
			}
			this.file = claim();
			lost.close();
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void close() {
		this.lock.lock();
		try {
			ListeningSocket closing = this.server;
			if (closing != null) {
				this.server = null;
				this.file.delete();
				closing.close();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

}
