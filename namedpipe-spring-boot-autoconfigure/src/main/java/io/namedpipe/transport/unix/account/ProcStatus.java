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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.StringTokenizer;

import org.jspecify.annotations.Nullable;

/**
 * The status of a process or thread on Linux, see proc(5).
 */
public final class ProcStatus {

	private final String text;

	private ProcStatus(String text) {
		this.text = text;
	}

	/**
	 * Reads the status.
	 * @param folder the folder of the process or thread in {@code /proc}
	 * @return the status as it is now
	 * @throws IOException if there is none, as where the thread has ended
	 */
	public static ProcStatus of(Path folder) throws IOException {
		return new ProcStatus(Files.readString(folder.resolve("status"), StandardCharsets.ISO_8859_1));
	}

	/**
	 * The effective uid.
	 * @return the uid in decimal digits, or {@code null} if the kernel does not show it
	 */
	public @Nullable String effectiveUserId() {
		String ids = value("Uid");
		if (ids == null) {
			return null;
		}
		StringTokenizer tokens = new StringTokenizer(ids);
		tokens.nextToken(); // the real one
		return tokens.nextToken();
	}

	/**
	 * The effective capabilities.
	 * @return the bits, see capabilities(7)
	 */
	public long effectiveCapabilities() {
		String bits = value("CapEff");
		return (bits != null) ? Long.parseUnsignedLong(bits, 16) : 0;
	}

	private @Nullable String value(String name) {
		String start = "\n" + name + ":";
		int line = this.text.indexOf(start);
		if (line < 0) {
			return null;
		}
		int end = this.text.indexOf('\n', line + 1);
		return this.text.substring(line + start.length(), (end < 0) ? this.text.length() : end).trim();
	}

}
