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
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * The two letters that SDDL has for rights (MS-DTYP 2.5.1.1), in the order they are
 * written in.
 */
enum Right {

	/** Generic all. */
	GA(0x10000000),

	/** Generic read. */
	GR(0x80000000),

	/** Generic write. */
	GW(0x40000000),

	/** Generic execute. */
	GX(0x20000000),

	/** Read control. */
	RC(0x20000),

	/** Delete. */
	SD(0x10000),

	/** Write the DACL. */
	WD(0x40000),

	/** Write the owner. */
	WO(0x80000),

	/** Directory service: create child. For a pipe: read data. */
	CC(0x1),

	/** Directory service: delete child. For a pipe: write data. */
	DC(0x2),

	/** Directory service: list contents. For a pipe: create an instance. */
	LC(0x4),

	/** Directory service: self write. For a pipe: read extended attributes. */
	SW(0x8),

	/** Directory service: read property. For a pipe: write extended attributes. */
	RP(0x10),

	/** Directory service: write property. */
	WP(0x20),

	/** Directory service: delete tree. */
	DT(0x40),

	/** Directory service: list object. For a pipe: read attributes. */
	LO(0x80),

	/** Directory service: control access. For a pipe: write attributes. */
	CR(0x100),

	/** File all. */
	FA(0x1F01FF),

	/** File read. */
	FR(0x120089),

	/** File write. */
	FW(0x120116),

	/** File execute. */
	FX(0x1200A0),

	/** Registry key all. */
	KA(0xF003F),

	/** Registry key read. */
	KR(0x20019),

	/** Registry key write. */
	KW(0x20006),

	/** Registry key execute, the same as read. */
	KX(0x20019);

	private static final Map<String, Right> BY_NAME = Arrays.stream(values())
		.collect(Collectors.toUnmodifiableMap(Enum::name, Function.identity()));

	private final int mask;

	Right(int mask) {
		this.mask = mask;
	}

	int mask() {
		return this.mask;
	}

	boolean isSingle() {
		return Integer.bitCount(this.mask) == 1;
	}

	static @Nullable Right find(String name) {
		return BY_NAME.get(Ascii.upper(name));
	}

}
