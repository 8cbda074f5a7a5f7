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
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
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
 * Unix sockets. Each instance is a name space of its own. Access rules are not asked:
 * whoever connects is this process.
 */
public class MemoryTransport implements Transport {

	/** As much as a Unix socket of Linux takes by default. */
	private static final int DEFAULT_BUFFER_SIZE = 212_992;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition served = this.lock.newCondition();

	private final Map<String, Listener> listeners = new HashMap<>();

	private final MemoryClients clients;

	/**
	 * Creates a name space of its own, in which each end sees this process as its peer.
	 */
	public MemoryTransport() {
		this(new ThisProcess());
	}

	MemoryTransport(MemoryClients clients) {
		this.clients = clients;
	}

	@Override
	public Set<Capability> capabilities() {
		Set<Capability> capabilities = EnumSet.of(Capability.MEMORY, Capability.BYTE_MODE, Capability.MESSAGE_MODE,
				Capability.DUPLEX, Capability.HALF_CLOSE, Capability.TIMED_READS, Capability.PEER_USER,
				Capability.PEER_PROCESS_ID, Capability.VIRTUAL_THREADS);
		if (this.clients.credentials().userId() != null) {
			capabilities.add(Capability.PEER_USER_ID);
		}
		return capabilities;
	}

	@Override
	public String resolve(String pipeName, @Nullable Path directory) {
		return address(pipeName);
	}

	@Override
	public TransportListener listen(ListenOptions options) throws TransportException {
		this.lock.lock();
		try {
			Listener listener = new Listener(options);
			if (this.listeners.putIfAbsent(options.pipeName(), listener) != null) {
				throw new TransportException(Reason.NAME_IN_USE,
						address(options.pipeName()) + " is being served in this process");
			}
			this.served.signalAll();
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
				throw new TransportException(Reason.NO_SERVER, "Nobody serves " + address(options.pipeName()));
			}
			if (options.message() != listener.options.message()) {
				throw new TransportException(Reason.MODE_MISMATCH,
						"The pipe " + address(options.pipeName()) + " is in the other transmission mode");
			}
			verifyServerUser(options);
			return listener.connect(options);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void verifyServerUser(ConnectOptions options) throws TransportException {
		String expected = options.verifyServerUser();
		PeerCredentials server = this.clients.credentials();
		if (expected != null && !ConnectOptions.CURRENT_USER.equalsIgnoreCase(expected)
				&& !expected.equals(server.user()) && !expected.equals(server.userId())) {
			throw new TransportException(Reason.UNTRUSTED_SERVER, "The server of " + address(options.pipeName())
					+ " is this process, of " + server.describe() + ", not of " + expected);
		}
	}

	@Override
	public void awaitServer(ConnectOptions options, Reason reason, Duration atMost) throws InterruptedException {
		this.lock.lock();
		try {
			Listener listener = this.listeners.get(options.pipeName());
			if (listener == null || listener.isFull()) {
				this.served.awaitNanos(atMost.toNanos());
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private static String address(String pipeName) {
		return "memory:" + pipeName;
	}

	private static int sizeOf(OptionalInt reader, OptionalInt writer) {
		return Math.max(1, reader.orElse(writer.orElse(DEFAULT_BUFFER_SIZE)));
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
			return MemoryTransport.address(this.options.pipeName());
		}

		boolean isFull() {
			return this.backlog.size() >= this.options.backlog();
		}

		MemoryChannel connect(ConnectOptions connect) throws TransportException {
			if (isFull()) {
				throw new TransportException(Reason.BUSY, "The backlog of " + address() + " is full");
			}
			MemoryQueue toServer = new MemoryQueue(sizeOf(this.options.inBufferSize(), connect.outBufferSize()));
			MemoryQueue toClient = new MemoryQueue(sizeOf(connect.inBufferSize(), this.options.outBufferSize()));
			MemoryClients clients = MemoryTransport.this.clients;
			PeerCredentials peer = clients.credentials();
			MemoryChannel server = new MemoryChannel(toServer, toClient, peer, clients.granted(), clients.lookUp());
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
				MemoryTransport.this.served.signalAll();
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
