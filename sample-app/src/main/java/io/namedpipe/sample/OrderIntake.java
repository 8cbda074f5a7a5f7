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

import java.util.concurrent.atomic.AtomicLong;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.dsl.Transformers;
import org.springframework.messaging.MessagingException;
import org.springframework.util.Assert;

/**
 * Takes orders, one JSON object per line, and confirms or refuses each. Clients:
 * {@code orders.py}, {@code Orders.cs}.
 */
@Configuration(proxyBeanMethods = false)
class OrderIntake {

	private final AtomicLong lastNumber = new AtomicLong();

	@Bean
	IntegrationFlow acceptedOrders() {
		return IntegrationFlow.from("orderRequests")
			.transform(Transformers.fromJson(Order.class))
			.handle(Order.class, (order, headers) -> accept(order))
			.transform(Transformers.toJson())
			.get();
	}

	@Bean
	IntegrationFlow refusedOrders() {
		return IntegrationFlow.from("orderErrors")
			.handle(MessagingException.class, (failure, headers) -> refuse(failure))
			.transform(Transformers.toJson())
			.get();
	}

	private Receipt accept(Order order) {
		Assert.hasText(order.item(), "An order needs an item");
		Assert.isTrue(order.quantity() > 0, "An order needs a quantity of 1 or more");
		return new Receipt(this.lastNumber.incrementAndGet(), order.item(), order.quantity());
	}

	private Refusal refuse(MessagingException failure) {
		return new Refusal(String.valueOf(failure.getMostSpecificCause().getMessage()).lines().findFirst().orElse(""));
	}

	record Order(String item, int quantity) {
	}

	record Receipt(long number, String item, int quantity) {
	}

	record Refusal(String error) {
	}

}
