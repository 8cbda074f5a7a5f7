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

package io.namedpipe.transport;

import java.util.Optional;
import java.util.Set;

/**
 * The users and groups of this machine. Ids are uids and gids in decimal digits on POSIX
 * systems and SID strings on Windows.
 */
public interface AccountDatabase {

	/**
	 * The id of the user that this process runs as (the effective user).
	 * @return the id
	 */
	String currentUserId();

	/**
	 * Looks a user up.
	 * @param name the name, on Windows also {@code DOMAIN\name}
	 * @return the id, or empty if there is no such user
	 * @throws java.io.UncheckedIOException if the account database cannot be asked, which
	 * says nothing about the user
	 */
	Optional<String> userId(String name);

	/**
	 * Looks a group up.
	 * @param name the name, on Windows also {@code DOMAIN\name}
	 * @return the id, or empty if there is no such group
	 * @throws java.io.UncheckedIOException if the account database cannot be asked, which
	 * says nothing about the group
	 */
	Optional<String> groupId(String name);

	/**
	 * Whether {@link #groupIdsOf(String)} works here.
	 * @return {@code true} if the memberships of a user can be looked up
	 */
	boolean knowsMemberships();

	/**
	 * The groups that a user is a member of by the account database, which is not
	 * necessarily what a running process of that user carries.
	 * @param userId the user
	 * @return the ids of its groups, empty if the user is not known
	 * @throws java.io.UncheckedIOException if the account database cannot be asked
	 */
	Set<String> groupIdsOf(String userId);

}
