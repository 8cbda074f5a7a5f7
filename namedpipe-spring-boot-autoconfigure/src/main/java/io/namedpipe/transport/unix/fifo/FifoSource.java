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

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

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
 * The reading end of a FIFO, kept open from one writer to the next: what a writer writes
 * between the end of one period and the beginning of the next would be lost otherwise.
 * One thread reads; any thread may close.
 * <p>
 * It blocks in neither read nor open: so it needs no permission but to read, does not
 * wait for a writer to be opened, and can be told from outside to stop.
 */
final class FifoSource implements Closeable {

	private static final int READ_SIZE = 64 * 1024;

	private final FifoFile file;

	private final Wakeup wakeup;

	private final Descriptor descriptor;

	private final ByteBuffer buffer = ByteBuffer.allocateDirect(READ_SIZE);

	private final long address = Pointer.nativeValue(Native.getDirectBufferPointer(this.buffer));

	private boolean flowing;

	private volatile boolean ended;

	FifoSource(FifoFile file) throws TransportException {
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

	/**
	 * Reads what is there. Waits for a writer in the beginning of a period, and for data
	 * while there are writers.
	 * @param target receives the bytes
	 * @return the number of bytes, or -1 once the last writer has left, which ends the
	 * period
	 * @throws TransportException if the source is closed, or the platform fails
	 */
	int read(ByteBuffer target) throws TransportException {
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

	/**
	 * Whether a read would wait.
	 * @return {@code false} if something has come, {@code true} otherwise and where it
	 * cannot be told
	 * @throws TransportException if the source is closed
	 */
	boolean isIdle() throws TransportException {
		int number = this.descriptor.enter();
		try {
			int expected = (this.flowing) ? 0 : LibC.POLLHUP;
			return !this.ended && (Wakeup.happened(number, LibC.POLLIN) & ~expected) == 0;
		}
		finally {
			this.descriptor.leave();
		}
	}

	/**
	 * Whether the period has ended because the last writer left, so that the next one can
	 * begin.
	 * @return {@code true} from then on until the next period, and not once closed
	 */
	boolean isEnded() {
		return this.ended && isOpen();
	}

	/**
	 * Whether this can be read from.
	 * @return {@code true} until it is closed
	 */
	boolean isOpen() {
		return !this.descriptor.isClosed();
	}

	/**
	 * Begins the next period.
	 * @throws IOException if the platform fails
	 */
	void begin() throws IOException {
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

	/**
	 * Throws away what is in the pipe and what writers still write to it, until the last
	 * of them has left, which ends the period.
	 * @param atMost the longest time to wait
	 * @return {@code false} if there are still writers, or that cannot be told
	 * @throws IOException if the source is closed, or the platform fails
	 */
	boolean discardToEnd(Duration atMost) throws IOException {
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

	/**
	 * Closes the reading end though there are writers.
	 * @return what they have left in the pipe
	 * @throws TransportException if the source is closed, or the platform fails
	 */
	FifoRemainder abandon() throws TransportException {
		FifoRemainder remainder = new FifoRemainder(this.file);
		close();
		return remainder;
	}

	/**
	 * Closes the reading end, which ends a blocked read. Idempotent.
	 */
	@Override
	public void close() {
		this.descriptor.close();
	}

}
