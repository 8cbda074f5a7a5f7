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

import java.nio.file.Path;

import io.namedpipe.transport.GrantedAccess;
import io.namedpipe.transport.ListenOptions;
import io.namedpipe.transport.PeerCredentials;
import io.namedpipe.transport.PosixAccess;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.unix.socket.SocketListener;

/**
 * Listens for clients in message mode.
 */
final class SeqPacketListener extends SocketListener<ListeningSocket> {

	private SeqPacketListener(Path path, PosixAccess access, ListenOptions options) {
		super(path, access, options);
	}

	static SeqPacketListener open(Path path, PosixAccess access, ListenOptions options) throws TransportException {
		if (options.writable()) {
			SeqPacketSockets.prove(options.outBufferSize(), options.maxMessageSize());
		}
		SeqPacketListener listener = new SeqPacketListener(path, access, options);
		listener.claim();
		return listener;
	}

	@Override
	protected ListeningSocket bind(Path path) throws TransportException {
		return ListeningSocket.bind(path.toString(), options().backlog());
	}

	@Override
	public TransportChannel accept() throws TransportException {
		while (true) {
			ListeningSocket current = server();
			try {
				int socket = current.accept();
				if (socket >= 0) {
					return SeqPacketChannel.accepted(path(), socket, this::admit, options().maxMessageSize());
				}
			}
			catch (TransportException ex) {
				if (isCurrent(current) || ex.getReason() != Reason.CLOSED) {
					throw ex;
				}
			}
		}
	}

	private GrantedAccess admit(int socket, PeerCredentials peer) throws TransportException {
		GrantedAccess granted = rightsOf(peer);
		SeqPacketSockets.useDirections(socket, options().readable() && granted.write(),
				options().writable() && granted.read(), options().outBufferSize(), options().maxMessageSize());
		return granted;
	}

}
