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

package io.namedpipe.transport.unix.anonymous;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * The thread that the kernel takes for the parent of children.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class ChildStarterTests {

	private final ChildStarter starter = new ChildStarter(Duration.ofMillis(10));

	@Test
	void whenAChildLivesThenItsThreadDoesToo() throws Exception {
		Process child = this.starter.start(new ProcessBuilder("sleep", "600"));
		Thread thread = this.starter.thread();
		assertThat(thread).isNotNull();

		thread.interrupt();
		assertThat(this.starter.start(new ProcessBuilder("true")).waitFor()).isZero();

		assertThat(this.starter.thread()).isSameAs(thread);
		assertThat(child.waitFor(100, TimeUnit.MILLISECONDS)).isFalse();
		assertThat(thread.isAlive()).isTrue();
		child.destroyForcibly().waitFor();
	}

	@Test
	void whenAllChildrenHaveEndedThenTheThreadEnds() throws Exception {
		Process child = this.starter.start(new ProcessBuilder("true"));
		child.waitFor();

		await().until(() -> this.starter.thread() == null);

		assertThat(this.starter.start(new ProcessBuilder("true")).waitFor()).isZero();
		await().until(() -> this.starter.thread() == null);
	}

	@Test
	void whenAChildCannotBeStartedThenTheCauseIsThrown() {
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> this.starter.start(new ProcessBuilder("/no/such/program")))
			.withMessageContaining("No such file");
		await().until(() -> this.starter.thread() == null);
	}

}
