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

import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * An access policy as a POSIX system enforces it: the mode and group of the socket file
 * or FIFO as the coarse gate, the credentials of the accepted peer as the fine one.
 */
public interface PosixAccess {

	/**
	 * The permissions of the socket file. Connecting needs write permission.
	 * @return the permissions, never wider than what {@link #evaluate} can grant to
	 * somebody
	 */
	Set<PosixFilePermission> filePermissions();

	/**
	 * The group that the file is given to.
	 * @return the gid in decimal digits, or {@code null} to leave the group alone
	 */
	@Nullable String fileGroupId();

	/**
	 * Decides on a peer. Called after accept and before a byte is read, on the accepting
	 * thread. Fails closed: credentials that are not known match nothing but everyone.
	 * @param peer the peer's credentials
	 * @return what the peer may do
	 */
	GrantedAccess evaluate(PeerCredentials peer);

}
