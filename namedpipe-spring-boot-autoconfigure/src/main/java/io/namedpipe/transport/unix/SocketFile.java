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
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.PosixAccess;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * The file of a listening socket: how it comes to be ours, that it still is, and how it
 * goes.
 * <p>
 * A live server is never displaced. What is at the path is removed only if it is a socket
 * that our own user owns and on which nobody listens ({@code ECONNREFUSED}), both checked
 * under a {@link PathLock}.
 */
final class SocketFile {

	private static final Log logger = LogFactory.getLog(SocketFile.class);

	private final Path path;

	private final Object identity;

	private volatile String permissions;

	private SocketFile(Path path, PosixFileAttributes attributes) {
		this.path = path;
		this.identity = attributes.fileKey();
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
		PipeFolder.check(path);
		PathLock lock = PathLock.acquire(path);
		try {
			removeIfStale(path);
			bind.bind(path);
			try {
				applyAccess(path, access);
				return new SocketFile(path, attributes(path));
			}
			catch (IOException ex) {
				Files.deleteIfExists(path);
				throw ex;
			}
		}
		catch (TransportException ex) {
			throw ex;
		}
		catch (IOException ex) {
			throw new TransportException(Reason.IO, "Cannot listen on " + path + ": " + ex.getMessage(), ex);
		}
		finally {
			lock.close();
		}
	}

	private static void removeIfStale(Path path) throws IOException {
		boolean socket;
		try {
			socket = FileStatus.isSocket(path, LinkOption.NOFOLLOW_LINKS);
		}
		catch (NoSuchFileException ex) {
			return;
		}
		if (!socket) {
			throw inUse(path, "is a file that is not a socket. It is left alone: remove it, or choose another name");
		}
		String owner = FileStatus.ownerId(path, LinkOption.NOFOLLOW_LINKS);
		if (!PosixAccounts.get().currentUserId().equals(owner)) {
			throw inUse(path, "belongs to user " + Files.getOwner(path, LinkOption.NOFOLLOW_LINKS) + " (" + owner
					+ "). It is left alone: choose another name or folder");
		}
		String holder = probe(path);
		if (holder != null) {
			throw inUse(path, holder + ": stop that server, or choose another name");
		}
		Files.deleteIfExists(path);
	}

	private static TransportException inUse(Path path, String problem) {
		return new TransportException(Reason.NAME_IN_USE, path + " " + problem);
	}

	/**
	 * Finds out whether somebody listens.
	 * @return who, or {@code null} only if nobody does
	 */
	private static @Nullable String probe(Path path) throws IOException {
		try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			channel.configureBlocking(false);
			channel.connect(UnixDomainSocketAddress.of(path));
			UnixDomainPrincipal server = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
			return "is being served by a process of user " + server.user().getName();
		}
		catch (IOException ex) {
			return (SocketErrors.isRefused(ex)) ? null : "is in use (" + ex.getMessage() + ")";
		}
	}

	private static void applyAccess(Path path, PosixAccess access) throws IOException {
		PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class,
				LinkOption.NOFOLLOW_LINKS);
		Set<PosixFilePermission> permissions = EnumSet.copyOf(access.filePermissions());
		String group = access.fileGroupId();
		if (group != null && !giveToGroup(path, view, group)) {
			// the credentials decide all the same, the mode must only not be in their way
			widenToOthers(permissions);
		}
		PipePermissions.set(path, permissions);
	}

	private static boolean giveToGroup(Path path, PosixFileAttributeView view, String group) {
		try {
			view.setGroup(path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group));
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

	/**
	 * Whether there is no file at the path any more.
	 * @return {@code true} if it has vanished
	 * @throws TransportException if there is another file than ours
	 */
	boolean isMissing() throws TransportException {
		try {
			PosixFileAttributes attributes = attributes(this.path);
			if (this.identity.equals(attributes.fileKey())) {
				tellIfChanged(PosixFilePermissions.toString(attributes.permissions()));
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

	// It may have been meant: an administrator lets a group in. Who is not in the rules
	// is
	// turned away all the same
	private void tellIfChanged(String current) {
		String before = this.permissions;
		if (!current.equals(before)) {
			this.permissions = current;
			logger.warn("The permissions of " + this.path + " were changed from " + before + " to " + current
					+ ", not by this server. Whom they keep out cannot connect; whom they let in is still subject to"
					+ " the access rules");
		}
	}

	/**
	 * Deletes the file if it is still ours.
	 */
	void delete() {
		try {
			if (!isMissing()) {
				Files.deleteIfExists(this.path);
			}
		}
		catch (IOException ex) {
			// not ours any more, or the folder is gone: nothing of ours is left
		}
	}

	/**
	 * Binds a socket to a path, and listens.
	 */
	interface Bind {

		void bind(Path path) throws IOException;

	}

}
