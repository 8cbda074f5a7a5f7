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
 * A listening Unix socket. It waits in a selector rather than in accept, so that an
 * interrupted thread does not close the socket for all, and so that the socket can be
 * replaced by a new one when its file has vanished.
 */
final class UnixSocketListener implements TransportListener {

	private final Path path;

	private final PosixAccess access;

	private final ListenOptions options;

	private final Selector selector;

	private final ReentrantLock lock = new ReentrantLock();

	private volatile @Nullable ServerSocketChannel server;

	private SocketFile file;

	private UnixSocketListener(Path path, PosixAccess access, ListenOptions options) throws IOException {
		this.path = path;
		this.access = access;
		this.options = options;
		this.selector = Selector.open();
		// loads what is needed when no descriptor is left to load it with
		SocketErrors.ofAccept(path, new IOException("none"));
		try {
			this.file = SocketFile.claim(path, access, this::bind);
		}
		catch (IOException ex) {
			this.selector.close();
			UnixSocketChannel.closeQuietly(this.server);
			throw ex;
		}
	}

	static UnixSocketListener open(Path path, PosixAccess access, ListenOptions options) throws TransportException {
		try {
			return new UnixSocketListener(path, access, options);
		}
		catch (TransportException ex) {
			throw ex;
		}
		catch (IOException ex) {
			throw SocketErrors.ofBind(path, ex);
		}
	}

	private void bind(Path path) throws TransportException {
		ServerSocketChannel channel = null;
		try {
			channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
			channel.bind(UnixDomainSocketAddress.of(path), this.options.backlog());
			channel.configureBlocking(false);
			channel.register(this.selector, SelectionKey.OP_ACCEPT);
			this.server = channel;
			this.selector.wakeup();
		}
		catch (IOException ex) {
			UnixSocketChannel.closeQuietly(channel);
			throw SocketErrors.ofBind(path, ex);
		}
	}

	@Override
	public String address() {
		return this.path.toString();
	}

	@Override
	public TransportChannel accept() throws TransportException {
		while (true) {
			ServerSocketChannel current = this.server;
			if (current == null) {
				throw new TransportException(Reason.CLOSED, "The listener of " + this.path + " is closed");
			}
			try {
				SocketChannel channel = current.accept();
				if (channel != null) {
					return admit(channel);
				}
				this.selector.select();
				this.selector.selectedKeys().clear();
			}
			catch (TransportException ex) {
				throw ex;
			}
			catch (IOException | ClosedSelectorException ex) {
				if (this.server == current) {
					throw SocketErrors.ofAccept(this.path, (ex instanceof IOException io) ? io : new IOException(ex));
				}
				continue;
			}
			if (Thread.currentThread().isInterrupted()) {
				throw new TransportException(Reason.IO, "Interrupted while waiting for a client of " + this.path);
			}
		}
	}

	private TransportChannel admit(SocketChannel channel) throws IOException {
		try {
			PeerCredentials peer = UnixPeer.of(channel);
			GrantedAccess granted = this.access.evaluate(peer);
			if (granted.isNone()) {
				throw new PeerRejectedException(peer, "Access to " + this.path + " denied for " + peer.describe());
			}
			if (this.options.outBufferSize().isPresent()) {
				channel.setOption(StandardSocketOptions.SO_SNDBUF, this.options.outBufferSize().getAsInt());
			}
			UnixSocketTransport.closeUnusedDirection(channel, this.options.readable(),
					this.options.writable() && granted.read());
			return new UnixSocketChannel(this.path, channel, peer, granted);
		}
		catch (IOException | RuntimeException ex) {
			UnixSocketChannel.closeQuietly(channel);
			throw ex;
		}
	}

	@Override
	public List<String> warnings() {
		return this.access.warnings();
	}

	@Override
	public boolean restoreName() throws TransportException {
		this.lock.lock();
		try {
			ServerSocketChannel lost = this.server;
			if (lost == null || !this.file.isMissing()) {
				return false;
			}
			claimAgain(lost);
			UnixSocketChannel.closeQuietly(lost);
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void claimAgain(ServerSocketChannel lost) throws TransportException {
		try {
			this.file = SocketFile.claim(this.path, this.access, this::bind);
		}
		catch (TransportException | RuntimeException ex) {
			ServerSocketChannel failed = this.server;
			this.server = lost;
			if (failed != lost) {
				UnixSocketChannel.closeQuietly(failed);
			}
			throw ex;
		}
	}

	@Override
	public void close() {
		this.lock.lock();
		try {
			ServerSocketChannel closing = this.server;
			if (closing != null) {
				this.server = null;
				this.file.delete();
				UnixSocketChannel.closeQuietly(closing);
				UnixSocketChannel.closeQuietly(this.selector);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

}
