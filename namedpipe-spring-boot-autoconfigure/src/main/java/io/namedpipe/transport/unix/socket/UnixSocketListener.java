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
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;

import io.namedpipe.transport.GrantedAccess;
import io.namedpipe.transport.ListenOptions;
import io.namedpipe.transport.PeerCredentials;
import io.namedpipe.transport.PosixAccess;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.unix.libc.Closeables;

/**
 * A listening Unix socket. It waits in a selector rather than in accept, so that an
 * interrupted thread does not close the socket for all, and so that the socket can be
 * replaced by a new one when its file has vanished.
 */
final class UnixSocketListener extends SocketListener<ServerSocketChannel> {

	private static final String GROUPS_OF_ACCOUNTS = "An access rule for a group goes by the account database here, as"
			+ " the groups of the client's process cannot be asked for: one that has dropped its groups, or runs in a"
			+ " container, has those of its user all the same. Where it matters, add net.java.dev.jna:jna to the class"
			+ " path (on Linux) or use transmission-mode: message";

	private final Selector selector;

	// Finding them out takes a native library: not where nothing depends on them
	private final BooleanSupplier groupsMatter;

	private UnixSocketListener(Path path, PosixAccess access, ListenOptions options, BooleanSupplier runsAsPeer)
			throws IOException {
		super(path, access, options);
		this.groupsMatter = () -> access.asksForGroups() || runsAsPeer.getAsBoolean();
		this.selector = Selector.open();
	}

	/**
	 * Listens.
	 * @param path where
	 * @param access who may connect
	 * @param options what the server wants
	 * @param runsAsPeer whether something is known to run as the clients
	 * @return the listener
	 * @throws TransportException if the name cannot be had
	 */
	static UnixSocketListener open(Path path, PosixAccess access, ListenOptions options, BooleanSupplier runsAsPeer)
			throws TransportException {
		// loads what is needed when no descriptor is left to load it with
		SocketErrors.ofAccept(path, new IOException("none"));
		UnixSocketListener listener = null;
		try {
			listener = new UnixSocketListener(path, access, options, runsAsPeer);
			listener.claim();
			return listener;
		}
		catch (IOException ex) {
			Closeables.closeQuietly((listener != null) ? listener.selector : null);
			throw (ex instanceof TransportException failure) ? failure : SocketErrors.ofBind(path, ex);
		}
	}

	@Override
	protected ServerSocketChannel bind(Path path) throws TransportException {
		ServerSocketChannel channel = null;
		try {
			channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
			channel.bind(UnixDomainSocketAddress.of(path), options().backlog());
			channel.configureBlocking(false);
			channel.register(this.selector, SelectionKey.OP_ACCEPT);
			this.selector.wakeup();
			return channel;
		}
		catch (IOException ex) {
			Closeables.closeQuietly(channel);
			throw SocketErrors.ofBind(path, ex);
		}
	}

	@Override
	public TransportChannel accept() throws TransportException {
		while (true) {
			ServerSocketChannel current = server();
			try {
				SocketChannel channel = current.accept();
				if (channel != null) {
					return UnixSocketChannel.accepted(path(), channel, this.groupsMatter.getAsBoolean(), this::admit);
				}
				this.selector.select();
				this.selector.selectedKeys().clear();
			}
			catch (TransportException ex) {
				throw ex;
			}
			catch (IOException | ClosedSelectorException ex) {
				if (isCurrent(current)) {
					throw SocketErrors.ofAccept(path(), (ex instanceof IOException io) ? io : new IOException(ex));
				}
				continue;
			}
			if (Thread.currentThread().isInterrupted()) {
				throw new TransportException(Reason.IO, "Interrupted while waiting for a client of " + path());
			}
		}
	}

	private GrantedAccess admit(SocketChannel channel, PeerCredentials peer) throws IOException {
		GrantedAccess granted = rightsOf(peer);
		if (options().outBufferSize().isPresent()) {
			channel.setOption(StandardSocketOptions.SO_SNDBUF, options().outBufferSize().getAsInt());
		}
		UnixSocketTransport.closeUnusedDirection(channel, options().readable() && granted.write(),
				options().writable() && granted.read());
		return granted;
	}

	@Override
	List<String> furtherWarnings() {
		return (access().asksForGroups() && !PeerGroups.areKnownOfChannels()) ? List.of(GROUPS_OF_ACCOUNTS) : List.of();
	}

	@Override
	public void close() {
		super.close();
		Closeables.closeQuietly(this.selector);
	}

}
