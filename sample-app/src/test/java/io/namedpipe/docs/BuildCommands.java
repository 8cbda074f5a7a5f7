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

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Commands that build or start this project cannot run while it is being built. CI runs
 * them, and here is where to look: {@code verify} is what it is about, and
 * {@code .ci/sample} starts the sample from a fresh clone.
 */
final class BuildCommands {

	private BuildCommands() {
	}

	static void verify(Snippet snippet) throws IOException {
		Path ci = Page.ROOT.resolve(".ci");
		String scripts = Files.readString(ci.resolve("run")) + Files.readString(ci.resolve("sample"));
		for (String line : snippet.code().lines().map((command) -> command.replaceAll("#.*", "").strip()).toList()) {
			String goal = line.substring(line.lastIndexOf(' ') + 1);
			assertThat(scripts).as(snippet + ": " + line).containsPattern("\\./mvnw (-\\S+ )*" + goal + "\\b");
		}
	}

}
