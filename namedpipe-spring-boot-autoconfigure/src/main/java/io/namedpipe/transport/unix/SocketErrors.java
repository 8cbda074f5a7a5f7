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
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * The meaning of what the JDK's Unix sockets throw, which carries the error of the system
 * as text only.
 */
final class SocketErrors {

	static final String DESCRIPTORS_ADVICE = ": close what is not needed, or raise the limit (ulimit -n)";

	private SocketErrors() {
	}

	static boolean isRefused(IOException ex) {
		return ex instanceof ConnectException || contains(ex, "connection refused");
	}

	static boolean isPeerGone(IOException ex) {
		return contains(ex, "broken pipe") || contains(ex, "connection reset") || contains(ex, "not connected");
	}

	static TransportException ofConnect(Path path, IOException ex) {
		if (ex instanceof TransportException transportException) {
			return transportException;
		}
		if (contains(ex, "no such file")) {
			return new TransportException(Reason.NO_SERVER, "Nobody serves " + path + ": there is no such file", ex);
		}
		if (isRefused(ex)) {
			if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
				return new TransportException(Reason.IO, path + " is a regular file, not a pipe", ex);
			}
			return new TransportException(Reason.NO_SERVER,
					"Nobody serves " + path + ": its server has gone and left the file", ex);
		}
		if (contains(ex, "temporarily unavailable")) {
			return new TransportException(Reason.BUSY, "The backlog of " + path + " is full", ex);
		}
		if (contains(ex, "permission denied")) {
			return new TransportException(Reason.ACCESS_DENIED,
					"Connecting to " + path + " is not permitted: the permissions of the file or of a folder above it"
							+ " do not let this user in",
					ex);
		}
		if (contains(ex, "wrong type")) {
			return new TransportException(Reason.MODE_MISMATCH,
					"The pipe " + path + " is in message mode: use transmission mode 'message' to connect", ex);
		}
		if (isResource(ex)) {
			return resource(path, ex);
		}
		return new TransportException(Reason.IO, "Connecting to " + path + " failed: " + ex.getMessage(), ex);
	}

	static TransportException ofBind(Path path, IOException ex) {
		if (ex instanceof BindException || contains(ex, "already in use")) {
			return new TransportException(Reason.NAME_IN_USE, path + " has just been taken by another process", ex);
		}
		if (contains(ex, "permission denied")) {
			return new TransportException(Reason.UNUSABLE_FOLDER,
					"Folder " + path.getParent() + " is not writable for this process", ex);
		}
		return (isResource(ex)) ? resource(path, ex)
				: new TransportException(Reason.IO, "Cannot listen on " + path + ": " + ex.getMessage(), ex);
	}

	static TransportException ofAccept(Path path, IOException ex) {
		if (ex instanceof TransportException transportException) {
			return transportException;
		}
		if (ex instanceof ClosedChannelException) {
			return new TransportException(Reason.CLOSED, "The listener of " + path + " is closed", ex);
		}
		return (isResource(ex)) ? resource(path, ex) : new TransportException(Reason.IO,
				"Accepting a client of " + path + " failed: " + ex.getMessage(), ex);
	}

	private static TransportException resource(Path path, IOException ex) {
		return new TransportException(Reason.RESOURCE_LIMIT,
				"A limit of the system is reached on " + path + " (" + ex.getMessage() + ")" + DESCRIPTORS_ADVICE, ex);
	}

	private static boolean isResource(IOException ex) {
		return contains(ex, "too many open files") || contains(ex, "cannot allocate memory")
				|| contains(ex, "no buffer space");
	}

	private static boolean contains(IOException ex, String text) {
		String message = ex.getMessage();
		return message != null && message.toLowerCase(Locale.ROOT).contains(text);
	}

	static boolean isReset(IOException ex) {
		return ex instanceof SocketException && contains(ex, "reset") || contains(ex, "connection reset");
	}

}
