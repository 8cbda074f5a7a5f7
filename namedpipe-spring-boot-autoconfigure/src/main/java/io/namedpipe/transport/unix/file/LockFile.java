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

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.unix.account.PosixAccounts;
import io.namedpipe.transport.unix.libc.Closeables;

/**
 * A file of our user that is locked by fcntl(2), and marked to distinguish it from a file
 * of that name that is no lock file.
 * <p>
 * Closing any descriptor of the file gives up every lock of this process on it: while it
 * is locked it must not be opened again, not even for a look.
 */
final class LockFile {

	private static final byte[] MARK = "lock of a named pipe\n".getBytes(StandardCharsets.US_ASCII);

	private static final int LONGEST_NOTE = 1000;

	private static final int LARGEST_SIZE = 1 << 16;

	private static final Set<PosixFilePermission> OWNER_ONLY = EnumSet.of(PosixFilePermission.OWNER_READ,
			PosixFilePermission.OWNER_WRITE);

	// What another class loader of this process has locked: to close one would end its
	// lock, see fcntl(2)
	private static final Map<Object, FileChannel> overlapping = new ConcurrentHashMap<>();

	private final Path path;

	private final FileChannel channel;

	private final Object identity;

	private final String previousNote;

	private LockFile(Path path, FileChannel channel, Object identity, String previousNote) {
		this.path = path;
		this.channel = channel;
		this.identity = identity;
		this.previousNote = previousNote;
	}

	/**
	 * Locks a file, and creates it if it is missing.
	 * @param path the path
	 * @param display the path as messages show it
	 * @return the file, or {@code null} if somebody else has locked it or has just
	 * deleted it
	 * @throws PathLockedException if another class loader of this process has locked it
	 * @throws NoLockException if it is a file that is no lock of ours; it is left as it
	 * is
	 * @throws IOException if the file cannot be used
	 */
	static @Nullable LockFile tryLock(Path path, Path display) throws IOException {
		try {
			return lock(path, display, null,
					FileChannel.open(path,
							Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
							PosixFilePermissions.asFileAttribute(OWNER_ONLY)));
		}
		catch (FileAlreadyExistsException ex) {
			return tryLockExisting(path, display);
		}
	}

	/**
	 * Locks a file that is there.
	 * @param path the path
	 * @param display the path as messages show it
	 * @return the file, or {@code null} if somebody else has locked it or has just
	 * deleted it
	 * @throws IOException as {@link #tryLock(Path, Path)} does
	 */
	static @Nullable LockFile tryLockExisting(Path path, Path display) throws IOException {
		try {
			check(path, display);
			Object identity = FileStatus.identity(path, LinkOption.NOFOLLOW_LINKS);
			FileChannel other = overlapping.get(identity);
			if (other != null) {
				checkMark(display, other);
				throw lockedByThisProcess(display);
			}
			return lock(path, display, identity, FileChannel.open(path, StandardOpenOption.READ,
					StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
		}
		catch (NoSuchFileException ex) {
			return null;
		}
		catch (AccessDeniedException ex) {
			// a lock of ours can be read and written
			throw new NoLockException(display, "is not accessible");
		}
	}

	private static void check(Path path, Path display) throws IOException {
		if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
			// gone meanwhile is not another kind
			FileStatus.mode(path, LinkOption.NOFOLLOW_LINKS);
			throw new NoLockException(display, "is not a regular file");
		}
		String owner = FileStatus.ownerId(path, LinkOption.NOFOLLOW_LINKS);
		if (!owner.equals(PosixAccounts.get().currentUserId())) {
			throw new NoLockException(display, "belongs to user " + owner);
		}
		if (FileStatus.links(path, LinkOption.NOFOLLOW_LINKS) > 1) {
			throw new NoLockException(display, "has another name too (a hard link)");
		}
	}

	static PathLockedException lockedByThisProcess(Path display) {
		return new PathLockedException("This process itself holds the lock " + display
				+ ": another entry or application context of it has a pipe of that name", true);
	}

	private static @Nullable LockFile lock(Path path, Path display, @Nullable Object before, FileChannel channel)
			throws IOException {
		try {
			FileLock lock = channel.tryLock();
			if (before != null) {
				checkMark(display, channel);
			}
			if (lock != null) {
				String note = note(channel);
				if (leadsTo(path, before, channel)) {
					return new LockFile(path, channel, FileStatus.identity(path, LinkOption.NOFOLLOW_LINKS), note);
				}
			}
			channel.close();
			return null;
		}
		catch (NoSuchFileException ex) {
			channel.close();
			return null;
		}
		catch (OverlappingFileLockException ex) {
			overlapping.put(FileStatus.identity(path, LinkOption.NOFOLLOW_LINKS), channel);
			checkMark(display, channel);
			throw lockedByThisProcess(display);
		}
		catch (IOException | RuntimeException ex) {
			channel.close();
			throw ex;
		}
	}

	// Before anything is written to it. Who has just made the file may
	// have yet to mark it: to pass it by is safe, as both look for
	// others once they have locked and marked theirs
	private static void checkMark(Path display, FileChannel channel) throws IOException {
		if (!startsWithMark(content(channel))) {
			throw new NoLockException(display, "has not the content of a lock");
		}
	}

	private static String note(FileChannel channel) throws IOException {
		ByteBuffer content = content(channel);
		if (!startsWithMark(content)) {
			return "";
		}
		String note = StandardCharsets.UTF_8.decode(content.position(MARK.length)).toString();
		return note.substring(0, Math.max(0, note.indexOf('\n')));
	}

	private static ByteBuffer content(FileChannel channel) throws IOException {
		ByteBuffer content = ByteBuffer.allocate(MARK.length + LONGEST_NOTE);
		while (content.hasRemaining() && channel.read(content, content.position()) > 0) {
			// the whole of it
		}
		return content.flip();
	}

	private static boolean startsWithMark(ByteBuffer content) {
		return content.limit() >= MARK.length && content.slice(0, MARK.length).equals(ByteBuffer.wrap(MARK));
	}

	// The file may have been deleted by the one who held the lock
	// before us. Opening it a second time to find out would give up the
	// lock, see fcntl(2), so the size is checked.
	private static boolean leadsTo(Path path, @Nullable Object before, FileChannel channel) throws IOException {
		channel.write(ByteBuffer.wrap(MARK), 0);
		// what is noted stays until there is something else to note
		long size = Math.min(channel.size(), MARK.length + LONGEST_NOTE);
		long position = ThreadLocalRandom.current().nextLong(MARK.length + LONGEST_NOTE, LARGEST_SIZE);
		try {
			channel.truncate(size);
			channel.write(ByteBuffer.allocate(1), position);
			return Files.size(path) == position + 1;
		}
		catch (NoSuchFileException ex) {
			throw ex;
		}
		catch (IOException ex) {
			// no space is left
			if (!channel.isOpen() || before == null) {
				throw ex;
			}
			return before.equals(FileStatus.identity(path, LinkOption.NOFOLLOW_LINKS));
		}
		finally {
			if (channel.isOpen()) {
				channel.truncate(size);
			}
		}
	}

	Path path() {
		return this.path;
	}

	/**
	 * What the last holder had noted if it ended without releasing the lock.
	 * @return the note, or an empty string
	 */
	String previousNote() {
		return this.previousNote;
	}

	/**
	 * Notes something for who finds the file when this process has died.
	 * @param note one line
	 */
	void note(String note) throws IOException {
		this.channel.truncate(MARK.length);
		this.channel.write(ByteBuffer.wrap((note + "\n").getBytes(StandardCharsets.UTF_8)), MARK.length);
	}

	/**
	 * Makes the file look as if it had just been written. Through the channel: the JDK
	 * opens a file to set its times.
	 */
	void touch() throws IOException {
		// an interrupted thread would close the channel, and that the lock
		boolean interrupted = Thread.interrupted();
		try {
			this.channel.write(ByteBuffer.wrap(MARK), 0);
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/**
	 * Whether the file is still at its path.
	 * @return {@code false} if it has been deleted, whoever has made another one
	 * @throws IOException if it cannot be looked at
	 */
	boolean isInPlace() throws IOException {
		try {
			return this.identity.equals(FileStatus.identity(this.path, LinkOption.NOFOLLOW_LINKS));
		}
		catch (NoSuchFileException ex) {
			return false;
		}
	}

	/**
	 * Gives the lock up and leaves the file, and the note in it, to the next holder.
	 */
	void leave() {
		Closeables.closeQuietly(this.channel);
	}

	/**
	 * Gives the lock up and deletes the file if it is still there.
	 */
	void release() {
		try (this.channel) {
			if (isInPlace()) {
				Files.delete(this.path);
			}
		}
		catch (IOException ex) {
			// the lock ends with the descriptor; a file left behind is harmless
		}
	}

	/**
	 * A file that has the name of a lock and is none of ours.
	 */
	static final class NoLockException extends IOException {

		NoLockException(Path display, String problem) {
			super("The file " + display + ", whose name is that of the lock, " + problem);
		}

	}

}
