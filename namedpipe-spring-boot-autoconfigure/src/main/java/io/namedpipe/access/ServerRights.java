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

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which clients a DACL lets be servers of the name, or make themselves such.
 */
final class ServerRights {

	private static final Set<Sid> TRUSTED = Set.of(Sid.SYSTEM, Sid.ADMINISTRATORS, Sid.OWNER_RIGHTS);

	private final Map<Sid, Integer> given = new LinkedHashMap<>();

	/**
	 * Looks at entries.
	 * @param aces the entries in their order
	 * @param serverUserId the SID of the server's own account
	 */
	ServerRights(List<Ace> aces, String serverUserId) {
		Map<Sid, Integer> denied = new HashMap<>();
		for (Ace ace : aces) {
			int mask = AccessRights.map(ace.mask()) & AccessRights.OF_SERVERS & ~denied.getOrDefault(Sid.EVERYONE, 0)
					& ~denied.getOrDefault(ace.sid(), 0);
			if (mask == 0 || ace.isInheritOnly()) {
				continue;
			}
			if (ace.type() == Ace.Type.DENY) {
				denied.merge(ace.sid(), mask, (first, second) -> first | second);
			}
			else if (!TRUSTED.contains(ace.sid()) && !ace.sid().toString().equals(serverUserId)) {
				this.given.merge(ace.sid(), mask, (first, second) -> first | second);
			}
		}
	}

	List<String> warnings() {
		return this.given.entrySet().stream().map((entry) -> warning(entry.getKey(), entry.getValue())).toList();
	}

	private static String warning(Sid sid, int mask) {
		String clients = "The security descriptor lets clients of " + sid.toSddl();
		boolean instances = (mask & AccessRights.CREATE_PIPE_INSTANCE) != 0;
		boolean permissions = (mask & ~AccessRights.CREATE_PIPE_INSTANCE) != 0;
		String create = " create instances of the pipe (0x4, part of GW, GA, FW and FA)";
		String change = " change its permissions or owner (WD, WO, part of GA and FA)";
		return clients + ((instances) ? create : "") + ((instances && permissions) ? " and" : "")
				+ ((permissions) ? change : "") + ", so that they can pose as the server: 0x12019B reads and writes"
				+ " without it";
	}

}
