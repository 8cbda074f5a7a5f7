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

package io.namedpipe.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The file descriptors that pipes and sockets hold, on Linux.
 */
public final class Descriptors {

	private Descriptors() {
	}

	/**
	 * Counts them.
	 * @return how many are open
	 */
	public static long open() {
		return openIn(ProcessHandle.current().pid());
	}

	/**
	 * Counts those of another process.
	 * @param process its id
	 * @return how many are open
	 */
	public static long openIn(long process) {
		try (Stream<Path> descriptors = Files.list(Path.of("/proc", String.valueOf(process), "fd"))) {
			return descriptors.filter(Descriptors::isPipeOrSocket).count();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static boolean isPipeOrSocket(Path descriptor) {
		try {
			String target = Files.readSymbolicLink(descriptor).toString();
			return target.startsWith("socket:") || target.startsWith("pipe:") || target.startsWith("anon_inode:")
					|| target.endsWith(" (deleted)")
					|| Files.readAttributes(descriptor, "*").get("isOther") == Boolean.TRUE;
		}
		catch (IOException ex) {
			return false; // the one that lists them
		}
	}

}
