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
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Properties whose value is another one each time that it is looked at, such as
 * {@code ${random.uuid}}. They are looked at once, so that a pipe is served under the
 * name that everybody else reads.
 */
final class RandomValues {

	private static final String SOURCE = "namedPipeRandomValues";

	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of(NamedPipeProperties.PREFIX);

	private static final String PLACEHOLDER = "${";

	private static final String OWN_PLACEHOLDER = PLACEHOLDER + NamedPipeProperties.PREFIX + ".";

	private RandomValues() {
	}

	/**
	 * Keeps the values.
	 * @param environment where they are read and kept
	 */
	static void keep(ConfigurableEnvironment environment) {
		Map<String, Object> values = new LinkedHashMap<>();
		Binder binder = Binder.get(environment);
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				iterable.stream()
					.filter(ROOT::isAncestorOf)
					.filter((name) -> mayBeRandom(iterable.getConfigurationProperty(name)))
					.forEach((name) -> {
						String value = value(binder, name);
						if (value != null && !value.equals(value(binder, name))) {
							values.putIfAbsent(name.toString(), value);
						}
					});
			}
		}
		if (!values.isEmpty()) {
			environment.getPropertySources().addFirst(new MapPropertySource(SOURCE, values));
		}
	}

	// A reference to another of these properties gets the value that is kept
	private static boolean mayBeRandom(@Nullable ConfigurationProperty property) {
		return property != null && property.getValue() instanceof CharSequence value
				&& value.toString().contains(PLACEHOLDER) && !value.toString().contains(OWN_PLACEHOLDER);
	}

	private static @Nullable String value(Binder binder, ConfigurationPropertyName name) {
		return binder.bind(name, Bindable.of(String.class)).orElse(null);
	}

}
