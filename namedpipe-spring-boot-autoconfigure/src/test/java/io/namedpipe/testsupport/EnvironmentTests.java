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

package io.namedpipe.testsupport;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.fail;

/**
 * Guards a build that must not skip: what its command line requires has to be there, even
 * if no test asks for it.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "tests on Windows require nothing else")
class EnvironmentTests {

	@ParameterizedTest
	@EnumSource
	void whenRequiredThenPresent(Requirement requirement) {
		if (!Boolean.getBoolean(requirement.property())) {
			Assumptions.abort("-D" + requirement.property() + "=true is not given; here "
					+ requirement.obstacle().orElse("it would hold"));
		}
		requirement.obstacle().ifPresent((reason) -> fail(requirement.failure(reason)));
	}

}
