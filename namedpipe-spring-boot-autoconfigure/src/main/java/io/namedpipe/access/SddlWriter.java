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
import java.util.Locale;

import io.namedpipe.access.SecurityDescriptor.Dacl;
import io.namedpipe.access.SecurityDescriptor.MandatoryLabel;

/**
 * Writes SDDL.
 */
final class SddlWriter {

	private SddlWriter() {
	}

	static String write(SecurityDescriptor descriptor) {
		StringBuilder sddl = new StringBuilder();
		if (descriptor.owner() != null) {
			sddl.append("O:").append(descriptor.owner().toSddl());
		}
		if (descriptor.group() != null) {
			sddl.append("G:").append(descriptor.group().toSddl());
		}
		if (descriptor.dacl() != null) {
			sddl.append("D:");
			append(sddl, descriptor.dacl());
		}
		if (descriptor.label() != null) {
			sddl.append("S:");
			append(sddl, descriptor.label());
		}
		return sddl.toString();
	}

	private static void append(StringBuilder sddl, Dacl dacl) {
		dacl.flags().forEach((flag) -> sddl.append(flag.sddl()));
		List<Ace> aces = dacl.aces();
		if (aces == null) {
			sddl.append(SddlParser.NULL_DACL);
			return;
		}
		aces.forEach((ace) -> sddl.append(write(ace)));
	}

	private static void append(StringBuilder sddl, MandatoryLabel label) {
		label.aclFlags().forEach((flag) -> sddl.append(flag.sddl()));
		sddl.append("(ML;");
		label.flags().forEach((flag) -> sddl.append(flag.sddl()));
		sddl.append(';');
		sddl.append(((label.policy() & MandatoryLabel.NO_WRITE_UP) != 0) ? "NW" : "");
		sddl.append(((label.policy() & MandatoryLabel.NO_READ_UP) != 0) ? "NR" : "");
		sddl.append(((label.policy() & MandatoryLabel.NO_EXECUTE_UP) != 0) ? "NX" : "");
		sddl.append(";;;").append(label.level().toSddl()).append(')');
	}

	static String write(Ace ace) {
		StringBuilder sddl = new StringBuilder("(").append(ace.type().sddl()).append(';');
		ace.flags().forEach((flag) -> sddl.append(flag.sddl()));
		return sddl.append(';')
			.append(rights(ace.mask()))
			.append(";;;")
			.append(ace.sid().toSddl())
			.append(')')
			.toString();
	}

	private static String rights(int mask) {
		if (mask == 0) {
			return "";
		}
		StringBuilder letters = new StringBuilder();
		int rest = mask;
		for (Right right : Right.values()) {
			if (right.mask() == mask) {
				return right.name();
			}
			if (right.isSingle() && (mask & right.mask()) != 0) {
				letters.append(right.name());
				rest &= ~right.mask();
			}
		}
		return (rest == 0) ? letters.toString() : "0x" + Integer.toHexString(mask).toUpperCase(Locale.ROOT);
	}

}
