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

import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.namedpipe.access.AccessCheck.Membership;
import io.namedpipe.transport.AccountDatabase;
import io.namedpipe.transport.PeerCredentials;

/**
 * Which SIDs a peer on a POSIX system has. Groups are looked up once, and only if an
 * entry that can still change the outcome is about a group.
 */
final class PosixPeer {

	static final String ROOT = "0";

	/** What the kernel shows for an id that our user namespace has no number for. */
	static final String UNMAPPED = "65534";

	private static final Set<Sid> ANY_LOCAL_USER = Set.of(Sid.AUTHENTICATED_USERS, Sid.wellKnown("BU"),
			Sid.wellKnown("IU"));

	private static final Set<Sid> ROOT_USER = Set.of(Sid.ADMINISTRATORS, Sid.SYSTEM);

	private static final Set<Sid> SERVER_USER = Set.of(Sid.OWNER_RIGHTS, Sid.CREATOR_OWNER);

	private final PeerCredentials credentials;

	private final String serverUserId;

	private final AccountDatabase accounts;

	private @Nullable Set<String> groupIds;

	private boolean allGroupsKnown;

	PosixPeer(PeerCredentials credentials, String serverUserId, AccountDatabase accounts) {
		this.credentials = credentials;
		this.serverUserId = serverUserId;
		this.accounts = accounts;
	}

	static boolean isMeaningful(Sid sid) {
		return sid.equals(Sid.EVERYONE) || ANY_LOCAL_USER.contains(sid) || ROOT_USER.contains(sid)
				|| SERVER_USER.contains(sid) || isId(sid.unixUserId()) || isId(sid.unixGroupId());
	}

	private static boolean isId(@Nullable String id) {
		return id != null && !id.equals(UNMAPPED);
	}

	/**
	 * Whether this stands for every user, or every group, that the kernel has no number
	 * for.
	 */
	static boolean isUnmapped(Sid sid) {
		return UNMAPPED.equals(sid.unixUserId()) || UNMAPPED.equals(sid.unixGroupId());
	}

	static boolean isAnyLocalUser(Sid sid) {
		return sid.equals(Sid.EVERYONE) || ANY_LOCAL_USER.contains(sid);
	}

	static @Nullable String userIdOf(Sid sid, String serverUserId) {
		if (ROOT_USER.contains(sid)) {
			return ROOT;
		}
		return (SERVER_USER.contains(sid)) ? serverUserId : sid.unixUserId();
	}

	Membership has(Sid sid) {
		if (sid.equals(Sid.EVERYONE)) {
			return Membership.YES;
		}
		String peerId = this.credentials.userId();
		if (peerId == null || peerId.equals(UNMAPPED)) {
			return (isMeaningful(sid) || isUnmapped(sid)) ? Membership.UNKNOWN : Membership.NO;
		}
		if (ANY_LOCAL_USER.contains(sid)) {
			return Membership.YES;
		}
		String userId = userIdOf(sid, this.serverUserId);
		if (userId != null) {
			return Membership.of(userId.equals(peerId));
		}
		String groupId = sid.unixGroupId();
		return (groupId != null) ? isMemberOf(groupId, peerId) : Membership.NO;
	}

	private Membership isMemberOf(String groupId, String peerId) {
		Set<String> ids = this.groupIds;
		if (ids == null) {
			ids = lookUpGroups(peerId);
			this.groupIds = ids;
		}
		if (ids.contains(groupId)) {
			return (isId(groupId)) ? Membership.YES : Membership.UNKNOWN;
		}
		return (this.allGroupsKnown) ? Membership.NO : Membership.UNKNOWN;
	}

	private Set<String> lookUpGroups(String peerId) {
		Set<String> ids = new HashSet<>();
		String primary = this.credentials.groupId();
		if (primary != null) {
			ids.add(primary);
		}
		List<String> fromKernel = this.credentials.groupIds();
		if (fromKernel != null) {
			ids.addAll(fromKernel);
			this.allGroupsKnown = primary != null;
			return ids;
		}
		try {
			ids.addAll(this.accounts.groupIdsOf(peerId));
			this.allGroupsKnown = primary != null && this.accounts.knowsMemberships();
		}
		catch (UncheckedIOException ex) {
			this.allGroupsKnown = false;
		}
		return ids;
	}

}
