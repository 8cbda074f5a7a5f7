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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;

import io.namedpipe.autoconfigure.NamedPipeProperties.Client;
import io.namedpipe.autoconfigure.NamedPipeProperties.Entry;
import io.namedpipe.autoconfigure.NamedPipeProperties.Process;
import io.namedpipe.autoconfigure.NamedPipeProperties.Server;

/**
 * The logical names in use. Beans, meters and health are known by them, so that servers,
 * clients and processes share one space of names.
 */
final class LogicalNameValidator {

	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of(NamedPipeProperties.PREFIX);

	private static final List<String> SECTIONS = List.of("server", "client", "process");

	// of a property: what comes after the section, unless that is in brackets
	private static final Pattern KEY = Pattern.compile("[^.\\[]+\\.[^.\\[]+\\.([^.\\[]+).*");

	private final Iterable<ConfigurationPropertySource> sources;

	private final Map<String, PropertyPath> owners = new HashMap<>();

	private LogicalNameValidator(Iterable<ConfigurationPropertySource> sources) {
		this.sources = sources;
	}

	/**
	 * Checks that no two enabled entries have one name, and that no source of properties
	 * declares one entry twice, in two spellings of its key.
	 * @param properties the entries
	 * @param sources where they come from
	 */
	static void verifyUnique(NamedPipeProperties properties, Iterable<ConfigurationPropertySource> sources) {
		LogicalNameValidator names = new LogicalNameValidator(sources);
		names.verifyCharacters();
		for (Map.Entry<String, Server> server : properties.getServer().entrySet()) {
			names.add(server.getKey(), PropertyPath.server(server.getKey()), server.getValue());
		}
		for (Map.Entry<String, Client> client : properties.getClient().entrySet()) {
			names.add(client.getKey(), PropertyPath.client(client.getKey()), client.getValue());
		}
		for (Map.Entry<String, Process> process : properties.getProcess().entrySet()) {
			names.add(process.getKey(), PropertyPath.process(process.getKey()), process.getValue());
		}
		SECTIONS.forEach(names::verifySpellings);
	}

	private void verifyCharacters() {
		for (ConfigurationPropertySource source : this.sources) {
			WrittenPropertyNames.of(source).forEach((written, name) -> {
				Matcher matcher = KEY.matcher(written);
				if (isOfEntry(name) && matcher.matches() && !matcher.group(1).equals(key(name))) {
					throw new InvalidConfigurationPropertyValueException(written, matcher.group(1),
							("The key would be taken for '%s', as only the letters a to z, digits, dashes and underscores "
									+ "are kept%s. Write it in brackets and quotes: \"[%s]\"")
								.formatted(key(name), origin(source.getConfigurationProperty(name)), matcher.group(1)));
				}
			});
		}
	}

	private static boolean isOfEntry(ConfigurationPropertyName name) {
		return SECTIONS.stream().anyMatch((section) -> ROOT.append(section).isAncestorOf(name));
	}

	private void add(String name, PropertyPath path, Entry entry) {
		PropertyPath owner = (entry.isEnabled()) ? this.owners.putIfAbsent(EntryKeys.uniform(name), path) : null;
		if (owner != null) {
			throw new InvalidConfigurationPropertyValueException(path.prefix(), name,
					("The logical name is taken by '%s'%s. Servers, clients and processes share one space of names; "
							+ "choose another key%s (a pipe-name can be given apart from it)")
						.formatted(owner.prefix(), origin(owner), origin(path)));
		}
	}

	private String origin(PropertyPath entry) {
		ConfigurationPropertyName name = ConfigurationPropertyName.adapt(entry.prefix(), '.');
		for (ConfigurationPropertySource source : this.sources) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				Optional<String> origin = iterable.stream()
					.filter(name::isAncestorOf)
					.findFirst()
					.map(iterable::getConfigurationProperty)
					.map(LogicalNameValidator::origin);
				if (origin.isPresent()) {
					return origin.get();
				}
			}
		}
		return "";
	}

	private static String origin(@Nullable ConfigurationProperty property) {
		Origin origin = (property != null) ? property.getOrigin() : null;
		return (origin != null) ? " (" + origin + ")" : "";
	}

	private void verifySpellings(String section) {
		ConfigurationPropertyName prefix = ROOT.append(section);
		for (ConfigurationPropertySource source : this.sources) {
			if (source instanceof IterableConfigurationPropertySource iterable
					&& !PinnedPropertyValues.isSource(source)) {
				Map<String, ConfigurationPropertyName> first = new LinkedHashMap<>();
				iterable.stream().filter(prefix::isAncestorOf).forEach((name) -> {
					ConfigurationPropertyName other = first.putIfAbsent(EntryKeys.uniform(key(name)), name);
					if (other != null && !key(other).equals(key(name))) {
						throw sameEntry(iterable, name, other);
					}
				});
			}
		}
	}

	private static String key(ConfigurationPropertyName property) {
		return property.getElement(ROOT.getNumberOfElements() + 1, Form.ORIGINAL);
	}

	private static InvalidConfigurationPropertyValueException sameEntry(ConfigurationPropertySource source,
			ConfigurationPropertyName name, ConfigurationPropertyName other) {
		ConfigurationProperty property = source.getConfigurationProperty(name);
		return new InvalidConfigurationPropertyValueException(name.toString(),
				(property != null) ? property.getValue() : null,
				"The keys '%s'%s and '%s'%s are the same: upper and lower case, dashes and underscores make no difference. Write one of them, or choose another name"
					.formatted(key(other), origin(source.getConfigurationProperty(other)), key(name),
							origin(property)));
	}

}
