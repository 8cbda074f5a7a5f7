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

import java.util.concurrent.CountDownLatch;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.integration.annotation.ServiceActivator;

import io.namedpipe.autoconfigure.NamedPipeAutoConfiguration;
import io.namedpipe.integration.event.NamedPipeConnectionClosedEvent;

/**
 * The client of the .NET guide to anonymous pipes, as an application of its own: waits
 * for SYNC, then shows each line. It is started by {@link Parent} and ends when the
 * parent closes its end. The same in Python: {@code child.py}.
 */
@ImportAutoConfiguration({ IntegrationAutoConfiguration.class, NamedPipeAutoConfiguration.class })
public class Child {

	private final CountDownLatch quit = new CountDownLatch(1);

	private boolean synchronised;

	@ServiceActivator(inputChannel = "fromParent")
	void show(String line) {
		if (this.synchronised) {
			System.out.println("[CHILD] Echo: " + line);
		}
		this.synchronised |= line.startsWith("SYNC");
	}

	@EventListener(NamedPipeConnectionClosedEvent.class)
	void quit() {
		this.quit.countDown();
	}

	public static void main(String[] args) throws InterruptedException {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Child.class)
			.properties("spring.config.name=child")
			.run(args)) {
			context.getBean(Child.class).quit.await();
		}
	}

}
