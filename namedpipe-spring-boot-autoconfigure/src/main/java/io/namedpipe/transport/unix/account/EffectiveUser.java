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

package io.namedpipe.transport.unix.account;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * The effective user of this process. {@code user.name} is the real one, and can be set
 * on the command line.
 */
final class EffectiveUser {

	private static final Path SELF = Path.of("/proc/self");

	private EffectiveUser() {
	}

	static String id() {
		try {
			String id = fromStatus();
			if (id == null) {
				id = fromFile();
			}
			if (id == null) {
				id = IdCommand.runOrNull("-u");
			}
			if (id == null) {
				throw new IOException("neither /proc nor id(1) knows it");
			}
			return id;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot find out which user this process runs as", ex);
		}
	}

	private static @Nullable String fromStatus() throws IOException {
		return (Files.isReadable(SELF.resolve("status"))) ? ProcStatus.of(SELF).effectiveUserId() : null;
	}

	private static @Nullable String fromFile() {
		try {
			Path file = Files.createTempFile("namedpipe", null);
			try {
				Object uid = Files.getAttribute(file, "unix:uid");
				return Integer.toUnsignedString((Integer) uid);
			}
			finally {
				Files.delete(file);
			}
		}
		catch (IOException | UnsupportedOperationException | IllegalArgumentException ex) {
			return null;
		}
	}

}
