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

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.GrantedAccess;
import io.namedpipe.transport.PeerCredentials;
import io.namedpipe.transport.PendingInput;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * One end of a pipe in memory.
 */
final class MemoryChannel implements TransportChannel {

	private final MemoryQueue in;

	private final MemoryQueue out;

	private final PeerCredentials peer;

	private final GrantedAccess granted;

	private final MemoryClients.LookUp lookUp;

	private volatile boolean closed;

	MemoryChannel(MemoryQueue in, MemoryQueue out, PeerCredentials peer, GrantedAccess granted,
			MemoryClients.LookUp lookUp) {
		this.in = in;
		this.out = out;
		this.peer = peer;
		this.granted = granted;
		this.lookUp = lookUp;
	}

	@Override
	public void admit() throws TransportException {
		this.lookUp.run();
	}

	@Override
	public PeerCredentials peer() {
		return this.peer;
	}

	@Override
	public GrantedAccess granted() {
		return this.granted;
	}

	@Override
	public void enableTimedReads() {
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		return read(target, Long.MAX_VALUE);
	}

	@Override
	public int read(ByteBuffer target, long nanos) throws IOException {
		int count = this.in.read(target, nanos);
		checkOpen();
		return count;
	}

	@Override
	public PendingInput pendingInput() {
		return this.in.pending();
	}

	@Override
	public boolean hasPeerLeft() throws IOException {
		checkOpen();
		return this.out.isReaderGone();
	}

	@Override
	public boolean isPeerStillThere() throws IOException {
		return !hasPeerLeft();
	}

	@Override
	public boolean peerLeftUnread() {
		return this.out.isLeftUnread();
	}

	@Override
	public void write(ByteBuffer[] sources, int offset, int length) throws IOException {
		for (int i = offset; i < offset + length; i++) {
			this.out.write(sources[i], false);
		}
	}

	@Override
	public byte @Nullable [] readMessage(int maxSize) throws IOException {
		byte[] message = this.in.readMessage(maxSize);
		checkOpen();
		return message;
	}

	@Override
	public void writeMessage(ByteBuffer message) throws IOException {
		this.out.write(message, true);
	}

	private void checkOpen() throws TransportException {
		if (this.closed) {
			throw new TransportException(Reason.CLOSED, "The connection is closed");
		}
	}

	@Override
	public void endInput() {
		this.in.endReading();
	}

	@Override
	public void ignoreInput() {
		this.in.ignore();
	}

	@Override
	public void endOutput() {
		this.out.end();
	}

	@Override
	public void abortOutput() {
		this.out.end();
	}

	@Override
	public boolean drain(Duration timeout) {
		return true;
	}

	@Override
	public <T extends @Nullable Object> T runAsPeer(Callable<T> task) throws Exception {
		throw new TransportException(Reason.UNSUPPORTED, "Nobody to run as");
	}

	@Override
	public void close() {
		this.closed = true;
		// so that whoever reads the end knows what was left unread
		this.in.readerGone();
		this.in.endReading();
		this.out.end();
	}

}
