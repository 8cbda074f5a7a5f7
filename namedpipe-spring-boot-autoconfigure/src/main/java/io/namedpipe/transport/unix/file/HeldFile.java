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
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.unix.libc.Errno;
import io.namedpipe.transport.unix.libc.LibC;

/**
 * A file that is held itself, and not its name, where JNA is there: what is done to it is
 * never done to another one that has taken its name. Without JNA the name is used, which
 * a {@link PipeFolder} that is not held allows only where nobody else can take it.
 */
public final class HeldFile implements Closeable {

	private static final int NOT_HELD = -1;

	private final Path reachable;

	private final int descriptor;

	private final Object identity;

	private HeldFile(Path reachable, int descriptor, Object identity) {
		this.reachable = reachable;
		this.descriptor = descriptor;
		this.identity = identity;
	}

	/**
	 * Holds a file. A symbolic link is not followed.
	 * @param folder the folder of the file
	 * @param file the path of the file
	 * @return the file, to be closed
	 * @throws NoSuchFileException if there is none
	 * @throws TransportException with {@link Reason#NAME_IN_USE} if it is a link, or is
	 * exchanged meanwhile
	 * @throws IOException if it cannot be looked at
	 */
	public static HeldFile open(PipeFolder folder, Path file) throws IOException {
		Path path = folder.resolve(file);
		return (folder.isHeld()) ? hold(path, file)
				: new HeldFile(path, NOT_HELD, FileStatus.identity(path, LinkOption.NOFOLLOW_LINKS));
	}

	/**
	 * Holds a file, which takes JNA. A symbolic link is not followed.
	 * @param path a path that leads to the file
	 * @param file the path as messages show it
	 * @return the file, to be closed
	 * @throws IOException as {@link #open(PipeFolder, Path)} does
	 */
	public static HeldFile hold(Path path, Path file) throws IOException {
		Object identity = FileStatus.identity(path, LinkOption.NOFOLLOW_LINKS);
		byte[] name = LibC.bytes(path.toString());
		int descriptor = Errno.checked("look at " + file, () -> LibC.open(name, LibC.O_PATH | LibC.O_CLOEXEC, 0));
		HeldFile held = new HeldFile(Path.of("/proc/self/fd/" + descriptor), descriptor, identity);
		try {
			// a symbolic link has been followed, or the file was exchanged meanwhile
			if (!identity.equals(FileStatus.identity(held.reachable))) {
				throw new TransportException(Reason.NAME_IN_USE, file
						+ " has been replaced by another file. It is left alone: remove it, or choose another folder");
			}
			return held;
		}
		catch (IOException | RuntimeException ex) {
			held.close();
			throw ex;
		}
	}

	/**
	 * A key that identifies the file, as long as it exists.
	 */
	public Object identity() {
		return this.identity;
	}

	/**
	 * A path that leads to this file.
	 */
	public Path reachable() {
		return this.reachable;
	}

	public boolean isSocket() throws IOException {
		return FileStatus.isSocket(this.reachable, options());
	}

	public boolean isFifo() throws IOException {
		return FileStatus.isFifo(this.reachable, options());
	}

	/**
	 * The uid of the owner in decimal digits.
	 */
	public String ownerId() throws IOException {
		return FileStatus.ownerId(this.reachable, options());
	}

	public int links() throws IOException {
		return FileStatus.links(this.reachable, options());
	}

	// the path of a held file is itself a link
	private LinkOption[] options() {
		return (this.descriptor != NOT_HELD) ? new LinkOption[0] : new LinkOption[] { LinkOption.NOFOLLOW_LINKS };
	}

	public void setGroup(String group) throws IOException {
		Files.getFileAttributeView(this.reachable, PosixFileAttributeView.class, options())
			.setGroup(this.reachable.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group));
	}

	public void setPermissions(Set<PosixFilePermission> permissions) throws IOException {
		Files.setPosixFilePermissions(this.reachable, permissions);
	}

	/**
	 * Closes the descriptor. To be called once.
	 */
	@Override
	public void close() {
		if (this.descriptor != NOT_HELD) {
			LibC.close(this.descriptor);
		}
	}

}
