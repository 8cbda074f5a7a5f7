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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs what the README and the pages in {@code docs} show. For those who write them:
 * <ul>
 * <li>Blocks run together up to the next heading of the second level or the next YAML
 * block: first an application is started with the YAML and the Java, then the scripts run
 * against it in order, with {@code TMPDIR} set to the folder of its pipes.</li>
 * <li>Java is one file, as it would be pasted: imports and types. A main method is run in
 * the started application, tests beside it with the same YAML. YAML without Java gets
 * channels that take everything.</li>
 * <li>A script ({@code python}, {@code js}, {@code c}, {@code sh}) prints what the
 * {@code text} block behind it says, or else the one before. {@code csharp} is compiled
 * only, {@code go} is only shown, {@code json} is parsed. In {@code sh},
 * {@code localhost:8080} is the application. Scripts are for POSIX systems: on Windows
 * the application is started, and they are not run.</li>
 * <li>YAML that Windows cannot start is marked {@code yaml posix}, and only bound
 * there.</li>
 * </ul>
 */
class DocumentationTests {

	@TestFactory
	Stream<DynamicTest> whenPageShowsSomethingThenItRuns(@TempDir Path folder) throws IOException {
		return Page.all()
			.stream()
			.flatMap((page) -> page.scenarios().stream())
			.map((scenario) -> DynamicTest.dynamicTest(scenario.toString(), scenario.page().path().toUri(), () -> {
				Path ownFolder = Files.createTempDirectory(folder, "s");
				new ScenarioRun(scenario, ownFolder).run();
			}));
	}

	@TestFactory
	Stream<DynamicTest> whenPageNamesFileThenItIsThere() throws IOException {
		return Page.all()
			.stream()
			.map((page) -> DynamicTest.dynamicTest(page.toString(),
					() -> assertThat(Stream.concat(page.links().stream(), page.namedFiles().stream()))
						.allSatisfy((file) -> assertThat(file).exists())));
	}

}
