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

package io.namedpipe.transport.unix.anonymous;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.namedpipe.transport.Setting;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.unix.file.FileStatus;
import io.namedpipe.transport.unix.libc.Errno;
import io.namedpipe.transport.unix.libc.LibC;

/**
 * A descriptor that this process was started with, by its number. It is checked before it
 * is used: closing a wrong descriptor would close one of another owner.
 */
final class InheritedDescriptor {

	private static final int LAST_STANDARD = 2;

	private final String handle;

	private final int number;

	private InheritedDescriptor(String handle, int number) {
		this.handle = handle;
		this.number = number;
	}

	static InheritedDescriptor of(String handle) throws TransportException {
		try {
			int number = Integer.parseInt(handle);
			if (number >= 0 && Character.isDigit(handle.charAt(0))) {
				return new InheritedDescriptor(handle, number);
			}
		}
		catch (NumberFormatException ex) {
			// reported below
		}
		throw invalid(handle, "is not a number of a descriptor; pass the string that the parent process made, "
				+ "in decimal digits");
	}

	TransportChannel takeOver(boolean reads) throws TransportException {
		int flags = LibC.fcntl(this.number, LibC.F_GETFL, 0);
		if (flags < 0) {
			throw invalid(this.handle, "is not open in this process; start it by the process that makes the pipe, "
					+ "and use the string once");
		}
		checkKind();
		checkDirection(flags & LibC.O_ACCMODE, reads);
		if (this.number > LAST_STANDARD) {
			return LinuxAnonymousPipe.takeOver(this.number, reads);
		}
		return takeOverStandardStream(reads);
	}

	private void checkKind() throws TransportException {
		String target;
		try {
			Path path = Path.of("/proc/self/fd/" + this.number);
			if (FileStatus.isFifo(path)) {
				return;
			}
			target = Files.readSymbolicLink(path).toString();
		}
		catch (IOException ex) {
			target = String.valueOf(ex.getMessage());
		}
		throw invalid(this.handle,
				"is not a pipe in this process but " + target + "; pass the string that the parent process made");
	}

	private void checkDirection(int mode, boolean reads) throws TransportException {
		if (mode == ((reads) ? LibC.O_WRONLY : LibC.O_RDONLY)) {
			throw invalid(this.handle,
					"is the end of a pipe that "
							+ ((reads) ? "writes, and is to be read" : "reads, and is to be written")
							+ " here; swap the strings or change the direction");
		}
	}

	/**
	 * The number of a standard stream must not become free, as the next file to be opened
	 * would get it.
	 */
	private TransportChannel takeOverStandardStream(boolean reads) throws TransportException {
		int copy = Errno.checked("copy descriptor " + this.number,
				() -> LibC.fcntl(this.number, LibC.F_DUPFD_CLOEXEC, LAST_STANDARD + 1));
		byte[] nowhere = LibC.bytes("/dev/null");
		int nothing = Errno.checked("open /dev/null", () -> LibC.open(nowhere, LibC.O_RDWR | LibC.O_CLOEXEC, 0));
		LibC.dup3(nothing, this.number, 0);
		LibC.close(nothing);
		return LinuxAnonymousPipe.takeOver(copy, reads);
	}

	private static TransportException invalid(String handle, String problem) {
		return new TransportException(Reason.INVALID_NAME, Setting.handle(handle),
				"The handle '" + handle + "' " + problem, null);
	}

}
