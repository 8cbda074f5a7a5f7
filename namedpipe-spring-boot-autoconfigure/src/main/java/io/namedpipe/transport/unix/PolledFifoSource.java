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

package io.namedpipe.transport.unix;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import com.sun.jna.Native;
import com.sun.jna.Pointer;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * Reads a FIFO without blocking in read or open, so that it needs no permission but to
 * read, does not wait for a writer to be opened, and can be told from outside to stop.
 */
final class PolledFifoSource implements FifoSource {

	private static final int READ_SIZE = 64 * 1024;

	private final FifoFile file;

	private final Wakeup wakeup;

	private final Descriptor descriptor;

	private final ByteBuffer buffer = ByteBuffer.allocateDirect(READ_SIZE);

	private final long address = Pointer.nativeValue(Native.getDirectBufferPointer(this.buffer));

	private boolean flowing;

	private volatile boolean ended;

	PolledFifoSource(FifoFile file) throws TransportException {
		this.file = file.retain();
		Wakeup created = null;
		int number;
		try {
			created = new Wakeup();
			// the last thing that can fail: writers that wait for it go on at once
			number = open(file);
		}
		catch (TransportException ex) {
			if (created != null) {
				created.close();
			}
			file.close();
			throw ex;
		}
		this.wakeup = created;
		this.descriptor = new Descriptor(number, (ignored) -> this.wakeup.signal(), () -> {
			this.wakeup.close();
			file.close();
		});
	}

	private static int open(FifoFile file) throws TransportException {
		return Errno.checked("open " + file + " for reading", () -> file.open(LibC.O_RDONLY));
	}

	@Override
	public int read(ByteBuffer target) throws TransportException {
		if (this.ended) {
			return -1;
		}
		int number = this.descriptor.enter();
		try {
			return read(number, target);
		}
		finally {
			this.descriptor.leave();
		}
	}

	private int read(int number, ByteBuffer target) throws TransportException {
		while (!this.descriptor.isClosed()) {
			int count = (int) LibC.read(number, this.address, Math.min(READ_SIZE, target.remaining()));
			if (count > 0) {
				this.flowing = true;
				target.put(target.position(), this.buffer, 0, count);
				target.position(target.position() + count);
				return count;
			}
			if (count == 0 && this.flowing) {
				this.ended = true;
				return -1;
			}
			int error = Errno.last();
			if (count < 0 && error != Errno.EAGAIN && error != Errno.EINTR) {
				throw Errno.failure("read from " + this.file, error);
			}
			int happened = await(number);
			if ((happened & (LibC.POLLIN | LibC.POLLHUP)) == LibC.POLLHUP && !this.flowing) {
				renew(number); // a writer came and left without a word
			}
		}
		throw new TransportException(Reason.CLOSED, "Reading from " + this.file + " was ended");
	}

	private int await(int number) throws TransportException {
		Interruption interruption = new Interruption(this.wakeup::signal);
		interruption.arm();
		try {
			return this.wakeup.await(number, LibC.POLLIN);
		}
		finally {
			if (interruption.disarm() && !this.descriptor.isClosed()) {
				this.wakeup.clear();
				throw new TransportException(Reason.IO, "Interrupted while reading from " + this.file);
			}
		}
	}

	/**
	 * Opens the reading end again in the place of the old one, as poll goes on telling of
	 * a hang-up once seen.
	 */
	private void renew(int number) throws TransportException {
		int next = open(this.file);
		try {
			Errno.checked("open " + this.file + " again", () -> LibC.dup3(next, number, LibC.O_CLOEXEC));
		}
		finally {
			LibC.close(next);
		}
	}

	@Override
	public boolean isQuiet() throws TransportException {
		int number = this.descriptor.enter();
		try {
			int expected = (this.flowing) ? 0 : LibC.POLLHUP;
			return !this.ended && (Wakeup.happened(number, LibC.POLLIN) & ~expected) == 0;
		}
		finally {
			this.descriptor.leave();
		}
	}

	@Override
	public boolean isEnded() {
		return this.ended && isOpen();
	}

	@Override
	public boolean isOpen() {
		return !this.descriptor.isClosed();
	}

	@Override
	public void begin() throws IOException {
		int number = this.descriptor.enter();
		try {
			renew(number);
			this.flowing = false;
			this.ended = false;
		}
		finally {
			this.descriptor.leave();
		}
	}

	/**
	 * Throws away what is in the pipe.
	 * @param atMost the number of bytes after which something else begins
	 * @throws TransportException if the source is closed
	 */
	void discard(long atMost) throws TransportException {
		int number = this.descriptor.enter();
		try {
			long remaining = atMost;
			long count = 1;
			while (remaining > 0 && count > 0) {
				count = LibC.read(number, this.address, Math.min(READ_SIZE, remaining));
				remaining -= count;
			}
		}
		finally {
			this.descriptor.leave();
		}
	}

	@Override
	public boolean discardToEnd(Duration atMost) throws IOException {
		int number = this.descriptor.enter();
		try {
			long end = System.nanoTime() + atMost.toNanos();
			long count = LibC.read(number, this.address, READ_SIZE);
			while (count != 0) {
				long remaining = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
				if (remaining <= 0 || this.descriptor.isClosed()) {
					return false;
				}
				if (count < 0) {
					this.wakeup.await(number, LibC.POLLIN, (int) remaining);
				}
				count = LibC.read(number, this.address, READ_SIZE);
			}
			this.ended = true;
			return true;
		}
		finally {
			this.descriptor.leave();
		}
	}

	@Override
	public FifoRest abandon() throws TransportException {
		FifoRest rest = new MeasuredFifoRest(this.file);
		close();
		return rest;
	}

	@Override
	public void close() {
		this.descriptor.close();
	}

}
