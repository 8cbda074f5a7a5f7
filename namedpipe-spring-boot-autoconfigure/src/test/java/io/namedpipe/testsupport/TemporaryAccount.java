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
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * A user in the account database of this machine and a group that it is a supplementary
 * member of, until closed. Needs root.
 */
public final class TemporaryAccount implements AutoCloseable {

	private final String name;

	private TemporaryAccount(String name) {
		this.name = name;
	}

	/**
	 * Creates a user and a group of unused names.
	 * @return the account
	 * @throws IOException if that fails
	 */
	public static TemporaryAccount create() throws IOException {
		// an id that was never in use, as answers about ids are kept for a while
		int id = ThreadLocalRandom.current().nextInt(200_000, 2_000_000_000);
		TemporaryAccount account = new TemporaryAccount("np" + Integer.toString(id, 36));
		run("groupadd", "--gid", String.valueOf(id + 1), account.groupName());
		run("useradd", "--uid", String.valueOf(id), "--no-create-home", "--no-log-init", "--user-group", "--groups",
				account.groupName(), account.name);
		return account;
	}

	/**
	 * The name of the user.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

	/**
	 * The name of the supplementary group.
	 * @return the name
	 */
	public String groupName() {
		return this.name + "s";
	}

	/**
	 * The user with its groups, as after a login.
	 * @return the user
	 * @throws IOException if it cannot be found
	 */
	public OtherUser user() throws IOException {
		UserPrincipalLookupService lookup = FileSystems.getDefault().getUserPrincipalLookupService();
		return OtherUser.of(lookup.lookupPrincipalByName(this.name).hashCode(), groupId(this.name),
				groupId(this.groupName()));
	}

	/**
	 * The user without the supplementary group.
	 * @return the user
	 * @throws IOException if it cannot be found
	 */
	public OtherUser userWithoutGroup() throws IOException {
		OtherUser user = user();
		return OtherUser.of(user.userId(), user.groupId());
	}

	private static int groupId(String name) throws IOException {
		Process process = new ProcessBuilder("getent", "group", name).start();
		return Integer.parseInt(new String(process.getInputStream().readAllBytes()).split(":")[2]);
	}

	@Override
	public void close() throws IOException {
		run("userdel", this.name);
		run("groupdel", groupName());
	}

	private static void run(String... command) throws IOException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes());
		try {
			if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
				throw new IOException(String.join(" ", command) + ": " + output);
			}
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
