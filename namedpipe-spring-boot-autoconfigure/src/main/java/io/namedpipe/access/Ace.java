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
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * An access control entry that allows or denies (MS-DTYP 2.4.4).
 *
 * @param type whether it allows or denies
 * @param flags its flags
 * @param mask the rights, generic ones not mapped
 * @param sid who it is about
 */
public record Ace(Type type, Set<Flag> flags, int mask, Sid sid) {

	public Ace {
		EnumSet<Flag> copy = EnumSet.noneOf(Flag.class);
		copy.addAll(flags);
		flags = Collections.unmodifiableSet(copy);
	}

	Ace(Type type, int mask, Sid sid) {
		this(type, Set.of(), mask, sid);
	}

	/**
	 * Whether the entry is for objects below only, and says nothing about the one that
	 * has it.
	 * @return {@code true} if it is not to be evaluated
	 */
	public boolean isInheritOnly() {
		return this.flags.contains(Flag.INHERIT_ONLY);
	}

	Ace about(Sid other) {
		return new Ace(this.type, this.flags, this.mask, other);
	}

	/**
	 * The entry in SDDL.
	 */
	@Override
	public String toString() {
		return SddlWriter.write(this);
	}

	/**
	 * What an entry does.
	 */
	public enum Type {

		/** Allows. */
		ALLOW("A"),

		/** Denies. */
		DENY("D");

		private final String sddl;

		Type(String sddl) {
			this.sddl = sddl;
		}

		String sddl() {
			return this.sddl;
		}

	}

	/**
	 * The flags of an entry. Only {@link #INHERIT_ONLY} matters to a pipe, which is not a
	 * container.
	 */
	public enum Flag {

		/** Inherited by objects. */
		OBJECT_INHERIT("OI"),

		/** Inherited by containers. */
		CONTAINER_INHERIT("CI"),

		/** Inherited by children, not by their children. */
		NO_PROPAGATE_INHERIT("NP"),

		/** For children only. */
		INHERIT_ONLY("IO"),

		/** Was inherited. */
		INHERITED("ID"),

		/** Must not be removed. */
		CRITICAL("CR"),

		/** Of audit entries: successful access. */
		SUCCESSFUL_ACCESS("SA"),

		/** Of audit entries: failed access. */
		FAILED_ACCESS("FA");

		private final String sddl;

		Flag(String sddl) {
			this.sddl = sddl;
		}

		String sddl() {
			return this.sddl;
		}

		static @Nullable Flag find(String token) {
			String upper = Ascii.upper(token);
			if (upper.equals("TP")) { // trust protected filter, which has the same bit
				return SUCCESSFUL_ACCESS;
			}
			for (Flag flag : values()) {
				if (flag.sddl.equals(upper)) {
					return flag;
				}
			}
			return null;
		}

	}

}
