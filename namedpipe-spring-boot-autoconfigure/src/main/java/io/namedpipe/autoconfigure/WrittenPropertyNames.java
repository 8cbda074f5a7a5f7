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

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Names of properties as they are written in a source.
 */
final class WrittenPropertyNames {

	private WrittenPropertyNames() {
	}

	/**
	 * Finds the names of the properties below {@code namedpipe}.
	 * @param source the source
	 * @return what each name is to relaxed binding, by the name as it is written; empty
	 * for variables of the environment, which are written otherwise
	 */
	static Map<String, ConfigurationPropertyName> of(ConfigurationPropertySource source) {
		Map<String, ConfigurationPropertyName> names = new LinkedHashMap<>();
		if (source.getUnderlyingSource() instanceof EnumerablePropertySource<?> properties
				&& !(properties instanceof SystemEnvironmentPropertySource)) {
			for (String name : properties.getPropertyNames()) {
				if (mayBeOurs(name)) {
					names.put(name, ConfigurationPropertyName.adapt(name, '.'));
				}
			}
		}
		return names;
	}

	private static boolean mayBeOurs(String name) {
		int end = name.indexOf('.');
		return end != -1 && EntryKeys.withoutSeparators(name.substring(0, end).toLowerCase(Locale.ROOT))
			.equals(NamedPipeProperties.PREFIX);
	}

}
