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

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.Setting;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * Turns a configured pipe name into the path of its socket or FIFO, by the rules of .NET
 * ({@code PipeStream.Unix.cs}, {@code GetPipePath}): a short name becomes
 * {@code <folder>/CoreFxPipe_<name>}, where the folder is {@code TMPDIR}, else
 * {@code /tmp}; a rooted name is taken as it is.
 */
public final class PosixPipePath {

	/** Longest path of a socket that the JDK binds or connects to, in bytes. */
	public static final int NIO_LIMIT = nioLimit(System.getProperty("os.name"));

	/** Longest path of any other file ({@code PATH_MAX} less its NUL). */
	static final int FILE_LIMIT = 4095;

	static final String SOCKET_PREFIX = "CoreFxPipe_";

	private static final String WINDOWS_PREFIX = "\\\\.\\pipe\\";

	private PosixPipePath() {
	}

	/**
	 * Two bytes less than the size of {@code sun_path} (108 on Linux, 104 on macOS and
	 * the BSDs): the JDK keeps one more than the NUL.
	 */
	static int nioLimit(String system) {
		return ((system.equals("Linux")) ? 108 : 104) - 2;
	}

	public static Path ofSocket(String pipeName, @Nullable Path directory, int limit) throws TransportException {
		return resolve(pipeName, directory, SOCKET_PREFIX, limit);
	}

	public static Path ofFifo(String pipeName, @Nullable Path directory) throws TransportException {
		return resolve(pipeName, directory, "", FILE_LIMIT);
	}

	private static Path resolve(String pipeName, @Nullable Path directory, String prefix, int limit)
			throws TransportException {
		checkName(pipeName);
		try {
			Path path = pipeName.startsWith("/") ? Path.of(pipeName)
					: folder(directory).resolve(prefix + pipeName).toAbsolutePath();
			checkLength(path, limit, pipeName);
			return path;
		}
		catch (InvalidPathException ex) {
			throw new TransportException(Reason.INVALID_NAME, Setting.pipeName(pipeName),
					"The pipe name '" + pipeName + "' cannot be encoded as a file name (" + ex.getReason()
							+ "): choose a name of ASCII characters" + " or run with a UTF-8 locale",
					ex);
		}
	}

	private static void checkName(String pipeName) throws TransportException {
		if (pipeName.regionMatches(true, 0, WINDOWS_PREFIX, 0, WINDOWS_PREFIX.length())) {
			throw invalid(pipeName, "is a name for Windows: use '" + pipeName.substring(WINDOWS_PREFIX.length())
					+ "', which is " + pipeName + " there and a Unix path here");
		}
		if (pipeName.isBlank()) {
			throw invalid(pipeName, "is blank");
		}
		if (pipeName.indexOf('\0') >= 0) {
			throw invalid(pipeName.replace("\0", "\\0"), "contains a NUL character");
		}
		if (pipeName.toLowerCase(Locale.ROOT).equals("anonymous")) {
			throw invalid(pipeName, "is reserved");
		}
		if (pipeName.equals(".") || pipeName.equals("..")) {
			throw invalid(pipeName, "is a folder: use a name");
		}
		if (pipeName.startsWith("/")) {
			if (pipeName.endsWith("/")) {
				throw invalid(pipeName, "ends with '/': give the path of a file");
			}
		}
		else if (pipeName.indexOf('\\') >= 0) {
			throw invalid(pipeName,
					"contains '\\', which separates the parts of a name on Windows only: use a name" + " without it");
		}
		else if (pipeName.indexOf('/') >= 0) {
			throw invalid(pipeName, "contains '/': use a name without it, or an absolute path, which starts with '/'");
		}
	}

	private static TransportException invalid(String pipeName, String problem) {
		return new TransportException(Reason.INVALID_NAME, Setting.pipeName(pipeName),
				"The pipe name '" + pipeName + "' " + problem, null);
	}

	private static Path folder(@Nullable Path directory) {
		if (directory != null) {
			return directory;
		}
		String tmpdir = System.getenv("TMPDIR");
		return Path.of((tmpdir != null && !tmpdir.isEmpty()) ? tmpdir : "/tmp");
	}

	private static void checkLength(Path path, int limit, String pipeName) throws TransportException {
		int excess = byteLength(path.toString()) - limit;
		if (excess > 0) {
			throw new TransportException(Reason.INVALID_NAME, Setting.pipeName(pipeName),
					"The path " + path + " has " + (limit + excess) + " bytes, " + excess + " more than the " + limit
							+ " that this platform allows: " + whatFits(path, excess, pipeName),
					null);
		}
	}

	private static String whatFits(Path path, int excess, String pipeName) {
		if (pipeName.startsWith("/")) {
			return "use a shorter one";
		}
		int room = byteLength(pipeName) - excess;
		return ((room > 0)
				? "a name of at most " + room + " bytes fits into " + path.getParent() + ", a longer one needs" : "use")
				+ " a shorter folder (namedpipe.directory)";
	}

	private static int byteLength(String text) {
		return text.getBytes(fileNameEncoding()).length;
	}

	private static Charset fileNameEncoding() {
		String encoding = System.getProperty("sun.jnu.encoding");
		return (encoding != null && Charset.isSupported(encoding)) ? Charset.forName(encoding) : StandardCharsets.UTF_8;
	}

}
