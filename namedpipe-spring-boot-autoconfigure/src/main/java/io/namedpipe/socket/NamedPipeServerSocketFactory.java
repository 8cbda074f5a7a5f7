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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.function.Supplier;

import javax.net.ServerSocketFactory;

import io.namedpipe.PipeServer;

/**
 * Makes server sockets that serve a pipe, whatever address and port they are bound to:
 * for libraries that want a {@link ServerSocket}. May be used by any number of threads.
 * <p>
 * A server socket behaves as {@link ServerSocket} documents. Binding takes the name, with
 * a {@link java.net.BindException} if somebody serves it already; closing gives it up,
 * ends {@link ServerSocket#accept()} and leaves accepted sockets open. Who may connect is
 * what the {@link PipeServer.Builder} says: the server's own user where it says nothing.
 * One client is accepted ahead, and a backlog waits behind it, where Windows keeps its
 * pending instances instead. A client that may not both read and write, or whose
 * connection was closed before, is not accepted and not waited for. An interrupt of a
 * thread that accepts closes the server socket, whatever kind of thread it is.
 */
public class NamedPipeServerSocketFactory extends ServerSocketFactory {

	private final Supplier<PipeServer.Builder> pipe;

	/**
	 * A factory by the name of the pipe alone, without time limits but those of the
	 * sockets.
	 * @param pipeName a short name ({@code orders}), {@code \\.\pipe\orders} on Windows,
	 * or a rooted path on POSIX systems
	 */
	public NamedPipeServerSocketFactory(String pipeName) {
		this(() -> PipeServer.builder(pipeName).writeTimeout(null));
	}

	/**
	 * A factory on top of servers, which decide on the pipe, who may connect and the time
	 * limits.
	 * @param pipe makes the builder of the server of one server socket. What is not a
	 * pipe in byte mode and of both directions, whose reads can time out, fails to bind
	 */
	public NamedPipeServerSocketFactory(Supplier<PipeServer.Builder> pipe) {
		this.pipe = pipe;
	}

	/**
	 * Makes a server socket that is not bound.
	 * @return the server socket
	 */
	@Override
	public ServerSocket createServerSocket() throws IOException {
		return new PipeServerSocket(new PipeServerSocketImpl(this.pipe));
	}

	/**
	 * Makes a server socket and has it serve the pipe.
	 * @param port makes no difference, but that the socket tells it
	 * @return the server socket
	 * @throws IOException if the name cannot be had
	 */
	@Override
	public ServerSocket createServerSocket(int port) throws IOException {
		return createServerSocket(port, 0);
	}

	/**
	 * Makes a server socket and has it serve the pipe.
	 * @param port makes no difference, but that the socket tells it
	 * @param backlog how many clients may wait to be accepted on POSIX systems, 50 if it
	 * is below 1
	 * @return the server socket
	 * @throws IOException if the name cannot be had
	 */
	@Override
	public ServerSocket createServerSocket(int port, int backlog) throws IOException {
		return createServerSocket(port, backlog, InetAddress.getLoopbackAddress());
	}

	/**
	 * Makes a server socket and has it serve the pipe.
	 * @param port makes no difference, but that the socket tells it
	 * @param backlog how many clients may wait to be accepted on POSIX systems, 50 if it
	 * is below 1
	 * @param address makes no difference
	 * @return the server socket
	 * @throws IOException if the name cannot be had
	 */
	@Override
	public ServerSocket createServerSocket(int port, int backlog, InetAddress address) throws IOException {
		ServerSocket socket = createServerSocket();
		boolean bound = false;
		try {
			socket.bind(new InetSocketAddress(address, port), backlog);
			bound = true;
			return socket;
		}
		finally {
			if (!bound) {
				socket.close();
			}
		}
	}

}
