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
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import io.namedpipe.testsupport.JavaProcess;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What somebody sees who starts the sample for the first time.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(300)
class StartLogTests {

	@TempDir
	private Path folder;

	@Test
	void whenStartedThenSaysOfEachPipeWhatItIsAndHowToTryIt() throws Exception {
		List<String> lines = new ArrayList<>();
		try (JavaProcess process = SampleProcess.in(this.folder).start()) {
			do {
				lines.add(process.nextLine());
			}
			while (!lines.get(lines.size() - 1).contains("Try 'quotes'"));
		}
		assertThat(lines).filteredOn((line) -> line.contains("Started server 'orders'"))
			.singleElement()
			.asString()
			.contains(this.folder.resolve("CoreFxPipe_orders").toString(), "line (LF)", "access: current user only");
		assertThat(lines).filteredOn((line) -> line.contains("Started server"))
			.hasSize(6)
			.allSatisfy((line) -> assertThat(line).contains("access: "));
		assertThat(lines).filteredOn((line) -> line.contains("Try '"))
			.hasSize(7)
			.anySatisfy((line) -> assertThat(line).endsWith("python3 orders.py tea 2"));
		assertThat(lines).noneMatch((line) -> line.contains("o.s.i.") || line.contains("stopped bean"));
		assertThat(lines).filteredOn((line) -> line.contains(" INFO ")).hasSizeLessThan(25);
	}

}
