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

import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@ExtendWith(OutputCaptureExtension.class)
class RateLimitedLogTests {

	@Test
	void whenManyComeThenTheirNumberIsSaidAtTheEndOfTheInterval(CapturedOutput output) {
		RateLimitedLog log = RateLimitedLog.warn(LogFactory.getLog(getClass()), Duration.ofMillis(500));

		for (int i = 1; i <= 20; i++) {
			log.log("incident " + i, null);
		}

		await().atMost(Duration.ofSeconds(20)).until(() -> lines(output).size() >= 2);
		assertThat(lines(output).get(0)).endsWith("incident 1");
		assertThat(lines(output).get(1)).endsWith("19 more like this, the last one: incident 20");
		log.flush();
		assertThat(lines(output)).hasSize(2);
	}

	@Test
	void whenFlushedThenTheNumberIsSaidAndTheNextOneIsLogged(CapturedOutput output) {
		RateLimitedLog log = RateLimitedLog.warn(LogFactory.getLog(getClass()));

		for (int i = 1; i <= 3; i++) {
			log.log("incident " + i, null);
		}
		log.flush();
		log.log("incident 4", null);
		log.flush();

		assertThat(lines(output)).hasSize(3);
		assertThat(lines(output).get(1)).endsWith("2 more like this, the last one: incident 3");
		assertThat(lines(output).get(2)).endsWith("incident 4");
	}

	private static List<String> lines(CapturedOutput output) {
		return output.toString().lines().filter((line) -> line.contains("incident")).toList();
	}

}
