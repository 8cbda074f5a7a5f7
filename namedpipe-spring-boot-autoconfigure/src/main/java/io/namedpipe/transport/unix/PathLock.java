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
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * An exclusive lock on {@code <path>.lock}, held while it is found out whether a name is
 * free and while it is taken, against other threads and other processes. The lock file is
 * deleted when the lock is released; a process that waited for the deleted file sees that
 * by its size and starts again.
 */
final class PathLock implements Closeable {

	private static final long TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(700);

	private static final Duration FRESH = Duration.ofHours(1);

	private static final long LARGEST_MARK = 1 << 30;

	private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

	private static final Set<Path> heldHere = new HashSet<>();

	// What another class loader of this process has locked: to close one would end its
	// lock, see fcntl(2)
	private static final Map<Object, FileChannel> overlapping = new ConcurrentHashMap<>();

	private static final ReentrantLock lock = new ReentrantLock();

	private static final Condition released = lock.newCondition();

	private final Path file;

	private final FileChannel channel;

	private final Object identity;

	private PathLock(Path file, FileChannel channel, Object identity) {
		this.file = file;
		this.channel = channel;
		this.identity = identity;
	}

	static PathLock acquire(Path path) throws TransportException {
		Path file = lockFileOf(path);
		long deadline = System.nanoTime() + TIMEOUT_NANOS;
		try {
			holdInThisProcess(file, deadline);
			try {
				return lock(file, deadline);
			}
			catch (IOException | InterruptedException | RuntimeException | Error ex) {
				releaseInThisProcess(file);
				throw ex;
			}
		}
		catch (TransportException ex) {
			throw ex;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new TransportException(Reason.IO, "Interrupted while waiting for the lock " + file, ex);
		}
		catch (IOException ex) {
			throw new TransportException(Reason.UNUSABLE_FOLDER, "Cannot lock " + file + ": " + ex, ex);
		}
	}

	private static PathLock lock(Path file, long deadline) throws IOException, InterruptedException {
		FileChannel channel = lockFile(file, deadline);
		try {
			return new PathLock(file, channel, FileStatus.identity(file, LinkOption.NOFOLLOW_LINKS));
		}
		catch (IOException | RuntimeException ex) {
			channel.close();
			throw ex;
		}
	}

	/**
	 * Keeps those away who delete what nobody has used for days.
	 */
	void keep() {
		try {
			FileTime now = FileTime.from(Instant.now());
			if (Files.getLastModifiedTime(this.file).toInstant().isBefore(now.toInstant().minus(FRESH))) {
				Files.setLastModifiedTime(this.file, now);
			}
		}
		catch (IOException ex) {
			// it has been deleted all the same
		}
	}

	// One spelling for one file, as a lock is one of the file and of the whole process
	private static Path lockFileOf(Path path) {
		Path name = Path.of(path.getFileName() + ".lock");
		Path folder = PipeFolder.of(path);
		try {
			return folder.toRealPath().resolve(name);
		}
		catch (IOException ex) {
			return folder.resolve(name);
		}
	}

	private static FileChannel lockFile(Path file, long deadline) throws IOException, InterruptedException {
		while (true) {
			if (Files.exists(file) && overlapping.containsKey(FileStatus.identity(file, LinkOption.NOFOLLOW_LINKS))) {
				throw timedOut(file);
			}
			FileChannel channel = FileChannel.open(file,
					Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE,
							LinkOption.NOFOLLOW_LINKS),
					PosixFilePermissions
						.asFileAttribute(EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE)));
			try {
				FileLock fileLock = channel.tryLock();
				if (fileLock != null && leadsHere(file, channel)) {
					return channel;
				}
				channel.close();
			}
			catch (OverlappingFileLockException ex) {
				overlapping.put(FileStatus.identity(file, LinkOption.NOFOLLOW_LINKS), channel);
				throw timedOut(file);
			}
			catch (IOException | RuntimeException ex) {
				channel.close();
				throw ex;
			}
			if (System.nanoTime() - deadline >= 0) {
				throw timedOut(file);
			}
			TimeUnit.NANOSECONDS.sleep(PAUSE_NANOS);
		}
	}

	// The file may have been deleted by the one who held the lock before us. Opening it a
	// second time to find out would give up the lock, see fcntl(2): so a size tells.
	private static boolean leadsHere(Path file, FileChannel channel) throws IOException {
		long position = ThreadLocalRandom.current().nextLong(1, LARGEST_MARK);
		channel.write(ByteBuffer.allocate(1), position);
		try {
			return Files.size(file) == position + 1;
		}
		catch (NoSuchFileException ex) {
			return false;
		}
		finally {
			channel.truncate(0);
		}
	}

	private static void holdInThisProcess(Path file, long deadline) throws InterruptedException, TransportException {
		lock.lockInterruptibly();
		try {
			while (!heldHere.add(file)) {
				if (released.awaitNanos(deadline - System.nanoTime()) <= 0) {
					throw timedOut(file);
				}
			}
		}
		finally {
			lock.unlock();
		}
	}

	private static TransportException timedOut(Path file) {
		return new TransportException(Reason.NAME_IN_USE,
				"Somebody else has held the lock " + file + " for too long: is another server just starting there?");
	}

	private static void releaseInThisProcess(Path file) {
		lock.lock();
		try {
			heldHere.remove(file);
			released.signalAll();
		}
		finally {
			lock.unlock();
		}
	}

	@Override
	public void close() {
		try (this.channel) {
			if (this.identity.equals(FileStatus.identity(this.file, LinkOption.NOFOLLOW_LINKS))) {
				Files.delete(this.file);
			}
		}
		catch (IOException ex) {
			// the lock ends with the descriptor; a file left behind is harmless
		}
		finally {
			releaseInThisProcess(this.file);
		}
	}

}
