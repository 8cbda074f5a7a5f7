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

package io.namedpipe.testsupport;

import java.io.IOException;

import io.namedpipe.PipeBuilder;
import io.namedpipe.PipeClient;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeServer;

/**
 * The two ends of a pipe in one test.
 */
public final class ConnectedPipe implements AutoCloseable {

	private final TestTransport transport;

	private final PipeServer server;

	private final PipeClient client;

	private final PipeConnection serverEnd;

	private final PipeConnection clientEnd;

	private ConnectedPipe(TestTransport transport, int maxMessageSize) throws IOException {
		this.transport = transport;
		String name = transport.newPipeName();
		this.server = transport.server(name).maxMessageSize(maxMessageSize).build();
		this.client = transport.client(name).maxMessageSize(maxMessageSize).build();
		this.server.start();
		this.clientEnd = this.client.connect();
		this.serverEnd = this.server.accept();
	}

	/**
	 * Opens a pipe.
	 * @param transport the transport
	 * @return the pipe
	 * @throws IOException if that fails
	 */
	public static ConnectedPipe open(TestTransport transport) throws IOException {
		return open(transport, PipeBuilder.DEFAULT_MAX_MESSAGE_SIZE);
	}

	/**
	 * Opens a pipe.
	 * @param transport the transport
	 * @param maxMessageSize the largest message
	 * @return the pipe
	 * @throws IOException if that fails
	 */
	public static ConnectedPipe open(TestTransport transport, int maxMessageSize) throws IOException {
		return new ConnectedPipe(transport, maxMessageSize);
	}

	/**
	 * The end of the server.
	 * @return the connection
	 */
	public PipeConnection serverEnd() {
		return this.serverEnd;
	}

	/**
	 * The end of the client.
	 * @return the connection
	 */
	public PipeConnection clientEnd() {
		return this.clientEnd;
	}

	/**
	 * The server.
	 * @return the server
	 */
	public PipeServer server() {
		return this.server;
	}

	@Override
	public void close() {
		this.clientEnd.close();
		this.serverEnd.close();
		this.client.close();
		this.server.stop();
		this.transport.cleanUp(this.server.pipeName());
	}

}
