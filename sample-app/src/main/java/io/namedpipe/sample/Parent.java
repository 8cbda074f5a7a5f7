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

import java.util.List;
import java.util.Scanner;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.EventListener;
import org.springframework.integration.channel.PublishSubscribeChannel;
import org.springframework.messaging.MessagingException;
import org.springframework.messaging.support.GenericMessage;

import io.namedpipe.integration.NamedPipeProcess;
import io.namedpipe.integration.event.NamedPipeConnectionOpenedEvent;
import io.namedpipe.integration.event.NamedPipeProcessExitedEvent;

/**
 * The server of the .NET guide "How to: Use Anonymous Pipes for Local Interprocess
 * Communication": it starts children, sends each a sync message and then what is typed,
 * and says when a child has quit. Children: {@link Child}, {@code child.py}.
 */
@Configuration(proxyBeanMethods = false)
@Profile("parent")
class Parent {

	private static final Log logger = LogFactory.getLog(Parent.class);

	/** Each child gets what is sent here. */
	@Bean
	PublishSubscribeChannel toChildren() {
		return new PublishSubscribeChannel(true);
	}

	@EventListener
	void synchronise(NamedPipeConnectionOpenedEvent event) throws Exception {
		if (event.getSource() instanceof NamedPipeProcess child) {
			child.broadcast("SYNC");
		}
	}

	@EventListener
	void quit(NamedPipeProcessExitedEvent event) {
		logger.info("[PARENT] " + event.getPipe() + " quit with exit code " + event.getExitCode());
	}

	@Bean
	ApplicationRunner typist(PublishSubscribeChannel toChildren, List<NamedPipeProcess> children) {
		return (ApplicationArguments arguments) -> {
			Thread thread = new Thread(() -> passOn(toChildren, children), "typist");
			thread.setDaemon(true);
			thread.start();
		};
	}

	private static void passOn(PublishSubscribeChannel toChildren, List<NamedPipeProcess> children) {
		logger.info("[PARENT] Enter text, and end the input to end the children");
		Scanner input = new Scanner(System.in);
		while (input.hasNextLine()) {
			try {
				toChildren.send(new GenericMessage<>(input.nextLine()));
			}
			catch (MessagingException ex) {
				logger.warn("[PARENT] " + ex.getMessage());
			}
		}
		children.forEach(NamedPipeProcess::stop);
	}

}
