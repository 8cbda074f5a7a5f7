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
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.ListenOptions;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;

/**
 * Serves a FIFO that others write. A channel comes with the first byte and ends when the
 * last writer leaves; a writer that says nothing is not noticed.
 * <p>
 * A channel that is closed before its end closes the reading end for a moment, so that
 * its writers meet {@code EPIPE}, and what they had written is thrown away.
 */
final class FifoInputListener extends FifoListener {

	private static final Log logger = LogFactory.getLog(FifoInputListener.class);

	private static final int FIRST_READ = 4096;

	/** A writer that has written what it had to takes no longer to leave. */
	private static final Duration LEAVING = Duration.ofMillis(250);

	private final OptionalInt bufferSize;

	/** The reading end while no channel has it. */
	private volatile @Nullable FifoSource source;

	private volatile boolean discard;

	FifoInputListener(Path path, ListenOptions options) throws TransportException {
		super(path, options);
		this.bufferSize = options.inBufferSize();
		try {
			open(awaitTurn());
		}
		catch (TransportException | RuntimeException ex) {
			close();
			throw ex;
		}
	}

	@Override
	public TransportChannel accept() throws TransportException {
		while (true) {
			FifoFile file = awaitTurn();
			try {
				FifoSource current = open(file);
				ByteBuffer first = ByteBuffer.allocate(FIRST_READ);
				if (serves(file) && current.read(first) > 0) {
					take();
					this.source = null;
					return new FifoInputChannel(file, current, first.flip(), (ended) -> release(file, ended));
				}
			}
			catch (ClosedByInterruptException ex) {
				closeSource();
				throw interrupted(ex);
			}
			catch (IOException ex) {
				if (serves(file)) {
					dropClosedSource();
					throw FifoFile.failure(file.path(), ex);
				}
			}
			if (!serves(file)) {
				closeSource();
			}
		}
	}

	private FifoSource open(FifoFile file) throws TransportException {
		FifoSource current = this.source;
		try {
			if (current == null) {
				current = FifoSource.open(file);
				this.source = current;
				file.resize(this.bufferSize, true);
				if (this.discard) {
					this.discard = false;
					current.discard();
				}
			}
			else if (current.isEnded()) {
				current.begin();
			}
			return current;
		}
		catch (IOException ex) {
			throw FifoFile.failure(file.path(), ex);
		}
	}

	private void release(FifoFile file, FifoSource released) {
		if (released.isEnded() && serves(file)) {
			this.source = released;
		}
		else {
			FifoSource next = (serves(file)) ? openAfterWriters(file, released) : null;
			released.close();
			this.source = next;
			this.discard = next == null;
		}
		release();
		if (!serves(file)) {
			closeSource();
		}
	}

	/**
	 * Opens the reading end anew when a channel is closed before its writers have left.
	 * What they still write belongs to nobody. Those that go on meet {@code EPIPE}.
	 * @return the reading end, or {@code null} if there are still writers
	 */
	private static @Nullable FifoSource openAfterWriters(FifoFile file, FifoSource abandoned) {
		try {
			FifoSource next = FifoSource.open(file);
			abandoned.close();
			if (next.discardToEnd(LEAVING)) {
				return next;
			}
			next.close();
		}
		catch (IOException ex) {
			logger.debug("Cannot open " + file + " anew yet", ex);
		}
		return null;
	}

	@Override
	void wake(FifoFile abandoned) {
		closeSource();
	}

	private void dropClosedSource() {
		FifoSource current = this.source;
		if (current != null && !current.isOpen()) {
			closeSource();
		}
	}

	private void closeSource() {
		FifoSource closing = this.source;
		if (closing != null) {
			closing.close();
			this.source = null;
		}
	}

}
