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

import io.namedpipe.transport.TransportException;

/**
 * Keeps a writing end open, through which the size of the rest can be asked for while
 * nobody can add to it: a writer that waits in open for the reading end is quick to write
 * once it is there, and nothing of that is to be lost.
 */
final class MeasuredFifoRest implements FifoRest {

	private final FifoFile file;

	private final Descriptor writingEnd;

	/**
	 * A rest to be.
	 * @param file the FIFO, with a reading end that is still open
	 * @throws TransportException if it cannot be opened for writing
	 */
	MeasuredFifoRest(FifoFile file) throws TransportException {
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

	@Override
	public FifoSource reopen() throws TransportException {
		int number = this.writingEnd.enter();
		try {
			int[] size = new int[1];
			Errno.checked("look into " + this.file, () -> LibC.ioctl(number, LibC.FIONREAD, size));
			PolledFifoSource source = new PolledFifoSource(this.file);
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

	@Override
	public void close() {
		this.writingEnd.close();
	}

}
