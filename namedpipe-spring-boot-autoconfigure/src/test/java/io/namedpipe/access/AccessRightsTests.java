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

package io.namedpipe.access;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link AccessRights}.
 */
class AccessRightsTests {

	@ParameterizedTest
	@CsvSource({ "read, 0x120189", "write, 0x120192", "read-write, 0x12019B", "READ_WRITE, 0x12019B",
			"full-control, 0x1301FB", "0x12019F, 0x12019F", "3, 0x3", "0xffffffff, 0xFFFFFFFF" })
	void whenRightsAreNamedOrNumberedThenTheyAreAMask(String text, String mask) {
		assertThat(AccessRights.valueOf(text).mask()).isEqualTo(Long.decode(mask).intValue());
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "reed", "0x", "0x100000000", "-1", "0", "0x-5", "4294967296" })
	void whenRightsAreUnknownThenTheErrorNamesThem(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> AccessRights.valueOf(text))
			.withMessageContaining("'" + text + "'")
			.withMessageContaining("full-control");
	}

	@ParameterizedTest
	@ValueSource(strings = { "read", "write", "read-write", "full-control", "0x7", "0x10000000", "0xC0000000",
			"0xC0001", "0x1F01FF" })
	void whenRightsAreAllowedThenNobodyBecomesAServer(String text) {
		assertThat(AccessRights.valueOf(text).allowed() & 0xC0004).isZero();
	}

	@Test
	void whenOneDirectionIsDeniedThenTheOtherOneKeepsAllItNeeds() {
		assertThat(AccessRights.READ.denied() & AccessRights.WRITE.mask()).isZero();
		assertThat(AccessRights.WRITE.denied() & AccessRights.READ.mask()).isZero();
		assertThat(AccessRights.READ_WRITE.denied()).isEqualTo(AccessRights.ALL);
	}

	@ParameterizedTest
	@CsvSource({ "0x2, 0x2", "0x4, 0x4", "0x40000001, 0x120117", "0x20000000, 0x1200A0" })
	void whenRightsAreNumberedThenTheirBitsAreDenied(String text, String denied) {
		assertThat(AccessRights.valueOf(text).denied()).isEqualTo(Integer.decode(denied));
	}

	@ParameterizedTest
	@ValueSource(strings = { "read", "write", "read-write", "full-control", "0x1F01FF" })
	void whenWrittenThenTheyReadBackTheSame(String text) {
		assertThat(AccessRights.valueOf(text)).hasToString(text);
	}

}
