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

package io.namedpipe.socket;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.namedpipe.PipeException;
import io.namedpipe.PipeServer;
import io.namedpipe.transport.Capability;

/**
 * What a server socket is on top of a pipe server.
 */
final class PipeServerSocketImpl extends SocketImpl {

	private final Supplier<PipeServer.Builder> builder;

	private final SocketValues options = new SocketValues();

	private final ReentrantLock lock = new ReentrantLock();

	private volatile @Nullable PipeAcceptor acceptor;

	private volatile boolean closed;

	PipeServerSocketImpl(Supplier<PipeServer.Builder> builder) {
		this.builder = builder;
	}

	@Override
	protected void create(boolean stream) throws SocketException {
		if (!stream) {
			throw new SocketException("A pipe carries a stream, not datagrams");
		}
	}

	@Override
	protected void bind(InetAddress host, int port) {
		this.address = InetAddress.getLoopbackAddress();
		this.localport = port;
	}

	@Override
	protected void listen(int backlog) throws IOException {
		this.lock.lock();
		try {
			if (this.closed) {
				throw SocketErrors.closed();
			}
			PipeServer server = this.builder.get().backlog(backlog).build();
			if (!SocketErrors.canCarrySockets(server, server.supports(Capability.TIMED_READS))) {
				throw new SocketException(SocketErrors.NEEDED + server + " is not");
			}
			server.start();
			PipeAcceptor started = new PipeAcceptor(server);
			this.acceptor = started;
			started.start();
		}
		catch (PipeException ex) {
			throw SocketErrors.ofBind(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	protected void accept(SocketImpl accepted) throws IOException {
		PipeAcceptor current = this.acceptor;
		if (current == null || this.closed) {
			throw SocketErrors.closed();
		}
		PipeSocketImpl socket = (PipeSocketImpl) accepted;
		int timeout = this.options.timeout();
		long limit = (timeout > 0) ? TimeUnit.MILLISECONDS.toNanos(timeout) : Long.MAX_VALUE;
		long started = System.nanoTime();
		boolean taken = false;
		while (!taken) {
			taken = socket.accepted(current.accept(limit - (System.nanoTime() - started)));
		}
	}

	@Override
	protected void connect(String host, int port) throws SocketException {
		throw serverSocket();
	}

	@Override
	protected void connect(InetAddress address, int port) throws SocketException {
		throw serverSocket();
	}

	@Override
	protected void connect(SocketAddress endpoint, int timeout) throws SocketException {
		throw serverSocket();
	}

	@Override
	protected InputStream getInputStream() throws SocketException {
		throw serverSocket();
	}

	@Override
	protected OutputStream getOutputStream() throws SocketException {
		throw serverSocket();
	}

	@Override
	protected int available() {
		return 0;
	}

	@Override
	protected void sendUrgentData(int data) throws SocketException {
		throw serverSocket();
	}

	private static SocketException serverSocket() {
		return new SocketException("A server socket has no connection of its own");
	}

	@Override
	protected Set<SocketOption<?>> supportedOptions() {
		return this.options.supported();
	}

	@Override
	protected <T> void setOption(SocketOption<T> option, T value) throws SocketException {
		this.options.set(option, value);
	}

	@Override
	protected <T> T getOption(SocketOption<T> option) throws SocketException {
		return this.options.get(option);
	}

	@Override
	public void setOption(int option, Object value) throws SocketException {
		this.options.set(option, value);
	}

	@Override
	public Object getOption(int option) throws SocketException {
		return this.options.get(option);
	}

	@Override
	protected void close() {
		PipeAcceptor current;
		this.lock.lock();
		try {
			this.closed = true;
			current = this.acceptor;
		}
		finally {
			this.lock.unlock();
		}
		if (current != null) {
			current.close();
		}
	}

}
