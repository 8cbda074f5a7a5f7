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

package io.namedpipe.transport.windows;

import io.namedpipe.transport.Setting;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * A handle that this process was started with, by its number. It is checked before it is
 * used: closing a wrong handle would close one of another owner.
 */
final class InheritedHandle {

	/** A handle has 32 significant bits, so that processes of any width can share it. */
	private static final long LARGEST = 0xFFFFFFFFL;

	private final String text;

	private final long handle;

	private InheritedHandle(String text, long handle) {
		this.text = text;
		this.handle = handle;
	}

	static InheritedHandle of(String text) throws TransportException {
		try {
			long handle = Long.parseLong(text);
			if (handle >= 0 && handle <= LARGEST && Character.isDigit(text.charAt(0))) {
				return new InheritedHandle(text, handle);
			}
		}
		catch (NumberFormatException ex) {
			// reported below
		}
		throw invalid(text,
				"is not a number of a handle; pass the string that the parent process made, " + "in decimal digits");
	}

	TransportChannel takeOver(boolean reads) throws TransportException {
		int type = Kernel32.GetFileType(this.handle);
		if (type == Kernel32.FILE_TYPE_UNKNOWN) {
			throw invalid(this.text, "is not open in this process; start it by the process that makes the pipe, "
					+ "and use the string once");
		}
		if (type != Kernel32.FILE_TYPE_PIPE) {
			throw invalid(this.text,
					"is not a pipe in this process but a file or a console; pass the string that the parent process made");
		}
		checkDirection(reads);
		Kernel32.SetHandleInformation(this.handle, Kernel32.HANDLE_FLAG_INHERIT, 0);
		return new SynchronousChannel(this.handle, reads);
	}

	// PeekNamedPipe takes the right to read. Trying to
	// write no bytes would wake the reader
	private void checkDirection(boolean reads) throws TransportException {
		boolean looked = Kernel32.PeekNamedPipe(this.handle, Kernel32.NULL, 0, Kernel32.NULL, new int[1], new int[1]);
		int error = (looked) ? 0 : Win32Error.last();
		if (reads && error == Win32Error.ERROR_ACCESS_DENIED) {
			throw invalid(this.text, "is the end of a pipe that writes, and is to be read here; swap the strings or "
					+ "change the direction");
		}
		if (!reads && (looked || error == Win32Error.ERROR_BROKEN_PIPE)) {
			throw invalid(this.text, "is the end of a pipe that reads, and is to be written here; swap the strings or "
					+ "change the direction");
		}
	}

	private static TransportException invalid(String handle, String problem) {
		return new TransportException(Reason.INVALID_NAME, Setting.handle(handle),
				"The handle '" + handle + "' " + problem, null);
	}

}
