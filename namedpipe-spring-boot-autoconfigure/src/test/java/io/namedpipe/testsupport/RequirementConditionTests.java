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

import org.junit.jupiter.api.Test;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.EventConditions;
import org.junit.platform.testkit.engine.Events;
import org.junit.platform.testkit.engine.TestExecutionResultConditions;

/**
 * Tests for {@link RequirementCondition}.
 */
class RequirementConditionTests {

	@Test
	void whenTheCommandIsThereThenTheTestRuns() {
		run(NeedsHostname.class, "true").assertStatistics((statistics) -> statistics.started(1).succeeded(1));
	}

	@Test
	@NotUnderWine(WineLimit.COMMANDS_ARE_NOT_HERE)
	void whenTheCommandIsMissingThenTheTestIsSkippedWithTheReason() {
		run(NeedsMissing.class, "false").skipped()
			.assertEventsMatchExactly(
					EventConditions.event(EventConditions.skippedWithReason("not on the path: no-such-command")));
	}

	@Test
	@NotUnderWine(WineLimit.COMMANDS_ARE_NOT_HERE)
	void whenTheCommandIsMissingButRequiredThenTheTestFails() {
		run(NeedsMissing.class, "true").failed()
			.assertEventsMatchExactly(
					EventConditions.event(EventConditions.finishedWithFailure(TestExecutionResultConditions
						.message("-Dclients.required=true, but not on the path: no-such-command"))));
	}

	private Events run(Class<?> type, String required) {
		return EngineTestKit.engine("junit-jupiter")
			.selectors(DiscoverySelectors.selectClass(type))
			.configurationParameter("clients.required", required)
			.execute()
			.testEvents();
	}

	static class NeedsHostname {

		@Test
		@RequiresCommand("hostname")
		void runs() {
		}

	}

	static class NeedsMissing {

		@Test
		@RequiresCommand({ "hostname", "no-such-command" })
		void runs() {
		}

	}

}
