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

package io.namedpipe.transport.windows;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The entries of a DACL that the kernel has printed, with rights as one number and
 * principals as SIDs, so that they can be compared.
 */
final class Dacl {

	private static final Pattern ACE = Pattern.compile("\\(([AD]);[^;]*;([^;]*);;;([^)]*)\\)");

	private static final Map<String, Integer> RIGHTS = Map.of("GA", 0x1f01ff, "GR", 0x120089, "GW", 0x120116, "FA",
			0x1f01ff, "FR", 0x120089, "FW", 0x120116, "RC", 0x20000, "SD", 0x10000, "CC", 1, "DC", 2);

	private static final Map<String, String> PRINCIPALS = Map.of("AU", "S-1-5-11", "BA", "S-1-5-32-544", "BU",
			"S-1-5-32-545", "BG", "S-1-5-32-546", "NU", "S-1-5-2", "SY", "S-1-5-18", "WD", "S-1-1-0", "OW", "S-1-3-4",
			"CO", "S-1-3-0");

	private Dacl() {
	}

	static List<String> of(String sddl) {
		List<String> entries = new ArrayList<>();
		Matcher ace = ACE.matcher(sddl);
		while (ace.find()) {
			entries
				.add(ace.group(1) + ";0x" + Integer.toHexString(rights(ace.group(2))) + ";" + principal(ace.group(3)));
		}
		return entries;
	}

	private static String principal(String text) {
		// the local administrator, if that is who runs the tests
		return "LA".equals(text) ? new WindowsAccounts().currentUserId() : PRINCIPALS.getOrDefault(text, text);
	}

	private static int rights(String text) {
		if (text.startsWith("0x")) {
			return Integer.decode(text);
		}
		int mask = 0;
		for (int i = 0; i < text.length(); i += 2) {
			mask |= RIGHTS.get(text.substring(i, i + 2));
		}
		return mask;
	}

}
