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

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * A security descriptor without audit part (MS-DTYP 2.4.6).
 *
 * @param owner the owner or {@code null}
 * @param group the primary group or {@code null}
 * @param dacl who may do what; {@code null} where the descriptor has no DACL at all
 */
public record SecurityDescriptor(@Nullable Sid owner, @Nullable Sid group, @Nullable Dacl dacl) {

	/**
	 * Parses SDDL (MS-DTYP 2.5.1). Audit, label, object and conditional entries are not
	 * supported.
	 * @param sddl the text
	 * @return the descriptor
	 * @throws SddlException if the text is wrong or has something that is not supported;
	 * nothing else is thrown
	 */
	public static SecurityDescriptor parse(String sddl) {
		return new SddlParser(sddl).parseDescriptor();
	}

	/**
	 * The descriptor with the accounts of a domain in place of the aliases relative to
	 * one.
	 * @param domain the SID of the domain or machine
	 * @return the descriptor in that domain
	 */
	public SecurityDescriptor inDomain(Sid domain) {
		return new SecurityDescriptor((this.owner != null) ? this.owner.inDomain(domain) : null,
				(this.group != null) ? this.group.inDomain(domain) : null,
				(this.dacl != null) ? this.dacl.inDomain(domain) : null);
	}

	/**
	 * The descriptor in SDDL. Parsing it gives an equal descriptor.
	 * @return the text
	 */
	public String toSddl() {
		return SddlWriter.write(this);
	}

	@Override
	public String toString() {
		return toSddl();
	}

	/**
	 * A discretionary access control list.
	 *
	 * @param flags its flags
	 * @param aces the entries in the order they are evaluated in, or {@code null} for a
	 * NULL DACL, which lets everybody do everything
	 */
	public record Dacl(Set<Flag> flags, @Nullable List<Ace> aces) {

		public Dacl {
			EnumSet<Flag> copy = EnumSet.noneOf(Flag.class);
			copy.addAll(flags);
			flags = Collections.unmodifiableSet(copy);
			aces = (aces != null) ? List.copyOf(aces) : null;
		}

		Dacl inDomain(Sid domain) {
			return new Dacl(this.flags,
					(this.aces != null) ? this.aces.stream()
						.map((ace) -> new Ace(ace.type(), ace.flags(), ace.mask(), ace.sid().inDomain(domain)))
						.toList() : null);
		}

	}

	/**
	 * The flags of a DACL.
	 */
	public enum Flag {

		/** Entries are not inherited from above. */
		PROTECTED("P"),

		/** Entries are to be inherited by children automatically. */
		AUTO_INHERIT_REQUIRED("AR"),

		/** Entries were inherited automatically. */
		AUTO_INHERITED("AI");

		private final String sddl;

		Flag(String sddl) {
			this.sddl = sddl;
		}

		String sddl() {
			return this.sddl;
		}

	}

}
