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
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Looks up the groups of a user in the account database.
 */
interface Memberships {

	/**
	 * The groups of a user.
	 * @param userId the uid
	 * @return the gids, empty for an unknown user
	 * @throws IOException if the account database cannot be asked
	 */
	Set<String> groupIdsOf(String userId) throws IOException;

	/**
	 * Selects the best implementation for this machine.
	 * @return {@code getgrouplist(3)} where JNA is there, else {@code id(1)}, else
	 * {@code null}
	 */
	static @Nullable Memberships best() {
		try {
			return new NativeMemberships();
		}
		catch (LinkageError ex) {
			return IdCommand.isThere() ? new CommandMemberships() : null;
		}
	}

}
