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

package io.namedpipe.transport.unix.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link IdentityLeakDetector} with a folder in place of that of the process.
 */
@DisabledOnOs(OS.WINDOWS)
class IdentityLeakDetectorTests {

	@TempDir
	private Path folder;

	private IdentityLeakDetector strayThreads;

	@BeforeEach
	void look() {
		this.strayThreads = new IdentityLeakDetector(this.folder);
	}

	@Test
	void whenAThreadStartsAsAClientThenItIsReportedOnce() throws Exception {
		thread(1, "0");
		thread(2, "54321");

		assertThat(this.strayThreads.find()).singleElement()
			.asString()
			.contains("Thread 2 (worker-2) runs as user 54321 until it ends");
		assertThat(this.strayThreads.find()).isEmpty();
	}

	@Test
	void whenAThreadRevertsBetweenTwoLooksThenItIsNotReported() throws Exception {
		// its status is what was read before it reverted
		thread(3, "54321");
		this.strayThreads.expect(3);
		this.strayThreads.restored();

		assertThat(this.strayThreads.find()).isEmpty();
	}

	@Test
	void whenAThreadWasLookedAtThenItIsNotReadAgain() throws Exception {
		thread(4, "0");
		assertThat(this.strayThreads.find()).isEmpty();

		thread(4, "54321");

		assertThat(this.strayThreads.find()).isEmpty();
	}

	@Test
	void whenAThreadHasEndedThenAnotherOneOfItsIdIsLookedAt() throws Exception {
		thread(5, "0");
		this.strayThreads.expect(5);
		assertThat(this.strayThreads.find()).isEmpty();
		Files.delete(this.folder.resolve("5/status"));
		Files.delete(this.folder.resolve("5/comm"));
		Files.delete(this.folder.resolve("5"));
		assertThat(this.strayThreads.find()).isEmpty();

		thread(5, "54321");

		assertThat(this.strayThreads.find()).hasSize(1);
	}

	private void thread(int id, String userId) throws IOException {
		Path thread = Files.createDirectories(this.folder.resolve(String.valueOf(id)));
		Files.writeString(thread.resolve("comm"), "worker-" + id + "\n");
		Files.writeString(thread.resolve("status"), "Name:\tworker\nUid:\t0\t" + userId + "\t0\t0\nGid:\t0\n");
	}

}
