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

import java.io.Closeable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.GrantedAccess;
import io.namedpipe.transport.ListenOptions;
import io.namedpipe.transport.PeerCredentials;
import io.namedpipe.transport.PeerRejectedException;
import io.namedpipe.transport.PosixAccess;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.TransportListener;
import io.namedpipe.transport.unix.libc.Closeables;

/**
 * Listens on a socket in the file system. The socket is replaced by a new one when its
 * file has vanished.
 *
 * @param <S> the type of the listening socket
 */
public abstract class SocketListener<S extends Closeable> implements TransportListener {

	private final Path path;

	private final PosixAccess access;

	private final ListenOptions options;

	private final ReentrantLock lock = new ReentrantLock();

	private volatile @Nullable S server;

	private @Nullable SocketFile file;

	protected SocketListener(Path path, PosixAccess access, ListenOptions options) {
		this.path = path;
		this.access = access;
		this.options = options;
	}

	/**
	 * Makes a socket that listens.
	 * @param path the path to bind it to
	 * @return the socket
	 * @throws TransportException if it cannot be had
	 */
	protected abstract S bind(Path path) throws TransportException;

	/**
	 * Takes the name, at first or again.
	 * @throws TransportException if the name cannot be had; a socket that there was
	 * before is still the one to accept from
	 */
	protected final void claim() throws TransportException {
		Claim claim = new Claim();
		SocketFile lost = this.file;
		try {
			if (lost != null) {
				lost.releaseName();
			}
			SocketFile claimed = SocketFile.claim(this.path, this.access, claim);
			this.file = claimed;
			this.server = claim.bound;
			if (lost != null) {
				lost.release();
			}
		}
		catch (TransportException | RuntimeException ex) {
			Closeables.closeQuietly(claim.bound);
			throw ex;
		}
	}

	final PosixAccess access() {
		return this.access;
	}

	protected final Path path() {
		return this.path;
	}

	protected final ListenOptions options() {
		return this.options;
	}

	/**
	 * The socket to accept from.
	 * @return the socket
	 * @throws TransportException with {@link Reason#CLOSED}
	 */
	protected final S server() throws TransportException {
		S current = this.server;
		if (current == null) {
			throw new TransportException(Reason.CLOSED, "The listener of " + this.path + " is closed");
		}
		return current;
	}

	/**
	 * Whether a socket has not been replaced nor the listener closed.
	 * @param socket the socket
	 * @return {@code true} if an error of it is one
	 */
	protected final boolean isCurrent(S socket) {
		return this.server == socket;
	}

	/**
	 * Decides on a client.
	 * @param peer who it is
	 * @return what it may do, not nothing
	 * @throws PeerRejectedException if it may do nothing
	 */
	protected final GrantedAccess rightsOf(PeerCredentials peer) throws PeerRejectedException {
		GrantedAccess granted = this.access.evaluate(peer);
		if (granted.isNone()) {
			throw new PeerRejectedException(peer, "Access to " + this.path + " denied for " + peer.describe());
		}
		return granted;
	}

	@Override
	public final String address() {
		return this.path.toString();
	}

	@Override
	public final List<String> warnings() {
		List<String> warnings = new ArrayList<>(this.access.warnings());
		warnings.addAll(furtherWarnings());
		this.lock.lock();
		try {
			if (this.server != null && this.file != null) {
				warnings.addAll(this.file.warnings());
			}
		}
		finally {
			this.lock.unlock();
		}
		return warnings;
	}

	/**
	 * What an operator should know besides about how the policy is enforced.
	 */
	List<String> furtherWarnings() {
		return List.of();
	}

	@Override
	public final boolean restoreName() throws TransportException {
		this.lock.lock();
		try {
			S lost = this.server;
			SocketFile current = this.file;
			if (lost == null || current == null || !current.isMissing()) {
				return false;
			}
			claim();
			Closeables.closeQuietly(lost);
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
			S closing = this.server;
			SocketFile current = this.file;
			if (closing != null && current != null) {
				this.server = null;
				current.delete();
				Closeables.closeQuietly(closing);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private final class Claim implements SocketFile.Bind {

		private @Nullable S bound;

		@Override
		public void bind(Path path) throws TransportException {
			this.bound = SocketListener.this.bind(path);
		}

	}

}
