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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Looks for every name that a page has in code style.
 */
class NamesInPagesTests {

	private static final Pattern CODE = Pattern.compile("`([^`]+)`");

	private static final Pattern CLASS = Pattern
		.compile("(?<![\\w.\\\\/#>-])[A-Z][a-z]+(?:[A-Z][a-z0-9]*)+(?![\\w.\\\\-])");

	private static final Pattern KEY = Pattern
		.compile("(?<![\\w.\\\\/:-])[a-z]+(?:-[a-z]+)+(?![\\w/:-]|\\.(?:yml|exe))");

	private static final Pattern QUALIFIED = Pattern.compile("(?<![\\w./-])namedpipe\\.[\\w.<>*\\[\\]-]*[\\w>\\]]");

	/** Classes of Java, Spring, JNA, Micrometer and Windows that pages speak of. */
	private static final Set<String> FOREIGN_CLASSES = Set.of("MeterRegistry", "ObservationRegistry",
			"ObservationHandler", "CompletableFuture", "ProcessBuilder", "SecureRandom", "DefaultDeserializer",
			"StreamWriter", "NamedPipeClientStream", "EventDrivenConsumer", "TokenImpersonationLevel", "DynamicUser",
			"SeImpersonatePrivilege", "CreateProcessW", "FileStream", "ApplicationContext", "MessagingException",
			"IOException", "IntegrationFlowContext", "RuntimeDirectory", "TieredStopAtLevel",
			"LengthFieldBasedFrameDecoder", "SocketFactory", "SocketException", "SocketTimeoutException");

	/** Words with a hyphen in code style that are no names of ours. */
	private static final Set<String> FOREIGN_WORDS = Set.of("spring-boot-starter-integration", "process-aot",
			"namedpipe-spring-boot-autoconfigure", "when-authorized", "all-in-one", "my-orders", "maven-jar-plugin");

	/** The page whose names are those of what is compared there. */
	private static final String BENCHMARKS = "docs/benchmarks.md";

	private static Set<String> properties;

	private static Set<String> words;

	private static Set<String> classes;

	@BeforeAll
	static void read() throws IOException {
		properties = new TreeSet<>();
		words = new TreeSet<>(FOREIGN_WORDS);
		for (Resource resource : new PathMatchingResourcePatternResolver()
			.getResources("classpath*:META-INF/*spring-configuration-metadata.json")) {
			String json = resource.getContentAsString(StandardCharsets.UTF_8);
			JsonPath.<List<String>>read(json, "$.properties[*].name").forEach(properties::add);
			JsonPath.<List<Object>>read(json, "$..values[*].value").forEach((value) -> words.add(value + ""));
		}
		properties.removeIf((name) -> !name.contains("namedpipe"));
		properties.forEach((name) -> words.addAll(Arrays.asList(name.split("[.\\[\\]*]+"))));
		page("names.md").table("## Meters")
			.forEach((row) -> CODE.matcher(row.get(2)).results().forEach((match) -> words.add(match.group(1))));
		classes = new TreeSet<>(FOREIGN_CLASSES);
		ProjectClasses.names().forEach((name) -> classes.add(name.replaceAll(".*[.$]", "")));
		try (Stream<Path> sources = Files.walk(Page.ROOT)) {
			sources.map((path) -> path.getFileName().toString())
				.filter((name) -> name.endsWith(".java") || name.endsWith(".cs"))
				.forEach((name) -> classes.add(name.substring(0, name.lastIndexOf('.'))));
		}
	}

	@Test
	void whenAPageNamesAClassThenThereIsOne() throws IOException {
		assertThat(unknown(CLASS, classes::contains)).isEmpty();
	}

	@Test
	void whenAPageNamesAKeyOrValueThenThereIsOne() throws IOException {
		assertThat(unknown(KEY, words::contains)).filteredOn((name) -> !name.contains(BENCHMARKS)).isEmpty();
	}

	@Test
	void whenAPageNamesAPropertyOrMeterInFullThenThereIsOne() throws IOException {
		Set<String> known = new TreeSet<>(
				List.of("namedpipe.receive", "namedpipe.send", "namedpipe.request", "namedpipe.connection.id"));
		page("names.md").table("## Meters").forEach((row) -> known.add(row.get(0).replace("`", "")));

		assertThat(unknown(QUALIFIED, (name) -> known.contains(name) || isProperty(name))).isEmpty();
	}

	@Test
	void whenAPageNamesAHeaderThenItIsOnThePageOfNames() throws IOException {
		Set<String> headers = page("names.md").table("## Headers")
			.stream()
			.map((row) -> row.get(0).replace("`", ""))
			.collect(Collectors.toSet());

		assertThat(unknown(Pattern.compile("namedPipe_\\w+"), headers::contains)).isEmpty();
	}

	// A section is named by what all of its properties begin with; a test has its own
	private static boolean isProperty(String name) {
		String pattern = name.replaceAll("(?<=namedpipe\\.(server|client|process))\\.(<name>|[^.]+)", ".*");
		return name.startsWith("namedpipe.test.") || properties.stream()
			.anyMatch((property) -> property.equals(pattern) || property.startsWith(pattern + "."));
	}

	private static List<String> unknown(Pattern pattern, Predicate<String> known) throws IOException {
		List<String> unknown = new ArrayList<>();
		List<Page> pages = new ArrayList<>(Page.all());
		pages.add(Page.read(Page.ROOT.resolve("sample-app/README.md")));
		for (Page page : pages) {
			for (String code : page.codeSpans()) {
				for (MatchResult match : pattern.matcher(code).results().toList()) {
					if (!known.test(match.group())) {
						unknown.add(page + ": " + match.group() + " in " + code);
					}
				}
			}
		}
		return unknown;
	}

	private static Page page(String name) throws IOException {
		return Page.read(Page.ROOT.resolve("namedpipe-spring-boot-autoconfigure/docs").resolve(name));
	}

}
