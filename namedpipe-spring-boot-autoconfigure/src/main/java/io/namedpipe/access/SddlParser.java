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
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import io.namedpipe.access.SecurityDescriptor.Dacl;
import io.namedpipe.access.SecurityDescriptor.MandatoryLabel;

/**
 * Reads SDDL by the grammar of MS-DTYP 2.5.1.1, in a single pass. Like Windows it takes
 * letters of either case, white space between the parts, and the parts in any order.
 */
final class SddlParser {

	static final String NULL_DACL = "NO_ACCESS_CONTROL";

	private static final int ACL_HEADER = 8;

	private static final int ACE_HEADER = 8;

	/** A multiple of four that fits 16 bits. */
	private static final int LARGEST_ACL = 0xFFFC;

	private static final String SID_PREFIX = "S-";

	private static final String DIGITS = "0123456789ABCDEF";

	private static final int ALL_POLICIES = 0x7;

	private final String text;

	private int position;

	SddlParser(String text) {
		this.text = text;
	}

	SecurityDescriptor parseDescriptor() {
		Sid owner = null;
		Sid group = null;
		Dacl dacl = null;
		MandatoryLabel label = null;
		skipSpace();
		if (atEnd()) {
			throw error("there is nothing");
		}
		while (!atEnd()) {
			char part = Ascii.upper(peek());
			if ("OGDS".indexOf(part) < 0 || !followedBy(1, ':')) {
				throw error("expected O:, G:, D: or S:");
			}
			boolean again = (part == 'O' && owner != null) || (part == 'G' && group != null)
					|| (part == 'D' && dacl != null) || (part == 'S' && label != null);
			if (again) {
				throw error(part + ": is there twice");
			}
			this.position += 2;
			skipSpace();
			switch (part) {
				case 'O' -> {
					owner = sid();
				}
				case 'G' -> {
					group = sid();
				}
				case 'D' -> {
					dacl = dacl();
				}
				default -> {
					label = label();
				}
			}
			skipSpace();
		}
		return new SecurityDescriptor(owner, group, dacl, label);
	}

	Sid parseSid() {
		Sid sid = sid();
		if (!atEnd()) {
			throw error("unexpected text after the SID");
		}
		return sid;
	}

	private Dacl dacl() {
		Set<SecurityDescriptor.Flag> flags = EnumSet.noneOf(SecurityDescriptor.Flag.class);
		while (!atEnd() && peek() != '(' && !atNextPart()) {
			if (startsWith(NULL_DACL)) {
				this.position += NULL_DACL.length();
				skipSpace();
				if (!atEnd() && !atNextPart()) {
					throw error("nothing can follow " + NULL_DACL);
				}
				return new Dacl(flags, null);
			}
			flags.add(aclFlag("DACL", ", known are P, AR, AI and " + NULL_DACL));
			skipSpace();
		}
		List<Ace> aces = new ArrayList<>();
		int size = ACL_HEADER;
		while (!atEnd() && peek() == '(') {
			int start = this.position;
			Ace ace = ace();
			size += ACE_HEADER + ace.sid().binaryLength();
			if (size > LARGEST_ACL) {
				throw error(start, "a DACL of more than 64 KB is not possible");
			}
			aces.add(ace);
		}
		if (!atEnd() && !atNextPart()) {
			throw error("expected '(' of an access control entry");
		}
		return new Dacl(flags, aces);
	}

	private MandatoryLabel label() {
		Set<SecurityDescriptor.Flag> aclFlags = EnumSet.noneOf(SecurityDescriptor.Flag.class);
		while (!atEnd() && peek() != '(' && !atNextPart()) {
			aclFlags.add(aclFlag("SACL", ", known are P, AR and AI"));
			skipSpace();
		}
		if (atEnd() || peek() != '(') {
			throw error("expected '(' of a mandatory label (ML), the only part of S: that is supported");
		}
		this.position++;
		skipSpace();
		labelType();
		separator();
		Set<Ace.Flag> flags = aceFlags();
		separator();
		int policy = policy();
		separator();
		emptyGuids();
		int start = this.position;
		Sid level = sid();
		if (level.integrity() < 0) {
			throw error(start, "the SID of a mandatory label is an integrity level: LW, ME, MP, HI or SI");
		}
		close();
		if (startsWith("(")) {
			throw error("one mandatory label is all that S: can have here");
		}
		return new MandatoryLabel(aclFlags, flags, policy, level);
	}

	private void labelType() {
		int start = this.position;
		if (!Ascii.upper(letters()).equals("ML")) {
			this.position = start;
			aceType();
			throw error(start, "an entry of the DACL cannot be in S:");
		}
	}

	private int policy() {
		int start = this.position;
		int policy = (atDigit()) ? mask() : 0;
		while (atLetter()) {
			policy |= switch (Ascii.upper(pair())) {
				case "NW" -> MandatoryLabel.NO_WRITE_UP;
				case "NR" -> MandatoryLabel.NO_READ_UP;
				case "NX" -> MandatoryLabel.NO_EXECUTE_UP;
				default -> throw error("unknown right '" + pair() + "' of a mandatory label, known are NW, NR and NX");
			};
			this.position += 2;
			skipSpace();
		}
		if ((policy & ~ALL_POLICIES) != 0) {
			throw error(start, "a mandatory label has the rights NW (1), NR (2) and NX (4) only");
		}
		return policy;
	}

	private SecurityDescriptor.Flag aclFlag(String list, String known) {
		for (SecurityDescriptor.Flag flag : SecurityDescriptor.Flag.values()) {
			if (startsWith(flag.sddl())) {
				this.position += flag.sddl().length();
				return flag;
			}
		}
		throw error("unknown flag of a " + list + known);
	}

	private Ace ace() {
		this.position++;
		skipSpace();
		Ace.Type type = aceType();
		separator();
		Set<Ace.Flag> flags = aceFlags();
		separator();
		int mask = rights();
		separator();
		emptyGuids();
		Sid sid = sid();
		close();
		return new Ace(type, flags, mask, sid);
	}

	private void emptyGuids() {
		empty("an object GUID");
		separator();
		empty("an inherited object GUID");
		separator();
	}

	private void close() {
		skipSpace();
		if (!atEnd() && peek() == ';') {
			throw error("a condition or attribute is not supported");
		}
		if (atEnd() || peek() != ')') {
			throw error("expected ')' at the end of an access control entry");
		}
		this.position++;
		skipSpace();
	}

	private Ace.Type aceType() {
		int start = this.position;
		String token = letters();
		return switch (Ascii.upper(token)) {
			case "A" -> Ace.Type.ALLOW;
			case "D" -> Ace.Type.DENY;
			case "OA", "OD" -> throw error(start, "an object entry (" + token + ") is not supported");
			case "XA", "XD", "ZA" -> throw error(start, "a conditional entry (" + token + ") is not supported");
			case "AU", "OU", "XU" -> throw error(start, "an audit entry (" + token + ") is not supported");
			case "AL", "OL" -> throw error(start, "an alarm entry (" + token + ") is not supported");
			case "ML" -> throw error(start, "a mandatory label (" + token + ") belongs into S:");
			case "TL" -> throw error(start, "a label entry (" + token + ") is not supported");
			case "RA" -> throw error(start, "a resource attribute entry (RA) is not supported");
			case "SP" -> throw error(start, "a central policy entry (SP) is not supported");
			case "FL" -> throw error(start, "an access filter entry (FL) is not supported");
			case "" -> throw error(start, "expected the type of an access control entry, A or D");
			default -> throw error(start, "unknown type '" + token + "' of an access control entry, use A or D");
		};
	}

	private Set<Ace.Flag> aceFlags() {
		Set<Ace.Flag> flags = EnumSet.noneOf(Ace.Flag.class);
		while (atLetter()) {
			String token = pair();
			Ace.Flag flag = Ace.Flag.find(token);
			if (flag == null) {
				throw error("unknown flag '" + token + "' of an access control entry");
			}
			flags.add(flag);
			this.position += 2;
			skipSpace();
		}
		return flags;
	}

	private int rights() {
		if (atDigit()) {
			return mask();
		}
		int mask = 0;
		while (atLetter()) {
			String token = pair();
			Right right = Right.find(token);
			if (right == null) {
				throw error((Set.of("NR", "NW", "NX").contains(Ascii.upper(token)))
						? "'" + token + "' is for mandatory labels, which are in S:" : "unknown right '" + token + "'");
			}
			mask |= right.mask();
			this.position += 2;
			skipSpace();
		}
		return mask;
	}

	private int mask() {
		int start = this.position;
		int radix = 10;
		if (peek() == '0' && (followedBy(1, 'x') || followedBy(1, 'X'))) {
			radix = 16;
			this.position += 2;
		}
		else if (peek() == '0') {
			radix = 8;
		}
		return (int) number(start, radix, 0xFFFFFFFFL, "an access mask");
	}

	private Sid sid() {
		if (startsWith(SID_PREFIX)) {
			return sidValue();
		}
		if (!atLetter()) {
			throw error("expected a SID or its alias");
		}
		String token = pair();
		SidAlias alias = SidAlias.find(token);
		if (alias == null) {
			throw error("unknown SID alias '" + token + "'");
		}
		this.position += 2;
		return alias.sid();
	}

	private Sid sidValue() {
		int start = this.position;
		this.position += SID_PREFIX.length();
		if (number("the revision of a SID", 0xFFL) != 1) {
			throw error(start, "the revision of a SID must be 1");
		}
		dash();
		long authority = number("the authority of a SID", Sid.MAX_AUTHORITY);
		List<Long> subAuthorities = new ArrayList<>();
		do {
			dash();
			if (subAuthorities.size() == Sid.MAX_SUB_AUTHORITIES) {
				throw error("a SID has " + Sid.MAX_SUB_AUTHORITIES + " sub-authorities at most");
			}
			subAuthorities.add(number("a sub-authority of a SID", 0xFFFFFFFFL));
		}
		while (!atEnd() && peek() == '-');
		return new Sid(authority, subAuthorities);
	}

	private long number(String what, long max) {
		int start = this.position;
		if (!atEnd() && peek() == '0' && (followedBy(1, 'x') || followedBy(1, 'X'))) {
			this.position += 2;
			return number(start, 16, max, what);
		}
		return number(start, 10, max, what);
	}

	private long number(int start, int radix, long max, String what) {
		int first = this.position;
		long value = 0;
		while (!atEnd() && digit(peek(), radix) >= 0 && !(radix == 16 && atNextPart())) {
			value = value * radix + digit(peek(), radix);
			if (value > max) {
				throw error(start, what + " is too large");
			}
			this.position++;
		}
		if (this.position == first) {
			throw error("expected " + what);
		}
		return value;
	}

	private static int digit(char character, int radix) {
		int digit = DIGITS.indexOf(Ascii.upper(character));
		return (digit < radix) ? digit : -1;
	}

	private void dash() {
		if (atEnd() || peek() != '-') {
			throw error("expected '-' in a SID");
		}
		this.position++;
	}

	private void separator() {
		skipSpace();
		if (atEnd() || peek() != ';') {
			throw error("expected ';' in an access control entry");
		}
		this.position++;
		skipSpace();
	}

	private void empty(String what) {
		if (!atEnd() && peek() != ';') {
			throw error(what + " is not supported");
		}
	}

	private String letters() {
		int start = this.position;
		while (atLetter()) {
			this.position++;
		}
		return this.text.substring(start, this.position);
	}

	private String pair() {
		return this.text.substring(this.position, Math.min(this.position + 2, this.text.length()));
	}

	private boolean atNextPart() {
		return "OGDS".indexOf(Ascii.upper(peek())) >= 0 && followedBy(1, ':');
	}

	private boolean atLetter() {
		return !atEnd() && ((peek() >= 'A' && peek() <= 'Z') || (peek() >= 'a' && peek() <= 'z'));
	}

	private boolean atDigit() {
		return !atEnd() && peek() >= '0' && peek() <= '9';
	}

	private boolean startsWith(String token) {
		int end = this.position + token.length();
		return end <= this.text.length() && Ascii.upper(this.text.substring(this.position, end)).equals(token);
	}

	private boolean followedBy(int offset, char character) {
		int index = this.position + offset;
		return index < this.text.length() && this.text.charAt(index) == character;
	}

	private void skipSpace() {
		while (!atEnd() && " \t\r\n".indexOf(peek()) >= 0) {
			this.position++;
		}
	}

	private char peek() {
		return this.text.charAt(this.position);
	}

	private boolean atEnd() {
		return this.position >= this.text.length();
	}

	private SddlException error(String reason) {
		return error(this.position, reason);
	}

	private SddlException error(int at, String reason) {
		return new SddlException(this.text, at, reason);
	}

}
