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
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Memberships by {@code id -G}.
 */
final class CommandMemberships implements Memberships {

	private static final Path PASSWD = Path.of("/etc/passwd");

	@Override
	public Set<String> groupIdsOf(String userId) throws IOException {
		String ids = IdCommand.run("-G", nameOf(userId));
		return (ids != null) ? new LinkedHashSet<>(Arrays.asList(ids.split("\\s+"))) : Set.of();
	}

	// not every id takes a number for a user
	private static String nameOf(String userId) throws IOException {
		if (Files.isReadable(PASSWD)) {
			for (String line : Files.readAllLines(PASSWD, StandardCharsets.ISO_8859_1)) {
				String[] fields = line.split(":", 4);
				if (fields.length == 4 && fields[2].equals(userId)) {
					return new String(fields[0].getBytes(StandardCharsets.ISO_8859_1));
				}
			}
		}
		return userId;
	}

}
