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

package io.namedpipe;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

import io.namedpipe.testsupport.JavaProcess;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ChildExit}.
 */
@Timeout(60)
class ChildExitTests {

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void whenTheCommonPoolIsBusyThenTheEndOfAChildIsNoticed() throws Exception {
		try (JavaProcess process = JavaProcess.of(Application.class)
			.jvmArguments("-Djava.util.concurrent.ForkJoinPool.common.parallelism=2")
			.start()) {
			assertThat(process.nextLine()).isEqualTo("PEER");
		}
	}

	static final class Application {

		public static void main(String[] arguments) throws Exception {
			CountDownLatch never = new CountDownLatch(1);
			for (int i = 0; i < ForkJoinPool.getCommonPoolParallelism(); i++) {
				ForkJoinPool.commonPool()
					.execute(() -> Awaitility.await().forever().until(() -> never.getCount() == 0));
			}
			try (PipeProcess process = PipeProcess.builder(List.of("cat")).direction(PipeDirection.OUT).build()) {
				PipeConnection connection = process.start();
				process.process().destroyForcibly();
				Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !connection.isOpen());
				System.out.println(connection.closeReason().orElseThrow());
			}
		}

	}

}
