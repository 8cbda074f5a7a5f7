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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link LogicalNameValidator}.
 */
class LogicalNameValidatorTests {

	@ParameterizedTest
	@CsvSource({ "server, client", "server, process", "client, process" })
	void whenNameIsUsedTwiceThenMessageNamesBothEntries(String first, String second) {
		NamedPipeProperties properties = Properties.bind(first + ".orders.enabled=true",
				second + ".orders.enabled=true");
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> LogicalNameValidator.verifyUnique(properties, List.of()))
			.withMessageContaining("namedpipe." + second + ".orders")
			.withMessageContaining("'namedpipe." + first + ".orders'");
	}

	@Test
	void whenOtherEntryIsDisabledThenNameIsFree() {
		NamedPipeProperties properties = Properties.bind("server.orders.enabled=false", "client.orders.enabled=true",
				"process.orders.enabled=false");
		assertThatNoException().isThrownBy(() -> LogicalNameValidator.verifyUnique(properties, List.of()));
	}

}
