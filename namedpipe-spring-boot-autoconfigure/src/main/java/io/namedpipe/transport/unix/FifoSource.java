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

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * The reading end of a FIFO, kept open from one writer to the next: what a writer writes
 * between the end of one period and the beginning of the next would be lost otherwise.
 * One thread reads; any thread may close.
 */
interface FifoSource extends Closeable {

	/**
	 * Opens a FIFO for reading. Does not wait for a writer.
	 * @param file the FIFO
	 * @return the reading end, in its first period
	 * @throws IOException if the FIFO cannot be opened
	 */
	static FifoSource open(FifoFile file) throws IOException {
		return (NativeLinux.isAvailable()) ? new PolledFifoSource(file) : new KeptFifoSource(file);
	}

	/**
	 * Reads what is there. Waits for a writer in the beginning of a period, and for data
	 * while there are writers.
	 * @param target receives the bytes
	 * @return the number of bytes, or -1 once the last writer has left, which ends the
	 * period
	 * @throws IOException if the source is closed, or the platform fails
	 */
	int read(ByteBuffer target) throws IOException;

	/**
	 * Whether a read would wait.
	 * @return {@code false} if something has come, {@code true} otherwise and where it
	 * cannot be told
	 * @throws IOException if the source is closed
	 */
	boolean isQuiet() throws IOException;

	/**
	 * Whether the period has ended because the last writer left, so that the next one can
	 * begin.
	 * @return {@code true} from then on until the next period, and not once closed
	 */
	boolean isEnded();

	/**
	 * Whether this can be read from.
	 * @return {@code true} until it is closed, by an interrupt also
	 */
	boolean isOpen();

	/**
	 * Begins the next period.
	 * @throws IOException if the platform fails
	 */
	void begin() throws IOException;

	/**
	 * Throws away what is in the pipe and what writers still write to it, until the last
	 * of them has left, which ends the period.
	 * @param atMost the longest time to wait
	 * @return {@code false} if there are still writers, or that cannot be told
	 * @throws IOException if the source is closed, or the platform fails
	 */
	boolean discardToEnd(Duration atMost) throws IOException;

	/**
	 * Closes the reading end though there are writers.
	 * @return what they have left in the pipe
	 * @throws IOException if the source is closed, or the platform fails
	 */
	FifoRest abandon() throws IOException;

	/**
	 * Closes the reading end, which ends a blocked read. Idempotent.
	 */
	@Override
	void close();

}
