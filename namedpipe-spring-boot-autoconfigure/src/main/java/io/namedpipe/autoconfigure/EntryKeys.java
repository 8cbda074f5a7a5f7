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

package io.namedpipe.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Keys of entries, which are the same entry when they are equal in the uniform form of
 * relaxed binding: {@code my-orders}, {@code myOrders}, {@code my_orders} and, from the
 * environment, {@code MYORDERS}.
 */
final class EntryKeys {

	private static final Pattern RELAXED = Pattern.compile("[A-Za-z0-9_-]*");

	private EntryKeys() {
	}

	/**
	 * The form in which two spellings of a key are equal.
	 * @param key the key, as it is spelt
	 * @return the key in lower case, without dashes and underscores; a key with other
	 * characters has to be in brackets and is taken as it is
	 */
	static String uniform(String key) {
		if (!RELAXED.matcher(key).matches()) {
			return key;
		}
		String uniform = withoutSeparators(key.toLowerCase(Locale.ROOT));
		return (!uniform.isEmpty()) ? uniform : key;
	}

	static String withoutSeparators(String text) {
		return text.replace("-", "").replace("_", "");
	}

	/**
	 * Leaves one of several spellings of a key. The binder has met first those that
	 * override others: the last is that of whoever declared the entry. It has given the
	 * values of all to each.
	 * @param entries the entries as they were bound
	 * @param <E> the type of the entries
	 * @return the entries in their order
	 */
	static <E> Map<String, E> merge(Map<String, E> entries) {
		Map<String, String> names = new LinkedHashMap<>();
		entries.keySet().forEach((key) -> names.put(uniform(key), key));
		Map<String, E> merged = new LinkedHashMap<>();
		names.values().forEach((name) -> merged.put(name, Objects.requireNonNull(entries.get(name))));
		return merged;
	}

}
