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

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.unix.libc.Descriptor;
import io.namedpipe.transport.unix.libc.Errno;
import io.namedpipe.transport.unix.libc.LibC;

/**
 * What writers have left in a FIFO whose reading end was closed before they had gone. It
 * is there for as long as one of them is, and would come before what the next one writes.
 * <p>
 * Keeps a writing end open, through which the size of the remainder can be asked for
 * while nobody can add to it: a writer that waits in open for the reading end writes soon
 * after it is opened, and that must not be discarded.
 */
final class FifoRemainder implements Closeable {

	private final FifoFile file;

	private final @Nullable Descriptor writingEnd;

	private FifoRemainder(FifoFile file, @Nullable Descriptor writingEnd) {
		this.file = file;
		this.writingEnd = writingEnd;
	}

	/**
	 * Creates a remainder of unknown size, as there is no reading end.
	 * @param file the FIFO
	 * @return the remainder
	 */
	static FifoRemainder unknown(FifoFile file) {
		return new FifoRemainder(file, null);
	}

	/**
	 * Creates a remainder whose size can be asked for later.
	 * @param file the FIFO, with a reading end that is still open
	 * @throws TransportException if it cannot be opened for writing
	 */
	FifoRemainder(FifoFile file) throws TransportException {
		this.file = file.retain();
		try {
			int number = Errno.checked("open " + file + " for writing", () -> file.open(LibC.O_WRONLY));
			this.writingEnd = new Descriptor(number, (ignored) -> {
			}, file::close);
		}
		catch (TransportException ex) {
			file.close();
			throw ex;
		}
	}

	/**
	 * Opens the reading end again, and throws the remainder away if it is known.
	 * @return the reading end, in its first period
	 * @throws TransportException if the FIFO cannot be opened; the remainder is as it was
	 * then
	 */
	FifoSource reopen() throws TransportException {
		if (this.writingEnd == null) {
			return new FifoSource(this.file);
		}
		int number = this.writingEnd.enter();
		try {
			int[] size = new int[1];
			Errno.checked("look into " + this.file, () -> LibC.ioctl(number, LibC.FIONREAD, size));
			FifoSource source = new FifoSource(this.file);
			try {
				source.discard(size[0]);
				return source;
			}
			catch (TransportException | RuntimeException ex) {
				source.close();
				throw ex;
			}
		}
		finally {
			this.writingEnd.leave();
		}
	}

	/**
	 * Closes the writing end. Idempotent.
	 */
	@Override
	public void close() {
		if (this.writingEnd != null) {
			this.writingEnd.close();
		}
	}

}
