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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import io.namedpipe.testsupport.JavaProcess;
import io.namedpipe.testsupport.RequiresCommand;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample in a process that has no JNA.
 */
class WithoutJnaTests {

	@Test
	@DisabledOnOs(OS.WINDOWS)
	@RequiresCommand("python3")
	void whenThereIsNoJnaThenTheSampleServesAllTheSame(@TempDir Path folder) throws Exception {
		// message mode and FIFOs are what JNA is needed for
		JavaProcess.Builder builder = SampleProcess.in(folder)
			.without("jna")
			.jvmArguments("-Dsample.messages=false", "-Dnamedpipe.server.intake.enabled=false");
		try (SampleProcess sample = SampleProcess.start(builder)) {
			assertThat(Program.run(folder, "python3", "orders.py", "tea", "1")).contains("\"item\":\"tea\"");
			assertThat(sample.get("/actuator/health").body()).contains("\"orders\"");
		}
	}

	@Test
	void whenLeftOutThenJnaIsGone() throws Exception {
		try (JavaProcess process = JavaProcess.of(LookForJna.class).start()) {
			assertThat(process.nextLine()).isEqualTo("here");
		}
		try (JavaProcess process = JavaProcess.of(LookForJna.class).without("jna").start()) {
			assertThat(process.nextLine()).isEqualTo("not here");
		}
	}

	static final class LookForJna {

		private LookForJna() {
		}

		public static void main(String[] args) {
			try {
				Class.forName("com.sun.jna.Native", false, LookForJna.class.getClassLoader());
				System.out.println("here");
			}
			catch (ClassNotFoundException ex) {
				System.out.println("not here");
			}
		}

	}

}
