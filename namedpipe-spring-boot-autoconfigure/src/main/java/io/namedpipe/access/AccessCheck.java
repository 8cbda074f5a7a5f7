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

import java.util.List;
import java.util.function.Function;

/**
 * Walks a DACL in its order as {@code AccessCheck} of Windows does for
 * {@code MAXIMUM_ALLOWED}: the first entry that names a bit decides on it.
 */
final class AccessCheck {

	private AccessCheck() {
	}

	/**
	 * The bits that somebody gets.
	 * @param aces the entries, in order
	 * @param membership returns whether the SID of an entry is one of theirs; only called
	 * where it matters
	 * @return the bits, without generic ones
	 */
	static int granted(List<Ace> aces, Function<Sid, Membership> membership) {
		int granted = 0;
		int denied = 0;
		for (Ace ace : aces) {
			int mask = AccessRights.map(ace.mask());
			int undecided = mask & ~(granted | denied);
			if (ace.isInheritOnly() || undecided == 0) {
				continue;
			}
			Membership member = membership.apply(ace.sid());
			if (ace.type() == Ace.Type.ALLOW) {
				granted |= (member == Membership.YES) ? undecided : 0;
			}
			else {
				denied |= (member != Membership.NO) ? undecided : 0;
			}
		}
		return granted;
	}

	/**
	 * Whether an entry applies to a peer.
	 */
	enum Membership {

		/** Certainly. */
		YES,

		/** Certainly not. */
		NO,

		/** Unknown: a deny entry denies, an allow entry does not allow. */
		UNKNOWN;

		static Membership of(boolean member) {
			return (member) ? YES : NO;
		}

	}

}
