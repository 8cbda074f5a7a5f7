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

package io.namedpipe.peers;

import java.nio.charset.StandardCharsets;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import io.namedpipe.peers.PeersApplication.Sender;

/**
 * A process that asks the peer once, so that it can be another user's. Its pipe is in
 * {@code one-question.yml}.
 */
final class OneQuestion {

	private OneQuestion() {
	}

	public static void main(String[] args) {
		try (ConfigurableApplicationContext application = new SpringApplicationBuilder(PeersApplication.class)
			.properties("spring.config.location=classpath:/io/namedpipe/peers/one-question.yml", "peers.key=none")
			.run(args)) {
			byte[] question = application.getEnvironment()
				.getRequiredProperty("question")
				.getBytes(StandardCharsets.UTF_8);
			System.out.println(
					"answer: " + new String(application.getBean(Sender.class).ask(question), StandardCharsets.UTF_8));
		}
	}

}
