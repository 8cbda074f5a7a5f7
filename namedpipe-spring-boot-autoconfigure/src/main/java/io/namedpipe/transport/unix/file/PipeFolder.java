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
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.unix.account.PosixAccounts;
import io.namedpipe.transport.unix.libc.Errno;
import io.namedpipe.transport.unix.libc.LibC;
import io.namedpipe.transport.unix.libc.NativeLinux;

/**
 * The folder that holds a socket or FIFO. Where somebody else could lead us to another
 * folder, by renaming one above it or by putting a link in its place, it is held by a
 * descriptor. That takes JNA; without it every folder above has to be one that no other
 * user can change.
 * <p>
 * The rule for the folder itself: it exists, we may write to it, and it is not one in
 * which anybody could replace our file by theirs.
 */
public final class PipeFolder implements Closeable {

	private static final int NOT_HELD = -1;

	private static final String ROOT = "0";

	private static final int OTHERS_WRITE = 0002;

	private static final int GROUP_WRITES = 0020;

	private static final int STICKY = 01000;

	private static final int MOST_LINKS = 40;

	private final Path path;

	private final int descriptor;

	private PipeFolder(Path path, int descriptor) {
		this.path = path;
		this.descriptor = descriptor;
	}

	/**
	 * Opens the folder of a file and checks it. It is held if need be: to load the native
	 * library takes a good part of the time of a start.
	 * @param file the path of the file, which need not exist
	 * @return the folder, to be closed
	 * @throws TransportException with {@link Reason#UNUSABLE_FOLDER}
	 */
	public static PipeFolder open(Path file) throws TransportException {
		return open(file, new PipeFolder(of(file), NOT_HELD).isToBeHeld() && NativeLinux.isAvailable());
	}

	/**
	 * Opens the folder of a file, checks it, and holds it if that is possible.
	 * @param file the path of the file, which need not exist
	 * @return the folder, to be closed
	 * @throws TransportException with {@link Reason#UNUSABLE_FOLDER}
	 */
	public static PipeFolder hold(Path file) throws TransportException {
		return open(file, NativeLinux.isAvailable());
	}

	static PipeFolder open(Path file, boolean hold) throws TransportException {
		Path path = of(file);
		checkThere(path);
		PipeFolder folder = new PipeFolder(path, (hold) ? descriptor(path) : NOT_HELD);
		try {
			folder.check();
			return folder;
		}
		catch (TransportException | RuntimeException ex) {
			folder.close();
			throw ex;
		}
	}

	private static void checkThere(Path path) throws TransportException {
		if (!Files.isDirectory(path)) {
			throw unusable(path, (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) ? "is not a folder"
					: "does not exist: create it, or name another one");
		}
	}

	private boolean isToBeHeld() throws TransportException {
		checkThere(this.path);
		try {
			return !changeableBy(GROUP_WRITES | OTHERS_WRITE).isEmpty();
		}
		catch (IOException ex) {
			throw unknown(ex);
		}
	}

	private static int descriptor(Path path) throws TransportException {
		byte[] name = LibC.bytes(path.toString());
		return Errno.checked("look at the folder " + path, () -> LibC.open(name, LibC.O_PATH | LibC.O_CLOEXEC, 0));
	}

	private void check() throws TransportException {
		Path folder = reachable();
		if (!Files.isDirectory(folder)) {
			throw unusable(this.path, "is not a folder any more");
		}
		if (!Files.isWritable(folder)) {
			throw unusable(this.path, "is not writable for this process: change its permissions, or name another one");
		}
		try {
			if (isOpenTo(OTHERS_WRITE, FileStatus.mode(folder))) {
				throw unusable(this.path, "is writable for everyone and not sticky, so that anybody could replace the "
						+ "pipe: set the sticky bit (chmod +t) or take the write permission away");
			}
			if (!isHeld()) {
				checkPath();
			}
		}
		catch (TransportException ex) {
			throw ex;
		}
		catch (IOException ex) {
			throw unknown(ex);
		}
	}

	private TransportException unknown(IOException ex) {
		return new TransportException(Reason.UNUSABLE_FOLDER, "Cannot look at folder " + this.path + ": " + ex, ex);
	}

	/**
	 * Refuses a path that somebody else could lead elsewhere, for what follows it again
	 * each time. A group that may write to a folder is trusted.
	 */
	private void checkPath() throws IOException {
		List<String> changeable = changeableByOthers();
		if (!changeable.isEmpty()) {
			throw unusable(Path.of(changeable.get(0)),
					"can be changed by another user, who could have the permissions of any file changed by a link in "
							+ "the place of the pipe"
							+ ((this.path.toString().equals(changeable.get(0))) ? "" : " or of the folder " + this.path)
							+ ": name a folder of this user or of root"
							+ NativeLinux.obstacle(". Not to follow links")
								.map((obstacle) -> obstacle.message() + ", and then no link is followed")
								.orElse(""));
		}
	}

	/**
	 * The folders and links on the way to the files in this one that somebody other than
	 * our user and root could exchange.
	 * @return their paths, from the top
	 * @throws IOException if they cannot be looked at
	 */
	public List<String> changeableByOthers() throws IOException {
		return changeableBy(OTHERS_WRITE);
	}

	private List<String> changeableBy(int writers) throws IOException {
		Set<Path> all = new LinkedHashSet<>();
		follow(this.path.toAbsolutePath(), all, 0);
		List<String> changeable = new ArrayList<>();
		for (Path each : all) {
			boolean link = Files.isSymbolicLink(each);
			if (isOthers(each) || (!link && isOpenTo(writers, FileStatus.mode(each, LinkOption.NOFOLLOW_LINKS)))) {
				changeable.add(each.toString());
			}
		}
		return changeable;
	}

	/**
	 * Goes a way as the system does, from link to link.
	 * @param path an absolute path
	 * @param passed gets every folder and link on the way
	 * @param depth how many links have led here
	 * @return where it leads
	 */
	private static Path follow(Path path, Set<Path> passed, int depth) throws IOException {
		Path root = path.getRoot();
		Path reached = root;
		passed.add(root);
		for (Path name : path) {
			Path next = switch (name.toString()) {
				case "", "." -> reached;
				case ".." -> Objects.requireNonNullElse(reached.getParent(), root);
				default -> reached.resolve(name);
			};
			passed.add(next);
			if (Files.isSymbolicLink(next)) {
				if (depth == MOST_LINKS) {
					throw new FileSystemLoopException(path.toString());
				}
				next = follow(reached.resolve(Files.readSymbolicLink(next)), passed, depth + 1);
			}
			reached = next;
		}
		return reached;
	}

	private static boolean isOthers(Path file) throws IOException {
		String owner = FileStatus.ownerId(file, LinkOption.NOFOLLOW_LINKS);
		return !owner.equals(ROOT) && !owner.equals(PosixAccounts.get().currentUserId());
	}

	private static boolean isOpenTo(int writers, int mode) {
		return (mode & writers) != 0 && (mode & STICKY) == 0;
	}

	/**
	 * The folder, by the name that was configured.
	 */
	Path path() {
		return this.path;
	}

	/**
	 * Whether the name of another folder leads to this one.
	 */
	public boolean isSameAs(PipeFolder other) throws IOException {
		return FileStatus.identity(reachable()).equals(FileStatus.identity(other.reachable()));
	}

	public boolean isHeld() {
		return this.descriptor != NOT_HELD;
	}

	/**
	 * A path that leads to this folder, whatever becomes of its name.
	 */
	Path reachable() {
		return (isHeld()) ? Path.of("/proc/self/fd/" + this.descriptor) : this.path;
	}

	/**
	 * A path that leads to a file in this folder, whatever becomes of the folder's name.
	 * @param file a path of which the last element counts
	 * @return the path
	 */
	public Path resolve(Path file) {
		return reachable().resolve(file.getFileName());
	}

	static Path of(Path path) {
		return Objects.requireNonNullElse(path.getParent(), path.getRoot());
	}

	private static TransportException unusable(Path folder, String problem) {
		return new TransportException(Reason.UNUSABLE_FOLDER, "Folder " + folder + " " + problem);
	}

	/**
	 * Gives the descriptor back. To be called once.
	 */
	@Override
	public void close() {
		if (isHeld()) {
			LibC.close(this.descriptor);
		}
	}

	@Override
	public String toString() {
		return this.path.toString();
	}

}
