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
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The two letters that SDDL has for a well-known SID: MS-DTYP 2.5.1.1 and the later ones
 * of {@code sddl.h}.
 */
enum SidAlias {

	/** Access control assistance operators. */
	AA(Base.BUILTIN, 579),

	/** All applications in an app package. */
	AC(15, 2, 1),

	/** Anonymous logon. */
	AN(Base.NT, 7),

	/** Account operators. */
	AO(Base.BUILTIN, 548),

	/** Protected users of the domain. */
	AP(Base.DOMAIN, 525),

	/** Identity asserted by an authentication authority. */
	AS(18, 1),

	/** Authenticated users. */
	AU(Base.NT, 11),

	/** Administrators of the machine. */
	BA(Base.BUILTIN, 544),

	/** Guests of the machine. */
	BG(Base.BUILTIN, 546),

	/** Backup operators. */
	BO(Base.BUILTIN, 551),

	/** Users of the machine. */
	BU(Base.BUILTIN, 545),

	/** Certificate publishers of the domain. */
	CA(Base.DOMAIN, 517),

	/** Users that may reach certification authorities through DCOM. */
	CD(Base.BUILTIN, 574),

	/** Creator group. */
	CG(3, 1),

	/** Domain controllers that may be cloned. */
	CN(Base.DOMAIN, 522),

	/** Creator owner. */
	CO(3, 0),

	/** Cryptographic operators. */
	CY(Base.BUILTIN, 569),

	/** Administrators of the domain. */
	DA(Base.DOMAIN, 512),

	/** Computers of the domain. */
	DC(Base.DOMAIN, 515),

	/** Domain controllers. */
	DD(Base.DOMAIN, 516),

	/** Guests of the domain. */
	DG(Base.DOMAIN, 514),

	/** Users of the domain. */
	DU(Base.DOMAIN, 513),

	/** Administrators of the forest. */
	EA(Base.DOMAIN, 519),

	/** Enterprise domain controllers. */
	ED(Base.NT, 9),

	/** Key administrators of the forest. */
	EK(Base.DOMAIN, 527),

	/** Readers of event logs. */
	ER(Base.BUILTIN, 573),

	/** Remote desktop endpoint servers. */
	ES(Base.BUILTIN, 576),

	/** Hyper-V administrators. */
	HA(Base.BUILTIN, 578),

	/** High integrity. */
	HI(16, 12288),

	/** Operators of user-mode hardware. */
	HO(Base.BUILTIN, 584),

	/** Users of Internet Information Services. */
	IS(Base.BUILTIN, 568),

	/** Interactively logged-on users. */
	IU(Base.NT, 4),

	/** Key administrators of the domain. */
	KA(Base.DOMAIN, 526),

	/** The machine's administrator account. */
	LA(Base.DOMAIN, 500),

	/** The machine's guest account. */
	LG(Base.DOMAIN, 501),

	/** Local service account. */
	LS(Base.NT, 19),

	/** Performance log users. */
	LU(Base.BUILTIN, 559),

	/** Low integrity. */
	LW(16, 4096),

	/** Medium integrity. */
	ME(16, 8192),

	/** Medium-plus integrity. */
	MP(16, 8448),

	/** Remote desktop management servers. */
	MS(Base.BUILTIN, 577),

	/** Performance monitor users. */
	MU(Base.BUILTIN, 558),

	/** Network configuration operators. */
	NO(Base.BUILTIN, 556),

	/** Network service account. */
	NS(Base.NT, 20),

	/** Users logged on over the network. */
	NU(Base.NT, 2),

	/** Owner rights. */
	OW(3, 4),

	/** Group policy administrators of the domain. */
	PA(Base.DOMAIN, 520),

	/** Printer operators. */
	PO(Base.BUILTIN, 550),

	/** Principal self. */
	PS(Base.NT, 10),

	/** Power users. */
	PU(Base.BUILTIN, 547),

	/** Remote access servers of remote desktop services. */
	RA(Base.BUILTIN, 575),

	/** Restricted code. */
	RC(Base.NT, 12),

	/** Remote desktop users. */
	RD(Base.BUILTIN, 555),

	/** Replicators. */
	RE(Base.BUILTIN, 552),

	/** Remote management users. */
	RM(Base.BUILTIN, 580),

	/** Read-only domain controllers of the forest. */
	RO(Base.DOMAIN, 498),

	/** Remote access servers of the domain. */
	RS(Base.DOMAIN, 553),

	/** Users compatible with systems before Windows 2000. */
	RU(Base.BUILTIN, 554),

	/** Schema administrators of the forest. */
	SA(Base.DOMAIN, 518),

	/** Users that may log on through OpenSSH. */
	SH(Base.BUILTIN, 585),

	/** System integrity. */
	SI(16, 16384),

	/** Server operators. */
	SO(Base.BUILTIN, 549),

	/** Identity asserted by a service. */
	SS(18, 2),

	/** Users logged on as a service. */
	SU(Base.NT, 6),

	/** Local system. */
	SY(Base.NT, 18),

	/** User-mode drivers. */
	UD(Base.NT, 84, 0, 0, 0, 0, 0),

	/** Everyone. */
	WD(1, 0),

	/** Write-restricted code. */
	WR(Base.NT, 33);

	static final int NT_AUTHORITY = 5;

	static final long NON_UNIQUE = 21;

	/** Three numbers for the domain between {@code S-1-5-21} and the account. */
	static final int DOMAIN_SID_LENGTH = 5;

	private static final Map<String, SidAlias> BY_NAME = new HashMap<>();

	private static final Map<Sid, SidAlias> BY_SID = new HashMap<>();

	static {
		for (SidAlias alias : values()) {
			BY_NAME.put(alias.name(), alias);
			BY_SID.put(alias.sid, alias);
		}
	}

	private final Sid sid;

	SidAlias(Base base, long... subAuthorities) {
		this.sid = switch (base) {
			case NT -> new Sid(NT_AUTHORITY, list(subAuthorities));
			case BUILTIN -> new Sid(NT_AUTHORITY, List.of(32L, subAuthorities[0]));
			case DOMAIN -> Sid.domainRelative(subAuthorities[0]);
		};
	}

	SidAlias(int authority, long... subAuthorities) {
		this.sid = new Sid(authority, list(subAuthorities));
	}

	Sid sid() {
		return this.sid;
	}

	static @Nullable SidAlias find(String name) {
		return BY_NAME.get(Ascii.upper(name));
	}

	static @Nullable SidAlias of(Sid sid) {
		return BY_SID.get(sid);
	}

	private static List<Long> list(long... values) {
		List<Long> list = new ArrayList<>(values.length);
		for (long value : values) {
			list.add(value);
		}
		return List.copyOf(list);
	}

	private enum Base {

		NT, BUILTIN, DOMAIN

	}

}
