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
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import io.namedpipe.access.AccessCheck.Membership;
import io.namedpipe.access.AccessRules.Builder;
import io.namedpipe.transport.AccountDatabase;
import io.namedpipe.transport.GrantedAccess;
import io.namedpipe.transport.PeerCredentials;
import io.namedpipe.transport.TransportException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One table of who gets what, decided by the rules on a POSIX system, by the same rules
 * as a DACL on Windows, and by SDDL that says the same.
 */
class AccessDecisionTests {

	private static final AccessRights READ = AccessRights.READ;

	private static final AccessRights WRITE = AccessRights.WRITE;

	private static final AccessRights READ_WRITE = AccessRights.READ_WRITE;

	private static final AccessRights FULL = AccessRights.FULL_CONTROL;

	private static final List<Case> CASES = List.of(
			new Case("nobody but the server", (rules) -> rules, "D:(A;;GA;;;OW)")
				.expect("server=rw root=- alice=- bob=- ghost=- unmapped=- unknown=-"),
			new Case("a user by name", (rules) -> rules.allow("alice", READ_WRITE),
					"D:(A;;GA;;;OW)(A;;0x12019B;;;S-1-22-1-1000)")
				.expect("server=rw root=- alice=rw bob=- ghost=- unmapped=- unknown=-"),
			new Case("a user for reading", (rules) -> rules.allow("alice", READ), "D:(A;;GR;;;S-1-22-1-1000)")
				.expect("alice=r bob=- ghost=- unmapped=-"),
			new Case("a user for writing", (rules) -> rules.allow("user:alice", WRITE), "D:(A;;GW;;;S-1-22-1-1000)")
				.expect("alice=w bob=- ghost=- unmapped=-"),
			new Case("two rules add up", (rules) -> rules.allow("alice", READ).allow("Everyone", WRITE),
					"D:(A;;FR;;;S-1-22-1-1000)(A;;FW;;;WD)")
				.expect("alice=rw bob=w ghost=w unmapped=w unknown=w"),
			new Case("a group, held as a supplementary one", (rules) -> rules.allow("group:devs", READ_WRITE),
					"D:(A;;GRGW;;;S-1-22-2-2000)")
				.expect("root=- alice=rw carol=rw bob=- ghost=- unmapped=- unknown=-"),
			new Case("deny beats allow", (rules) -> rules.allow("Authenticated Users", READ_WRITE).deny("alice", FULL),
					"D:(D;;GA;;;S-1-22-1-1000)(A;;GRGW;;;AU)")
				.expect("root=rw alice=- bob=rw ghost=rw unmapped=-"),
			new Case("deny by group beats allow by user",
					(rules) -> rules.allow("alice", FULL).allow("bob", FULL).deny("group:devs", FULL),
					"D:(D;;GA;;;S-1-22-2-2000)(A;;GA;;;S-1-22-1-1000)(A;;GA;;;S-1-22-1-1001)")
				.expect("alice=- bob=rw ghost=-"),
			new Case("deny of writing leaves reading",
					(rules) -> rules.allow("Everyone", READ_WRITE).deny("alice", WRITE),
					"D:(D;;0x16;;;S-1-22-1-1000)(A;;GRGW;;;WD)")
				.expect("alice=r bob=rw ghost=rw"),
			new Case("deny of reading leaves writing",
					(rules) -> rules.allow("Everyone", READ_WRITE).deny("alice", READ),
					"D:(D;;0x9;;;S-1-22-1-1000)(A;;GRGW;;;WD)")
				.expect("alice=w bob=rw ghost=rw"),
			new Case("the server's account cannot be denied",
					(rules) -> rules.allow("Everyone", READ_WRITE).deny("Everyone", FULL),
					"D:(A;;GA;;;OW)(D;;GA;;;WD)(A;;GRGW;;;WD)")
				.expect("server=rw root=- alice=- bob=- ghost=- unmapped=- unknown=-"),
			new Case("administrators", (rules) -> rules.allow("BUILTIN\\Administrators", FULL), "D:(A;;GA;;;BA)")
				.expect("root=rw alice=- bob=- ghost=- unmapped=-"),
			new Case("the system", (rules) -> rules.allow("NT AUTHORITY\\SYSTEM", FULL), "D:(A;;GA;;;SY)")
				.expect("root=rw alice=- bob=- ghost=- unmapped=-"),
			new Case("any local user", (rules) -> rules.allow("Users", READ_WRITE), "D:(A;;GRGW;;;BU)")
				.expect("root=rw alice=rw bob=rw ghost=rw unmapped=- unknown=-"),
			new Case("whoever is logged on", (rules) -> rules.allow("interactive", READ_WRITE), "D:(A;;GRGW;;;IU)")
				.expect("alice=rw bob=rw ghost=rw unmapped=- unknown=-"),
			new Case("everyone", (rules) -> rules.allow("EVERYONE", READ_WRITE), "D:(A;;GRGW;;;WD)")
				.expect("root=rw alice=rw bob=rw ghost=rw unmapped=rw unknown=rw"),
			new Case("a SID of nobody here", (rules) -> rules.allow("S-1-5-21-7-7-7-7", FULL),
					"D:(A;;GA;;;S-1-5-21-7-7-7-7)")
				.expect("root=- alice=- bob=- ghost=- unmapped=- unknown=-"),
			new Case("a deny for a SID of nobody here",
					(rules) -> rules.allow("Everyone", READ_WRITE).deny("S-1-5-21-7-7-7-7", FULL),
					"D:(D;;GA;;;S-1-5-21-7-7-7-7)(A;;GRGW;;;WD)")
				.expect("alice=rw bob=rw ghost=rw unmapped=rw unknown=rw"),
			new Case("a mask in hex", (rules) -> rules.allow("alice", new AccessRights(0x12019B)),
					"D:(A;;0x12019B;;;S-1-22-1-1000)")
				.expect("alice=rw bob=-"),
			new Case("a mask without data", (rules) -> rules.allow("alice", new AccessRights(0x120080)),
					"D:(A;;0x120080;;;S-1-22-1-1000)")
				.expect("alice=- bob=-"));

	private static final List<Case> SDDL_CASES = List.of(
			new Case("the documented sample", "D:(A;OICI;GRGW;;;AU)(A;OICI;GA;;;BA)")
				.expect("server=rw root=rw alice=rw bob=rw ghost=rw unmapped=- unknown=-"),
			new Case("the order as given: allow before deny", "D:(A;;GR;;;AU)(D;;GA;;;S-1-22-1-1000)(A;;GW;;;AU)")
				.expect("alice=r bob=rw"),
			new Case("an inherit-only entry says nothing", "D:(D;IO;GA;;;WD)(A;IOOI;GA;;;S-1-22-1-1000)(A;;GR;;;AU)")
				.expect("alice=r bob=r"),
			new Case("an empty DACL", "D:").expect("server=- root=- alice=- unmapped=-"),
			new Case("the server's account has no privilege", "D:P(A;;GA;;;S-1-22-1-1000)")
				.expect("server=- root=- alice=rw"),
			new Case("creator owner", "D:(A;;GA;;;CO)").expect("server=rw root=- alice=-"),
			new Case("Samba's root", "D:(A;;GA;;;S-1-22-1-0)").expect("server=- root=rw alice=-"),
			new Case("a uid without an account", "D:(A;;GRGW;;;S-1-22-1-4242)").expect("ghost=rw alice=-"),
			new Case("a primary group", "D:(A;;GRGW;;;S-1-22-2-4242)").expect("ghost=rw alice=-"),
			new Case("65534 is nobody in particular", "D:(A;;GA;;;S-1-22-1-65534)(A;;GA;;;S-1-22-2-65534)")
				.expect("unmapped=- alice=- root=-"),
			new Case("a deny is for 65534 too", "D:(D;;GA;;;S-1-22-1-1000)(A;;GRGW;;;WD)")
				.expect("unmapped=- unknown=- alice=- bob=rw"),
			new Case("a deny for the user 65534", "D:(D;;GA;;;S-1-22-1-65534)(A;;GRGW;;;WD)")
				.expect("unmapped=- unknown=- alice=rw outsider=rw"),
			new Case("a deny for a group that may be the primary one", "D:(D;;GA;;;S-1-22-2-2000)(A;;GRGW;;;WD)")
				.expect("halfknown=- carol=- bob=rw"),
			new Case("a deny for the group 65534", "D:(D;;GA;;;S-1-22-2-65534)(A;;GRGW;;;WD)")
				.expect("outsider=- unmapped=- unknown=- alice=rw carol=rw"),
			new Case("the group 65534 is no group", "D:(A;;GRGW;;;S-1-22-2-65534)").expect("outsider=- alice=-"),
			new Case("generic all", "D:(A;;GA;;;AU)").expect("alice=rw"),
			new Case("generic execute", "D:(A;;GX;;;AU)").expect("alice=-"),
			new Case("file all", "D:(A;;FA;;;AU)").expect("alice=rw"),
			new Case("child bits", "D:(A;;CC;;;AU)").expect("alice=r"),
			new Case("decimal and octal", "D:(A;;1;;;AU)(A;;02;;;AU)").expect("alice=rw"));

	@TestFactory
	Stream<DynamicTest> rulesOnPosix() {
		return CASES.stream()
			.flatMap((given) -> given.tests((peer) -> onPosix(given.rules(), peer, TestAccounts.posix())));
	}

	@TestFactory
	Stream<DynamicTest> sddlOnPosix() {
		return Stream.concat(CASES.stream(), SDDL_CASES.stream())
			.flatMap((given) -> given
				.tests((peer) -> onPosix(AccessRules.sddl(given.sddl()), peer, TestAccounts.posix())));
	}

	@TestFactory
	Stream<DynamicTest> rulesOnWindows() {
		return CASES.stream().flatMap((given) -> given.tests((peer) -> onWindows(given.rules(), peer)));
	}

	private static GrantedAccess onPosix(AccessRules rules, Peer peer, AccountDatabase accounts)
			throws TransportException {
		return rules.posix(accounts).evaluate(peer.credentials);
	}

	private static GrantedAccess onWindows(AccessRules rules, Peer peer) throws TransportException {
		SecurityDescriptor descriptor = SecurityDescriptor
			.parse(rules.securityDescriptor(TestAccounts.windows(), true));
		assertThat(descriptor.dacl()).isNotNull();
		assertThat(descriptor.dacl().aces()).isNotNull();
		int granted = AccessCheck.granted(descriptor.dacl().aces(),
				(sid) -> Membership.of(peer.token.contains(sid.toSddl())));
		if (peer != Peer.SERVER) {
			assertThat(granted & AccessRights.CREATE_PIPE_INSTANCE).isZero();
		}
		else {
			assertThat(granted & AccessRights.CREATE_PIPE_INSTANCE).isNotZero();
		}
		return new GrantedAccess((granted & AccessRights.READ_DATA) != 0, (granted & AccessRights.WRITE_DATA) != 0);
	}

	private static PeerCredentials credentials(@Nullable String userId, @Nullable String groupId,
			@Nullable List<String> groupIds) {
		return new PeerCredentials(null, userId, groupId, groupIds, OptionalLong.empty());
	}

	private enum Peer {

		SERVER(credentials("500", "500", null), "WD", "AU", "BU", "IU", TestAccounts.DOMAIN + "500"),

		ROOT(credentials("0", "0", null), "WD", "AU", "BU", "IU", "BA", "SY"),

		/** The group devs by the account database. */
		ALICE(credentials("1000", "1000", null), "WD", "AU", "BU", "IU", TestAccounts.DOMAIN + "1000",
				TestAccounts.DOMAIN + "2000"),

		/** The group devs by the kernel. */
		CAROL(credentials("1002", "1002", List.of("2000", "2001")), "WD", "AU", "BU", "IU",
				TestAccounts.DOMAIN + "1002", TestAccounts.DOMAIN + "2000"),

		BOB(credentials("1001", "1001", null), "WD", "AU", "BU", "IU", TestAccounts.DOMAIN + "1001"),

		/** A uid without an account. */
		GHOST(credentials("4242", "4242", null), "WD", "AU", "BU", "IU", TestAccounts.DOMAIN + "4242"),

		/** The primary group is not known. */
		HALFKNOWN(credentials("1003", null, List.of("2001")), "WD", "AU", "BU", "IU", TestAccounts.DOMAIN + "1003"),

		/** A group that the kernel has no number for. */
		OUTSIDER(credentials("4243", "65534", List.of()), "WD", "AU", "BU", "IU", TestAccounts.DOMAIN + "4243"),

		UNMAPPED(credentials("65534", "65534", null), "WD", "AN"),

		UNKNOWN(PeerCredentials.UNKNOWN, "WD");

		private final PeerCredentials credentials;

		private final Set<String> token;

		Peer(PeerCredentials credentials, String... token) {
			this.credentials = credentials;
			this.token = Set.of(token);
		}

	}

	private static final class Case {

		private final String description;

		private final @Nullable UnaryOperator<Builder> rules;

		private final String sddl;

		private String expected = "";

		Case(String description, String sddl) {
			this(description, null, sddl);
		}

		Case(String description, @Nullable UnaryOperator<Builder> rules, String sddl) {
			this.description = description;
			this.rules = rules;
			this.sddl = sddl;
		}

		Case expect(String expected) {
			this.expected = expected;
			return this;
		}

		AccessRules rules() {
			assertThat(this.rules).isNotNull();
			return this.rules.apply(AccessRules.builder()).build();
		}

		String sddl() {
			return this.sddl;
		}

		Stream<DynamicTest> tests(Decision decision) {
			List<DynamicTest> tests = new ArrayList<>();
			for (String expectation : this.expected.split(" ")) {
				String[] parts = expectation.split("=");
				Peer peer = Peer.valueOf(parts[0].toUpperCase());
				tests.add(DynamicTest.dynamicTest(this.description + ", " + expectation, () -> {
					GrantedAccess granted = decision.on(peer);
					String text = ((granted.read()) ? "r" : "") + ((granted.write()) ? "w" : "");
					assertThat((text.isEmpty()) ? "-" : text).isEqualTo(parts[1]);
				}));
			}
			return tests.stream();
		}

	}

	private interface Decision {

		GrantedAccess on(Peer peer) throws Exception;

	}

}
