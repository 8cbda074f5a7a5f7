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
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import io.namedpipe.transport.ListenOptions;
import io.namedpipe.transport.PosixAccess;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.TransportListener;
import io.namedpipe.transport.unix.account.PosixAccounts;
import io.namedpipe.transport.unix.file.PathLock;
import io.namedpipe.transport.unix.file.PathLockedException;
import io.namedpipe.transport.unix.file.PipeFolder;

/**
 * Serves a FIFO: one channel at a time, as all who open the other end share one stream.
 * <p>
 * The lock of the name is held all the time, so that no second server takes half of the
 * stream. A FIFO that was there already is used if it is our own user's, and is left
 * there on close; one that was made here is deleted.
 */
abstract class FifoListener implements TransportListener {

	private final Path path;

	private final PosixAccess access;

	private final boolean serverReads;

	private PipeFolder folder;

	private PathLock name;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private FifoFile file;

	private boolean busy;

	private boolean closed;

	FifoListener(Path path, ListenOptions options) throws TransportException {
		this.path = path;
		this.serverReads = options.readable();
		this.access = options.access().posix(PosixAccounts.get());
		this.folder = PipeFolder.hold(path);
		PathLock lock = null;
		try {
			lock = lockName(this.folder, path);
			this.name = lock;
			this.file = FifoFile.claim(this.folder, path, this.access, this.serverReads);
		}
		catch (TransportException | RuntimeException ex) {
			if (lock != null) {
				lock.close();
			}
			this.folder.close();
			throw ex;
		}
	}

	private static PathLock lockName(PipeFolder folder, Path path) throws TransportException {
		try {
			return PathLock.acquire(folder, path);
		}
		catch (PathLockedException ex) {
			throw ex.served(path);
		}
	}

	@Override
	public final String address() {
		return this.path.toString();
	}

	@Override
	public final List<String> warnings() {
		return this.access.warnings();
	}

	/**
	 * Waits until no channel is open.
	 * @return the FIFO to wait on for the other end
	 * @throws TransportException with {@link Reason#CLOSED}, or if interrupted
	 */
	final FifoFile awaitTurn() throws TransportException {
		this.lock.lock();
		try {
			while (this.busy && !this.closed) {
				this.changed.await();
			}
			checkOpen();
			return this.file;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw interrupted(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Waits.
	 * @param candidate the FIFO that is to be served afterwards
	 * @param duration how long
	 * @throws TransportException if interrupted, or with {@link Reason#CLOSED} as soon as
	 * the FIFO is not served any more
	 */
	final void pause(FifoFile candidate, Duration duration) throws TransportException {
		this.lock.lock();
		try {
			long remaining = duration.toNanos();
			while (remaining > 0 && serves(candidate)) {
				remaining = this.changed.awaitNanos(remaining);
			}
			if (!serves(candidate)) {
				throw new TransportException(Reason.CLOSED, "The FIFO " + candidate + " is not served any more");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw interrupted(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	final TransportException interrupted(Exception cause) {
		return new TransportException(Reason.IO, "Interrupted while waiting for the other end of " + this.path, cause);
	}

	/**
	 * Marks the channel as open.
	 * @throws TransportException with {@link Reason#CLOSED}
	 */
	final void take() throws TransportException {
		this.lock.lock();
		try {
			checkOpen();
			this.busy = true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Marks the channel as closed.
	 */
	final void release() {
		this.lock.lock();
		try {
			this.busy = false;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void checkOpen() throws TransportException {
		if (this.closed) {
			throw new TransportException(Reason.CLOSED, "The listener of " + this.path + " is closed");
		}
	}

	/**
	 * Whether a FIFO is the one that is served now.
	 * @param candidate the FIFO
	 * @return {@code false} once the listener is closed, or another one has its name
	 */
	final boolean serves(FifoFile candidate) {
		this.lock.lock();
		try {
			return !this.closed && this.file == candidate;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Ends the waiting for the other end of a FIFO that is not served any more.
	 * @param abandoned the FIFO
	 */
	abstract void wake(FifoFile abandoned);

	@Override
	public final boolean restoreName() throws TransportException {
		this.lock.lock();
		try {
			if (this.closed) {
				return false;
			}
			keepName();
			if (!this.file.isMissing()) {
				return false;
			}
			FifoFile lost = this.file;
			followFolder();
			this.file = FifoFile.claim(this.folder, this.path, this.access, this.serverReads);
			this.changed.signalAll();
			wake(lost);
			lost.close();
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void keepName() throws TransportException {
		try {
			this.name.keep();
		}
		catch (PathLockedException ex) {
			throw ex.served(this.path);
		}
	}

	/**
	 * Goes on in the folder that has the name now, if the one that had it is gone.
	 */
	private void followFolder() throws TransportException {
		PipeFolder current = PipeFolder.hold(this.path);
		try {
			if (current.isSameAs(this.folder)) {
				current.close();
				return;
			}
			PathLock lock = lockName(current, this.path);
			this.name.close();
			this.folder.close();
			this.name = lock;
			this.folder = current;
		}
		catch (IOException ex) {
			current.close();
			throw FifoFile.failure(this.path, ex);
		}
	}

	@Override
	public final void close() {
		this.lock.lock();
		try {
			if (!this.closed) {
				this.closed = true;
				this.changed.signalAll();
				this.file.deleteIfCreated();
				wake(this.file);
				this.file.close();
				this.name.close();
				this.folder.close();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

}
