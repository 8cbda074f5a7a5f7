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
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A socket whose other end is a pipe.
 */
final class PipeSocket extends Socket {

	private static final byte[] LOOPBACK = { 127, 0, 0, 1 };

	private final PipeSocketImpl pipe;

	private final ReentrantLock connecting = new ReentrantLock();

	PipeSocket(PipeSocketImpl pipe) throws SocketException {
		super(pipe);
		this.pipe = pipe;
		pipe.setOwner(this);
	}

	@Override
	public void connect(SocketAddress endpoint) throws IOException {
		connect(endpoint, 0);
	}

	@Override
	public void connect(SocketAddress endpoint, int timeout) throws IOException {
		if (!this.connecting.tryLock()) {
			throw new SocketException("Connection in progress");
		}
		try {
			connectAlone(endpoint, timeout);
		}
		finally {
			this.connecting.unlock();
		}
	}

	private void connectAlone(SocketAddress endpoint, int timeout) throws IOException {
		boolean fresh = !isConnected() && !isClosed();
		try {
			super.connect(resolved(endpoint), timeout);
		}
		catch (IOException ex) {
			if (fresh) {
				close();
			}
			throw ex;
		}
	}

	// Which machine it is makes no difference, nor whether there is one
	private static SocketAddress resolved(SocketAddress endpoint) throws IOException {
		return (endpoint instanceof InetSocketAddress address && address.isUnresolved())
				? new InetSocketAddress(InetAddress.getByAddress(address.getHostString(), LOOPBACK), address.getPort())
				: endpoint;
	}

	@Override
	public String toString() {
		return "socket: " + this.pipe;
	}

}
