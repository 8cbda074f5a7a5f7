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
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.StringTokenizer;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.unix.file.FileStatus;
import io.namedpipe.transport.unix.libc.Errno;
import io.namedpipe.transport.unix.libc.LibC;
import io.namedpipe.transport.unix.libc.NativeLinux;

/**
 * Finds out whether a socket in the file system has a server, without taking a client's
 * place where that can be avoided: a server with one instance, as .NET has them, accepts
 * once.
 */
final class SocketProbe {

	private static final Path SOCKETS = Path.of("/proc/net/unix");

	private static final int FLAGS_COLUMN = 3;

	private static final int COLUMNS_BEFORE_PATH = 7;

	private static final int ACCEPTS_CONNECTIONS = 0x10000;

	private SocketProbe() {
	}

	/**
	 * Looks for a server.
	 * @param path the path of a socket
	 * @return the evidence for a server, which continues a sentence about the path, or
	 * {@code null} if the system says that there is none
	 * @throws IOException if it cannot be found out
	 */
	static @Nullable String serverOf(Path path) throws IOException {
		return (NativeLinux.isAvailable()) ? probe(path)
				: (isListed(path, SOCKETS)) ? "is being served" : connect(path);
	}

	/**
	 * A socket of another type cannot connect and never gets to the server; the error
	 * shows whether there is one.
	 */
	private static @Nullable String probe(Path path) throws TransportException {
		int socket = Errno.checked("create a socket",
				() -> LibC.socket(LibC.AF_UNIX, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC | LibC.SOCK_NONBLOCK, 0));
		try {
			byte[] address = LibC.address(path.toString());
			int error = (LibC.connect(socket, address, address.length) < 0) ? Errno.last() : 0;
			return switch (error) {
				case Errno.ECONNREFUSED -> null;
				case 0, Errno.EPROTOTYPE -> "is being served";
				default -> "is in use (" + LibC.strerror(error) + ")";
			};
		}
		finally {
			LibC.close(socket);
		}
	}

	/**
	 * Whether the kernel's list has a server at the path. A server that is not listed may
	 * be in another network namespace.
	 * @param path the path of a socket
	 * @param list {@code /proc/net/unix}
	 * @return {@code true} if there is a server
	 */
	static boolean isListed(Path path, Path list) {
		try (Stream<String> lines = Files.lines(list)) {
			return lines.skip(1).anyMatch((line) -> isServer(line, path));
		}
		catch (IOException | RuntimeException ex) {
			return false;
		}
	}

	// Num RefCount Protocol Flags Type St Inode Path
	private static boolean isServer(String line, Path path) {
		StringTokenizer columns = new StringTokenizer(line);
		if (columns.countTokens() <= COLUMNS_BEFORE_PATH) {
			return false;
		}
		int flags = 0;
		for (int i = 0; i < COLUMNS_BEFORE_PATH; i++) {
			String column = columns.nextToken();
			flags = (i == FLAGS_COLUMN) ? Integer.parseUnsignedInt(column, 16) : flags;
		}
		String bound = columns.nextToken("\n").strip();
		return (flags & ACCEPTS_CONNECTIONS) != 0 && bound.endsWith("/" + path.getFileName())
				&& (bound.equals(path.toString()) || isSame(Path.of(bound), path));
	}

	private static boolean isSame(Path bound, Path path) {
		try {
			return FileStatus.identity(bound, LinkOption.NOFOLLOW_LINKS)
				.equals(FileStatus.identity(path, LinkOption.NOFOLLOW_LINKS));
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static @Nullable String connect(Path path) {
		try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			channel.configureBlocking(false);
			channel.connect(UnixDomainSocketAddress.of(path));
			return "is being served";
		}
		catch (IOException ex) {
			return (SocketErrors.isRefused(ex)) ? null : "is in use (" + ex.getMessage() + ")";
		}
	}

}
