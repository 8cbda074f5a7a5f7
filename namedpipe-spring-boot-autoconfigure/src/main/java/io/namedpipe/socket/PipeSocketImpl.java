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
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.namedpipe.CloseReason;
import io.namedpipe.PipeAccessDeniedException;
import io.namedpipe.PipeClient;
import io.namedpipe.PipeClosedException;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeException;

/**
 * What a socket is on top of a connection. {@link Socket} itself has the states, and
 * refuses what does not go with them.
 */
final class PipeSocketImpl extends SocketImpl {

	private final @Nullable PipeClient client;

	private final SocketValues options = new SocketValues();

	private final ReentrantLock lock = new ReentrantLock();

	private volatile @Nullable Socket owner;

	private volatile @Nullable PipeConnection connection;

	private volatile boolean inputEnded;

	private volatile boolean peerEnded;

	private volatile boolean closed;

	/**
	 * The inside of a socket.
	 * @param client connects it, or {@code null} if it is to be accepted
	 */
	PipeSocketImpl(@Nullable PipeClient client) {
		this.client = client;
	}

	void setOwner(Socket owner) {
		this.owner = owner;
	}

	@Override
	protected void create(boolean stream) throws SocketException {
		if (!stream) {
			throw new SocketException("A pipe carries a stream, not datagrams");
		}
	}

	@Override
	protected void connect(String host, int port) throws IOException {
		connect(new InetSocketAddress(host, port), 0);
	}

	@Override
	protected void connect(InetAddress address, int port) throws IOException {
		connect(new InetSocketAddress(address, port), 0);
	}

	@Override
	protected void connect(SocketAddress endpoint, int timeout) throws IOException {
		if (this.client == null) {
			throw new SocketException("This socket is to be accepted");
		}
		PipeConnection connected;
		try {
			Duration limit = (timeout == 0) ? this.client.connectTimeout() : Duration.ofMillis(timeout);
			connected = this.client.connect(limit, (server) -> {
				server.await();
				return !this.closed;
			}).orElseThrow(SocketErrors::closed);
			connected(connected);
		}
		catch (PipeException ex) {
			throw SocketErrors.ofConnect(ex, timeout > 0);
		}
		InetSocketAddress asked = (InetSocketAddress) endpoint;
		this.address = asked.getAddress();
		this.port = asked.getPort();
	}

	/**
	 * Takes the connection of a client over, unless it is of no use, which is no failure
	 * of the server.
	 * @param accepted the connection, which is closed if that fails
	 * @return {@code false} if the client may not read and write, or if its connection
	 * was closed before somebody accepted it
	 * @throws IOException if the platform fails
	 */
	boolean accepted(PipeConnection accepted) throws IOException {
		if (!accepted.canRead() || !accepted.canWrite()) {
			accepted.close(CloseReason.ERROR, new PipeAccessDeniedException(
					accepted.peer() + " may not both read and write, as a socket does", accepted.address(), null));
			return false;
		}
		try {
			connected(accepted);
			return true;
		}
		catch (PipeClosedException ex) {
			return false;
		}
		catch (PipeException ex) {
			throw SocketErrors.of(ex);
		}
	}

	private void connected(PipeConnection connected) throws IOException {
		boolean taken = false;
		try {
			connected.enableTimedReads();
			// what came before the peer left can be read even if a write has failed
			connected.readToEnd();
			this.lock.lock();
			try {
				if (this.closed) {
					throw SocketErrors.closed();
				}
				this.connection = connected;
				taken = true;
			}
			finally {
				this.lock.unlock();
			}
		}
		finally {
			if (!taken) {
				connected.close();
			}
		}
		this.address = InetAddress.getLoopbackAddress();
	}

	@Override
	protected void bind(InetAddress host, int port) {
		this.localport = port;
	}

	@Override
	protected void listen(int backlog) throws SocketException {
		throw new SocketException("Not a server socket");
	}

	@Override
	protected void accept(SocketImpl accepted) throws SocketException {
		throw new SocketException("Not a server socket");
	}

	@Override
	protected InputStream getInputStream() {
		return new Input();
	}

	@Override
	protected OutputStream getOutputStream() {
		return new Output();
	}

	@Override
	protected int available() throws IOException {
		PipeConnection current = open();
		try {
			return this.inputEnded ? 0 : current.available();
		}
		catch (PipeException ex) {
			throw failure(SocketErrors.of(ex));
		}
	}

	private PipeConnection open() throws SocketException {
		PipeConnection current = this.connection;
		if (current == null || this.closed) {
			throw SocketErrors.closed();
		}
		return current;
	}

	private int read(ByteBuffer target) throws IOException {
		PipeConnection current = open();
		if (this.inputEnded) {
			return -1;
		}
		try {
			int timeout = this.options.timeout();
			int count = (timeout == 0) ? current.read(target) : current.read(target, Duration.ofMillis(timeout));
			if (count < 0 && !this.inputEnded) {
				this.peerEnded = true;
			}
			return count;
		}
		catch (PipeException ex) {
			throw failure(SocketErrors.ofRead(ex));
		}
	}

	private void write(ByteBuffer source) throws IOException {
		PipeConnection current = open();
		try {
			current.write(source);
		}
		catch (PipeException ex) {
			throw failure(SocketErrors.of(ex));
		}
	}

	// As of a socket of the JDK in a virtual thread, an interrupt is the end: the
	// connection is closed by then
	private IOException failure(IOException failure) throws IOException {
		if (this.closed) {
			SocketException closed = SocketErrors.closed();
			closed.initCause(failure.getCause());
			return closed;
		}
		PipeConnection current = this.connection;
		Socket socket = this.owner;
		if (Thread.currentThread().isInterrupted() && current != null && !current.isOpen() && socket != null) {
			socket.close();
		}
		return failure;
	}

	@Override
	protected void shutdownInput() throws IOException {
		PipeConnection current = open();
		this.inputEnded = true;
		current.ignoreInput();
	}

	@Override
	protected void shutdownOutput() throws IOException {
		try {
			open().abortOutput();
		}
		catch (PipeException ex) {
			throw failure(SocketErrors.of(ex));
		}
	}

	@Override
	protected void sendUrgentData(int data) throws SocketException {
		throw new SocketException("A pipe has no urgent data");
	}

	@Override
	protected Set<SocketOption<?>> supportedOptions() {
		return this.options.supported();
	}

	@Override
	protected <T> void setOption(SocketOption<T> option, T value) throws SocketException {
		verifyNotClosed();
		this.options.set(option, value);
	}

	@Override
	protected <T> T getOption(SocketOption<T> option) throws SocketException {
		verifyNotClosed();
		return this.options.get(option);
	}

	@Override
	public void setOption(int option, Object value) throws SocketException {
		verifyNotClosed();
		this.options.set(option, value);
	}

	@Override
	public Object getOption(int option) throws SocketException {
		verifyNotClosed();
		return this.options.get(option);
	}

	private void verifyNotClosed() throws SocketException {
		if (this.closed) {
			throw SocketErrors.closed();
		}
	}

	@Override
	protected void close() {
		PipeConnection current;
		this.lock.lock();
		try {
			this.closed = true;
			current = this.connection;
		}
		finally {
			this.lock.unlock();
		}
		if (current != null) {
			current.close(this.peerEnded ? CloseReason.PEER : CloseReason.OPERATOR);
		}
	}

	@Override
	public String toString() {
		PipeConnection current = this.connection;
		if (current != null) {
			return current + " on " + current.address();
		}
		return (this.client != null) ? "not connected to " + this.client.address() : "not connected";
	}

	/**
	 * Reads. Closed by the stream that {@link Socket} puts around it.
	 */
	private final class Input extends InputStream {

		@Override
		public int read() throws IOException {
			byte[] one = new byte[1];
			return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xFF;
		}

		@Override
		public int read(byte[] target, int offset, int length) throws IOException {
			Objects.checkFromIndexSize(offset, length, target.length);
			return (length == 0) ? 0 : PipeSocketImpl.this.read(ByteBuffer.wrap(target, offset, length));
		}

		@Override
		public int available() throws IOException {
			return PipeSocketImpl.this.available();
		}

	}

	/**
	 * Writes. Closed by the stream that {@link Socket} puts around it.
	 */
	private final class Output extends OutputStream {

		@Override
		public void write(int value) throws IOException {
			write(new byte[] { (byte) value }, 0, 1);
		}

		@Override
		public void write(byte[] source, int offset, int length) throws IOException {
			Objects.checkFromIndexSize(offset, length, source.length);
			PipeSocketImpl.this.write(ByteBuffer.wrap(source, offset, length));
		}

	}

}
