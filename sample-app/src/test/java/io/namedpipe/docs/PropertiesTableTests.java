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

package io.namedpipe.docs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares the tables of properties in the README with the metadata that editors get,
 * which in turn is compared with the code by a test of its own.
 */
class PropertiesTableTests {

	private static final Map<String, List<String>> PREFIXES = Map.of( //
			"### `namedpipe`", List.of("namedpipe."), //
			"### `namedpipe.server.<name>` and `namedpipe.client.<name>`",
			List.of("namedpipe.server.*.", "namedpipe.client.*."), //
			"### `namedpipe.server.<name>`", List.of("namedpipe.server.*."), //
			"### `namedpipe.client.<name>`", List.of("namedpipe.client.*."), //
			"### `namedpipe.process.<name>`", List.of("namedpipe.process.*."));

	private static final Pattern DIRECTION = Pattern.compile("(.*\\.framing\\.(in|out))\\..*");

	private static final String NONE = "–";

	private static Map<String, Map<String, Object>> metadata;

	private static Map<String, String> defaults;

	@BeforeAll
	static void read() throws IOException {
		metadata = new LinkedHashMap<>();
		for (Resource resource : new PathMatchingResourcePatternResolver()
			.getResources("classpath*:META-INF/*spring-configuration-metadata.json")) {
			List<Map<String, Object>> properties = JsonPath.read(resource.getContentAsString(StandardCharsets.UTF_8),
					"$.properties");
			properties.stream()
				.filter((property) -> property.get("name").toString().startsWith("namedpipe."))
				.forEach((property) -> {
					String name = property.get("name").toString();
					Matcher direction = DIRECTION.matcher(name);
					if (direction.matches()) {
						// which repeats what there is without the direction
						metadata.put(direction.group(1), Map.of("description", "All of framing once more."));
					}
					else {
						metadata.put(name, property);
					}
				});
		}
		List.of("namedpipe.server", "namedpipe.client", "namedpipe.process").forEach(metadata::remove);
		defaults = new LinkedHashMap<>();
		Page readme = Page.readme();
		PREFIXES.forEach((heading, prefixes) -> readme.table(heading).forEach((row) -> prefixes.forEach((prefix) -> {
			String name = prefix + code(row.get(0));
			assertThat(defaults.put(name, row.get(1))).as(name + " twice").isNull();
		})));
	}

	@Test
	void whenPropertyExistsThenReadmeHasIt() {
		assertThat(new ClassPathResource("META-INF/spring-configuration-metadata.json").exists()).isTrue();
		assertThat(metadata).hasSizeGreaterThan(100);
		assertThat(defaults.keySet()).containsExactlyInAnyOrderElementsOf(metadata.keySet());
	}

	@Test
	void whenPropertyHasDefaultThenReadmeSaysSo() {
		Map<String, String> wrong = defaults.entrySet()
			.stream()
			.filter((entry) -> !isRight(metadata.get(entry.getKey()), entry.getValue()))
			.collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
		assertThat(wrong).isEmpty();
	}

	private static boolean isRight(Map<String, Object> property, String cell) {
		Object value = property.get("defaultValue");
		if (value != null) {
			return cell.equals("`" + value + "`");
		}
		String description = property.get("description").toString();
		int start = description.indexOf("Default is ");
		if (start < 0) {
			return cell.equals(NONE);
		}
		return Stream.of(description.substring(start).split("\\. "))
			.anyMatch((sentence) -> sentence.startsWith("Default is ") && sentence.contains(cell));
	}

	private static String code(String cell) {
		assertThat(cell).matches("`[^`]+`");
		return cell.substring(1, cell.length() - 1);
	}

}
