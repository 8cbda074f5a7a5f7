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
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Objects;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * The rule for the folder that holds sockets and FIFOs: it exists, we may write to it,
 * and it is not one in which anybody could replace our file by theirs.
 */
final class PipeFolder {

	private static final String ROOT = "0";

	private static final int OTHERS_WRITE = 0002;

	private static final int GROUP_WRITE = 0020;

	private static final int STICKY = 01000;

	private PipeFolder() {
	}

	static void check(Path path) throws TransportException {
		Path folder = of(path);
		if (!Files.isDirectory(folder)) {
			throw unusable(folder, (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) ? "is not a folder"
					: "does not exist: create it, or name another one");
		}
		if (!Files.isWritable(folder)) {
			throw unusable(folder, "is not writable for this process: change its permissions, or name another one");
		}
		try {
			int mode = FileStatus.mode(folder);
			if ((mode & OTHERS_WRITE) != 0 && (mode & STICKY) == 0) {
				throw unusable(folder, "is writable for everyone and not sticky, so that anybody could replace the "
						+ "pipe: set the sticky bit (chmod +t) or take the write permission away");
			}
		}
		catch (TransportException ex) {
			throw ex;
		}
		catch (IOException ex) {
			throw new TransportException(Reason.UNUSABLE_FOLDER, "Cannot look at folder " + folder + ": " + ex, ex);
		}
	}

	/**
	 * Whether somebody else can put another file in the place of one of ours.
	 */
	static boolean isChangedByOthers(Path path) throws IOException {
		int mode = FileStatus.mode(of(path));
		return isOthers(of(path)) || ((mode & GROUP_WRITE) != 0 && (mode & STICKY) == 0);
	}

	/**
	 * Refuses the folder of another user, for what follows symbolic links. A group that
	 * may write to a folder is trusted.
	 */
	static void checkOwner(Path path) throws IOException {
		if (isOthers(of(path))) {
			throw unusable(of(path),
					"belongs to another user, who could have the permissions of any file "
							+ "changed by a link in the place of the pipe: name a folder of this user or of root"
							+ NativeLinux.obstacle(". Not to follow links")
								.map((obstacle) -> obstacle + ", and then no link is followed")
								.orElse(""));
		}
	}

	private static boolean isOthers(Path folder) throws IOException {
		String owner = FileStatus.ownerId(folder);
		return !owner.equals(ROOT) && !owner.equals(PosixAccounts.get().currentUserId());
	}

	static Path of(Path path) {
		return Objects.requireNonNullElse(path.getParent(), path.getRoot());
	}

	private static TransportException unusable(Path folder, String problem) {
		return new TransportException(Reason.UNUSABLE_FOLDER, "Folder " + folder + " " + problem);
	}

}
