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

package io.namedpipe.autoconfigure;

import java.util.List;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.namedpipe.testsupport.JavaProcess;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BackgroundPreinitialization}, in a virtual machine that has not loaded
 * any of the classes before and says what it does with them.
 */
@DisabledOnOs(OS.WINDOWS)
class BackgroundPreinitializationTests {

	private static List<String> log = List.of();

	@BeforeAll
	static void run() throws Exception {
		try (JavaProcess process = JavaProcess.of(Program.class)
			.jvmArguments("-Xlog:class+load=info:stdout", "-Xlog:class+init=info:stdout")
			.start()) {
			log = process.output().lines().toList();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "io.namedpipe.integration.NamedPipeServer", "io.namedpipe.PipeConnection",
			"io.namedpipe.framing.MessageFraming", "io.namedpipe.integration.inbound.NamedPipeInboundGateway",
			"io.namedpipe.transport.unix.UnixSocketListener", "sun.nio.ch.UnixDomainSockets" })
	void whatThePipeNeedsIsLoaded(String type) {
		assertThat(log).anyMatch((line) -> line.contains(" " + type + " source: "));
	}

	@Test
	void noneIsInitializedThatCouldWaitForAnother() {
		assertThat(log).filteredOn((line) -> line.contains("Initializing 'io/namedpipe/"))
			.isNotEmpty()
			.allMatch((line) -> line.contains("'io/namedpipe/transport/")
					|| line.contains("'io/namedpipe/autoconfigure/BackgroundPreinitialization"));
	}

	@Test
	void noNativeLibraryOfAnOptionalDependencyIsTouched() {
		assertThat(log).isNotEmpty().noneMatch((line) -> line.contains(" com.sun.jna."));
	}

	/**
	 * Does what the thread does.
	 */
	static final class Program {

		private Program() {
		}

		public static void main(String[] args) {
			new BackgroundPreinitialization().run();
		}

	}

}
