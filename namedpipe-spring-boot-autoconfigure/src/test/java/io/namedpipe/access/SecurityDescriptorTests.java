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

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.namedpipe.access.SecurityDescriptor.Dacl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link SecurityDescriptor} and what reads and writes it.
 */
class SecurityDescriptorTests {

	@Test
	void whenAllPartsAreThereThenAllAreRead() {
		SecurityDescriptor descriptor = SecurityDescriptor
			.parse("O:BAG:S-1-5-32-544D:PARAI(A;OICI;GRGW;;;AU)(D;IO;0x1;;;S-1-5-21-1-2-3-1000)");

		assertThat(descriptor.owner()).isEqualTo(Sid.ADMINISTRATORS);
		assertThat(descriptor.group()).isEqualTo(Sid.ADMINISTRATORS);
		assertThat(descriptor.dacl()).isEqualTo(new Dacl(Set.of(SecurityDescriptor.Flag.values()),
				List.of(new Ace(Ace.Type.ALLOW, Set.of(Ace.Flag.OBJECT_INHERIT, Ace.Flag.CONTAINER_INHERIT), 0xC0000000,
						Sid.AUTHENTICATED_USERS),
						new Ace(Ace.Type.DENY, Set.of(Ace.Flag.INHERIT_ONLY), 1, Sid.parse("S-1-5-21-1-2-3-1000")))));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "D:(A;OICI;GRGW;;;AU)(A;OICI;GA;;;BA) | same", "O:BA | same", "G:SY | same",
			"D: | same", "D:P | same", "D:NO_ACCESS_CONTROL | same", "D:PAINO_ACCESS_CONTROL | same",
			"D:NO_ACCESS_CONTROLO:SY | O:SYD:NO_ACCESS_CONTROL", "D:(A;;;;;WD) | same",
			"d:p(a;oici;grgw;;;au) | D:P(A;OICI;GRGW;;;AU)", "D:(A;;0xffffffff;;;WD) | D:(A;;0xFFFFFFFF;;;WD)",
			"D:(A;;4294967295;;;WD) | D:(A;;0xFFFFFFFF;;;WD)", "D:(A;;037777777777;;;WD) | D:(A;;0xFFFFFFFF;;;WD)",
			"D:(A;;0;;;WD) | D:(A;;;;;WD)", "D:(A;;0x1F01FF;;;WD) | D:(A;;FA;;;WD)",
			"D:(A;;0x12019B;;;WD) | D:(A;;0x12019B;;;WD)",
			"D:(A;;CCDCLCSWRPWPDTLOCRRCSDWDWO;;;WD) | D:(A;;RCSDWDWOCCDCLCSWRPWPDTLOCR;;;WD)",
			"D:(A;IDNPCIOIIOCRSAFA;GX;;;WD) | D:(A;OICINPIOIDCRSAFA;GX;;;WD)", "D:(A;TP;GX;;;WD) | D:(A;SA;GX;;;WD)",
			"D:(A;;KA;;;WD)(A;;KR;;;WD)(A;;KX;;;WD)(A;;KW;;;WD) | D:(A;;KA;;;WD)(A;;KR;;;WD)(A;;KR;;;WD)(A;;KW;;;WD)",
			"D:(A;;GA;;;S-1-5-32-544) | D:(A;;GA;;;BA)", "D:(A;;GA;;;S-1-22-1-1000) | same",
			"D:(A;;GA;;;s-1-0x5-0x20-544) | D:(A;;GA;;;BA)", "O:S-1-5-0x20D:(A;;GA;;;WD) | O:S-1-5-32D:(A;;GA;;;WD)",
			"D:(A;;GA;;;S-1-0xFFFFFFFFFFFF-1) | D:(A;;GA;;;S-1-0xffffffffffff-1)",
			"D:(A;;GA;;;S-1-281474976710655-1) | D:(A;;GA;;;S-1-0xffffffffffff-1)",
			"D:(A;;GA;;;S-1-1-1-2-3-4-5-6-7-8-9-10-11-12-13-14-4294967295) | same", "D:(A;;GA;;;DA)(A;;GA;;;LA) | same",
			"O:DAG:DUD:(A;;GA;;;DA) | same", "S:(ML;;NW;;;LW) | same", "D:(A;;GA;;;WD)S:(ML;;NW;;;LW) | same",
			"S:(ML;;NW;;;HI)D:P | D:PS:(ML;;NW;;;HI)",
			"S:PARAI(ML;OICI;NXNRNW;;;S-1-16-4096) | S:PARAI(ML;OICI;NWNRNX;;;LW)",
			"s: (ml; ;0x5; ; ;si) | S:(ML;;NWNX;;;SI)", "S:(ML;;;;;S-1-16-20480) | same",
			"S:(ML;;NW;;;S-1-16-0) | same", "D:(A;;9;;;WD) | D:(A;;CCSW;;;WD)", "D:(A;;GA;;;S-1-4294967295-1) | same",
			"D:(A;;GA;;;S-1-4294967296-1) | D:(A;;GA;;;S-1-0x000100000000-1)", "S:(ML;;NRNX;;;MP) | same" })
	void whenWrittenThenItReadsBackTheSame(String given, String expected) {
		SecurityDescriptor descriptor = SecurityDescriptor.parse(given);

		String written = descriptor.toSddl();

		assertThat(written).isEqualTo((expected.equals("same")) ? given : expected);
		assertThat(SecurityDescriptor.parse(written)).isEqualTo(descriptor).hasToString(written);
	}

	@Test
	void whenThereIsWhiteSpaceBetweenPartsThenItDoesNotMatter() {
		String given = " O: BA \n D: P \r\n\t( A ; OI CI ; GR GW ; ; ; AU )\n  ( D ;; 0x2 ;;; BU ) ";

		assertThat(SecurityDescriptor.parse(given))
			.isEqualTo(SecurityDescriptor.parse("O:BAD:P(A;OICI;GRGW;;;AU)(D;;0x2;;;BU)"));
		assertThat(SecurityDescriptor.parse("D:NO_ACCESS_CONTROL O:BA"))
			.isEqualTo(SecurityDescriptor.parse("D:NO_ACCESS_CONTROLO:BA"));
		assertThat(SecurityDescriptor.parse("S: P ( ML ; OI CI ; NW NR ; ; ; LW ) "))
			.isEqualTo(SecurityDescriptor.parse("S:P(ML;OICI;NWNR;;;LW)"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = { "`` | 0 | there is nothing",
			"`  ` | 2 | there is nothing", "X:BA | 0 | expected O:, G:, D: or S:", "O | 0 | expected O:, G:, D: or S:",
			"BA | 0 | expected O:, G:, D: or S:", "O: | 2 | expected a SID or its alias",
			"O:B | 2 | unknown SID alias 'B'", "O:QQ | 2 | unknown SID alias 'QQ'",
			"O:BAX | 4 | expected O:, G:, D: or S:", "O:BAO:BA | 4 | O: is there twice", "D:D: | 2 | D: is there twice",
			"G:BAG:BA | 4 | G: is there twice", "D:S:(AU;SA;GA;;;WD) | 5 | an audit entry (AU) is not supported",
			"S:(A;;GA;;;WD) | 3 | an entry of the DACL cannot be in S:",
			"S:(Q;;GA;;;WD) | 3 | unknown type 'Q' of an access control entry, use A or D",
			"S: | 2 | expected '(' of a mandatory label (ML), the only part of S: that is supported",
			"S:D: | 2 | expected '(' of a mandatory label (ML), the only part of S: that is supported",
			"S:Q(ML;;NW;;;LW) | 2 | unknown flag of a SACL, known are P, AR and AI",
			"S:(ML;;NW;;;LW)(ML;;NW;;;LW) | 15 | one mandatory label is all that S: can have here",
			"S:(ML;;NW;;;LW)S:(ML;;NW;;;LW) | 15 | S: is there twice",
			"S:(ML;;GA;;;LW) | 7 | unknown right 'GA' of a mandatory label, known are NW, NR and NX",
			"S:(ML;;WN;;;LW) | 7 | unknown right 'WN' of a mandatory label, known are NW, NR and NX",
			"S:(ML;;8;;;LW) | 7 | a mandatory label has the rights NW (1), NR (2) and NX (4) only",
			"S:(ML;;NW;;;WD) | 12 | the SID of a mandatory label is an integrity level: LW, ME, MP, HI or SI",
			"S:(ML;;NW;;;S-1-16-1-2) | 12 | the SID of a mandatory label is an integrity level: LW, ME, MP, HI or SI",
			"S:(ML;;NW;;;DA) | 12 | the SID of a mandatory label is an integrity level: LW, ME, MP, HI or SI",
			"S:(ML;;NW;;;LW | 14 | expected ')' at the end of an access control entry",
			"S:(ML;QQ;NW;;;LW) | 6 | unknown flag 'QQ' of an access control entry",
			"S:(ML;;NW;x;;LW) | 10 | an object GUID is not supported",
			"S:(ML;;NW;;x;LW) | 11 | an inherited object GUID is not supported",
			"D:Q | 2 | unknown flag of a DACL, known are P, AR, AI and NO_ACCESS_CONTROL",
			"D:NO_ACCESS_CONTROL(A;;GA;;;WD) | 19 | nothing can follow NO_ACCESS_CONTROL",
			"D:(A;;GA;;;WD)P | 14 | expected '(' of an access control entry",
			"D:( | 3 | expected the type of an access control entry, A or D",
			"D:() | 3 | expected the type of an access control entry, A or D",
			"D:(Q;;GA;;;WD) | 3 | unknown type 'Q' of an access control entry, use A or D",
			"D:(OA;;GA;;;WD) | 3 | an object entry (OA) is not supported",
			"D:(OD;;GA;;;WD) | 3 | an object entry (OD) is not supported",
			"D:(XA;;GA;;;WD;(Member_of{BA})) | 3 | a conditional entry (XA) is not supported",
			"D:(XD;;GA;;;WD;(a==1)) | 3 | a conditional entry (XD) is not supported",
			"D:(ZA;;GA;;;WD;(a==1)) | 3 | a conditional entry (ZA) is not supported",
			"D:(za;;GA;;;WD;(a==1)) | 3 | a conditional entry (za) is not supported",
			"D:(A;;GA;;;S-1-5-1A) | 18 | expected ')' at the end of an access control entry",
			"D:(A;;0x1G;;;WD) | 9 | expected ';' in an access control entry",
			"D:(XU;;GA;;;WD;(a==1)) | 3 | an audit entry (XU) is not supported",
			"D:(AU;SA;GA;;;WD) | 3 | an audit entry (AU) is not supported",
			"D:(OU;SA;GA;;;WD) | 3 | an audit entry (OU) is not supported",
			"D:(AL;;GA;;;WD) | 3 | an alarm entry (AL) is not supported",
			"D:(OL;;GA;;;WD) | 3 | an alarm entry (OL) is not supported",
			"D:(ML;;NW;;;LW) | 3 | a mandatory label (ML) belongs into S:",
			"D:(TL;;0x1;;;WD) | 3 | a label entry (TL) is not supported",
			"D:(RA;;;;;WD) | 3 | a resource attribute entry (RA) is not supported",
			"D:(SP;;;;;S-1-17-1) | 3 | a central policy entry (SP) is not supported",
			"D:(FL;;GA;;;WD) | 3 | an access filter entry (FL) is not supported",
			"D:(A | 4 | expected ';' in an access control entry",
			"D:(A;QQ;GA;;;WD) | 5 | unknown flag 'QQ' of an access control entry",
			"D:(A;O;GA;;;WD) | 5 | unknown flag 'O;' of an access control entry",
			"D:(A;;QQ;;;WD) | 6 | unknown right 'QQ'", "D:(A;;GRQQ;;;WD) | 8 | unknown right 'QQ'",
			"D:(A;;NW;;;WD) | 6 | 'NW' is for mandatory labels, which are in S:",
			"D:(A;;0x;;;WD) | 8 | expected an access mask", "D:(A;;0x100000000;;;WD) | 6 | an access mask is too large",
			"D:(A;;4294967296;;;WD) | 6 | an access mask is too large",
			"D:(A;;08;;;WD) | 7 | expected ';' in an access control entry",
			"D:(A;;-1;;;WD) | 6 | expected ';' in an access control entry",
			"D:(A;;GA;bf967aba-0de6-11d0-a285-00aa003049e2;;WD) | 9 | an object GUID is not supported",
			"D:(A;;GA;;bf967aba-0de6-11d0-a285-00aa003049e2;WD) | 10 | an inherited object GUID is not supported",
			"D:(A;;GA;;; | 11 | expected a SID or its alias", "D:(A;;GA;;;) | 11 | expected a SID or its alias",
			"D:(A;;GA;;;alice) | 11 | unknown SID alias 'al'",
			"D:(A;;GA;;;WD | 13 | expected ')' at the end of an access control entry",
			"D:(A;;GA;;;WDD) | 13 | expected ')' at the end of an access control entry",
			"D:(A;;GA;;;WD;(x)) | 13 | a condition or attribute is not supported",
			"D:(A;;GA;;;S-) | 13 | expected the revision of a SID",
			"D:(A;;GA;;;S-2-5-18) | 11 | the revision of a SID must be 1",
			"D:(A;;GA;;;S-1) | 14 | expected '-' in a SID", "D:(A;;GA;;;S-1-5) | 16 | expected '-' in a SID",
			"D:(A;;GA;;;S-1-5-) | 17 | expected a sub-authority of a SID",
			"D:(A;;GA;;;S-1-5-4294967296) | 17 | a sub-authority of a SID is too large",
			"D:(A;;GA;;;S-1-281474976710656-1) | 15 | the authority of a SID is too large",
			"D:(A;;GA;;;S-1-1-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16) | 53 | a SID has 15 sub-authorities at most" })
	void whenTheTextIsWrongThenPositionAndReasonAreTold(String given, int position, String reason) {
		assertThatExceptionOfType(SddlException.class).isThrownBy(() -> SecurityDescriptor.parse(given))
			.satisfies((ex) -> {
				assertThat(ex.getReason()).isEqualTo(reason);
				assertThat(ex.getPosition()).isEqualTo(position);
				assertThat(ex).hasMessageContaining("at position " + position + ": " + reason);
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "\u017F:BA", "O:\u017FY", "O:A\u017F", "D:(A;;GA;;;\u017F-1-1-0)", "O:\u00DF",
			"D:(A;;\u0131D;;;WD)", "D:(A;;\u0661;;;WD)", "D:(A;;GA;;;S-1-1-\u0660)" })
	void whenALetterOnlyLooksLikeAsciiThenItIsWrong(String given) {
		assertThatExceptionOfType(SddlException.class).isThrownBy(() -> SecurityDescriptor.parse(given))
			.satisfies((ex) -> assertThat(ex.getMessage()).matches("[ -~]*"));
	}

	@Test
	void whenTheDaclIsLargerThanWindowsCanHaveThenItIsWrong() {
		String entry = "(A;;GA;;;S-1-1-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15)";
		String shorter = "(A;;GA;;;S-1-1-1-2-3-4-5-6-7)";
		String fits = "D:" + entry.repeat((0xFFFC - 8 - 2 * (16 + 7 * 4)) / (16 + 15 * 4)) + shorter + shorter;

		assertThat(SecurityDescriptor.parse(fits).dacl()).isNotNull();
		assertThatExceptionOfType(SddlException.class)
			.isThrownBy(() -> SecurityDescriptor.parse(fits.replaceFirst("-7\\)", "-7-8)")))
			.withMessageContaining("64 KB");
	}

	@ParameterizedTest
	@EnumSource
	void whenAnAliasIsWrittenThenItIsTheSameSid(SidAlias alias) {
		Sid sid = Sid.parse(alias.name());

		assertThat(sid.toSddl()).isEqualTo(alias.name());
		assertThat(Sid.parse(sid.toString())).isEqualTo(sid);
		assertThat(Sid.parse(alias.name().toLowerCase())).isEqualTo(sid);
	}

	@Test
	void whenAnAliasIsOfADomainThenItNeedsOne() {
		Sid domain = Sid.parse("S-1-5-21-1-2-3");

		Set<String> relative = Arrays.stream(SidAlias.values())
			.filter((alias) -> alias.sid().isDomainRelative())
			.map(Enum::name)
			.collect(Collectors.toSet());

		assertThat(relative).containsExactlyInAnyOrder("AP", "CA", "CN", "DA", "DC", "DD", "DG", "DU", "EA", "EK", "KA",
				"LA", "LG", "PA", "RO", "RS", "SA");
		assertThat(SecurityDescriptor.parse("O:LAG:DUD:(A;;GA;;;DA)(A;;GA;;;BA)").inDomain(domain).toSddl())
			.isEqualTo("O:S-1-5-21-1-2-3-500G:S-1-5-21-1-2-3-513D:(A;;GA;;;S-1-5-21-1-2-3-512)(A;;GA;;;BA)");
	}

	@Test
	void whenADomainIsNoneThenNobodyIsInIt() {
		Sid administrators = Sid.parse("DA");
		Sid longest = Sid.parse("S-1-5-21-1-2-3-4-5-6-7-8-9-10-11-12-13");
		Sid longer = Sid.parse("S-1-5-21-1-2-3-4-5-6-7-8-9-10-11-12-13-14");

		assertThat(administrators.inDomain(longest)).hasToString(longest + "-512");
		assertThat(Sid.SYSTEM.inDomain(longer)).isEqualTo(Sid.SYSTEM);
		for (Sid domain : List.of(longer, Sid.parse("DU"))) {
			assertThatIllegalArgumentException().isThrownBy(() -> administrators.inDomain(domain))
				.withMessageContaining(domain.toString());
		}
	}

	@Test
	void whenAnEntryIsShownThenItIsInSddl() {
		assertThat(new Ace(Ace.Type.DENY, Set.of(Ace.Flag.INHERIT_ONLY), 0x2, Sid.EVERYONE))
			.hasToString("(D;IO;DC;;;WD)");
	}

	@ParameterizedTest
	@MethodSource
	void whenARightHasLettersThenTheyAreItsBits(String letters, long mask) {
		SecurityDescriptor descriptor = SecurityDescriptor.parse("D:(A;;" + letters + ";;;WD)");

		assertThat(descriptor.dacl()).isNotNull();
		assertThat(descriptor.dacl().aces()).isNotNull();
		assertThat(Integer.toUnsignedLong(descriptor.dacl().aces().get(0).mask())).isEqualTo(mask);
	}

	static Stream<Object[]> whenARightHasLettersThenTheyAreItsBits() {
		return Stream.of(new Object[][] { { "GA", 0x10000000L }, { "GX", 0x20000000L }, { "GW", 0x40000000L },
				{ "GR", 0x80000000L }, { "SD", 0x10000L }, { "RC", 0x20000L }, { "WD", 0x40000L }, { "WO", 0x80000L },
				{ "CC", 0x1L }, { "DC", 0x2L }, { "LC", 0x4L }, { "SW", 0x8L }, { "RP", 0x10L }, { "WP", 0x20L },
				{ "DT", 0x40L }, { "LO", 0x80L }, { "CR", 0x100L }, { "FA", 0x1F01FFL }, { "FR", 0x120089L },
				{ "FW", 0x120116L }, { "FX", 0x1200A0L }, { "KA", 0xF003FL }, { "KR", 0x20019L }, { "KW", 0x20006L },
				{ "KX", 0x20019L }, { "GRFW", 0x80120116L } });
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "BAA", "S-1-5-18D:", "S-1-5-18 ", "alice", "S-1-5-18-" })
	void whenTextIsNoSidThenItIsWrong(String given) {
		assertThatExceptionOfType(SddlException.class).isThrownBy(() -> Sid.parse(given));
	}

}
