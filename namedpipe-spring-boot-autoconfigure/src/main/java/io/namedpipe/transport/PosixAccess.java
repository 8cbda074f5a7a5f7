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
import java.util.List;
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
	 * The group that the file is given to. Where it cannot be given to it after all, the
	 * group's permissions go to everybody, and {@link #evaluate} decides alone.
	 * @return the gid in decimal digits, or {@code null} to leave the group alone
	 */
	@Nullable String fileGroupId();

	/**
	 * Decides on a peer. Called after accept and before a byte is read, on the thread of
	 * the connection. Fails closed: credentials that are not known match nothing but
	 * everyone.
	 * @param peer the peer's credentials
	 * @return what the peer may do
	 */
	GrantedAccess evaluate(PeerCredentials peer);

	/**
	 * Whether {@link #evaluate} may depend on the supplementary groups of a peer.
	 * @return {@code false} if they do not matter
	 */
	default boolean asksForGroups() {
		return true;
	}

	/**
	 * The permissions of a file that is the only gate (a FIFO, whose peers have no
	 * credentials).
	 * @return the permissions, which say exactly what the policy says
	 * @throws TransportException with {@link TransportException.Reason#INVALID_ACCESS} if
	 * file permissions cannot say that
	 */
	default Set<PosixFilePermission> exactFilePermissions() throws TransportException {
		return filePermissions();
	}

	/**
	 * What an operator should know about the policy, to be logged once at start.
	 * @return the warnings, such as a principal that this system cannot have
	 */
	default List<String> warnings() {
		return List.of();
	}

}
