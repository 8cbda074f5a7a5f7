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

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

/**
 * Reads a FIFO without a native library. Until the first byte of a period has come it
 * keeps a writing end open itself, so that opening does not block and reading waits
 * rather than ends. That takes the permission to write.
 */
final class KeptFifoSource implements FifoSource {

	private final FifoFile file;

	private final FileChannel reader;

	private volatile @Nullable FileChannel keeper;

	private volatile boolean ended;

	private final AtomicBoolean closed = new AtomicBoolean();

	KeptFifoSource(FifoFile file) throws IOException {
		this.file = file.retain();
		FileChannel both = null;
		try {
			both = file.openBothEnds();
			this.reader = file.openToRead();
			this.keeper = both;
		}
		catch (IOException ex) {
			UnixSocketChannel.closeQuietly(both);
			file.close();
			throw ex;
		}
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		if (this.ended) {
			return -1;
		}
		int count = this.reader.read(target);
		if (count < 0) {
			this.ended = true;
		}
		else if (this.keeper != null) {
			UnixSocketChannel.closeQuietly(this.keeper);
			this.keeper = null;
		}
		return count;
	}

	@Override
	public boolean isQuiet() {
		return !this.ended;
	}

	@Override
	public boolean isEnded() {
		return this.ended && isOpen();
	}

	@Override
	public boolean isOpen() {
		return this.reader.isOpen();
	}

	@Override
	public void begin() throws IOException {
		if (this.file.isMissing()) {
			throw new NoSuchFileException(this.file.toString());
		}
		this.keeper = this.file.openBothEnds();
		this.ended = false;
		if (!this.reader.isOpen()) {
			close();
		}
	}

	@Override
	public boolean discardToEnd(Duration atMost) {
		return false;
	}

	/**
	 * Throws away what is there before it closes: afterwards it could not be told from
	 * what the next writer has written. What comes in between is left.
	 */
	@Override
	public FifoRest abandon() throws IOException {
		try (FileInputStream input = new FileInputStream(this.file.path().toFile())) {
			// readNBytes and skip would ask for a position, which a FIFO does not have
			input.read(new byte[input.available()]);
		}
		close();
		return () -> new KeptFifoSource(this.file);
	}

	@Override
	public void close() {
		UnixSocketChannel.closeQuietly(this.reader);
		UnixSocketChannel.closeQuietly(this.keeper);
		if (this.closed.compareAndSet(false, true)) {
			this.file.close();
		}
	}

}
