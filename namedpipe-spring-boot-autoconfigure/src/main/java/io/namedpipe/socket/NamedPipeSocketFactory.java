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
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

import javax.net.SocketFactory;

import org.jspecify.annotations.Nullable;

import io.namedpipe.PipeClient;
import io.namedpipe.PipeException;
import io.namedpipe.transport.Capability;

/**
 * Makes sockets that are connected to a pipe, whatever host and port they are asked for:
 * for libraries that want a {@link Socket}, such as drivers of databases. May be used by
 * any number of threads.
 * <p>
 * A socket behaves as {@link Socket} documents. In particular:
 * <ul>
 * <li>A time-out of a read ({@link Socket#setSoTimeout}) leaves the connection usable,
 * and loses nothing.</li>
 * <li>{@link Socket#connect} fails with a {@link java.net.ConnectException} if nobody
 * serves the pipe (with a client that waits for its server: if nobody does in time), and
 * with a {@link java.net.SocketTimeoutException} if the time that it was given is up.
 * Without one, the connect timeout of the client counts, and ends in a
 * {@code ConnectException}.</li>
 * <li>After {@link Socket#shutdownInput} reads give the end of the stream. What the peer
 * sends then is not discarded: its writes wait once the buffers are full.</li>
 * <li>{@link Socket#shutdownOutput} does not wait for a write of another thread, which
 * fails. On Windows, whose pipes have no half-close, it fails itself with a
 * {@link java.net.SocketException}.</li>
 * <li>{@link Socket#close()} ends blocked calls of other threads with a
 * {@link java.net.SocketException}.</li>
 * <li>An interrupt of a thread that connects, reads or writes closes the socket, whatever
 * kind of thread it is. (Sockets of the JDK take no notice of it in platform
 * threads.)</li>
 * <li>Options of TCP can be set, and have no effect. Addresses and ports are those that
 * were asked for, or else of the loopback interface.</li>
 * </ul>
 * The JDK's {@code SSLSocketFactory} can be layered over such a socket.
 */
public class NamedPipeSocketFactory extends SocketFactory {

	private final PipeClient client;

	/**
	 * A factory by the name of the pipe alone, as libraries create it that are given a
	 * class and an argument. Without time limits but those of the sockets, and that a
	 * socket which is connected without one waits for a busy server for 5 seconds. A
	 * missing pipe is not waited for.
	 * @param pipeName a short name ({@code orders}), {@code \\.\pipe\orders} on Windows,
	 * or a rooted path on POSIX systems
	 * @throws IllegalArgumentException if the name is missing, or breaks a rule of this
	 * platform
	 */
	public NamedPipeSocketFactory(String pipeName) {
		this(client(pipeName));
	}

	/**
	 * A factory on top of a client, which decides on the pipe, the time limits and who is
	 * told of connections.
	 * @param client the client, which stays the caller's: closing it closes the sockets
	 * @throws IllegalArgumentException unless the client is duplex and in byte mode, on a
	 * transport that has {@link Capability#TIMED_READS}
	 */
	public NamedPipeSocketFactory(PipeClient client) {
		if (!SocketErrors.canCarrySockets(client, client.supports(Capability.TIMED_READS))) {
			throw new IllegalArgumentException(SocketErrors.NEEDED + client + " is not");
		}
		this.client = client;
	}

	private static PipeClient client(@Nullable String pipeName) {
		if (pipeName == null) {
			throw new IllegalArgumentException("The name of the pipe is missing: give it to the constructor,"
					+ " or as 'socketFactoryArg' to the driver of PostgreSQL");
		}
		try {
			return PipeClient.builder(pipeName).waitForServer(false).writeTimeout(null).build();
		}
		catch (PipeException ex) {
			throw new IllegalArgumentException("No sockets for the pipe '" + pipeName + "': " + ex.getMessage(), ex);
		}
	}

	/**
	 * Makes a socket that is not connected.
	 * @return the socket
	 */
	@Override
	public Socket createSocket() {
		try {
			return new PipeSocket(new PipeSocketImpl(this.client));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Makes a socket and connects it.
	 * @param host makes no difference
	 * @param port makes no difference
	 * @return the socket
	 * @throws IOException if the pipe cannot be connected to
	 */
	@Override
	public Socket createSocket(String host, int port) throws IOException {
		return connected(InetSocketAddress.createUnresolved(host, port));
	}

	/**
	 * Makes a socket and connects it.
	 * @param host makes no difference
	 * @param port makes no difference
	 * @param localHost makes no difference
	 * @param localPort makes no difference
	 * @return the socket
	 * @throws IOException if the pipe cannot be connected to
	 */
	@Override
	public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
		return createSocket(host, port);
	}

	/**
	 * Makes a socket and connects it.
	 * @param host makes no difference
	 * @param port makes no difference
	 * @return the socket
	 * @throws IOException if the pipe cannot be connected to
	 */
	@Override
	public Socket createSocket(InetAddress host, int port) throws IOException {
		return connected(new InetSocketAddress(host, port));
	}

	/**
	 * Makes a socket and connects it.
	 * @param address makes no difference
	 * @param port makes no difference
	 * @param localAddress makes no difference
	 * @param localPort makes no difference
	 * @return the socket
	 * @throws IOException if the pipe cannot be connected to
	 */
	@Override
	public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
			throws IOException {
		return createSocket(address, port);
	}

	private Socket connected(InetSocketAddress endpoint) throws IOException {
		Socket socket = createSocket();
		socket.connect(endpoint);
		return socket;
	}

	@Override
	public String toString() {
		return "sockets over " + this.client.address();
	}

}
