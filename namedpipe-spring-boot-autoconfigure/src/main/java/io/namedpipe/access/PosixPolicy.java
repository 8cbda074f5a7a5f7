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
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.AccountDatabase;
import io.namedpipe.transport.GrantedAccess;
import io.namedpipe.transport.PeerCredentials;
import io.namedpipe.transport.PosixAccess;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * A DACL as a POSIX system enforces it. The coarse gate is the file mode: it lets in
 * whoever an entry allows something, deny entries aside. The fine one walks the entries
 * for the peer's credentials.
 */
final class PosixPolicy implements PosixAccess {

	private static final int DATA = AccessRights.READ_DATA | AccessRights.WRITE_DATA;

	private final List<Ace> aces;

	private final String serverUserId;

	private final AccountDatabase accounts;

	private final Set<String> groups = new TreeSet<>();

	private final Set<String> warnings = new LinkedHashSet<>();

	private boolean others;

	private final @Nullable String fileGroupId;

	PosixPolicy(List<Ace> aces, AccountDatabase accounts, List<String> warnings) throws TransportException {
		this.aces = aces;
		this.accounts = accounts;
		this.serverUserId = accounts.currentUserId();
		this.warnings.addAll(warnings);
		for (Ace ace : aces) {
			if (!ace.isInheritOnly()) {
				check(ace);
			}
		}
		openCoarseGate();
		this.fileGroupId = findFileGroup();
	}

	private void check(Ace ace) throws TransportException {
		Sid sid = ace.sid();
		if (PosixPeer.isUnmapped(sid)) {
			this.warnings.add("An access rule for " + describe(sid)
					+ ((ace.type() == Ace.Type.ALLOW) ? " lets nobody in" : " denies whoever has such an id")
					+ ", as 65534 is what the kernel shows for any id that it cannot map");
		}
		else if (!PosixPeer.isMeaningful(sid)) {
			this.warnings.add("An access rule for " + describe(sid) + " matches nobody on this system");
		}
		if (sid.unixGroupId() != null && !this.accounts.knowsMemberships()) {
			throw new TransportException(Reason.INVALID_ACCESS,
					"The access rule for group " + sid.unixGroupId()
							+ " cannot be enforced, as the groups of a user cannot be looked up here: add"
							+ " net.java.dev.jna:jna to the class path or install id(1)");
		}
		if (this.serverUserId.equals(PosixPeer.UNMAPPED)) {
			this.warnings.add("The server runs as uid 65534, which is what the kernel shows for any user that it"
					+ " cannot map: clients of that user are admitted only where everyone is");
		}
	}

	private static String describe(Sid sid) {
		return (sid.toSddl().equals(sid.toString())) ? sid.toString() : sid.toSddl() + " (" + sid + ")";
	}

	private void openCoarseGate() {
		int deniedToEveryone = 0;
		Map<Sid, Integer> denied = new HashMap<>();
		for (Ace ace : this.aces) {
			int mask = AccessRights.map(ace.mask()) & DATA & ~deniedToEveryone & ~denied.getOrDefault(ace.sid(), 0);
			if (ace.isInheritOnly() || mask == 0) {
				continue;
			}
			if (ace.type() == Ace.Type.ALLOW) {
				open(ace.sid());
			}
			else if (ace.sid().equals(Sid.EVERYONE)) {
				deniedToEveryone |= mask;
			}
			else {
				denied.merge(ace.sid(), mask, (first, second) -> first | second);
			}
		}
	}

	private void open(Sid sid) {
		if (!PosixPeer.isMeaningful(sid)) {
			return;
		}
		String groupId = sid.unixGroupId();
		String userId = PosixPeer.userIdOf(sid, this.serverUserId);
		if (groupId != null) {
			this.groups.add(groupId);
		}
		else if (userId == null || !(userId.equals(PosixPeer.ROOT) || userId.equals(this.serverUserId))) {
			this.others = true;
		}
	}

	private @Nullable String findFileGroup() {
		if (this.others || this.groups.size() != 1) {
			return null;
		}
		String group = this.groups.iterator().next();
		boolean canBeGiven = this.serverUserId.equals(PosixPeer.ROOT)
				|| this.accounts.groupIdsOf(this.serverUserId).contains(group);
		return (canBeGiven) ? group : null;
	}

	@Override
	public Set<PosixFilePermission> filePermissions() {
		EnumSet<PosixFilePermission> permissions = EnumSet.of(PosixFilePermission.OWNER_READ,
				PosixFilePermission.OWNER_WRITE);
		if (this.others || !this.groups.isEmpty()) {
			permissions.add(PosixFilePermission.GROUP_READ);
			permissions.add(PosixFilePermission.GROUP_WRITE);
		}
		if (this.others || (!this.groups.isEmpty() && this.fileGroupId == null)) {
			permissions.add(PosixFilePermission.OTHERS_READ);
			permissions.add(PosixFilePermission.OTHERS_WRITE);
		}
		return permissions;
	}

	@Override
	public @Nullable String fileGroupId() {
		return this.fileGroupId;
	}

	@Override
	public Set<PosixFilePermission> exactFilePermissions() throws TransportException {
		String group = null;
		for (Ace ace : this.aces) {
			Sid sid = ace.sid();
			String groupId = sid.unixGroupId();
			if (!ace.isInheritOnly() && !isExpressible(ace)) {
				throw new TransportException(Reason.INVALID_ACCESS,
						"The access rule for " + describe(sid)
								+ " cannot be enforced on a FIFO, which has nothing but the permissions of its file:"
								+ " use the server's own user, one group that it is a member of, or everyone");
			}
			group = (groupId != null && !ace.isInheritOnly()) ? groupId : group;
		}
		EnumSet<PosixFilePermission> permissions = EnumSet.of(PosixFilePermission.OWNER_READ,
				PosixFilePermission.OWNER_WRITE);
		String somebody = "4294967294";
		GrantedAccess others = evaluate(credentials(somebody, somebody));
		GrantedAccess members = (group != null) ? evaluate(credentials(somebody, group)) : others;
		add(permissions, members, PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_WRITE);
		add(permissions, others, PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);
		return permissions;
	}

	private boolean isExpressible(Ace ace) {
		Sid sid = ace.sid();
		boolean allows = ace.type() == Ace.Type.ALLOW;
		if (!PosixPeer.isMeaningful(sid)) {
			return allows || !PosixPeer.isUnmapped(sid);
		}
		String userId = PosixPeer.userIdOf(sid, this.serverUserId);
		if (userId != null && (PosixPeer.ROOT.equals(userId) || this.serverUserId.equals(userId))) {
			// the file's permissions keep neither of them out
			return allows || evaluate(credentials(userId, userId)).equals(GrantedAccess.FULL);
		}
		String groupId = sid.unixGroupId();
		return PosixPeer.isAnyLocalUser(sid) || (groupId != null && groupId.equals(this.fileGroupId));
	}

	private static PeerCredentials credentials(String userId, String groupId) {
		return new PeerCredentials(null, userId, groupId, List.of(), OptionalLong.empty());
	}

	private static void add(Set<PosixFilePermission> permissions, GrantedAccess granted, PosixFilePermission read,
			PosixFilePermission write) {
		if (granted.read()) {
			permissions.add(read);
		}
		if (granted.write()) {
			permissions.add(write);
		}
	}

	@Override
	public boolean asksForGroups() {
		return this.aces.stream().anyMatch((ace) -> !ace.isInheritOnly() && ace.sid().unixGroupId() != null);
	}

	@Override
	public List<String> warnings() {
		return List.copyOf(this.warnings);
	}

	@Override
	public GrantedAccess evaluate(PeerCredentials peer) {
		int granted = AccessCheck.granted(this.aces, new PosixPeer(peer, this.serverUserId, this.accounts)::has);
		return new GrantedAccess((granted & AccessRights.READ_DATA) != 0, (granted & AccessRights.WRITE_DATA) != 0);
	}

}
