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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Attributes of a file from stat(2), which the JDK offers by name only.
 */
public final class FileStatus {

	private static final int TYPE_MASK = 0170000;

	private static final int TYPE_FIFO = 0010000;

	private static final int TYPE_SOCKET = 0140000;

	private FileStatus() {
	}

	static int mode(Path path, LinkOption... options) throws IOException {
		return (Integer) Files.getAttribute(path, "unix:mode", options);
	}

	public static boolean isFifo(Path path, LinkOption... options) throws IOException {
		return (mode(path, options) & TYPE_MASK) == TYPE_FIFO;
	}

	public static boolean isSocket(Path path, LinkOption... options) throws IOException {
		return (mode(path, options) & TYPE_MASK) == TYPE_SOCKET;
	}

	/**
	 * The uid of the owner in decimal digits.
	 */
	public static String ownerId(Path path, LinkOption... options) throws IOException {
		return Integer.toUnsignedString((Integer) Files.getAttribute(path, "unix:uid", options));
	}

	/**
	 * How many names the file has.
	 */
	static int links(Path path, LinkOption... options) throws IOException {
		return (Integer) Files.getAttribute(path, "unix:nlink", options);
	}

	/**
	 * A key that identifies the file, as long as it exists or is open.
	 */
	public static Object identity(Path path, LinkOption... options) throws IOException {
		return Files.readAttributes(path, BasicFileAttributes.class, options).fileKey();
	}

}
