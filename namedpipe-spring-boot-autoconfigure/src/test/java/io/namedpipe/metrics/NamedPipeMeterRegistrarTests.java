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

package io.namedpipe.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.context.support.GenericApplicationContext;

import io.namedpipe.integration.NamedPipeOperations.Role;
import io.namedpipe.integration.NamedPipeTimings;
import io.namedpipe.integration.TestPipe;
import io.namedpipe.transport.memory.MemoryTransport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link NamedPipeMeterRegistrar}.
 */
class NamedPipeMeterRegistrarTests {

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private final TestPipe pipe = new TestPipe("orders", Role.SERVER, new MemoryTransport());

	@Test
	void whenPipeIsBeanThenHasMetersUntilItIsDestroyed() {
		try (GenericApplicationContext context = context(this.registry)) {
			context.refresh();
			assertThat(this.registry.find("namedpipe.connections.current").tag("pipe", "orders").gauge()).isNotNull();
			assertThat(this.pipe.getTimings()).isInstanceOf(PipeMeters.class);
			context.getDefaultListableBeanFactory().destroySingleton("orders");
			assertThat(this.registry.getMeters()).isEmpty();
			assertThat(this.pipe.getTimings()).isSameAs(NamedPipeTimings.NONE);
		}
	}

	@Test
	void whenContextIsClosedThenMetersVanish() {
		try (GenericApplicationContext context = context(this.registry)) {
			context.refresh();
			assertThat(this.registry.getMeters()).isNotEmpty();
		}
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	void whenPipeIsStoppedThenMetersStay() {
		try (GenericApplicationContext context = context(this.registry)) {
			context.refresh();
			this.pipe.start();
			this.pipe.stop();
			assertThat(this.registry.find("namedpipe.connections.current").gauge()).isNotNull();
		}
	}

	@Test
	void whenThereIsNoRegistryThenNobodyTakesTimings() {
		try (GenericApplicationContext context = context(null)) {
			context.refresh();
			assertThat(this.pipe.getTimings()).isSameAs(NamedPipeTimings.NONE);
		}
	}

	private GenericApplicationContext context(MeterRegistry meterRegistry) {
		GenericApplicationContext context = new GenericApplicationContext();
		context.registerBean(NamedPipeMeterRegistrar.class, () -> new NamedPipeMeterRegistrar(() -> meterRegistry));
		context.registerBean("orders", TestPipe.class, () -> this.pipe);
		return context;
	}

}
