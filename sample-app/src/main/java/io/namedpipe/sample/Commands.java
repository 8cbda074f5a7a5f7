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

import java.util.Map;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

import io.namedpipe.integration.NamedPipe;

/**
 * Says for each pipe how to try it, as soon as that can be done: {@code sample.commands}
 * are by logical name.
 */
@Component
@ConfigurationProperties("sample")
class Commands {

	private static final Log logger = LogFactory.getLog(Commands.class);

	private Map<String, String> commands = Map.of();

	Map<String, String> getCommands() {
		return this.commands;
	}

	void setCommands(Map<String, String> commands) {
		this.commands = commands;
	}

	@EventListener
	void say(ApplicationReadyEvent event) {
		event.getApplicationContext().getBeansOfType(NamedPipe.class).values().forEach((pipe) -> {
			String command = this.commands.get(pipe.getName());
			if (command != null && pipe.isRunning()) {
				logger.info("Try '" + pipe.getName() + "' from sample-app/clients: " + command);
			}
		});
	}

}
