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

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.boot.origin.TextResourceOrigin.Location;
import org.springframework.core.io.Resource;

/**
 * Text that YAML takes for something else where it is not in quotes: {@code 0x00} is the
 * number 0, {@code 0644} is 420, {@code off} is false, {@code 12:30} is 750.
 */
final class YamlText {

	private static final Set<String> TEXTS = Set.of("directory", "pipename", "servername", "verifyserveruser", "handle",
			"delimiter", "prefix", "codec", "channel", "errorchannel", "principal", "sddl", "command", "environment",
			"workingdirectory", "charset", "expect", "send", "targettype");

	private static final Pattern PLAIN = Pattern.compile("(?:&\\S+\\s+)?([^\\s!&*,\\]}'\"][^\\s,\\]}]*)");

	private static final List<String> BOOLEANS = List.of("true", "false");

	private YamlText() {
	}

	/**
	 * Whether a property is text, by its name.
	 * @param name the full name
	 * @return {@code true} also for an element of a list or map of texts
	 */
	static boolean isText(ConfigurationPropertyName name) {
		for (int i = 1; i < name.getNumberOfElements(); i++) {
			boolean last = i == name.getNumberOfElements() - 1;
			String element = name.getElement(i, Form.UNIFORM);
			if (TEXTS.contains(element) && (last || element.equals("environment") || name.isNumericIndex(i + 1))) {
				return true;
			}
		}
		return false;
	}

	/**
	 * What is written in the file.
	 * @param property the property, which is text
	 * @return what is written if YAML has made something else of it, otherwise
	 * {@code null}
	 */
	static @Nullable String written(ConfigurationProperty property) {
		if (!(property.getValue() instanceof Number || property.getValue() instanceof Boolean)) {
			return null;
		}
		return origin(property).flatMap(YamlText::plainScalar)
			.filter((text) -> !text.equals(property.getValue().toString()))
			.orElse(null);
	}

	private static Optional<TextResourceOrigin> origin(ConfigurationProperty property) {
		Origin origin = property.getOrigin();
		if (origin instanceof PropertySourceOrigin source) {
			origin = source.getOrigin();
		}
		return (origin instanceof TextResourceOrigin text) ? Optional.of(text) : Optional.empty();
	}

	private static Optional<String> plainScalar(TextResourceOrigin origin) {
		Resource resource = origin.getResource();
		Location location = origin.getLocation();
		if (resource == null || location == null) {
			return Optional.empty();
		}
		try {
			return resource.getContentAsString(StandardCharsets.UTF_8)
				.lines()
				.skip(location.getLine())
				.findFirst()
				.filter((line) -> line.length() > location.getColumn())
				.map((line) -> PLAIN.matcher(line.substring(location.getColumn())))
				.filter(Matcher::lookingAt)
				.map((matcher) -> matcher.group(1));
		}
		catch (IOException ex) {
			return Optional.empty();
		}
	}

	/**
	 * Checks that YAML has taken no key for something else.
	 * @param name the full name of a property
	 */
	static void verifyKeys(ConfigurationPropertyName name) {
		for (String element : BOOLEANS) {
			// a key that is no text comes in brackets
			if (name.toString().contains("[" + element + "]")) {
				throw new InvalidConfigurationPropertyValueException(name.toString(), element,
						"YAML takes keys such as on, off, yes and no for true or false. Put the key in quotes, for example \"on\":");
			}
		}
	}

}
