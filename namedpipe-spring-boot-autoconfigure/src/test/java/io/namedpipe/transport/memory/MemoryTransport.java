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

package io.namedpipe.transport.memory;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

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

/**
 * Pipes between threads of this process, in byte and message mode, with the semantics of
 * Unix sockets. Each instance is a name space of its own.
 */
public class MemoryTransport implements Transport {

	private static final Set<Capability> CAPABILITIES = EnumSet.of(Capability.BYTE_MODE, Capability.MESSAGE_MODE,
			Capability.DUPLEX, Capability.HALF_CLOSE, Capability.TIMED_READS, Capability.PEER_USER,
			Capability.PEER_USER_ID, Capability.PEER_PROCESS_ID, Capability.VIRTUAL_THREADS);

	private final ReentrantLock lock = new ReentrantLock();

	private final Map<String, Listener> listeners = new HashMap<>();

	private volatile PeerCredentials credentials = new PeerCredentials("memory", "4242", "4242", null,
			OptionalLong.of(ProcessHandle.current().pid()));

	private volatile LookUp lookUp = () -> {
	};

	private volatile GrantedAccess granted = GrantedAccess.FULL;

	/**
	 * What clients are granted from now on.
	 * @param granted their rights
	 */
	public void setGranted(GrantedAccess granted) {
		this.granted = granted;
	}

	/**
	 * Has a look-up done for each client from now on.
	 * @param lookUp what it does, by default nothing
	 */
	public void setLookUp(LookUp lookUp) {
		this.lookUp = lookUp;
	}

	/**
	 * Who both ends see as their peer from now on.
	 * @param credentials the credentials
	 */
	public void setCredentials(PeerCredentials credentials) {
		this.credentials = credentials;
	}

	@Override
	public Set<Capability> capabilities() {
		return CAPABILITIES;
	}

	@Override
	public String resolve(String pipeName, @Nullable Path directory) {
		return "memory:" + pipeName;
	}

	@Override
	public TransportListener listen(ListenOptions options) throws TransportException {
		this.lock.lock();
		try {
			Listener listener = new Listener(options);
			if (this.listeners.putIfAbsent(options.pipeName(), listener) != null) {
				throw new TransportException(Reason.NAME_IN_USE,
						"memory:" + options.pipeName() + " is being served in this process");
			}
			return listener;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public TransportChannel connect(ConnectOptions options) throws TransportException {
		this.lock.lock();
		try {
			Listener listener = this.listeners.get(options.pipeName());
			if (listener == null) {
				throw new TransportException(Reason.NO_SERVER, "Nobody serves memory:" + options.pipeName());
			}
			if (options.message() != listener.options.message()) {
				throw new TransportException(Reason.MODE_MISMATCH,
						"The pipe memory:" + options.pipeName() + " is in the other transmission mode");
			}
			return listener.connect(options);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Finds out who a client is, and may turn it away.
	 */
	@FunctionalInterface
	public interface LookUp {

		/**
		 * Called on the thread that admits the client.
		 * @throws TransportException to turn it away
		 */
		void run() throws TransportException;

	}

	private final class Listener implements TransportListener {

		private final ListenOptions options;

		private final Condition arrived = MemoryTransport.this.lock.newCondition();

		private final Deque<MemoryChannel> backlog = new ArrayDeque<>();

		private boolean closed;

		Listener(ListenOptions options) {
			this.options = options;
		}

		@Override
		public String address() {
			return "memory:" + this.options.pipeName();
		}

		MemoryChannel connect(ConnectOptions connect) throws TransportException {
			if (this.backlog.size() >= this.options.backlog()) {
				throw new TransportException(Reason.BUSY, "The backlog of " + address() + " is full");
			}
			MemoryQueue toServer = new MemoryQueue();
			MemoryQueue toClient = new MemoryQueue();
			PeerCredentials peer = MemoryTransport.this.credentials;
			MemoryChannel server = new MemoryChannel(toServer, toClient, peer, MemoryTransport.this.granted,
					MemoryTransport.this.lookUp);
			MemoryChannel client = new MemoryChannel(toClient, toServer, peer, GrantedAccess.FULL, () -> {
			});
			if (!connect.writable()) {
				toServer.end();
			}
			this.backlog.add(server);
			this.arrived.signalAll();
			return client;
		}

		@Override
		public TransportChannel accept() throws TransportException {
			MemoryTransport.this.lock.lock();
			try {
				while (this.backlog.isEmpty()) {
					if (this.closed) {
						throw new TransportException(Reason.CLOSED, "The listener of " + address() + " is closed");
					}
					this.arrived.await();
				}
				MemoryChannel channel = this.backlog.remove();
				if (!this.options.writable()) {
					channel.endOutput();
				}
				return channel;
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new TransportException(Reason.IO, "Interrupted", ex);
			}
			finally {
				MemoryTransport.this.lock.unlock();
			}
		}

		@Override
		public void close() {
			MemoryTransport.this.lock.lock();
			try {
				if (!this.closed) {
					this.closed = true;
					MemoryTransport.this.listeners.remove(this.options.pipeName(), this);
					this.backlog.forEach(MemoryChannel::close);
					this.backlog.clear();
					this.arrived.signalAll();
				}
			}
			finally {
				MemoryTransport.this.lock.unlock();
			}
		}

	}

}
