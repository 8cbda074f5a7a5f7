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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MapPropertySource;

/**
 * Properties whose value others would read differently, so that it is kept: one that is
 * another each time that it is looked at, such as {@code ${random.uuid}}, and text that
 * YAML took for a number or a boolean.
 */
final class KeptValues {

	private static final String SOURCE = "namedPipeKeptValues";

	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of(NamedPipeProperties.PREFIX);

	private static final String PLACEHOLDER = "${";

	private static final String OWN_PLACEHOLDER = PLACEHOLDER + NamedPipeProperties.PREFIX + ".";

	private KeptValues() {
	}

	/**
	 * Keeps the values.
	 * @param environment where they are read and kept
	 */
	static void keep(ConfigurableEnvironment environment) {
		Map<String, Object> values = new LinkedHashMap<>();
		Binder binder = Binder.get(environment);
		Set<ConfigurationPropertyName> seen = new HashSet<>();
		Map<ConfigurationPropertyName, ConfigurationPropertySource> lists = new HashMap<>();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				List<ConfigurationPropertyName> names = iterable.stream()
					.filter(ROOT::isAncestorOf)
					.filter(seen::add)
					.filter((name) -> listOf(name).map((list) -> lists.computeIfAbsent(list, (key) -> source) == source)
						.orElse(true))
					.toList();
				keep(names, iterable, binder, values);
			}
		}
		if (!values.isEmpty()) {
			environment.getPropertySources().addFirst(new MapPropertySource(SOURCE, values));
		}
	}

	private static void keep(List<ConfigurationPropertyName> names, IterableConfigurationPropertySource source,
			Binder binder, Map<String, Object> values) {
		Set<ConfigurationPropertyName> lists = new HashSet<>();
		for (ConfigurationPropertyName name : names) {
			YamlText.verifyKeys(name);
			String value = keptValue(binder, source.getConfigurationProperty(name));
			if (value != null) {
				put(name, value, source, values);
				listOf(name).ifPresent(lists::add);
			}
		}
		// a list comes from one source: the rest of it goes along
		for (ConfigurationPropertyName name : names) {
			if (!values.containsKey(name.toString()) && listOf(name).filter(lists::contains).isPresent()) {
				put(name, Objects.requireNonNull(source.getConfigurationProperty(name)).getValue(), source, values);
			}
		}
	}

	// Under the name as it is spelt in the source, too: others may ask for that
	private static void put(ConfigurationPropertyName name, Object value, IterableConfigurationPropertySource source,
			Map<String, Object> values) {
		values.put(name.toString(), value);
		if (source.getUnderlyingSource() instanceof EnumerablePropertySource<?> underlying) {
			for (String key : underlying.getPropertyNames()) {
				if (ConfigurationPropertyName.adapt(key, '.').equals(name)) {
					values.put(key, value);
				}
			}
		}
	}

	private static Optional<ConfigurationPropertyName> listOf(ConfigurationPropertyName name) {
		for (int i = 0; i < name.getNumberOfElements(); i++) {
			if (name.isNumericIndex(i)) {
				return Optional.of(name.chop(i));
			}
		}
		return Optional.empty();
	}

	private static @Nullable String keptValue(Binder binder, @Nullable ConfigurationProperty property) {
		if (property == null) {
			return null;
		}
		ConfigurationPropertyName name = property.getName();
		if (YamlText.isText(name)) {
			String written = YamlText.written(property);
			if (written != null) {
				return written;
			}
		}
		String value = (mayBeRandom(property.getValue())) ? value(binder, name) : null;
		return (value != null && !value.equals(value(binder, name))) ? value : null;
	}

	// A reference to another of these properties gets the value that is kept
	private static boolean mayBeRandom(Object value) {
		return value instanceof CharSequence text && text.toString().contains(PLACEHOLDER)
				&& !text.toString().contains(OWN_PLACEHOLDER);
	}

	private static @Nullable String value(Binder binder, ConfigurationPropertyName name) {
		return binder.bind(name, Bindable.of(String.class)).orElse(null);
	}

}
