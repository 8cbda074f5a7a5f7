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

package io.namedpipe;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Counts the connections of each user. Guarded by the lock of the registry.
 */
final class UserLimit {

	private final @Nullable Integer limit;

	private final String address;

	private final Map<String, Integer> connectionsPerUser = new HashMap<>();

	private final Map<PipeConnection, String> counted = new HashMap<>();

	UserLimit(@Nullable Integer limit, String address) {
		this.limit = limit;
		this.address = address;
	}

	boolean isUnlimited() {
		return this.limit == null;
	}

	// to be called without the lock, as the user may have to be looked up
	@Nullable String userOf(PipeConnection connection) {
		return (this.limit != null) ? connection.peer().userId().or(() -> connection.peer().user()).orElse(null) : null;
	}

	boolean count(PipeConnection connection, @Nullable String user) {
		if (this.limit == null || user == null || this.counted.containsKey(connection)) {
			return true;
		}
		int count = this.connectionsPerUser.getOrDefault(user, 0);
		if (count >= this.limit) {
			return false;
		}
		this.connectionsPerUser.put(user, count + 1);
		this.counted.put(connection, user);
		return true;
	}

	void uncount(PipeConnection connection) {
		String user = this.counted.remove(connection);
		if (user != null) {
			this.connectionsPerUser.computeIfPresent(user, (key, count) -> (count > 1) ? count - 1 : null);
		}
	}

	String message(PipeConnection connection) {
		return connection.peer() + " has reached the limit of " + this.limit + " connections per user on "
				+ this.address;
	}

}
