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
 * A security descriptor (MS-DTYP 2.4.6). Of its audit part it has the mandatory label.
 *
 * @param owner the owner or {@code null}
 * @param group the primary group or {@code null}
 * @param dacl who may do what; {@code null} where the descriptor has no DACL at all
 * @param label what processes of less integrity may not do, or {@code null} for the
 * default of Windows: they may not write
 */
public record SecurityDescriptor(@Nullable Sid owner, @Nullable Sid group, @Nullable Dacl dacl,
		@Nullable MandatoryLabel label) {

	/**
	 * A descriptor without a label.
	 * @param owner the owner or {@code null}
	 * @param group the primary group or {@code null}
	 * @param dacl who may do what, or {@code null}
	 */
	public SecurityDescriptor(@Nullable Sid owner, @Nullable Sid group, @Nullable Dacl dacl) {
		this(owner, group, dacl, null);
	}

	/**
	 * Parses SDDL (MS-DTYP 2.5.1). Audit, object and conditional entries are not
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
				(this.dacl != null) ? this.dacl.inDomain(domain) : null, this.label);
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
	 * A mandatory label: the entry {@code ML} of a SACL.
	 *
	 * @param aclFlags the flags of the SACL
	 * @param flags the flags of the entry
	 * @param policy what a process of less integrity may not do: bits of
	 * {@link #NO_WRITE_UP}, {@link #NO_READ_UP} and {@link #NO_EXECUTE_UP}
	 * @param level the integrity, {@code S-1-16-n}
	 */
	public record MandatoryLabel(Set<Flag> aclFlags, Set<Ace.Flag> flags, int policy, Sid level) {

		/** Not write: {@code NW}. */
		public static final int NO_WRITE_UP = 0x1;

		/** Not read: {@code NR}. */
		public static final int NO_READ_UP = 0x2;

		/** Not execute: {@code NX}. */
		public static final int NO_EXECUTE_UP = 0x4;

		static final Sid MEDIUM = Sid.wellKnown("ME");

		public MandatoryLabel {
			EnumSet<Flag> copyOfAclFlags = EnumSet.noneOf(Flag.class);
			copyOfAclFlags.addAll(aclFlags);
			aclFlags = Collections.unmodifiableSet(copyOfAclFlags);
			EnumSet<Ace.Flag> copy = EnumSet.noneOf(Ace.Flag.class);
			copy.addAll(flags);
			flags = Collections.unmodifiableSet(copy);
		}

		/**
		 * Whether this keeps out ordinary processes, which have medium integrity.
		 */
		boolean isAboveOrdinary() {
			return this.policy != 0 && this.level.integrity() > MEDIUM.integrity();
		}

	}

	/**
	 * The flags of a DACL or SACL.
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
