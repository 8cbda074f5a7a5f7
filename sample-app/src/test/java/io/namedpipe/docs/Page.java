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

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A documentation page in Markdown, read far enough to run what it shows.
 *
 * @param path where it is
 * @param lines its lines
 */
record Page(Path path, List<String> lines) {

	static final Path ROOT = Path.of("").toAbsolutePath().getParent();

	private static final Pattern CODE = Pattern.compile("`([^`]+)`");

	private static final Pattern LINK = Pattern.compile("]\\(([^)\\s#]+)(#[^)]*)?\\)");

	static Page read(Path path) throws IOException {
		return new Page(path, Files.readAllLines(path));
	}

	/**
	 * The page that one sees first, and all that it can lead to.
	 */
	static List<Page> all() throws IOException {
		List<Page> pages = new ArrayList<>();
		pages.add(readme());
		Path folder = ROOT.resolve("namedpipe-spring-boot-autoconfigure/docs");
		if (Files.isDirectory(folder)) {
			try (Stream<Path> files = Files.walk(folder)) {
				for (Path file : files.filter((path) -> path.toString().endsWith(".md")).sorted().toList()) {
					pages.add(read(file));
				}
			}
		}
		return pages;
	}

	static Page readme() throws IOException {
		return read(ROOT.resolve("README.md"));
	}

	/**
	 * Splits the page into what runs together: a new scenario begins with each heading of
	 * the second level and with each YAML block.
	 */
	List<Scenario> scenarios() {
		List<Scenario> scenarios = new ArrayList<>();
		List<Snippet> snippets = new ArrayList<>();
		String heading = "";
		for (int i = 0; i < this.lines.size(); i++) {
			String line = this.lines.get(i);
			if (line.startsWith("## ")) {
				scenarios.add(new Scenario(this, heading, List.copyOf(snippets)));
				snippets.clear();
				heading = line.substring(3);
			}
			else if (line.stripLeading().startsWith("```")) {
				Snippet snippet = snippet(i);
				if (snippet.is("yaml")) {
					scenarios.add(new Scenario(this, heading, List.copyOf(snippets)));
					snippets.clear();
				}
				snippets.add(snippet);
				i += (int) snippet.code().lines().count() + 1;
			}
		}
		scenarios.add(new Scenario(this, heading, List.copyOf(snippets)));
		return scenarios.stream().filter((scenario) -> !scenario.snippets().isEmpty()).toList();
	}

	private Snippet snippet(int fence) {
		int indent = this.lines.get(fence).indexOf('`');
		int end = fence + 1;
		StringBuilder code = new StringBuilder();
		while (!this.lines.get(end).strip().equals("```")) {
			String line = this.lines.get(end++);
			code.append(line.substring(Math.min(indent, line.length()))).append('\n');
		}
		List<String> info = Arrays.asList(this.lines.get(fence).strip().substring(3).strip().split("\\s+"));
		return new Snippet(this.path, fence + 2, info.get(0), info.contains("posix"), code.toString());
	}

	/**
	 * The rows of the table below a heading, without its head.
	 */
	List<List<String>> table(String heading) {
		int start = this.lines.indexOf(heading);
		if (start < 0) {
			throw new IllegalStateException("No heading '" + heading + "' in " + this.path);
		}
		return this.lines.subList(start + 1, this.lines.size())
			.stream()
			.takeWhile((line) -> !line.startsWith("#"))
			.filter((line) -> line.startsWith("|"))
			.skip(2)
			.map((line) -> Stream.of(line.substring(1).split("(?<!\\\\)\\|")).map(String::strip).toList())
			.toList();
	}

	/**
	 * The files of this project that the page links to.
	 */
	List<Path> links() {
		return this.lines.stream()
			.flatMap((line) -> LINK.matcher(line).results().map((match) -> match.group(1)))
			.filter((target) -> !target.contains(":"))
			.map((target) -> this.path.resolveSibling(target))
			.toList();
	}

	/**
	 * What is in code style outside of blocks.
	 */
	List<String> codeSpans() {
		List<String> spans = new ArrayList<>();
		boolean block = false;
		for (String line : this.lines) {
			if (line.stripLeading().startsWith("```")) {
				block = !block;
			}
			else if (!block) {
				CODE.matcher(line).results().forEach((match) -> spans.add(match.group(1)));
			}
		}
		return spans;
	}

	/**
	 * The files that the page names in code style.
	 */
	List<Path> namedFiles() {
		Pattern file = Pattern.compile("`((?:sample-app|namedpipe-spring-boot-[a-z]+)/[^`\\s]*)`");
		return this.lines.stream()
			.map(file::matcher)
			.flatMap(Matcher::results)
			.map((match) -> ROOT.resolve(match.group(1)))
			.toList();
	}

	@Override
	public String toString() {
		return ROOT.relativize(this.path).toString().replace(File.separatorChar, '/');
	}

}
