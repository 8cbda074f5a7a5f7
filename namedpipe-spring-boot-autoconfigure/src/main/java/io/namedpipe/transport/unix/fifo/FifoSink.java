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

package io.namedpipe.transport.unix.fifo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.GatheringByteChannel;

import com.sun.jna.Native;
import com.sun.jna.Pointer;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.unix.libc.Descriptor;
import io.namedpipe.transport.unix.libc.Errno;
import io.namedpipe.transport.unix.libc.Interruption;
import io.namedpipe.transport.unix.libc.LibC;
import io.namedpipe.transport.unix.libc.Wakeup;

/**
 * Writes a FIFO without blocking in write, given a descriptor that was opened so. Always
 * writes everything.
 */
final class FifoSink implements GatheringByteChannel {

	private static final int WRITE_SIZE = 64 * 1024;

	private final Descriptor descriptor;

	private final Wakeup wakeup;

	private final ByteBuffer buffer = ByteBuffer.allocateDirect(WRITE_SIZE);

	private final long address = Pointer.nativeValue(Native.getDirectBufferPointer(this.buffer));

	FifoSink(int number) throws TransportException {
		try {
			this.wakeup = new Wakeup();
		}
		catch (TransportException ex) {
			LibC.close(number);
			throw ex;
		}
		this.descriptor = new Descriptor(number, (ignored) -> this.wakeup.signal(), this.wakeup::close);
	}

	@Override
	public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
		long total = 0;
		this.buffer.clear();
		for (int i = offset; i < offset + length; i++) {
			while (sources[i].hasRemaining()) {
				int count = Math.min(sources[i].remaining(), this.buffer.remaining());
				this.buffer.put(this.buffer.position(), sources[i], sources[i].position(), count);
				this.buffer.position(this.buffer.position() + count);
				sources[i].position(sources[i].position() + count);
				total += count;
				if (!this.buffer.hasRemaining()) {
					flush();
				}
			}
		}
		flush();
		return total;
	}

	@Override
	public long write(ByteBuffer[] sources) throws IOException {
		return write(sources, 0, sources.length);
	}

	@Override
	public int write(ByteBuffer source) throws IOException {
		return (int) write(new ByteBuffer[] { source });
	}

	private void flush() throws IOException {
		int number = this.descriptor.enter();
		try {
			int written = 0;
			while (written < this.buffer.position()) {
				long count = LibC.write(number, this.address + written, this.buffer.position() - written);
				if (count > 0) {
					written += (int) count;
				}
				else {
					awaitRoom(number);
				}
			}
			this.buffer.clear();
		}
		finally {
			this.descriptor.leave();
		}
	}

	private void awaitRoom(int number) throws IOException {
		int error = Errno.last();
		if (error != Errno.EAGAIN && error != Errno.EINTR) {
			throw Errno.failure("write to the FIFO", error);
		}
		Interruption interruption = new Interruption(this.wakeup::signal);
		interruption.arm();
		try {
			this.wakeup.await(number, LibC.POLLOUT);
		}
		finally {
			if (interruption.disarm() && !this.descriptor.isClosed()) {
				this.wakeup.clear();
				throw new TransportException(Reason.IO, "Interrupted while writing to the FIFO");
			}
		}
		if (this.descriptor.isClosed()) {
			throw new ClosedChannelException();
		}
	}

	@Override
	public boolean isOpen() {
		return !this.descriptor.isClosed();
	}

	@Override
	public void close() {
		this.descriptor.close();
	}

}
