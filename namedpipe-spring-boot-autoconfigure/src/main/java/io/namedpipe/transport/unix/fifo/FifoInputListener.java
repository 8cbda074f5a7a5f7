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
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.ListenOptions;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.unix.libc.Closeables;

/**
 * Serves a FIFO that others write. A channel comes with the first byte and ends when the
 * last writer leaves; a writer that says nothing is not noticed.
 * <p>
 * A channel that is closed before its end closes the reading end for a pause, so that its
 * writers meet {@code EPIPE}, and what they had written is thrown away. A pause, as a
 * writer that waits for room notices only if it runs while there is no reading end.
 *
 * <pre>
 *           open               first byte              last writer leaves
 *  CLOSED ---------&gt; WAITING -----------&gt; CONNECTED -----------------------&gt; WAITING
 *    ^               (source)          (source in channel)                     (source)
 *    |                                      | closed before that
 *    |                                      v
 *    |              writers leave in 250 ms: discard their input -----------&gt; WAITING
 *    |                                      | they do not
 *    +-- pause of 250 ms, then reopen -- LEFT BEHIND (remainder)
 * </pre>
 */
final class FifoInputListener extends FifoListener {

	private static final Log logger = LogFactory.getLog(FifoInputListener.class);

	private static final int FIRST_READ = 4096;

	/** A writer that has written what it had to takes no longer to leave. */
	private static final Duration LEAVING = Duration.ofMillis(250);

	/** A writer that can run does so within this time. */
	private static final Duration NOTICING = Duration.ofMillis(250);

	private final OptionalInt bufferSize;

	/** The reading end, set in the state WAITING. */
	private final AtomicReference<@Nullable FifoSource> source = new AtomicReference<>();

	/** The input to discard, set in the state LEFT BEHIND. */
	private final AtomicReference<@Nullable FifoRemainder> remainder = new AtomicReference<>();

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
					this.source.set(null);
					return new FifoInputChannel(file, current, first.flip(), (ended) -> release(file, ended));
				}
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
		FifoSource current = this.source.get();
		FifoRemainder left = this.remainder.get();
		try {
			if (left != null) {
				pause(file, NOTICING);
				current = left.reopen();
				this.source.set(current);
				closeRemainder();
			}
			else if (current == null) {
				current = new FifoSource(file);
				this.source.set(current);
				file.resize(this.bufferSize, true);
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
		try {
			if (released.isEnded() && serves(file)) {
				this.source.set(released);
			}
			else {
				partFromWriters(file, released);
			}
		}
		finally {
			if (!serves(file)) {
				wake(file);
			}
			release();
		}
	}

	/**
	 * Opens the reading end anew when a channel is closed before its writers have left.
	 * What they still write belongs to nobody. It stays closed if they do not leave.
	 */
	private void partFromWriters(FifoFile file, FifoSource released) {
		try (released) {
			if (!serves(file)) {
				return;
			}
			FifoSource next = new FifoSource(file);
			this.source.set(next);
			released.close();
			if (!next.discardToEnd(LEAVING)) {
				this.remainder.set(next.abandon());
				closeSource();
			}
		}
		catch (IOException ex) {
			logger.debug("Cannot open " + file + " again yet", ex);
			closeSource();
			this.remainder.set(FifoRemainder.unknown(file));
		}
	}

	@Override
	void wake(FifoFile abandoned) {
		closeSource();
		closeRemainder();
	}

	private void dropClosedSource() {
		FifoSource current = this.source.get();
		if (current != null && !current.isOpen()) {
			closeSource();
		}
	}

	private void closeSource() {
		Closeables.closeQuietly(this.source.getAndSet(null));
	}

	private void closeRemainder() {
		Closeables.closeQuietly(this.remainder.getAndSet(null));
	}

}
