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

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * A security identifier (MS-DTYP 2.4.2): a user or a group. The SDDL aliases of a
 * domain's or machine's own accounts ({@code DA}, {@code LA}, ...) have no number before
 * the domain is known; such a SID is {@linkplain #isDomainRelative() relative}.
 * Immutable.
 */
public final class Sid {

	/** Everyone: {@code WD}. */
	public static final Sid EVERYONE = new Sid(1, List.of(0L));

	/** Whoever has logged on with an account: {@code AU}. */
	public static final Sid AUTHENTICATED_USERS = new Sid(SidAlias.NT_AUTHORITY, List.of(11L));

	/** The system itself: {@code SY}. */
	public static final Sid SYSTEM = new Sid(SidAlias.NT_AUTHORITY, List.of(18L));

	/** The administrators of the machine: {@code BA}. */
	public static final Sid ADMINISTRATORS = new Sid(SidAlias.NT_AUTHORITY, List.of(32L, 544L));

	/** Whoever has logged on over the network: {@code NU}. */
	public static final Sid NETWORK = new Sid(SidAlias.NT_AUTHORITY, List.of(2L));

	/** The owner of the object: {@code OW}. */
	public static final Sid OWNER_RIGHTS = new Sid(3, List.of(4L));

	/** Whoever creates the object: {@code CO}. */
	static final Sid CREATOR_OWNER = new Sid(3, List.of(0L));

	static final int MAX_SUB_AUTHORITIES = 15;

	static final long MAX_AUTHORITY = (1L << 48) - 1;

	private static final int INTEGRITY_AUTHORITY = 16;

	private static final int SAMBA_AUTHORITY = 22;

	private static final int SAMBA_USERS = 1;

	private static final int SAMBA_GROUPS = 2;

	private final long authority;

	private final List<Long> subAuthorities;

	private final boolean domainRelative;

	Sid(long authority, List<Long> subAuthorities) {
		this(authority, subAuthorities, false);
	}

	private Sid(long authority, List<Long> subAuthorities, boolean domainRelative) {
		this.authority = authority;
		this.subAuthorities = List.copyOf(subAuthorities);
		this.domainRelative = domainRelative;
	}

	static Sid domainRelative(long rid) {
		return new Sid(SidAlias.NT_AUTHORITY, List.of(rid), true);
	}

	/**
	 * Parses a SID string or an SDDL alias.
	 * @param text for example {@code S-1-5-32-544} or {@code BA}
	 * @return the SID
	 * @throws SddlException if it is neither
	 */
	public static Sid parse(String text) {
		return new SddlParser(text).parseSid();
	}

	/**
	 * A Unix user, in the convention of Samba.
	 * @param uid the uid
	 * @return {@code S-1-22-1-uid}
	 */
	public static Sid unixUser(long uid) {
		return new Sid(SAMBA_AUTHORITY, List.of((long) SAMBA_USERS, uid));
	}

	/**
	 * A Unix group, in the convention of Samba.
	 * @param gid the gid
	 * @return {@code S-1-22-2-gid}
	 */
	public static Sid unixGroup(long gid) {
		return new Sid(SAMBA_AUTHORITY, List.of((long) SAMBA_GROUPS, gid));
	}

	static Sid wellKnown(String alias) {
		SidAlias found = SidAlias.find(alias);
		if (found == null) {
			throw new IllegalArgumentException("No alias " + alias);
		}
		return found.sid();
	}

	/**
	 * Whether this stands for an account of a domain that is not known yet.
	 * @return {@code true} if there is no number
	 */
	public boolean isDomainRelative() {
		return this.domainRelative;
	}

	/**
	 * The SID in a given domain.
	 * @param domain the SID of the domain or machine ({@code S-1-5-21-x-y-z})
	 * @return the account in that domain, or this SID if it is not relative
	 */
	public Sid inDomain(Sid domain) {
		if (!this.domainRelative) {
			return this;
		}
		if (domain.domainRelative || domain.subAuthorities.size() >= MAX_SUB_AUTHORITIES) {
			throw new IllegalArgumentException(domain + " is not the SID of a domain");
		}
		List<Long> subs = new ArrayList<>(domain.subAuthorities);
		subs.addAll(this.subAuthorities);
		return new Sid(domain.authority, subs);
	}

	/**
	 * The uid if this is a Unix user.
	 * @return the uid in decimal digits or {@code null}
	 */
	@Nullable String unixUserId() {
		return samba(SAMBA_USERS);
	}

	/**
	 * The gid if this is a Unix group.
	 * @return the gid in decimal digits or {@code null}
	 */
	@Nullable String unixGroupId() {
		return samba(SAMBA_GROUPS);
	}

	private @Nullable String samba(long kind) {
		return (!this.domainRelative && this.authority == SAMBA_AUTHORITY && this.subAuthorities.size() == 2
				&& this.subAuthorities.get(0) == kind) ? this.subAuthorities.get(1).toString() : null;
	}

	/**
	 * The integrity that a mandatory label of this SID stands for.
	 * @return the level, or -1 if this is no such SID
	 */
	long integrity() {
		return (!this.domainRelative && this.authority == INTEGRITY_AUTHORITY && this.subAuthorities.size() == 1)
				? this.subAuthorities.get(0) : -1;
	}

	boolean isInSomeDomain(Sid relative) {
		return relative.domainRelative && !this.domainRelative && this.authority == relative.authority
				&& this.subAuthorities.size() == SidAlias.DOMAIN_SID_LENGTH
				&& this.subAuthorities.get(0) == SidAlias.NON_UNIQUE
				&& this.subAuthorities.get(this.subAuthorities.size() - 1).equals(relative.subAuthorities.get(0));
	}

	// the length in the binary form of an access control entry
	int binaryLength() {
		return 8 + 4 * ((this.domainRelative) ? SidAlias.DOMAIN_SID_LENGTH : this.subAuthorities.size());
	}

	/**
	 * The shortest text that SDDL has for this.
	 * @return the alias, or the SID string where there is none
	 */
	public String toSddl() {
		SidAlias alias = SidAlias.of(this);
		return (alias != null) ? alias.name() : sidString();
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof Sid that && this.authority == that.authority
				&& this.domainRelative == that.domainRelative && this.subAuthorities.equals(that.subAuthorities);
	}

	@Override
	public int hashCode() {
		return Long.hashCode(this.authority) * 31 + this.subAuthorities.hashCode();
	}

	@Override
	public String toString() {
		return (this.domainRelative) ? toSddl() : sidString();
	}

	private String sidString() {
		String authorityText = (this.authority < (1L << 32)) ? Long.toString(this.authority)
				: "0x" + HexFormat.of().toHexDigits(this.authority, 12);
		return this.subAuthorities.stream()
			.map(String::valueOf)
			.collect(Collectors.joining("-", "S-1-" + authorityText + "-", ""));
	}

}
