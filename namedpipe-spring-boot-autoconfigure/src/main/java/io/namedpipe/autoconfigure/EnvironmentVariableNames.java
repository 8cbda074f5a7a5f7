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

import java.beans.PropertyDescriptor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Names of environment variables, in which a dash cannot be told from a dot:
 * {@code NAMEDPIPE_SERVER_MY_ORDERS_PIPE_NAME} is
 * {@code namedpipe.server.my.orders.pipe.name} to relaxed binding.
 */
final class EnvironmentVariableNames {

	private static final int KEY = 2;

	private static final Map<String, String> PROPERTIES = properties();

	private final Map<String, String> keys = new HashMap<>();

	/**
	 * Creates the names.
	 * @param sources where entries are declared; the last has the spelling of their keys
	 */
	EnvironmentVariableNames(Iterable<ConfigurationPropertySource> sources) {
		for (ConfigurationPropertySource source : sources) {
			if (source instanceof IterableConfigurationPropertySource iterable && !isEnvironment(source)) {
				iterable.stream().filter(EnvironmentVariableNames::isOfEntry).forEach((name) -> {
					String key = name.getElement(KEY, Form.ORIGINAL);
					this.keys.put(name.chop(KEY) + "." + EntryKeys.uniform(key), key);
				});
			}
		}
	}

	static boolean isEnvironment(ConfigurationPropertySource source) {
		return source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource;
	}

	private static boolean isOfEntry(ConfigurationPropertyName name) {
		return name.getNumberOfElements() > KEY + 1
				&& name.getElement(0, Form.UNIFORM).equals(NamedPipeProperties.PREFIX);
	}

	/**
	 * Finds the property that a variable sets.
	 * @param variable the name of the variable, as relaxed binding has it
	 * @return the property, with the key as its entry is declared; empty if there is none
	 */
	Optional<ConfigurationPropertyName> property(ConfigurationPropertyName variable) {
		if (!isOfEntry(variable)) {
			return Optional.empty();
		}
		int end = variable.getNumberOfElements() - 1;
		String section = variable.chop(KEY) + ".";
		while (end > KEY + 1 && !this.keys.containsKey(section + joined(variable, KEY, end))) {
			end--;
		}
		String key = joined(variable, KEY, end);
		return properties(variable, end).map((name) -> ConfigurationPropertyName
			.adapt(section + this.keys.getOrDefault(section + key, key) + name, '.'));
	}

	private static Optional<String> properties(ConfigurationPropertyName variable, int start) {
		StringBuilder name = new StringBuilder();
		int i = start;
		while (i < variable.getNumberOfElements()) {
			if (variable.isNumericIndex(i)) {
				name.append('[').append(variable.getElement(i, Form.UNIFORM)).append(']');
				i++;
			}
			else {
				int end = variable.getNumberOfElements();
				while (end > i && !PROPERTIES.containsKey(joined(variable, i, end))) {
					end--;
				}
				if (end == i) {
					return Optional.empty();
				}
				name.append('.').append(PROPERTIES.get(joined(variable, i, end)));
				i = end;
			}
		}
		return Optional.of(name.toString());
	}

	private static String joined(ConfigurationPropertyName name, int start, int end) {
		StringBuilder joined = new StringBuilder();
		for (int i = start; i < end; i++) {
			joined.append(name.getElement(i, Form.UNIFORM));
		}
		return joined.toString();
	}

	private static Map<String, String> properties() {
		Map<String, String> properties = new HashMap<>();
		for (Class<?> type : NamedPipeProperties.class.getDeclaredClasses()) {
			Arrays.stream(BeanUtils.getPropertyDescriptors(type))
				.map(PropertyDescriptor::getName)
				.forEach((name) -> properties.put(name.toLowerCase(Locale.ROOT),
						name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT)));
		}
		return properties;
	}

}
