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

import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.namedpipe.access.AccessRules.Builder;
import io.namedpipe.transport.GrantedAccess;
import io.namedpipe.transport.PeerCredentials;
import io.namedpipe.transport.PosixAccess;
import io.namedpipe.transport.Setting;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link AccessRules}: errors, the coarse gate, and the descriptor for Windows.
 */
class AccessRulesTests {

	private static final TestAccounts POSIX = TestAccounts.posix();

	private static final TestAccounts WINDOWS = TestAccounts.windows();

	private static final String ME = TestAccounts.DOMAIN + "500";

	@Test
	void whenNothingIsSaidThenOnlyTheCurrentUserAndRootGetIn() throws TransportException {
		PosixAccess access = AccessRules.currentUserOnly().posix(POSIX);

		assertThat(access.evaluate(user("500"))).isEqualTo(GrantedAccess.FULL);
		assertThat(access.evaluate(user("0"))).isEqualTo(GrantedAccess.FULL);
		assertThat(access.evaluate(user("1000"))).isEqualTo(GrantedAccess.NONE);
		assertThat(access.evaluate(user("65534"))).isEqualTo(GrantedAccess.NONE);
		assertThat(access.evaluate(PeerCredentials.UNKNOWN)).isEqualTo(GrantedAccess.NONE);
		assertThat(gate(access)).isEqualTo("rw-------");
		assertThat(access.warnings()).isEmpty();
	}

	@Test
	void whenNothingIsSaidThenTheDaclIsForTheCurrentUserAndTheSystem() throws TransportException {
		AccessRules rules = AccessRules.currentUserOnly();

		assertThat(rules.securityDescriptor(WINDOWS, false)).isEqualTo("D:P(A;;GA;;;" + ME + ")(A;;GA;;;SY)");
		assertThat(rules.securityDescriptor(WINDOWS, true))
			.isEqualTo("D:P(A;;GA;;;" + ME + ")(D;;GA;;;NU)(A;;GA;;;SY)");
	}

	@Test
	void whenRulesBecomeADaclThenTheServerIsFirstAndNamesAreSids() throws TransportException {
		AccessRules rules = AccessRules.builder()
			.allow("Authenticated Users", AccessRights.READ_WRITE)
			.allow("CORP\\alice", AccessRights.FULL_CONTROL)
			.allow("group:CORP\\devs", AccessRights.READ)
			.deny("bob", AccessRights.WRITE)
			.build();

		assertThat(rules.securityDescriptor(WINDOWS, true)).isEqualTo("D:P(A;;GA;;;" + ME + ")(D;;GA;;;NU)(D;;DCLCRP;;;"
				+ TestAccounts.DOMAIN + "1001)(A;;0x12019B;;;AU)(A;;0x1301FB;;;" + TestAccounts.DOMAIN
				+ "1000)(A;;0x120189;;;" + TestAccounts.DOMAIN + "2000)");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"mallory | Principal 'mallory' is unknown: there is no user 'mallory' on this system",
			"user:mallory | Principal 'user:mallory' is unknown: there is no user 'mallory' on this system",
			"group:nogroup-x | Principal 'group:nogroup-x' is unknown: there is no group 'nogroup-x' on this system",
			"devs | Principal 'devs' is not a user of this system but a group: use 'group:devs'",
			"CORP\\alice | Principal 'CORP\\alice' is an account of a Windows domain, which this system does not have",
			"group:CORP\\devs | Principal 'group:CORP\\devs' is an account of a Windows domain, which this system does not have",
			"\\alice | Principal '\\alice' is an account of a Windows domain, which this system does not have",
			"4294967295 | Principal '4294967295' is larger than any id" })
	void whenAPrincipalIsUnknownThenThePosixErrorNamesIt(String principal, String message) {
		assertInvalid(() -> allowing(principal).posix(POSIX), message);
		assertInvalid(() -> AccessRules.builder().deny(principal, AccessRights.READ).build().posix(POSIX), message);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "mallory | Principal 'mallory' is unknown: there is no user 'mallory' on this system",
					"group:CORP\\x | Principal 'group:CORP\\x' is unknown: there is no group 'CORP\\x' on this system",
					"1000 | Principal '1000' is a number, which is a user on POSIX systems only: use a name or a SID" })
	void whenAPrincipalIsUnknownThenTheWindowsErrorNamesIt(String principal, String message) {
		assertInvalid(() -> allowing(principal).securityDescriptor(WINDOWS, true), message);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "  ", "group:", "user:", "S-1-", "S-1-5-x" })
	void whenAPrincipalMakesNoSenseThenItIsRefusedAtOnce(String principal) {
		assertThatIllegalArgumentException().isThrownBy(() -> allowing(principal));
	}

	@ParameterizedTest
	@CsvSource({ "0x4, LC", "0x40000, WD", "0x80000, WO", "0xC0004, WDWOLC" })
	void whenNothingIsLeftOfTheRightsThenTheRuleIsRefused(String rights, String sddl) throws TransportException {
		AccessRights none = AccessRights.valueOf(rights);

		assertThatIllegalArgumentException().isThrownBy(() -> AccessRules.builder().allow("alice", none))
			.withMessageContaining("'alice'")
			.withMessageContaining("Rights " + none);
		assertThat(build((rules) -> rules.deny("alice", none).allow("Everyone", AccessRights.READ))
			.securityDescriptor(WINDOWS, false)).contains("(D;;" + sddl + ";;;" + TestAccounts.DOMAIN + "1000)");
	}

	@ParameterizedTest
	@CsvSource({ "alice, rw-rw-rw-, ", "1234, rw-rw-rw-, ", "Everyone, rw-rw-rw-, ", "Authenticated Users, rw-rw-rw-, ",
			"Users, rw-rw-rw-, ", "Administrators, rw-------, ", "SYSTEM, rw-------, ", "root, rw-------, ",
			"server, rw-------, ", "OWNER RIGHTS, rw-------, ", "group:servers, rw-rw----, 2500",
			"group:2500, rw-rw----, 2500", "group:devs, rw-rw-rw-, ", "Network Service, rw-------, ",
			"nobody, rw-------, ", "group:nogroup, rw-------, " })
	void whenRulesAreKnownThenFileModeIsTightestThatAdmitsThem(String principal, String mode, String group)
			throws TransportException {
		PosixAccess access = allowing(principal).posix(POSIX);

		assertThat(gate(access)).isEqualTo(mode);
		assertThat(access.fileGroupId()).isEqualTo(group);
	}

	@Test
	void whenTheServerIsRootThenAnyGroupCanHaveTheFile() throws TransportException {
		PosixAccess access = allowing("group:devs").posix(POSIX.runningAs("0"));

		assertThat(gate(access)).isEqualTo("rw-rw----");
		assertThat(access.fileGroupId()).isEqualTo("2000");
	}

	@Test
	void whenThereAreTwoGroupsThenTheFineGateDecidesAlone() throws TransportException {
		PosixAccess access = build(
				(rules) -> rules.allow("group:devs", AccessRights.READ).allow("group:servers", AccessRights.READ))
			.posix(POSIX.runningAs("0"));

		assertThat(gate(access)).isEqualTo("rw-rw-rw-");
		assertThat(access.fileGroupId()).isNull();
	}

	@Test
	void whenEverybodyIsDeniedThenTheFileModeIsTight() throws TransportException {
		assertThat(gate(AccessRules.sddl("D:(D;;GA;;;WD)(A;;GA;;;AU)").posix(POSIX))).isEqualTo("rw-------");
		assertThat(gate(AccessRules.sddl("D:(D;;GA;;;S-1-22-1-1000)(A;;GA;;;S-1-22-1-1000)").posix(POSIX)))
			.isEqualTo("rw-------");
		assertThat(gate(AccessRules
			.sddl("D:(D;;GR;;;S-1-22-1-1000)(D;;GW;;;S-1-22-1-1000)(A;;GR;;;S-1-22-1-1000)(A;;GW;;;S-1-22-1-1000)")
			.posix(POSIX))).isEqualTo("rw-------");
		assertThat(gate(AccessRules.sddl("D:(A;;0x100000;;;WD)(A;IO;GA;;;WD)").posix(POSIX))).isEqualTo("rw-------");
		assertThat(gate(AccessRules.sddl("D:(D;;GW;;;WD)(A;;GA;;;AU)").posix(POSIX))).isEqualTo("rw-rw-rw-");
	}

	@Test
	void whenOnlyFileModeCanBeEnforcedThenItMatchesRulesOrFails() throws TransportException {
		assertThat(fifo(allowing("Everyone"))).isEqualTo("rw-rw-rw-");
		assertThat(fifo(build((rules) -> rules.allow("Users", AccessRights.WRITE)))).isEqualTo("rw--w--w-");
		assertThat(fifo(build((rules) -> rules.allow("group:servers", AccessRights.READ)))).isEqualTo("rw-r-----");
		assertThat(fifo(AccessRules.currentUserOnly())).isEqualTo("rw-------");
		assertInvalid(() -> fifo(allowing("alice")), "cannot be enforced on a FIFO");
		assertInvalid(() -> fifo(allowing("group:devs")), "cannot be enforced on a FIFO");
		assertInvalid(() -> fifo(
				build((rules) -> rules.allow("Everyone", AccessRights.READ).deny("alice", AccessRights.FULL_CONTROL))),
				"cannot be enforced on a FIFO");
	}

	@Test
	void whenAFileKeepsNobodyOutThatARuleDeniesThenTheStartFails() throws TransportException {
		for (String principal : List.of("nobody", "group:nogroup", "root", "SYSTEM")) {
			AccessRules rules = build(
					(builder) -> builder.allow("Everyone", AccessRights.READ).deny(principal, AccessRights.READ));

			assertInvalid(() -> fifo(rules), "cannot be enforced on a FIFO");
		}
		assertInvalid(() -> fifo(AccessRules.sddl("D:(D;;GR;;;OW)(A;;GR;;;WD)")), "cannot be enforced on a FIFO");
		assertThat(fifo(build((builder) -> builder.allow("Everyone", AccessRights.READ)
			.allow("nobody", AccessRights.READ)
			.deny("server", AccessRights.READ)
			.deny("S-1-5-21-1-2-3-4", AccessRights.READ)))).isEqualTo("rw-r--r--");
	}

	@Test
	void whenMembershipsCannotBeKnownThenAGroupRuleIsAnError() {
		assertInvalid(() -> allowing("group:devs").posix(POSIX.withoutMemberships()),
				"The access rule for group 2000 cannot be enforced");
		assertInvalid(() -> AccessRules.sddl("D:(D;;GA;;;S-1-22-2-2000)(A;;GA;;;AU)").posix(POSIX.withoutMemberships()),
				"The access rule for group 2000 cannot be enforced");
	}

	@Test
	void whenTheAccountDatabaseIsDownThenTheStartFailsAndSaysSo() {
		assertInvalid(() -> allowing("alice").posix(POSIX.whileDown()), "(deny [], allow [alice: read-write])");
		assertInvalid(() -> allowing("alice").securityDescriptor(WINDOWS.whileDown(), true), "down");
		assertInvalid(() -> allowing("group:2000").posix(POSIX.whileDown()), "group:2000");
	}

	@Test
	void whenAPrincipalCannotBeLookedUpThenTheFailureNamesIt() {
		AccessRules rules = AccessRules.builder()
			.allow("Everyone", AccessRights.READ)
			.deny("group:devs", AccessRights.READ)
			.build();

		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> rules.posix(POSIX.whileDown()))
			.satisfies((ex) -> assertThat(ex.getSetting()).isEqualTo(Setting.principal("group:devs")));
		assertThatExceptionOfType(TransportException.class)
			.isThrownBy(() -> rules.securityDescriptor(WINDOWS.whileDown(), true))
			.satisfies((ex) -> assertThat(ex.getSetting()).isEqualTo(Setting.principal("group:devs")));
	}

	@Test
	void whenGroupsCannotBeLookedUpThenAnAllowFailsAndADenyHolds() throws TransportException {
		PosixAccess allowed = AccessRules.sddl("D:(A;;GA;;;S-1-22-2-2000)").posix(POSIX.runningAs("0").whileDown());
		PosixAccess denied = AccessRules.sddl("D:(D;;GA;;;S-1-22-2-2000)(A;;GA;;;AU)").posix(POSIX.whileDown());

		assertThat(allowed.evaluate(user("1000"))).isEqualTo(GrantedAccess.NONE);
		assertThat(denied.evaluate(user("1001"))).isEqualTo(GrantedAccess.NONE);
	}

	@Test
	void whenTheKernelTellsTheGroupsThenTheDatabaseIsNotAsked() throws TransportException {
		PosixAccess access = AccessRules.sddl("D:(A;;GA;;;S-1-22-2-2000)").posix(POSIX.runningAs("0").whileDown());

		assertThat(access.evaluate(new PeerCredentials(null, "1001", "1001", List.of("2000"), OptionalLong.empty())))
			.isEqualTo(GrantedAccess.FULL);
		assertThat(access.evaluate(new PeerCredentials(null, "1000", "1000", List.of(), OptionalLong.empty())))
			.isEqualTo(GrantedAccess.NONE);
	}

	@Test
	void whenASidIsNobodyHereThenStartUpWarns() throws TransportException {
		assertThat(allowing("Network Service").posix(POSIX).warnings())
			.containsExactly("An access rule for NS (S-1-5-20) matches nobody on this system");
		assertThat(AccessRules.sddl("D:(A;;GA;;;S-1-5-21-1-2-3-4)(A;;GR;;;S-1-5-21-1-2-3-4)(A;;GA;;;DA)(A;;GA;;;BA)")
			.posix(POSIX)
			.warnings()).containsExactly("An access rule for S-1-5-21-1-2-3-4 matches nobody on this system",
					"An access rule for DA matches nobody on this system");
		assertThat(allowing("nobody").posix(POSIX).warnings()).containsExactly(
				"An access rule for S-1-22-1-65534 lets nobody in, as 65534 is what the kernel shows for any"
						+ " id that it cannot map");
		assertThat(build((rules) -> rules.deny("group:nogroup", AccessRights.READ)).posix(POSIX).warnings())
			.containsExactly(
					"An access rule for S-1-22-2-65534 denies whoever has such an id, as 65534 is what the kernel shows for"
							+ " any id that it cannot map");
	}

	@Test
	void whenTheServerRunsAsTheUnmappedUserThenStartUpWarns() throws TransportException {
		assertThat(AccessRules.currentUserOnly().posix(POSIX.runningAs("65534")).warnings()).singleElement()
			.asString()
			.contains("runs as uid 65534");
	}

	@Test
	void whenAnEntryIsForAGroupThenGroupsAreAskedFor() throws TransportException {
		assertThat(AccessRules.sddl("D:(A;;GA;;;AU)(D;;GA;;;S-1-22-2-2000)").posix(POSIX).asksForGroups()).isTrue();
		assertThat(AccessRules.sddl("D:(A;;GA;;;AU)(D;;GA;;;S-1-22-1-2000)").posix(POSIX).asksForGroups()).isFalse();
	}

	@Test
	void whenRulesAreShownThenTheyAreAsConfigured() {
		assertThat(AccessRules.currentUserOnly()).hasToString("current user only");
		assertThat(AccessRules.sddl(" D:(A;;GR;;;WD) ")).hasToString("D:(A;;GR;;;WD)");
		assertThat(build((rules) -> rules.allow("alice", AccessRights.READ).deny("group:devs", AccessRights.WRITE)))
			.hasToString("deny [group:devs: write], allow [alice: read]");
	}

	@Test
	void whenAnIdIsTheLargestThenItIsAUser() throws TransportException {
		assertThat(allowing("4294967294").posix(POSIX).evaluate(user("4294967294"))).isEqualTo(GrantedAccess.FULL);
	}

	@Test
	void whenAnEntryIsForOthersToInheritThenNoSidOfItMatters() throws TransportException {
		PosixAccess access = AccessRules.sddl("D:(A;IO;GA;;;S-1-5-21-1-2-3-4)(A;IO;GA;;;S-1-22-2-2000)(A;;GA;;;BA)")
			.posix(POSIX.withoutMemberships());

		assertThat(access.warnings()).isEmpty();
		assertThat(access.asksForGroups()).isFalse();
	}

	@Test
	void whenAnOwnerIsNamedThenOwnerRightsAreThoseOfThatOwner() throws TransportException {
		for (String entry : List.of("OW", "CO")) {
			PosixAccess access = AccessRules.sddl("O:S-1-22-1-1000D:(A;;GA;;;" + entry + ")").posix(POSIX);

			assertThat(access.evaluate(user("1000"))).isEqualTo(GrantedAccess.FULL);
			assertThat(access.evaluate(user("500"))).isEqualTo(GrantedAccess.NONE);
			assertThat(gate(access)).isEqualTo("rw-rw-rw-");
			assertInvalid(() -> AccessRules.sddl("O:SYD:(A;;GA;;;" + entry + ")").securityDescriptor(WINDOWS, true),
					ME);
		}
		assertThat(AccessRules.sddl("O:BAD:(D;;GA;;;OW)(A;;GA;;;AU)").posix(POSIX).evaluate(user("0")))
			.isEqualTo(GrantedAccess.NONE);
		assertThat(AccessRules.sddl("O:S-1-5-21-1-2-3-4D:(A;;GA;;;OW)").posix(POSIX).warnings()).singleElement()
			.asString()
			.contains("S-1-5-21-1-2-3-4 matches nobody");
		assertThat(AccessRules.sddl("O:OWD:(A;;GA;;;OW)").posix(POSIX).evaluate(user("500")))
			.isEqualTo(GrantedAccess.FULL);
	}

	@Test
	void whenTheCreatorHasAnEntryThenItIsTheServersUserOnAllPlatforms() throws TransportException {
		AccessRules sddl = AccessRules.sddl("O:" + ME + "G:BAD:P(A;;GA;;;CO)(A;IO;GR;;;CO)S:(ML;;NW;;;LW)");
		AccessRules rules = build((builder) -> builder.allow("Creator Owner", AccessRights.READ)
			.deny("S-1-3-0", AccessRights.WRITE)
			.deny("OWNER RIGHTS", AccessRights.WRITE));

		assertThat(AccessRules.sddl("D:(A;;GA;;;CO)").posix(POSIX).evaluate(user("500"))).isEqualTo(GrantedAccess.FULL);
		assertThat(AccessRules.sddl("D:(A;;GA;;;CO)").securityDescriptor(WINDOWS, true)).isEqualTo("D:(A;;GA;;;OW)");
		assertThat(sddl.securityDescriptor(WINDOWS, true))
			.isEqualTo("O:" + ME + "G:BAD:P(A;;GA;;;" + ME + ")(A;IO;GR;;;" + ME + ")S:(ML;;NW;;;LW)");
		assertThat(rules.securityDescriptor(WINDOWS, false)).doesNotContain("CO)").endsWith("OW)");
	}

	@Test
	void whenThereIsAMandatoryLabelThenWindowsGetsItAndOthersWarn() throws TransportException {
		String low = "D:(A;;GA;;;WD)S:(ML;;NW;;;LW)";

		assertThat(AccessRules.sddl(low).securityDescriptor(WINDOWS, true)).isEqualTo(low);
		assertThat(AccessRules.sddl(low).posix(POSIX).warnings()).isEmpty();
		assertThat(AccessRules.sddl("D:(A;;GA;;;WD)S:(ML;;NW;;;ME)").posix(POSIX).warnings()).isEmpty();
		assertThat(AccessRules.sddl("D:(A;;GA;;;WD)S:(ML;;;;;HI)").posix(POSIX).warnings()).isEmpty();
		assertThat(AccessRules.sddl("D:(A;;GA;;;WD)S:(ML;;NW;;;HI)").posix(POSIX).warnings()).singleElement()
			.asString()
			.contains("label HI");
	}

	@Test
	void whenSddlIsGivenThenWindowsGetsItVerbatim() throws TransportException {
		String sddl = "d:(a;OICI;grgw;;;AU) (A;OICI;GA;;;BU)";

		assertThat(AccessRules.sddl(" " + sddl).securityDescriptor(WINDOWS, true)).isEqualTo(sddl);
	}

	@ParameterizedTest
	@ValueSource(strings = { "O:BA", "D:NO_ACCESS_CONTROL", "O:BAD:P no_access_control" })
	void whenTheDaclIsMissingOrNullThenItIsRefused(String sddl) {
		assertThatExceptionOfType(SddlException.class).isThrownBy(() -> AccessRules.sddl(sddl))
			.withMessageContaining("would let everybody in");
	}

	@ParameterizedTest
	@ValueSource(strings = { "D:", "D:(A;;GR;;;WD)", "D:(A;;0x12019B;;;AU)", "D:(D;;0x4;;;AU)(A;;GA;;;WD)",
			"D:(A;;GA;;;BA)", "D:(A;IO;GA;;;WD)", "D:(A;;GA;;;DA)" })
	void whenSddlLocksTheServerOutThenItIsAnErrorThatSaysHow(String sddl) {
		assertInvalid(() -> AccessRules.sddl(sddl).securityDescriptor(WINDOWS, true), "(A;;GA;;;" + ME + ")");
	}

	@ParameterizedTest
	@ValueSource(strings = { "D:(A;;GA;;;WD)", "D:(A;;GW;;;AU)", "D:(A;;FA;;;" + TestAccounts.DOMAIN + "500)",
			"D:(A;;GA;;;OW)", "D:(A;;GA;;;BU)", "D:(A;;GA;;;LA)", "D:(A;;GA;;;DU)", "D:(A;;LC;;;WD)" })
	void whenSddlLetsTheServerBeOneThenItIsFine(String sddl) throws TransportException {
		assertThat(AccessRules.sddl(sddl).securityDescriptor(WINDOWS, true)).isEqualTo(sddl);
	}

	@Test
	void whenGroupsOfServerAreUnknownThenGrantToGroupIsAccepted() throws TransportException {
		TestAccounts accounts = WINDOWS.withoutMemberships();

		assertThat(AccessRules.sddl("D:(A;;GA;;;BA)").securityDescriptor(accounts, true)).isEqualTo("D:(A;;GA;;;BA)");
		assertInvalid(() -> AccessRules.sddl("D:(A;;GR;;;BA)").securityDescriptor(accounts, true), "second client");
	}

	@Test
	void whenSddlLetsClientsBeServersThenStartUpWarns() {
		assertThat(AccessRules.sddl("D:(A;OICI;GRGW;;;AU)(A;OICI;GA;;;BA)(A;;GA;;;" + ME + ")(A;;FA;;;AU)")
			.securityDescriptorWarnings(WINDOWS)).singleElement()
			.asString()
			.startsWith("The security descriptor lets clients of AU create instances of the pipe");
		assertThat(
				AccessRules.sddl("D:(A;;0x12019B;;;AU)(A;;GA;;;SY)(A;IO;GA;;;WD)").securityDescriptorWarnings(WINDOWS))
			.isEmpty();
		assertThat(AccessRules.currentUserOnly().securityDescriptorWarnings(WINDOWS)).isEmpty();
		assertThat(AccessRules.sddl("O:AUD:(A;;GA;;;OW)").securityDescriptorWarnings(WINDOWS)).singleElement()
			.asString()
			.contains("of AU");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "D:(A;;GA;;;AU) | AU create instances of the pipe, change its permissions",
			"D:(A;;GW;;;AU) | AU create instances of the pipe", "D:(A;;GRWD;;;BU) | BU change its permissions",
			"D:(A;;GRWO;;;BU) | BU change its permissions",
			"D:(A;;LC;;;AU)(A;;WO;;;AU) | AU create instances of the pipe, change",
			"D:(D;;WDWO;;;WD)(A;;GA;;;AU) | AU create instances of the pipe",
			"D:(D;;WD;;;AU)(D;;WO;;;WD)(D;;LC;;;AU)(A;;GA;;;AU)(A;;LC;;;BU) | BU create instances of the pipe" })
	void whenSddlLetsClientsBecomeServersThenItSaysBywhat(String sddl, String expected) {
		List<String> warnings = AccessRules.sddl(sddl).securityDescriptorWarnings(WINDOWS);

		assertThat(warnings).hasSize(1);
		assertThat(warnings.get(0).replaceAll(" \\([^)]*\\)", "").replace(" and change", ", change"))
			.contains("clients of " + expected);
		assertThat(warnings.get(0).contains("create instances")).isEqualTo(expected.contains("create"));
		assertThat(warnings.get(0).contains("permissions or owner")).isEqualTo(expected.contains("change"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "D:(D;;0x4;;;WD)(D;;WDWO;;;AU)(A;;GA;;;AU)", "D:(D;;GA;;;WD)(A;;GA;;;BU)",
			"D:(D;;FA;;;AU)(A;;GA;;;AU)", "D:(D;;GA;;;AU)(D;;0x1;;;AU)(A;;GA;;;AU)", "D:(A;IO;GA;;;AU)" })
	void whenAnEarlierDenyCoversAnEntryThenThereIsNoWarning(String sddl) {
		assertThat(AccessRules.sddl(sddl).securityDescriptorWarnings(WINDOWS)).isEmpty();
	}

	private static AccessRules allowing(String principal) {
		return build((rules) -> rules.allow(principal, AccessRights.READ_WRITE));
	}

	private static AccessRules build(UnaryOperator<Builder> rules) {
		return rules.apply(AccessRules.builder()).build();
	}

	private static String gate(PosixAccess access) {
		return PosixFilePermissions.toString(access.filePermissions());
	}

	private static String fifo(AccessRules rules) throws TransportException {
		return PosixFilePermissions.toString(rules.posix(POSIX).exactFilePermissions());
	}

	private static PeerCredentials user(String userId) {
		return new PeerCredentials(null, userId, userId, null, OptionalLong.empty());
	}

	private static void assertInvalid(org.assertj.core.api.ThrowableAssert.ThrowingCallable code, String message) {
		assertThatExceptionOfType(TransportException.class).isThrownBy(code)
			.withMessageContaining(message)
			.satisfies((ex) -> assertThat(ex.getReason()).isEqualTo(Reason.INVALID_ACCESS));
	}

}
