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

import java.time.Duration;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.http.ResponseEntity;
import org.springframework.integration.channel.QueueChannel;
import org.springframework.messaging.Message;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Keeps the lines that any program of the same user writes into the FIFO {@code intake},
 * until they are fetched by HTTP. Once there is no more room, writers wait.
 */
@Configuration(proxyBeanMethods = false)
@Profile("posix")
class Intake {

	private static final int ROOM = 1000;

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	@Bean
	QueueChannel intakeLines() {
		return new QueueChannel(ROOM);
	}

	@RestController
	@Profile("posix")
	static class IntakeController {

		private final QueueChannel lines;

		IntakeController(QueueChannel intakeLines) {
			this.lines = intakeLines;
		}

		@GetMapping("/intake")
		ResponseEntity<Object> next() {
			Message<?> line = this.lines.receive(PATIENCE.toMillis());
			return (line != null) ? ResponseEntity.ok(line.getPayload()) : ResponseEntity.noContent().build();
		}

	}

}
