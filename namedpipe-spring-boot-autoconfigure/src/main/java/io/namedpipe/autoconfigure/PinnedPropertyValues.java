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

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.origin.OriginTrackedValue;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;

/**
 * Properties whose value others would read differently, so that it is kept: one that is
 * another each time that it is looked at, such as {@code ${random.uuid}}, be it directly
 * or through other properties, which are kept as well, and text that YAML took for a
 * number or a boolean. So is that of a variable of the environment whose name means the
 * property only together with the key as the entry spells it. What another source
 * overrides is not kept.
 */
final class PinnedPropertyValues {

	private static final String SOURCE = "namedPipeKeptValues";

	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of(NamedPipeProperties.PREFIX);

	// namedpipe, section, key
	private static final int KEY_ELEMENTS = 3;

	private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^${}:]+)");

	private static final String RANDOM = "random.";

	private final ConfigurableEnvironment environment;

	private final List<ConfigurationPropertySource> sources;

	private final EnvironmentVariableNames variables;

	private final Map<String, Object> values = new LinkedHashMap<>();

	private final Set<Object> seen = new HashSet<>();

	private PinnedPropertyValues(ConfigurableEnvironment environment) {
		this.environment = environment;
		this.sources = StreamSupport.stream(ConfigurationPropertySources.get(environment).spliterator(), false)
			.toList();
		this.variables = new EnvironmentVariableNames(this.sources);
	}

	/**
	 * Whether the values that are kept are in a source, each of them in several
	 * spellings.
	 * @param source the source
	 * @return {@code true} if it is the one made here
	 */
	static boolean isSource(ConfigurationPropertySource source) {
		return source.getUnderlyingSource() instanceof PropertySource<?> underlying
				&& underlying.getName().equals(SOURCE);
	}

	/**
	 * Keeps the values.
	 * @param environment where they are read and kept
	 */
	static void keep(ConfigurableEnvironment environment) {
		new PinnedPropertyValues(environment).keep();
	}

	private void keep() {
		addFormer();
		for (ConfigurationPropertySource source : this.sources) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				iterable.stream().filter(ROOT::isAncestorOf).toList().forEach((name) -> {
					YamlText.verifyKeys(name);
					if (EnvironmentVariableNames.isEnvironment(source)) {
						this.variables.property(name).ifPresent((property) -> keep(property, name));
					}
					else {
						keep(name, name);
					}
				});
			}
		}
	}

	// of another context that has this environment as well
	private void addFormer() {
		if (this.environment.getPropertySources().get(SOURCE) instanceof MapPropertySource former) {
			former.getSource().forEach((name, value) -> {
				if (Objects.equals(former.getProperty(name), this.environment.getProperty(name))) {
					this.values.put(name, value);
				}
			});
		}
	}

	/**
	 * Keeps the value of a property, if need be.
	 * @param name the property
	 * @param written how its source has it, which for a variable is otherwise
	 */
	private void keep(ConfigurationPropertyName name, ConfigurationPropertyName written) {
		ConfigurationPropertySource source = (!this.seen.contains(name)) ? source(name) : null;
		ConfigurationProperty property = (source != null) ? source.getConfigurationProperty(written) : null;
		if (source == null || property == null || !this.seen.add(name)) {
			return;
		}
		String text = (YamlText.isText(name)) ? YamlText.written(property) : null;
		// the binder knows it for another spelling of the entry's key only
		boolean unknown = source.getConfigurationProperty(name) == null;
		if (text != null) {
			put(name, property, text, source);
		}
		else if (!keepIfRandom(property.getValue(), (value) -> put(name, property, value, source)) && unknown) {
			put(name, property, property.getValue(), source);
		}
	}

	private boolean keepIfRandom(Object value, Consumer<String> keeping) {
		String text = (value instanceof CharSequence) ? value.toString() : "";
		List<String> references = PLACEHOLDER.matcher(text)
			.results()
			.map((placeholder) -> placeholder.group(1))
			.toList();
		references.forEach(this::keepReferenced);
		if (references.isEmpty()) {
			return false;
		}
		String resolved = this.environment.resolvePlaceholders(text);
		// two looks at a random number of a few may give the same
		boolean random = references.stream().anyMatch((reference) -> reference.startsWith(RANDOM))
				|| !resolved.equals(this.environment.resolvePlaceholders(text));
		if (random) {
			keeping.accept(resolved);
		}
		return random;
	}

	private void keepReferenced(String key) {
		ConfigurationPropertyName name = ConfigurationPropertyName.adapt(key, '.');
		if (ROOT.isAncestorOf(name)) {
			keep(name, name);
		}
		else if (!key.startsWith(RANDOM) && this.seen.add(key)) {
			this.environment.getPropertySources()
				.stream()
				.map((source) -> source.getProperty(key))
				.flatMap(Stream::ofNullable)
				.findFirst()
				.ifPresent((value) -> keepIfRandom(value, (resolved) -> put(key, resolved)));
		}
	}

	/**
	 * The source whose value the binder takes.
	 */
	private @Nullable ConfigurationPropertySource source(ConfigurationPropertyName name) {
		return this.sources.stream()
			.filter((source) -> has(source, name) || has(source, uniform(name)))
			.findFirst()
			.orElse(null);
	}

	// a list comes from one source
	private static boolean has(ConfigurationPropertySource source, ConfigurationPropertyName name) {
		return listOf(name)
			.map((list) -> source.getConfigurationProperty(list) != null
					|| source.containsDescendantOf(list) == ConfigurationPropertyState.PRESENT)
			.orElseGet(() -> source.getConfigurationProperty(name) != null);
	}

	// The rest of a list goes along
	private void put(ConfigurationPropertyName name, ConfigurationProperty property, Object value,
			ConfigurationPropertySource source) {
		put(name, OriginTrackedValue.of(value, property.getOrigin()), source);
		listOf(name).ifPresent((list) -> ((IterableConfigurationPropertySource) source).stream()
			.filter(list::isAncestorOf)
			.filter((other) -> !this.values.containsKey(other.toString()))
			.toList()
			.forEach((other) -> {
				ConfigurationProperty element = source.getConfigurationProperty(other);
				if (element != null) {
					put(other, OriginTrackedValue.of(element.getValue(), element.getOrigin()), source);
				}
			}));
	}

	// Under the name as it is spelt, too, as others may ask for that. It comes after the
	// uniform one, by which the spelling of who declared the entry stays the last
	private void put(ConfigurationPropertyName name, Object value, ConfigurationPropertySource source) {
		put(uniform(name).toString(), value);
		put(name.toString(), value);
		WrittenPropertyNames.of(source).forEach((written, other) -> {
			if (other.equals(name)) {
				put(written, value);
			}
		});
	}

	private void put(String name, Object value) {
		this.values.put(name, value);
		this.environment.getPropertySources()
			.addFirst(new OriginTrackedMapPropertySource(SOURCE, new LinkedHashMap<>(this.values)));
	}

	private static ConfigurationPropertyName uniform(ConfigurationPropertyName name) {
		if (name.getNumberOfElements() <= KEY_ELEMENTS) {
			return name;
		}
		String key = name.getElement(KEY_ELEMENTS - 1, Form.ORIGINAL);
		String uniform = EntryKeys.uniform(key);
		return (uniform.equals(key)) ? name
				: name.chop(KEY_ELEMENTS - 1).append(uniform).append(name.subName(KEY_ELEMENTS));
	}

	private static Optional<ConfigurationPropertyName> listOf(ConfigurationPropertyName name) {
		for (int i = KEY_ELEMENTS; i < name.getNumberOfElements(); i++) {
			if (name.isNumericIndex(i)) {
				return Optional.of(name.chop(i));
			}
		}
		return Optional.empty();
	}

}
