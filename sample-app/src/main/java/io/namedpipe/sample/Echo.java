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

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.dsl.IntegrationFlow;

/**
 * Sends back what it gets. Clients: {@code echo.js}, {@code echo.c}; in message mode
 * {@code messages.py}, {@code messages.c}.
 */
@Configuration(proxyBeanMethods = false)
class Echo {

	@Bean
	IntegrationFlow echoes() {
		return IntegrationFlow.from("echoRequests").handle(byte[].class, (message, headers) -> message).get();
	}

}
