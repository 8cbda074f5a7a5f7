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

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

import io.namedpipe.transport.PeerCredentials;

/**
 * The peer of a connection, as far as the platform knows it. Each value comes from the
 * kernel or the account database; nothing is guessed.
 * <table>
 * <caption>What each platform knows</caption>
 * <tr>
 * <th></th>
 * <th>Unix socket, byte mode</th>
 * <th>Linux, message mode</th>
 * <th>Windows</th>
 * </tr>
 * <tr>
 * <td>user</td>
 * <td>yes</td>
 * <td>yes</td>
 * <td>after the first read</td>
 * </tr>
 * <tr>
 * <td>user id</td>
 * <td>uid</td>
 * <td>uid</td>
 * <td>SID, after the first read</td>
 * </tr>
 * <tr>
 * <td>groups</td>
 * <td>primary</td>
 * <td>primary and supplementary</td>
 * <td>no</td>
 * </tr>
 * <tr>
 * <td>process id</td>
 * <td>no</td>
 * <td>yes</td>
 * <td>yes</td>
 * </tr>
 * </table>
 */
public final class PipePeer {

	private final Supplier<PeerCredentials> credentials;

	PipePeer(Supplier<PeerCredentials> credentials) {
		this.credentials = credentials;
	}

	/**
	 * The name of the peer's user.
	 * @return the name, in digits for a uid without an account
	 */
	public Optional<String> user() {
		return Optional.ofNullable(this.credentials.get().user());
	}

	/**
	 * The id of the peer's user.
	 * @return the uid in decimal digits, or the SID
	 */
	public Optional<String> userId() {
		return Optional.ofNullable(this.credentials.get().userId());
	}

	/**
	 * The primary group of the peer.
	 * @return the gid in decimal digits
	 */
	public Optional<String> groupId() {
		return Optional.ofNullable(this.credentials.get().groupId());
	}

	/**
	 * The supplementary groups that the kernel reports for this peer.
	 * @return the gids in decimal digits, empty where the kernel does not report them
	 */
	public List<String> groupIds() {
		return Objects.requireNonNullElse(this.credentials.get().groupIds(), List.of());
	}

	/**
	 * The process id of the peer, as seen from here: 0 for a peer outside our pid
	 * namespace.
	 * @return the process id
	 */
	public OptionalLong processId() {
		return this.credentials.get().processId();
	}

	@Override
	public String toString() {
		return this.credentials.get().describe();
	}

}
