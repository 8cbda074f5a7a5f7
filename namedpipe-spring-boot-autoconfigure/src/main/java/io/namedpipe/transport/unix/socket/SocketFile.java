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

package io.namedpipe.transport.unix.socket;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.PosixAccess;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.unix.account.PosixAccounts;
import io.namedpipe.transport.unix.file.FileStatus;
import io.namedpipe.transport.unix.file.HeldFile;
import io.namedpipe.transport.unix.file.PathLock;
import io.namedpipe.transport.unix.file.PathLockedException;
import io.namedpipe.transport.unix.file.PipeFolder;
import io.namedpipe.transport.unix.libc.NativeLinux;

/**
 * Claims, checks and deletes the file of a listening socket.
 * <p>
 * A live server is never displaced. What is at the path is removed only if it is a socket
 * that our own user owns and that has no server, both checked under a {@link PathLock}.
 * On Linux {@code ECONNREFUSED} proves that. Other systems answer so for a server that is
 * busy, too: there the lock is kept as long as the socket, and only a socket is removed
 * that is noted in the lock of a server that died.
 */
final class SocketFile {

	private static final Log logger = LogFactory.getLog(SocketFile.class);

	private static final Set<Object> servedHere = ConcurrentHashMap.newKeySet();

	private final Path path;

	private final PipeFolder folder;

	private final Object identity;

	private final @Nullable PathLock lock;

	private volatile String permissions;

	private SocketFile(Path path, PipeFolder folder, PosixFileAttributes attributes, @Nullable PathLock lock) {
		this.path = path;
		this.folder = folder;
		this.identity = attributes.fileKey();
		this.lock = lock;
		this.permissions = PosixFilePermissions.toString(attributes.permissions());
	}

	/**
	 * Takes the path.
	 * @param path where
	 * @param access the permissions of the file
	 * @param bind creates the file by binding a socket to the path, and listens
	 * @return the file, ours
	 */
	static SocketFile claim(Path path, PosixAccess access, Bind bind) throws TransportException {
		return claim(path, access, bind, NativeLinux.isLinux());
	}

	static SocketFile claim(Path path, PosixAccess access, Bind bind, boolean refusalIsProof)
			throws TransportException {
		PipeFolder folder = PipeFolder.open(path);
		PathLock lock = null;
		SocketFile file = null;
		try {
			lock = PathLock.acquire(folder, path);
			removeIfStale(folder, path, (refusalIsProof) ? null : lock);
			bind.bind(path);
			file = bound(folder, path, access, (refusalIsProof) ? null : lock);
			return file;
		}
		catch (PathLockedException ex) {
			throw (refusalIsProof) ? ex : ex.served(path);
		}
		catch (TransportException ex) {
			throw ex;
		}
		catch (IOException ex) {
			throw new TransportException(Reason.IO, "Cannot listen on " + path + ": " + ex.getMessage(), ex);
		}
		finally {
			if (lock != null && refusalIsProof) {
				lock.close();
			}
			else if (lock != null && file == null) {
				lock.leave();
			}
			if (file == null) {
				folder.close();
			}
		}
	}

	private static void removeIfStale(PipeFolder folder, Path path, @Nullable PathLock proof) throws IOException {
		Path file = folder.resolve(path);
		boolean socket;
		try {
			socket = FileStatus.isSocket(file, LinkOption.NOFOLLOW_LINKS);
		}
		catch (NoSuchFileException ex) {
			return;
		}
		String owner = FileStatus.ownerId(file, LinkOption.NOFOLLOW_LINKS);
		boolean own = PosixAccounts.get().currentUserId().equals(owner);
		String user = "user " + Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).getName()
				+ ((own) ? "" : " (" + owner + ")");
		if (!socket) {
			throw inUse(path, "is a file that is not a socket" + ((own) ? "" : ", and belongs to " + user)
					+ ". It is left alone: remove it, or choose another name");
		}
		if (!own) {
			throw inUse(path, "belongs to " + user
					+ ". It is left alone: choose another name, or a folder in which nobody else can make files");
		}
		if (servedHere.contains(FileStatus.identity(file, LinkOption.NOFOLLOW_LINKS))) {
			throw inUse(path, "is being served by this very process (of " + user
					+ "), for another entry or application context: give one of them another name");
		}
		String server = SocketProbe.serverOf(file);
		if (server != null) {
			throw inUse(path, server + " by a process of " + user + ": stop that server, or choose another name");
		}
		if (proof != null && !proof.previousNote().equals(note(attributes(file)))) {
			throw inUse(path, "refuses connections, which a busy server does on this system, too."
					+ " It is left alone: if no server has it, remove it");
		}
		Files.deleteIfExists(file);
	}

	private static TransportException inUse(Path path, String problem) {
		return new TransportException(Reason.NAME_IN_USE, path + " " + problem);
	}

	private static String note(PosixFileAttributes attributes) {
		return attributes.fileKey() + " " + attributes.lastModifiedTime();
	}

	private static SocketFile bound(PipeFolder folder, Path path, PosixAccess access, @Nullable PathLock lock)
			throws IOException {
		try (HeldFile file = hold(folder, path)) {
			try {
				applyAccess(file, access);
				PosixFileAttributes attributes = attributes(folder.resolve(path));
				if (!file.identity().equals(attributes.fileKey())) {
					throw replaced(path);
				}
				if (lock != null) {
					lock.note(note(attributes));
				}
				servedHere.add(attributes.fileKey());
				return new SocketFile(path, folder, attributes, lock);
			}
			catch (IOException ex) {
				deleteIf(folder, path, file.identity());
				throw ex;
			}
		}
	}

	/**
	 * Holds the file that bind(2) has just made. What is there instead has been put there
	 * by somebody who may change the folder or one above it.
	 */
	private static HeldFile hold(PipeFolder folder, Path path) throws IOException {
		HeldFile file;
		try {
			file = HeldFile.open(folder, path);
		}
		catch (NoSuchFileException ex) {
			throw new TransportException(Reason.UNUSABLE_FOLDER,
					"The socket " + path
							+ " vanished while it was made: the folder, or one above it, has been replaced by another",
					ex);
		}
		try {
			if (!file.isSocket() || file.links() != 1 || !PosixAccounts.get().currentUserId().equals(file.ownerId())
					|| (folder.isHeld() && SocketProbe.serverOf(file.reachable()) == null)) {
				throw replaced(path);
			}
			return file;
		}
		catch (IOException | RuntimeException ex) {
			file.close();
			throw ex;
		}
	}

	private static TransportException replaced(Path path) {
		return inUse(path, "has been replaced by another file. It is left alone: remove it, or choose another folder");
	}

	private static void applyAccess(HeldFile file, PosixAccess access) throws IOException {
		Set<PosixFilePermission> permissions = EnumSet.copyOf(access.filePermissions());
		String group = access.fileGroupId();
		if (group != null && !giveToGroup(file, group)) {
			// the credentials decide nevertheless; the mode must only not be stricter
			widenToOthers(permissions);
		}
		file.setPermissions(permissions);
	}

	private static boolean giveToGroup(HeldFile file, String group) {
		try {
			file.setGroup(group);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static void widenToOthers(Set<PosixFilePermission> permissions) {
		if (permissions.contains(PosixFilePermission.GROUP_READ)) {
			permissions.add(PosixFilePermission.OTHERS_READ);
		}
		if (permissions.contains(PosixFilePermission.GROUP_WRITE)) {
			permissions.add(PosixFilePermission.OTHERS_WRITE);
		}
	}

	private static PosixFileAttributes attributes(Path path) throws IOException {
		return Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
	}

	private static void deleteIf(PipeFolder folder, Path path, Object identity) {
		try {
			Path file = folder.resolve(path);
			if (identity.equals(FileStatus.identity(file, LinkOption.NOFOLLOW_LINKS))) {
				Files.deleteIfExists(file);
			}
		}
		catch (IOException ex) {
			// the file is another one, or the folder is gone: there is nothing to delete
		}
	}

	/**
	 * Warnings about the folder of the file.
	 * @return the warnings
	 */
	List<String> warnings() {
		List<String> warnings = new ArrayList<>();
		try {
			List<String> changeable = this.folder.changeableByOthers();
			if (!changeable.isEmpty()) {
				warnings.add("Somebody else can change " + String.join(" and ", changeable)
						+ " and lead the clients of this pipe to another server: use a folder that only its user and"
						+ " root can change");
			}
		}
		catch (IOException ex) {
			logger.debug("Cannot look at the folders above " + this.path, ex);
		}
		return warnings;
	}

	/**
	 * Whether there is no file at the path any more.
	 * @return {@code true} if it has vanished
	 * @throws TransportException if there is another file than ours
	 */
	boolean isMissing() throws TransportException {
		if (this.lock != null) {
			keep(this.lock);
		}
		try {
			PosixFileAttributes attributes = attributes(this.path);
			if (this.identity.equals(attributes.fileKey())) {
				warnIfChanged(PosixFilePermissions.toString(attributes.permissions()));
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

	private void keep(PathLock held) throws TransportException {
		try {
			held.keep();
		}
		catch (PathLockedException ex) {
			throw ex.served(this.path);
		}
	}

	// An administrator may have let a group in on purpose. Peers
	// that the rules deny are rejected nevertheless.
	private void warnIfChanged(String current) {
		String before = this.permissions;
		if (!current.equals(before)) {
			this.permissions = current;
			logger.warn("The permissions of " + this.path + " were changed from " + before + " to " + current
					+ ", not by this server. Whom they keep out cannot connect; whom they let in is still subject to"
					+ " the access rules");
		}
	}

	/**
	 * Lets the name be claimed again. Idempotent.
	 */
	void releaseName() {
		servedHere.remove(this.identity);
		if (this.lock != null) {
			this.lock.close();
		}
	}

	/**
	 * Gives up what belongs to the file when another one has taken its place. To be
	 * called once, or {@link #delete()}.
	 */
	void release() {
		releaseName();
		this.folder.close();
	}

	/**
	 * Deletes the file if it is still ours, in the folder in which it was made. To be
	 * called once.
	 */
	void delete() {
		deleteIf(this.folder, this.path, this.identity);
		release();
	}

	/**
	 * Binds a socket to a path, and listens.
	 */
	interface Bind {

		void bind(Path path) throws IOException;

	}

}
