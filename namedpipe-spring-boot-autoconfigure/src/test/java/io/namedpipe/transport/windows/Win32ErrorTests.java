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

package io.namedpipe.transport.windows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.namedpipe.transport.TransportException.Reason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Win32Error}.
 */
class Win32ErrorTests {

	@ParameterizedTest
	@ValueSource(ints = { 51, 53, 54, 64, 67, 1225, 1231, 1232, 1311 })
	void whenAMachineIsNotReachedThenItsServerIsWaitedFor(int error) {
		assertThat(Win32Error.failure("connect", error)).hasMessageContaining("error " + error)
			.extracting((ex) -> ex.getReason())
			.isEqualTo(Reason.NO_SERVER);
	}

}
