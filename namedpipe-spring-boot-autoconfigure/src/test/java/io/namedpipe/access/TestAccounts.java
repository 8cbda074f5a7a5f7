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

package io.namedpipe.access;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.namedpipe.transport.AccountDatabase;

/**
 * An account database with alice, bob and the group devs, as a POSIX system or Windows
 * would have it.
 */
record TestAccounts(String currentUserId, Map<String, String> users, Map<String, String> groups,
		Map<String, Set<String>> memberships, boolean knowsMemberships, boolean down) implements AccountDatabase {

	static final String DOMAIN = "S-1-5-21-11-22-33-";

	static TestAccounts posix() {
		return new TestAccounts("500",
				Map.of("root", "0", "server", "500", "alice", "1000", "bob", "1001", "nobody", "65534"),
				Map.of("devs", "2000", "servers", "2500", "nogroup", "65534"),
				Map.of("500", Set.of("500", "2500"), "1000", Set.of("1000", "2000"), "1001", Set.of("1001")), true,
				false);
	}

	static TestAccounts windows() {
		return new TestAccounts(DOMAIN + "500",
				Map.of("alice", DOMAIN + "1000", "CORP\\alice", DOMAIN + "1000", "bob", DOMAIN + "1001"),
				Map.of("devs", DOMAIN + "2000", "CORP\\devs", DOMAIN + "2000"),
				Map.of(DOMAIN + "500", Set.of(DOMAIN + "513", "S-1-5-32-545", "S-1-1-0")), true, false);
	}

	TestAccounts runningAs(String userId) {
		return new TestAccounts(userId, this.users, this.groups, this.memberships, this.knowsMemberships, this.down);
	}

	TestAccounts withoutMemberships() {
		return new TestAccounts(this.currentUserId, this.users, this.groups, Map.of(), false, this.down);
	}

	TestAccounts whileDown() {
		return new TestAccounts(this.currentUserId, this.users, this.groups, this.memberships, this.knowsMemberships,
				true);
	}

	@Override
	public Optional<String> userId(String name) {
		checkUp();
		return Optional.ofNullable(this.users.get(name));
	}

	@Override
	public Optional<String> groupId(String name) {
		checkUp();
		return Optional.ofNullable(this.groups.get(name));
	}

	@Override
	public Set<String> groupIdsOf(String userId) {
		checkUp();
		return this.memberships.getOrDefault(userId, Set.of());
	}

	private void checkUp() {
		if (this.down) {
			throw new UncheckedIOException(new IOException("down"));
		}
	}

}
