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

package io.namedpipe.sample;

import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import io.namedpipe.testsupport.RequiresCommand;

/**
 * The sample as the parent of a Python and of a Java child.
 */
@Timeout(120)
@EnabledOnOs(OS.LINUX)
@RequiresCommand("python3")
class ParentTests {

	@TempDir
	private Path folder;

	@Test
	void whenTextIsTypedThenBothChildrenShowItAndQuitAtItsEnd() throws Exception {
		try (SampleProcess sample = SampleProcess.start(SampleProcess.in(this.folder)
			.jvmArguments("-Dnamedpipe.process.python-child.stop-timeout=60s",
					"-Dnamedpipe.process.java-child.stop-timeout=60s")
			.environment(Map.of("SPRING_PROFILES_ACTIVE", "parent")))) {
			sample.type("hello children");
			sample.awaitLines("python-child .*\\[CHILD\\] Echo: hello children",
					"java-child .*\\[CHILD\\] Echo: hello children");

			sample.endInput();
			sample.awaitLines("\\[PARENT\\] python-child quit with exit code 0",
					"\\[PARENT\\] java-child quit with exit code 0");
		}
	}

}
