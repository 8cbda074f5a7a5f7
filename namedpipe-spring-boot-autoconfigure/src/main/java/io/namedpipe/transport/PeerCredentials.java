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

import java.util.List;
import java.util.OptionalLong;

import org.jspecify.annotations.Nullable;

/**
 * The identity of the peer, as far as the platform knows it. Each value comes from the
 * kernel, or for a name from the account database; nothing is guessed.
 *
 * @param user the user's name, a number in digits for a uid without an account, or
 * {@code null} where not known
 * @param userId the uid in decimal digits or the SID, or {@code null} where not known
 * @param groupId the primary group's gid in decimal digits, or {@code null}
 * @param groupIds the supplementary groups as the kernel reports them for this very peer,
 * or {@code null} where it does not
 * @param processId the process id as seen from our pid namespace; empty where not known
 */
public record PeerCredentials(@Nullable String user, @Nullable String userId, @Nullable String groupId,
		@Nullable List<String> groupIds, OptionalLong processId) {

	/** A peer of which nothing is known. */
	public static final PeerCredentials UNKNOWN = new PeerCredentials(null, null, null, null, OptionalLong.empty());

	public PeerCredentials {
		groupIds = (groupIds != null) ? List.copyOf(groupIds) : null;
	}

	/**
	 * Describes the peer for a log line or an exception message.
	 * @return for example {@code user alice (1000), process 4711}
	 */
	public String describe() {
		StringBuilder text = new StringBuilder();
		if (this.user == null && this.userId == null) {
			text.append("unknown user");
		}
		else {
			text.append("user ").append((this.user != null) ? this.user : this.userId);
		}
		if (this.user != null && this.userId != null && !this.userId.equals(this.user)) {
			text.append(" (").append(this.userId).append(')');
		}
		this.processId.ifPresent((pid) -> text.append(", process ").append(pid));
		return text.toString();
	}

}
