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

import java.util.concurrent.CountDownLatch;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.integration.annotation.ServiceActivator;

import io.namedpipe.integration.event.NamedPipeConnectionClosedEvent;

/**
 * An application that a parent in .NET starts with the handles of two anonymous pipes.
 * Its pipes are in {@code anonymous-child.yml}.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class AnonymousPipeChild {

	private final CountDownLatch end = new CountDownLatch(1);

	@ServiceActivator(inputChannel = "lines", outputChannel = "answers")
	String answer(String line) {
		return "java: " + line;
	}

	@EventListener
	void closed(NamedPipeConnectionClosedEvent event) {
		this.end.countDown();
	}

	public static void main(String[] args) throws InterruptedException {
		try (ConfigurableApplicationContext application = new SpringApplicationBuilder(AnonymousPipeChild.class)
			.properties("spring.config.location=classpath:/io/namedpipe/peers/anonymous-child.yml")
			.run(args)) {
			application.getBean(AnonymousPipeChild.class).end.await();
		}
	}

}
