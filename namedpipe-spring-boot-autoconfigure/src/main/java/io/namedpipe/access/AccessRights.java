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

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a client may do with a pipe, as the client sees it: an access mask of a Windows
 * pipe, of which a POSIX system looks at the bits for reading and writing data.
 *
 * @param mask the bits
 */
public record AccessRights(int mask) {

	/** {@code FILE_READ_DATA}. */
	static final int READ_DATA = 0x1;

	/** {@code FILE_WRITE_DATA}. */
	static final int WRITE_DATA = 0x2;

	/** {@code FILE_CREATE_PIPE_INSTANCE}: to be the server of the name. */
	static final int CREATE_PIPE_INSTANCE = 0x4;

	/** To change who may do what. */
	static final int WRITE_DAC = 0x40000;

	/** To make oneself the owner, who may change that, too. */
	static final int WRITE_OWNER = 0x80000;

	/**
	 * What no client is allowed by a rule: to be the server of the name, and what it
	 * could let itself become one with.
	 */
	static final int OF_SERVERS = CREATE_PIPE_INSTANCE | WRITE_DAC | WRITE_OWNER;

	/** {@code FILE_ALL_ACCESS}. */
	static final int ALL = 0x1F01FF;

	private static final int GENERIC_READ = 0x120089;

	private static final int GENERIC_WRITE = 0x120116;

	private static final int GENERIC_EXECUTE = 0x1200A0;

	/** Every open asks for it, whatever it is for. */
	private static final int READ_ATTRIBUTES = 0x80;

	/** Asked for by a reader that switches its end to messages. */
	private static final int WRITE_ATTRIBUTES = 0x100;

	private static final int EXTENDED_ATTRIBUTES_READ = 0x8;

	private static final int EXTENDED_ATTRIBUTES_WRITE = 0x10;

	private static final Pattern HEX = Pattern.compile("0x[0-9a-f]{1,8}");

	private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,10}");

	/** Read what the server writes. */
	public static final AccessRights READ = new AccessRights(GENERIC_READ | WRITE_ATTRIBUTES);

	/** Write to the server. */
	public static final AccessRights WRITE = new AccessRights(
			(GENERIC_WRITE & ~CREATE_PIPE_INSTANCE) | READ_ATTRIBUTES);

	/** Read and write. */
	public static final AccessRights READ_WRITE = new AccessRights(READ.mask | WRITE.mask);

	/**
	 * All that a client can have: neither to be a server of the name, nor to change its
	 * permissions or owner.
	 */
	public static final AccessRights FULL_CONTROL = new AccessRights(ALL & ~OF_SERVERS);

	/**
	 * Rights by name or by number.
	 * @param text {@code read}, {@code write}, {@code read-write}, {@code full-control},
	 * or a mask such as {@code 0x12019B}
	 * @return the rights
	 * @throws IllegalArgumentException if it is neither
	 */
	public static AccessRights valueOf(String text) {
		String name = text.trim().toLowerCase(Locale.ROOT).replace('_', '-');
		return switch (name) {
			case "read" -> READ;
			case "write" -> WRITE;
			case "read-write" -> READ_WRITE;
			case "full-control" -> FULL_CONTROL;
			default -> new AccessRights(number(text, name));
		};
	}

	private static int number(String text, String name) {
		boolean hex = HEX.matcher(name).matches();
		if (hex || DECIMAL.matcher(name).matches()) {
			long value = (hex) ? Long.parseLong(name, 2, name.length(), 16) : Long.parseLong(name);
			if (value > 0 && value <= 0xFFFFFFFFL) {
				return (int) value;
			}
		}
		throw new IllegalArgumentException("Unknown access rights '" + text
				+ "': use read, write, read-write, full-control or a mask such as 0x12019B");
	}

	/**
	 * The bits to deny so that these rights cannot be used, and no others are lost: an
	 * open always asks for some bits that reading and writing share.
	 */
	int denied() {
		if (equals(READ_WRITE) || equals(FULL_CONTROL)) {
			return ALL;
		}
		if (equals(READ)) {
			return READ_DATA | EXTENDED_ATTRIBUTES_READ;
		}
		if (equals(WRITE)) {
			return WRITE_DATA | CREATE_PIPE_INSTANCE | EXTENDED_ATTRIBUTES_WRITE;
		}
		return mapped();
	}

	/**
	 * The bits to allow: never those to be a server, or to become one.
	 */
	int allowed() {
		return mapped() & ~OF_SERVERS;
	}

	private int mapped() {
		return map(this.mask);
	}

	/**
	 * Replaces the generic bits by what they mean for a pipe.
	 */
	static int map(int mask) {
		int mapped = mask & 0x0FFFFFFF;
		mapped |= ((mask & 0x80000000) != 0) ? GENERIC_READ : 0;
		mapped |= ((mask & 0x40000000) != 0) ? GENERIC_WRITE : 0;
		mapped |= ((mask & 0x20000000) != 0) ? GENERIC_EXECUTE : 0;
		mapped |= ((mask & 0x10000000) != 0) ? ALL : 0;
		return mapped;
	}

	@Override
	public String toString() {
		if (equals(READ)) {
			return "read";
		}
		if (equals(WRITE)) {
			return "write";
		}
		if (equals(READ_WRITE)) {
			return "read-write";
		}
		return (equals(FULL_CONTROL)) ? "full-control" : "0x" + Integer.toHexString(this.mask).toUpperCase(Locale.ROOT);
	}

}
