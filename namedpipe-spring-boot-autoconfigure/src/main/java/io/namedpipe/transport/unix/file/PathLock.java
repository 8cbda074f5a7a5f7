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

package io.namedpipe.transport.unix.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.unix.file.LockFile.NoLockException;

/**
 * An exclusive lock, held while it is found out whether a name is free and while it is
 * taken, against other threads and against other processes of the same user. Other users
 * need not be kept away, as nothing of theirs is ever taken, and must not be able to keep
 * us away.
 * <p>
 * The lock is the file {@code <path>.lock}. Where there is a file of that name that is no
 * lock of ours, whoever made it, the lock is {@code <path>.lock-} and something that
 * cannot be foreseen. The lock is held once a file of our own is locked and no other file
 * of our user with such a name is; of two who see each other, the one whose file comes
 * first in the order of the names waits for the other to give way. The file is deleted
 * when the lock is released; a process that waited for the deleted file notices and
 * starts again.
 */
public final class PathLock implements Closeable {

	private static final Log logger = LogFactory.getLog(PathLock.class);

	private static final String SUFFIX = ".lock";

	private static final long TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(700);

	private static final Duration FRESH = Duration.ofHours(1);

	private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

	private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(8);

	private static final Set<Name> heldHere = new HashSet<>();

	private static final ReentrantLock lock = new ReentrantLock();

	private static final Condition released = lock.newCondition();

	private final Name name;

	private final Path path;

	private final Path display;

	private final AtomicBoolean closed = new AtomicBoolean();

	private volatile LockFile file;

	private volatile @Nullable String note;

	private PathLock(Name name, Path path, Path display, LockFile file) {
		this.name = name;
		this.path = path;
		this.display = display;
		this.file = file;
	}

	/**
	 * Takes the lock.
	 * @param folder the folder of the file, to be kept open until the lock is released
	 * @param path the path of the file
	 * @return the lock
	 * @throws PathLockedException if somebody else has held it for too long
	 * @throws TransportException if it cannot be had, or if interrupted
	 */
	public static PathLock acquire(PipeFolder folder, Path path) throws TransportException {
		Path display = path.resolveSibling(path.getFileName() + SUFFIX);
		long deadline = System.nanoTime() + TIMEOUT_NANOS;
		try {
			Name name = new Name(FileStatus.identity(folder.reachable()), display.getFileName().toString());
			holdInThisProcess(name, display, deadline);
			try {
				Path file = folder.resolve(display);
				return new PathLock(name, file, display, lock(file, display, deadline));
			}
			catch (IOException | InterruptedException | RuntimeException | Error ex) {
				releaseInThisProcess(name);
				throw ex;
			}
		}
		catch (TransportException ex) {
			throw ex;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new TransportException(Reason.IO, "Interrupted while waiting for the lock " + display, ex);
		}
		catch (IOException ex) {
			throw new TransportException(Reason.UNUSABLE_FOLDER, "Cannot lock " + display + ": " + ex, ex);
		}
	}

	private static LockFile lock(Path file, Path display, long deadline) throws IOException, InterruptedException {
		while (true) {
			LockFile locked = tryLock(file, display);
			if (locked != null) {
				if (isOnlyOne(locked, file, display, deadline)) {
					return locked;
				}
				locked.release();
			}
			if (System.nanoTime() - deadline >= 0) {
				throw new PathLockedException("Another process or thread has held the lock " + display
						+ " for too long: is another server just starting there?", false);
			}
			pause();
		}
	}

	private static @Nullable LockFile tryLock(Path file, Path display) throws IOException {
		try {
			return LockFile.tryLock(file, display);
		}
		catch (NoLockException ex) {
			logger.debug("Locking a file of another name. " + ex.getMessage());
			return LockFile.tryLock(alternative(file), display);
		}
	}

	private static Path alternative(Path file) {
		return file.resolveSibling(
				String.format(Locale.ROOT, "%s-%016x", file.getFileName(), ThreadLocalRandom.current().nextLong()));
	}

	/**
	 * Waits until no other file is locked, or it is our turn to give way.
	 */
	private static boolean isOnlyOne(LockFile own, Path file, Path display, long deadline)
			throws IOException, InterruptedException {
		try {
			while (true) {
				Rivals rivals = rivals(own, file, display);
				if (rivals != Rivals.LATER || System.nanoTime() - deadline >= 0) {
					return rivals == Rivals.NONE;
				}
				pause();
			}
		}
		catch (IOException | InterruptedException | RuntimeException ex) {
			own.release();
			throw ex;
		}
	}

	private static Rivals rivals(LockFile own, Path file, Path display) throws IOException {
		if (!Files.isReadable(file.getParent())) {
			return Rivals.NONE;
		}
		Rivals rivals = Rivals.NONE;
		String prefix = file.getFileName().toString();
		try (DirectoryStream<Path> found = Files.newDirectoryStream(file.getParent(),
				(each) -> each.getFileName().toString().startsWith(prefix))) {
			for (Path each : found) {
				if (isRival(each, own, file, display)) {
					if (each.getFileName().compareTo(own.path().getFileName()) < 0) {
						return Rivals.EARLIER;
					}
					rivals = Rivals.LATER;
				}
			}
		}
		return rivals;
	}

	private static boolean isRival(Path candidate, LockFile own, Path file, Path display) throws IOException {
		String name = candidate.getFileName().toString();
		String rest = name.substring(file.getFileName().toString().length());
		if (name.equals(own.path().getFileName().toString()) || !(rest.isEmpty() || rest.matches("-[0-9a-f]{16}"))
				|| !Files.isRegularFile(candidate, LinkOption.NOFOLLOW_LINKS)) {
			return false;
		}
		try {
			LockFile left = LockFile.tryLockExisting(candidate, display.resolveSibling(name));
			if (left == null) {
				return Files.exists(candidate, LinkOption.NOFOLLOW_LINKS);
			}
			// its process has died
			left.release();
			return false;
		}
		catch (NoLockException ex) {
			return false;
		}
	}

	private static void pause() throws InterruptedException {
		TimeUnit.NANOSECONDS.sleep(ThreadLocalRandom.current().nextLong(SHORTEST_PAUSE_NANOS, LONGEST_PAUSE_NANOS));
	}

	/**
	 * Keeps those away who delete what nobody has used for days, and takes the lock again
	 * if its file has been deleted all the same. Not to be called at the same time as
	 * {@link #close()}.
	 * @throws PathLockedException if somebody else has taken it meanwhile
	 * @throws TransportException if it cannot be had again, or if interrupted
	 */
	public void keep() throws TransportException {
		try {
			if (!this.file.isInPlace()) {
				takeAgain();
			}
			else if (Files.getLastModifiedTime(this.file.path(), LinkOption.NOFOLLOW_LINKS)
				.toInstant()
				.isBefore(Instant.now().minus(FRESH))) {
				this.file.touch();
			}
		}
		catch (TransportException ex) {
			throw ex;
		}
		catch (NoSuchFileException ex) {
			// the folder is gone, or the file just now
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new TransportException(Reason.IO, "Interrupted while taking the lock " + this.display + " again", ex);
		}
		catch (IOException ex) {
			throw new TransportException(Reason.UNUSABLE_FOLDER,
					"The lock " + this.display + " was deleted and cannot be taken again: " + ex, ex);
		}
	}

	private void takeAgain() throws IOException, InterruptedException {
		LockFile lost = this.file;
		LockFile taken = lock(this.path, this.display, System.nanoTime());
		this.file = taken;
		lost.leave();
		String noted = this.note;
		if (noted != null) {
			taken.note(noted);
		}
		logger.debug("The lock " + this.display + " was deleted and has been taken again");
	}

	/**
	 * What the last holder had noted if it died with the lock.
	 * @return the note, or an empty string
	 */
	public String previousNote() {
		return this.file.previousNote();
	}

	/**
	 * Notes something for the next holder in case that this process dies with the lock.
	 * @param note one line
	 * @throws IOException if it cannot be written
	 */
	public void note(String note) throws IOException {
		this.file.note(note);
		this.note = note;
	}

	private static void holdInThisProcess(Name name, Path display, long deadline)
			throws InterruptedException, TransportException {
		lock.lockInterruptibly();
		try {
			while (!heldHere.add(name)) {
				if (released.awaitNanos(deadline - System.nanoTime()) <= 0) {
					throw LockFile.lockedByThisProcess(display);
				}
			}
		}
		finally {
			lock.unlock();
		}
	}

	private static void releaseInThisProcess(Name name) {
		lock.lock();
		try {
			heldHere.remove(name);
			released.signalAll();
		}
		finally {
			lock.unlock();
		}
	}

	/**
	 * Releases the lock. Idempotent.
	 */
	@Override
	public void close() {
		if (this.closed.compareAndSet(false, true)) {
			this.file.release();
			releaseInThisProcess(this.name);
		}
	}

	/**
	 * Releases the lock, and leaves what the last holder had noted to the next one.
	 * Idempotent.
	 */
	public void leave() {
		if (this.file.previousNote().isEmpty()) {
			close();
		}
		else if (this.closed.compareAndSet(false, true)) {
			this.file.leave();
			releaseInThisProcess(this.name);
		}
	}

	/**
	 * One name for one file, whatever the spelling of its folder.
	 *
	 * @param folder the identity of the folder
	 * @param file the name of the lock in it
	 */
	private record Name(Object folder, String file) {
	}

	/**
	 * Who else has locked a file.
	 */
	private enum Rivals {

		NONE, EARLIER, LATER

	}

}
