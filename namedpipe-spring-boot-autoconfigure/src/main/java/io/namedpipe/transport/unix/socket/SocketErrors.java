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
import java.net.BindException;
import java.net.ConnectException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.unix.libc.Errno;
import io.namedpipe.transport.unix.libc.SystemError;

/**
 * Maps the exceptions of the JDK's Unix sockets, which carry the error of the system as
 * text only.
 */
final class SocketErrors {

	private SocketErrors() {
	}

	static boolean isRefused(IOException ex) {
		return SystemError.CONNECTION_REFUSED.isIn(ex)
				|| (ex instanceof ConnectException && !SystemError.NOT_CONNECTED.isIn(ex));
	}

	static TransportException ofConnect(Path path, IOException ex) {
		if (ex instanceof TransportException transportException) {
			return transportException;
		}
		if (SystemError.NOT_FOUND.isIn(ex)) {
			return new TransportException(Reason.NO_SERVER, "Nobody serves " + path + ": there is no such file", ex);
		}
		if (isRefused(ex)) {
			if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
				return new TransportException(Reason.IO, path + " is a regular file, not a pipe", ex);
			}
			return new TransportException(Reason.NO_SERVER,
					"Nobody serves " + path + ": its server has gone and left the file", ex);
		}
		if (SystemError.TRY_AGAIN.isIn(ex)) {
			return new TransportException(Reason.BUSY, "The backlog of " + path + " is full", ex);
		}
		// the JDK throws this for EACCES, too
		if (ex instanceof BindException || SystemError.ACCESS_DENIED.isIn(ex)) {
			return new TransportException(Reason.ACCESS_DENIED,
					"Connecting to " + path + " is not permitted: the permissions of the file or of a folder above it"
							+ " do not let this user in",
					ex);
		}
		if (SystemError.WRONG_TYPE.isIn(ex)) {
			return new TransportException(Reason.MODE_MISMATCH,
					"The pipe " + path + " is in message mode: use transmission mode 'message' to connect", ex);
		}
		if (SystemError.isResource(ex)) {
			return resource(path, ex);
		}
		return new TransportException(Reason.IO, "Connecting to " + path + " failed: " + ex.getMessage(), ex);
	}

	// The JDK throws BindException for EADDRINUSE and for EACCES
	static TransportException ofBind(Path path, IOException ex) {
		boolean denied = SystemError.ACCESS_DENIED.isIn(ex);
		if (SystemError.ADDRESS_IN_USE.isIn(ex)
				|| (!denied && ex instanceof BindException && Files.exists(path, LinkOption.NOFOLLOW_LINKS))) {
			return new TransportException(Reason.NAME_IN_USE, path + " has just been taken by another process", ex);
		}
		if (denied || ex instanceof BindException) {
			return new TransportException(Reason.UNUSABLE_FOLDER,
					"Folder " + path.getParent() + " does not let this process make a socket (" + ex.getMessage()
							+ "): change its permissions or those of the folders above it, or name another one",
					ex);
		}
		return (SystemError.isResource(ex)) ? resource(path, ex)
				: new TransportException(Reason.IO, "Cannot listen on " + path + ": " + ex.getMessage(), ex);
	}

	static TransportException ofAccept(Path path, IOException ex) {
		if (ex instanceof TransportException transportException) {
			return transportException;
		}
		if (ex instanceof ClosedChannelException) {
			return new TransportException(Reason.CLOSED, "The listener of " + path + " is closed", ex);
		}
		return (SystemError.isResource(ex)) ? resource(path, ex) : new TransportException(Reason.IO,
				"Accepting a client of " + path + " failed: " + ex.getMessage(), ex);
	}

	static TransportException ofWaiting(Path path, IOException ex) {
		return (SystemError.isResource(ex)) ? resource(path, ex) : new TransportException(Reason.IO,
				"A connection on " + path + " cannot be waited for: " + ex.getMessage(), ex);
	}

	private static TransportException resource(Path path, IOException ex) {
		return new TransportException(Reason.RESOURCE_LIMIT,
				"A limit of the system is reached on " + path + " (" + ex.getMessage() + ")" + Errno.DESCRIPTORS_ADVICE,
				ex);
	}

}
