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
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;

/**
 * A server socket that serves the name of a pipe.
 */
final class PipeServerSocket extends ServerSocket {

	PipeServerSocket(PipeServerSocketImpl pipe) {
		super(pipe);
	}

	@Override
	public Socket accept() throws IOException {
		if (isClosed()) {
			throw new SocketException("Socket is closed");
		}
		if (!isBound()) {
			throw new SocketException("Socket is not bound yet");
		}
		PipeSocket socket = new PipeSocket(new PipeSocketImpl(null));
		try {
			implAccept(socket);
			return socket;
		}
		catch (SocketException ex) {
			// as of a server socket of the JDK in a virtual thread, an interrupt is the
			// end
			if (Thread.currentThread().isInterrupted()) {
				close();
			}
			throw ex;
		}
	}

}
