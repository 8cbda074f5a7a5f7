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
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * Changes the permissions of a socket that we have just made, and never those of a file
 * that somebody has put a link to in its place. The JDK has no way to do that to a
 * socket, JNA has.
 */
final class PipePermissions {

	private PipePermissions() {
	}

	static void set(Path socket, Set<PosixFilePermission> permissions) throws IOException {
		if (PipeFolder.isChangedByOthers(socket) && NativeLinux.isAvailable()) {
			setHeld(socket, permissions);
			return;
		}
		PipeFolder.checkOwner(socket);
		Files.setPosixFilePermissions(socket, permissions);
	}

	static void setHeld(Path socket, Set<PosixFilePermission> permissions) throws IOException {
		byte[] name = LibC.bytes(socket.toString());
		int descriptor = Errno.checked("look at " + socket, () -> LibC.open(name, LibC.O_PATH | LibC.O_CLOEXEC, 0));
		try {
			Path held = Path.of("/proc/self/fd/" + descriptor);
			if (!FileStatus.isSocket(held)
					|| !FileStatus.identity(held).equals(FileStatus.identity(socket, LinkOption.NOFOLLOW_LINKS))) {
				throw new TransportException(Reason.NAME_IN_USE, socket
						+ " has been replaced by another file. It is left alone: remove it, or choose another folder");
			}
			Files.setPosixFilePermissions(held, permissions);
		}
		finally {
			LibC.close(descriptor);
		}
	}

}
