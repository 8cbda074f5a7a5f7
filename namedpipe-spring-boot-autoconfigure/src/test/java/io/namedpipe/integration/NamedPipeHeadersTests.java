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

package io.namedpipe.integration;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.messaging.MessageHeaders;

import io.namedpipe.integration.NamedPipeOperations.Role;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which connection a message is for.
 */
class NamedPipeHeadersTests {

	private static final MessageHeaders FROM_ORDERS = new MessageHeaders(
			Map.of(NamedPipeHeaders.CONNECTION_ID, "a-1", NamedPipeHeaders.NAME, "orders"));

	private static final MessageHeaders SET_BY_A_FLOW = new MessageHeaders(
			Map.of(NamedPipeHeaders.CONNECTION_ID, "a-1"));

	@Test
	void whenThereIsNoIdThenItIsForAll() {
		assertThat(NamedPipeHeaders.connectionId(new MessageHeaders(Map.of()), "orders", Role.SERVER)).isNull();
	}

	@Test
	void whenItGoesToAServerThenTheIdIsMeant() {
		assertThat(NamedPipeHeaders.connectionId(FROM_ORDERS, "orders", Role.SERVER)).isEqualTo("a-1");
		assertThat(NamedPipeHeaders.connectionId(FROM_ORDERS, "billing", Role.SERVER)).isEqualTo("a-1");
	}

	@Test
	void whenItGoesToAClientOrProcessThenTheIdOfAnotherPipeIsNotMeant() {
		for (Role role : new Role[] { Role.CLIENT, Role.PROCESS }) {
			assertThat(NamedPipeHeaders.connectionId(FROM_ORDERS, "billing", role)).isNull();
			assertThat(NamedPipeHeaders.connectionId(FROM_ORDERS, "orders", role)).isEqualTo("a-1");
			assertThat(NamedPipeHeaders.connectionId(SET_BY_A_FLOW, "billing", role)).isEqualTo("a-1");
		}
	}

}
