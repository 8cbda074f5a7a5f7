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

import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.AccessPolicy;
import io.namedpipe.transport.AccountDatabase;
import io.namedpipe.transport.GrantedAccess;
import io.namedpipe.transport.PeerCredentials;
import io.namedpipe.transport.PosixAccess;

/**
 * Who may connect to a pipe and what a client may do with it. Immutable.
 */
public final class AccessRules implements AccessPolicy {

	private static final String ROOT = "0";

	private AccessRules() {
	}

	/**
	 * The default: only the user that the server runs as, and the system's own account
	 * (root; on Windows SYSTEM).
	 * @return the rules
	 */
	public static AccessRules currentUserOnly() {
		return new AccessRules();
	}

	@Override
	public PosixAccess posix(AccountDatabase accounts) {
		return new CurrentUserAccess(accounts.currentUserId());
	}

	@Override
	public String securityDescriptor(AccountDatabase accounts, boolean rejectRemoteClients) {
		String owner = "(A;;GA;;;" + accounts.currentUserId() + ")";
		return "D:P" + owner + ((rejectRemoteClients) ? "(D;;GA;;;NU)" : "") + "(A;;GA;;;SY)";
	}

	private record CurrentUserAccess(String userId) implements PosixAccess {

		@Override
		public Set<PosixFilePermission> filePermissions() {
			return Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
		}

		@Override
		public @Nullable String fileGroupId() {
			return null;
		}

		@Override
		public GrantedAccess evaluate(PeerCredentials peer) {
			return (ROOT.equals(peer.userId()) || this.userId.equals(peer.userId())) ? GrantedAccess.FULL
					: GrantedAccess.NONE;
		}

	}

}
