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
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.PosixAccess;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.unix.account.PosixAccounts;
import io.namedpipe.transport.unix.account.ServerUser;
import io.namedpipe.transport.unix.file.FileStatus;
import io.namedpipe.transport.unix.file.HeldFile;
import io.namedpipe.transport.unix.file.PipeFolder;
import io.namedpipe.transport.unix.libc.Errno;
import io.namedpipe.transport.unix.libc.LibC;
import io.namedpipe.transport.unix.libc.SystemError;

/**
 * A FIFO in the file system. The file itself is held, not its name: it can be opened, and
 * whoever blocks in opening it can be woken, also after the name was deleted.
 */
final class FifoFile implements Closeable {

	/** A FIFO is at first only its owner's, and gets its permissions after its group. */
	private static final int OWNER_ONLY = 0600;

	private final Path path;

	private final HeldFile held;

	/** Where the file was made, if it was made here. */
	private final @Nullable PipeFolder madeIn;

	private final AtomicInteger users = new AtomicInteger(1);

	private FifoFile(Path path, HeldFile held, @Nullable PipeFolder madeIn) {
		this.path = path;
		this.held = held;
		this.madeIn = madeIn;
	}

	/**
	 * Creates a FIFO, or takes one that our own user left or prepared there. Anything
	 * else at the path is left alone.
	 * @param folder the folder of the path, to be kept open as long as the FIFO
	 * @param path where
	 * @param access who may use it
	 * @param serverReads whether others write it rather than read it
	 * @return the FIFO, with the permissions that the policy asks for
	 * @throws TransportException if there is another file, or the policy cannot be had
	 */
	static FifoFile claim(PipeFolder folder, Path path, PosixAccess access, boolean serverReads)
			throws TransportException {
		Set<PosixFilePermission> permissions = permissions(access, serverReads);
		try {
			boolean create = !Files.exists(folder.resolve(path), LinkOption.NOFOLLOW_LINKS);
			if (create) {
				byte[] name = LibC.bytes(folder.resolve(path).toString());
				Errno.checked("create the FIFO " + path, () -> LibC.mkfifo(name, OWNER_ONLY));
			}
			FifoFile file = new FifoFile(path, HeldFile.open(folder, path), (create) ? folder : null);
			try {
				file.checkOurs();
				file.apply(permissions, access.fileGroupId());
				return file;
			}
			catch (IOException | RuntimeException ex) {
				file.deleteIfCreated();
				file.close();
				throw ex;
			}
		}
		catch (IOException ex) {
			throw failure(path, ex);
		}
	}

	/**
	 * Finds a FIFO that somebody else has made.
	 * @param path where
	 * @param expectedUser the user it must belong to, or {@code null}
	 * @return the FIFO
	 * @throws TransportException with {@link Reason#NO_SERVER} if there is none
	 */
	static FifoFile find(Path path, @Nullable ServerUser expectedUser) throws TransportException {
		try {
			Path real = path.toRealPath();
			if (!FileStatus.isFifo(real, LinkOption.NOFOLLOW_LINKS)) {
				throw new TransportException(Reason.IO, path + " is not a FIFO");
			}
			FifoFile file = new FifoFile(real, HeldFile.hold(real, path), null);
			try {
				if (!file.held.isFifo()) {
					throw new TransportException(Reason.IO, path + " is not a FIFO any more");
				}
				if (expectedUser != null) {
					expectedUser.verifyOwner(path, file.held.ownerId());
				}
				return file;
			}
			catch (IOException ex) {
				file.close();
				throw ex;
			}
		}
		catch (IOException ex) {
			throw failure(path, ex);
		}
	}

	static TransportException failure(Path path, IOException ex) {
		if (ex instanceof TransportException transportException) {
			return transportException;
		}
		if (ex instanceof NoSuchFileException) {
			return new TransportException(Reason.NO_SERVER, "There is no FIFO " + path, ex);
		}
		if (ex instanceof AccessDeniedException) {
			return new TransportException(Reason.ACCESS_DENIED,
					"Opening " + path + " is not permitted: the permissions of the FIFO or of a folder above it"
							+ " do not let this user in",
					ex);
		}
		return new TransportException(SystemError.isResource(ex) ? Reason.RESOURCE_LIMIT : Reason.IO,
				"Cannot use " + path + ": " + ex.getMessage(), ex);
	}

	private static Set<PosixFilePermission> permissions(PosixAccess access, boolean serverReads)
			throws TransportException {
		EnumSet<PosixFilePermission> permissions = EnumSet.of(PosixFilePermission.OWNER_READ,
				PosixFilePermission.OWNER_WRITE);
		// who may only do what the server does itself would take its place
		permissions.addAll((serverReads) ? EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE)
				: EnumSet.of(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ));
		permissions.retainAll(access.exactFilePermissions());
		return permissions;
	}

	private void checkOurs() throws IOException {
		if (!this.held.isFifo()) {
			throw inUse(this.path, "is a file that is not a FIFO. It is left alone: remove it, or choose another name");
		}
		String owner = this.held.ownerId();
		if (!PosixAccounts.get().currentUserId().equals(owner)) {
			throw inUse(this.path, "is a FIFO of user " + owner
					+ ", who could change what comes through it: choose another name or folder");
		}
	}

	private static TransportException inUse(Path path, String problem) {
		return new TransportException(Reason.NAME_IN_USE, path + " " + problem);
	}

	private void apply(Set<PosixFilePermission> permissions, @Nullable String group) throws IOException {
		if (group != null) {
			this.held.setGroup(group);
		}
		this.held.setPermissions(permissions);
	}

	Path path() {
		return this.path;
	}

	/**
	 * Opens an end without waiting for the other one. For who has retained the file.
	 * @param access {@link LibC#O_RDONLY} or {@link LibC#O_WRONLY}
	 * @return the descriptor, or -1 with the reason in {@link Errno#last()}
	 */
	int open(int access) {
		return LibC.open(LibC.bytes(this.held.reachable().toString()), access | LibC.O_NONBLOCK | LibC.O_CLOEXEC, 0);
	}

	/**
	 * Opens both ends, which blocks on no system that we know.
	 */
	FileChannel openBothEnds() throws IOException {
		try (FifoFile kept = retain()) {
			return FileChannel.open(kept.held.reachable(), StandardOpenOption.READ, StandardOpenOption.WRITE);
		}
	}

	/**
	 * Opens the writing end, waiting for a reader.
	 */
	FileChannel openToWrite() throws IOException {
		try (FifoFile kept = retain()) {
			return FileChannel.open(kept.held.reachable(), StandardOpenOption.WRITE);
		}
	}

	/**
	 * Whether there is no file at the path any more.
	 * @return {@code true} if it has vanished
	 * @throws TransportException if there is another file than ours
	 */
	boolean isMissing() throws TransportException {
		try {
			if (this.held.identity().equals(FileStatus.identity(this.path, LinkOption.NOFOLLOW_LINKS))) {
				return false;
			}
		}
		catch (NoSuchFileException ex) {
			return true;
		}
		catch (IOException ex) {
			throw new TransportException(Reason.UNUSABLE_FOLDER, "Cannot look at " + this.path + ": " + ex, ex);
		}
		throw inUse(this.path, "has been replaced by another file. It is left alone: remove it to be served again");
	}

	/**
	 * Deletes the file if we made it and it is still there.
	 */
	void deleteIfCreated() {
		if (this.madeIn == null) {
			return;
		}
		try {
			Path file = this.madeIn.resolve(this.path);
			if (this.held.identity().equals(FileStatus.identity(file, LinkOption.NOFOLLOW_LINKS))) {
				Files.deleteIfExists(file);
			}
		}
		catch (IOException ex) {
			// the file is another one, or the folder is gone: there is nothing to delete
		}
	}

	/**
	 * Sets the capacity of the pipe behind the file, which lasts as long as anybody has
	 * it open.
	 * @param size the size as configured
	 * @param reading whether our end reads
	 * @return {@code false} if our end writes and there is no reader
	 * @throws TransportException if the size cannot be had
	 */
	boolean resize(OptionalInt size, boolean reading) throws TransportException {
		if (size.isEmpty()) {
			return true;
		}
		try (FifoFile kept = retain()) {
			return kept.resize(size.getAsInt(), (reading) ? LibC.O_RDONLY : LibC.O_WRONLY);
		}
	}

	private boolean resize(int size, int access) throws TransportException {
		int descriptor = open(access);
		if (descriptor < 0) {
			if (Errno.last() == Errno.ENXIO) {
				return false;
			}
			throw Errno.failure("open " + this.path, Errno.last());
		}
		int result = LibC.fcntl(descriptor, LibC.F_SETPIPE_SZ, size);
		int error = Errno.last();
		LibC.close(descriptor);
		if (result < 0) {
			throw new TransportException(Reason.RESOURCE_LIMIT, "The FIFO " + this.path + " cannot have a buffer of "
					+ size + " bytes (" + LibC.strerror(error) + "): the limit is in /proc/sys/fs/pipe-max-size");
		}
		return true;
	}

	boolean isSameAs(FifoFile other) {
		return this.held.identity().equals(other.held.identity());
	}

	/**
	 * Keeps the file held until one more {@link #close()}.
	 * @throws TransportException with {@link Reason#CLOSED} if it is held no more
	 */
	FifoFile retain() throws TransportException {
		if (this.users.getAndUpdate((count) -> (count > 0) ? count + 1 : 0) == 0) {
			throw new TransportException(Reason.CLOSED, "The FIFO " + this.path + " is closed");
		}
		return this;
	}

	@Override
	public void close() {
		if (this.users.decrementAndGet() == 0) {
			this.held.close();
		}
	}

	@Override
	public String toString() {
		return this.path.toString();
	}

}
