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

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Keys of entries, which are the same entry when they are equal in the uniform form of
 * relaxed binding: {@code my-orders}, {@code myOrders}, {@code my_orders} and, from the
 * environment, {@code MYORDERS}.
 */
final class EntryKeys {

	private EntryKeys() {
	}

	/**
	 * The form in which two spellings of a key are equal.
	 * @param key the key, as it is spelt
	 * @return the key in lower case, without what is neither a letter nor a digit; a key
	 * that has to be in brackets is taken as it is
	 */
	static String uniform(String key) {
		if (key.indexOf('.') != -1) {
			return key;
		}
		StringBuilder uniform = new StringBuilder();
		key.toLowerCase(Locale.ROOT).codePoints().filter(Character::isLetterOrDigit).forEach(uniform::appendCodePoint);
		return (!uniform.isEmpty()) ? uniform.toString() : key;
	}

	/**
	 * Leaves one of several spellings of a key. The binder has met first those that
	 * override others: the last is that of whoever declared the entry. It has given the
	 * values of all to each, but for variables of the environment that are spelt
	 * {@code MYORDERS_MAX_INSTANCES}, which it knows for the first only.
	 * @param entries the entries as they were bound
	 * @param <E> the type of the entries
	 * @return the entries in their order
	 */
	static <E> Map<String, E> merge(Map<String, E> entries) {
		Map<String, String> names = new LinkedHashMap<>();
		Map<String, E> values = new HashMap<>();
		entries.forEach((key, entry) -> {
			names.put(uniform(key), key);
			values.putIfAbsent(uniform(key), entry);
		});
		Map<String, E> merged = new LinkedHashMap<>();
		names.forEach((uniform, name) -> merged.put(name, Objects.requireNonNull(values.get(uniform))));
		return merged;
	}

}
